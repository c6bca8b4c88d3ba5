/** The VM's VTTBR_EL2, checked before every entry: a VM whose VMID is of an old generation gets a new one. */
import { K, K2, setCell } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { BARRIER, SYS } from '../instructions.ts';
import { kickVcpu } from '../kick.ts';
import { VM_STRUCT } from '../layout.ts';
import type { HypFunction } from '../switch/mode.ts';
import type { Vm } from '../vm.ts';

/** All TLB entries and instructions of guests, on every PE. */
const flushVmContext: HypFunction = {
  name: '__kvm_flush_vm_context',
  run: ({ port }) => {
    port.dsb(BARRIER.ISHST);
    port.sys(SYS.TLBI_ALLE1IS, -1);
    port.sys(SYS.IC_IALLUIS, -1);
    port.dsb(BARRIER.ISH);
  },
};

export const VMID_HYP_FUNCTIONS: readonly HypFunction[] = [flushVmContext];

/** With a new generation no guest runs on under its old number (`force_vm_exit`). */
export function updateVttbr(cpu: Cpu, vm: Vm): void {
  if (vm.vmids.isCurrent(vm.vmid)) return;
  if (vm.vmids.assign(vm.vmid)) {
    for (const other of vm.cpus) if (other.loaded !== null) kickVcpu(cpu, other.loaded);
    cpu.mode.callHyp(cpu, flushVmContext);
  }
  setCell(cpu.cells, K, vm.address);
  setCell(cpu.cells, K2, vm.stage2.vttbr(vm.vmid.vmid));
  cpu.port.str(K2, K, VM_STRUCT.VTTBR);
}
