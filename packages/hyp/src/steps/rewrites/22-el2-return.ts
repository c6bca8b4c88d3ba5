import { has, move, type Phase, type Plan } from '../../switch/plan.ts';

/** The registers of the ERET become a class of their own, moved last. (A v4.16 VHE host did not save its own already.) */
export function el2ReturnLast(plan: Plan): Plan {
  return (['save-host', 'restore-guest', 'save-guest', 'restore-host'] as const).reduce((changed, prefix) => {
    const phase: Phase = prefix === 'save-host' || prefix === 'restore-guest' ? 'enter' : 'exit';
    if (!has(changed, phase, `${prefix}-el2-return`)) return changed;
    const last = has(changed, phase, `${prefix}-user`) ? `${prefix}-user` : `${prefix}-common`;
    return move(changed, `${prefix}-el2-return`, phase, phase, { after: last });
  }, plan);
}
