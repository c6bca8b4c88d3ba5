import { restoreGuestA32, saveGuestA32 } from '../../switch/a32.ts';
import { replace, type Plan } from '../../switch/plan.ts';

/** Whether EL1 is AArch32 is read off the flags in memory. */
export function el1Is32Bit(plan: Plan): Plan {
  return replace(replace(plan, 'enter', 'restore-guest-a32', restoreGuestA32), 'exit', 'save-guest-a32', saveGuestA32);
}
