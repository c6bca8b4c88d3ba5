import { defer, waive, type Plan } from '../../switch/plan.ts';

/**
 * VHE: accessors look for the AArch32 registers in hardware, although the switch still moves them: as merged, a write by
 * emulation is lost at the next entry until step 30.
 */
export function defer32BitAccessors(plan: Plan): Plan {
  return waive(defer(plan, 'A32'), 'accessors-match-placement', 29);
}
