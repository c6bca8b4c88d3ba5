/** How one vCPU makes another one look at what has changed: a reschedule interrupt for the PE that it waits or runs on. */
import type { Cpu } from './cpu.ts';
import { sendReschedule } from './host/gic.ts';
import { TALLIES } from './host/tallies.ts';
import type { Vcpu } from './vcpu.ts';

/**
 * `kvm_vcpu_kick`, from the PE of `cpu`. A vCPU on that same PE looks before its next entry, and one that is in its kernel or its
 * VMM does so too.
 */
export function kickVcpu(cpu: Cpu, vcpu: Vcpu): void {
  const { host } = vcpu;
  if (host !== null && host !== cpu && vcpu.isBlocked) cpu.port.charge(TALLIES.wakeUp);
  if (host !== null && host !== cpu && (vcpu.isInGuest || vcpu.isBlocked)) sendReschedule(cpu, host);
}
