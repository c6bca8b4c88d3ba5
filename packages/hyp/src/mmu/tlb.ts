/** TLB entries of one VM, on every PE: what must go when its stage 2 table changes (Linux, arch/arm64/kvm/hyp/tlb.c of v4.16). */
import { ARG, ARG2, setCell, word64 } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { BARRIER, SYS } from '../instructions.ts';
import type { HypFunction } from '../switch/mode.ts';
import type { Vm } from '../vm.ts';
import { PAGE_BYTES } from './stage2.ts';

const flushVmid: HypFunction = {
  name: '__kvm_tlb_flush_vmid',
  run: (cpu) => {
    const { port, mode } = cpu;
    port.dsb(BARRIER.ISHST);
    mode.tlbSwitchToGuest(cpu);
    port.sys(SYS.TLBI_VMALLS12E1IS, -1);
    port.dsb(BARRIER.ISH);
    port.isb();
    mode.tlbSwitchToHost(cpu);
  },
};

/** Entries that combine both stages are known by VA only, so that all of stage 1 goes too; stage 2 first, or a walk may bring the old back. */
const flushVmidIpa: HypFunction = {
  name: '__kvm_tlb_flush_vmid_ipa',
  takesTwo: true,
  run: (cpu) => {
    const { port, mode } = cpu;
    port.dsb(BARRIER.ISHST);
    mode.tlbSwitchToGuest(cpu);
    port.sys(SYS.TLBI_IPAS2E1IS, ARG2);
    port.dsb(BARRIER.ISH);
    port.sys(SYS.TLBI_VMALLE1IS, -1);
    port.dsb(BARRIER.ISH);
    port.isb();
    mode.tlbSwitchToHost(cpu);
  },
};

export const TLB_HYP_FUNCTIONS: readonly HypFunction[] = [flushVmid, flushVmidIpa];

/** A VM that has never run has no VMID, and no entries. */
const hasEntries = ({ vmid }: Vm): boolean => vmid.generation !== 0;

/** All entries of the VM. */
export function flushVm(cpu: Cpu, vm: Vm): void {
  if (!hasEntries(vm)) return;
  setCell(cpu.cells, ARG, vm.address);
  cpu.mode.callHyp(cpu, flushVmid);
}

/** Entries of the page or block that an IPA is in. */
export function flushIpa(cpu: Cpu, vm: Vm, ipa: number): void {
  if (!hasEntries(vm)) return;
  setCell(cpu.cells, ARG, vm.address);
  setCell(cpu.cells, ARG2, word64(BigInt(Math.floor(ipa / PAGE_BYTES))));
  cpu.mode.callHyp(cpu, flushVmidIpa);
}
