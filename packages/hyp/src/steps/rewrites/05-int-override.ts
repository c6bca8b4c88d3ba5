import { resetHcrWithOverride } from '../../switch/around.ts';
import { vgicRaiseIrqLines } from '../../switch/gic-v3.ts';
import { drop, replace, type Plan } from '../../switch/plan.ts';

/** FMO and IMO are among the flags from reset; on the way in only user space's lines are left to add. */
export function intOverride(plan: Plan): Plan {
  let changed = replace(plan, 'reset', 'reset-hcr', resetHcrWithOverride);
  changed = replace(changed, 'enter', 'vgic-raise-hcr', vgicRaiseIrqLines);
  return drop(changed, 'exit', 'vgic-lower-hcr');
}
