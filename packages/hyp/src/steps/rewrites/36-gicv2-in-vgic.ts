import { move, type Plan } from '../../switch/plan.ts';
import { changeGic2InPlan } from './gic2.ts';

/** The memory-mapped frame is the kernel's to access, at the end of flush and at the start of sync. */
export function gicv2InVgic(plan: Plan): Plan {
  const changed = move(plan, 'gic2-restore', 'enter', 'flush', 'last');
  return changeGic2InPlan(move(changed, 'gic2-save', 'exit', 'sync', 'first'), { byKernel: true });
}
