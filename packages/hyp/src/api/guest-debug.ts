/** KVM_SET_GUEST_DEBUG (kvm-arm-vhe-series.md, section 6.9): user space debugs the guest, with registers of its own. */
import { setCell, T, VCPU, word64 } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { KVM_GUESTDBG } from '../debug/guest-debug.ts';
import { VCPU_STRUCT } from '../layout.ts';

/** `struct kvm_guest_debug_arch`: 16 of each, of which the host's core may implement fewer. */
export interface GuestDebugRegisters {
  readonly bcr: readonly bigint[];
  readonly bvr: readonly bigint[];
  readonly wcr: readonly bigint[];
  readonly wvr: readonly bigint[];
}

export const DEBUG_REGISTERS = 16;

const VALID = Object.values(KVM_GUESTDBG).reduce((mask, bit) => mask | bit, 0);

export function isLegalControl(control: number): boolean {
  return (control & ~VALID) === 0;
}

/** What is not given is off. */
export function storeExternalRegisters(cpu: Cpu, { bcr, bvr, wcr, wvr }: GuestDebugRegisters): void {
  for (const [bank, values] of [bcr, bvr, wcr, wvr].entries()) {
    for (let n = 0; n < DEBUG_REGISTERS; n++) {
      setCell(cpu.cells, T, word64(values[n] ?? 0n));
      cpu.port.str(T, VCPU, VCPU_STRUCT.EXTERNAL_DEBUG + 8 * DEBUG_REGISTERS * bank + 8 * n);
    }
  }
}
