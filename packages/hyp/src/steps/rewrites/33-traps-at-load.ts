import { move, waive, type Plan } from '../../switch/plan.ts';

/**
 * VHE: what affects EL1 and EL0 only is set from load to put. As merged, mdcr_el2 is still computed for every entry but
 * reaches hardware at load only.
 */
export function trapsAtLoad(plan: Plan): Plan {
  let changed = move(plan, 'activate-common-traps', 'enter', 'load', 'last');
  changed = move(changed, 'deactivate-hstr-pmu', 'exit', 'put', 'first');
  changed = move(changed, 'deactivate-mdcr', 'exit', 'put', 'first');
  return waive(changed, 'mdcr-is-current', 33);
}
