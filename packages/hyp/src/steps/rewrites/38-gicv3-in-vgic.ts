import { cancelIsb } from '../../switch/around.ts';
import { insert, move, type Phase, type Plan } from '../../switch/plan.ts';

const idsOf = (plan: Plan, phase: Phase): string[] => plan.phases[phase].map(({ id }) => id).filter((id) => id.startsWith('gic3-'));

/** VHE: the kernel is at EL2, so it restores the system registers in flush and saves them in sync. Both: an ISB when an entry is called off. */
export function gicv3InVgic(plan: Plan): Plan {
  const changed = insert(plan, 'cancel', 'last', cancelIsb);
  if (plan.mode === 'nvhe') return changed;
  const flushed = idsOf(plan, 'enter').reduce((done, id) => move(done, id, 'enter', 'flush', 'last'), changed);
  return idsOf(plan, 'exit').reduceRight((done, id) => move(done, id, 'exit', 'sync', 'first'), flushed);
}
