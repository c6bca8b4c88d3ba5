import { drop, type Plan } from '../../switch/plan.ts';

/** VHE: the timer trap functions that had nothing to do are not called. */
export function noopTimer(plan: Plan): Plan {
  return drop(drop(plan, 'enter', 'enable-timer-traps'), 'exit', 'disable-timer-traps');
}
