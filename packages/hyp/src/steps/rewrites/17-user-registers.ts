import { has, replace, split, type Phase, type Plan } from '../../switch/plan.ts';
import { twin } from '../../switch/twins.ts';
import type { ClassOperations } from '../../switch/ops.ts';

const MOVES: readonly { readonly move: keyof ClassOperations; readonly phase: Phase; readonly prefix: string }[] = [
  { move: 'saveHost', phase: 'enter', prefix: 'save-host' },
  { move: 'restoreGuest', phase: 'enter', prefix: 'restore-guest' },
  { move: 'saveGuest', phase: 'exit', prefix: 'save-guest' },
  { move: 'restoreHost', phase: 'exit', prefix: 'restore-host' },
];

/** COMMON becomes COMMON and USER, and ACTLR_EL1 joins the EL1 class: a VHE host no longer switches it. */
export function userRegisters(plan: Plan): Plan {
  const { common, user, el1 } = twin(plan);
  return MOVES.reduce((changed, { move, phase, prefix }) => {
    const divided = split(changed, phase, `${prefix}-common`, common[move], user[move]);
    return has(divided, phase, `${prefix}-el1`) ? replace(divided, phase, `${prefix}-el1`, el1[move]) : divided;
  }, plan);
}
