import { drop, type Plan } from '../../switch/plan.ts';

/** VHE: stage 2 does not apply to the host's own regime, so its base may stay. */
export function keepVm(plan: Plan): Plan {
  return drop(plan, 'exit', 'deactivate-vm');
}
