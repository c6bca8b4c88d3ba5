import { exitVector, guestEnter, guestExit, vectorEntry } from '../../switch/guest.ts';
import { replace, type Plan } from '../../switch/plan.ts';

/** The way from the vector to the vCPU leads through TPIDR_EL2 and the host context, not over the stack. */
export function vcpuPointer(plan: Plan): Plan {
  let changed = replace(plan, 'enter', 'guest-enter', guestEnter);
  changed = replace(changed, 'exit', 'vector-entry', vectorEntry);
  changed = replace(changed, 'exit', 'exit-vector', exitVector);
  return replace(changed, 'exit', 'guest-exit', guestExit);
}
