import { drop, type Plan } from '../../switch/plan.ts';

/** Only KVM_RUN loads the vCPU; the other ioctls find everything in memory. */
export function loadForRunOnly(plan: Plan): Plan {
  return drop(drop(plan, 'ioctl', 'vcpu-load'), 'ioctl', 'vcpu-put');
}
