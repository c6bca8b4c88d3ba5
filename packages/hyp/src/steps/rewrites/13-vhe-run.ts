import { drop, move, type Plan } from '../../switch/plan.ts';

/** VHE: the switch is called like any function, so the ISB of the hyp call becomes the caller's. */
export function vheRun(plan: Plan): Plan {
  return move(drop(plan, 'enter', 'call-hyp'), 'exit-isb', 'exit', 'exit', { after: 'restore-daif' });
}
