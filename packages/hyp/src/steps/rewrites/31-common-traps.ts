import { deactivateCommonTraps } from '../../switch/nvhe.ts';
import { merge, move, type Plan } from '../../switch/plan.ts';

/** The traps that both modes configure become functions; HCR_EL2 is then written first, and non-VHE clears in another order. */
export function commonTraps(plan: Plan): Plan {
  const changed = move(plan, 'activate-fpexc32', 'enter', 'enter', { after: 'activate-hcr' });
  return plan.mode === 'nvhe' ? merge(changed, 'exit', ['deactivate-mdcr', 'deactivate-hstr-pmu'], deactivateCommonTraps) : changed;
}
