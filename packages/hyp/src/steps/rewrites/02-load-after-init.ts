import { initUnloaded } from '../../switch/around.ts';
import { move, replace, type Plan } from '../../switch/plan.ts';

/** First-run initialisation, MMIO completion and the early returns need no loaded vCPU. */
export function loadAfterInit(plan: Plan): Plan {
  const moved = move(plan, 'vcpu-load', 'prologue', 'prologue', { after: 'check-immediate-exit' });
  return replace(moved, 'prologue', 'first-run-init', initUnloaded);
}
