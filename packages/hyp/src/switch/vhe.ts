/**
 * The VHE host: its kernel runs at EL2 with HCR_EL2.E2H set, so a hyp call is a function call, host and hypervisor share
 * one address space, and the guest's EL1 registers have names of their own (`_EL12`). Reads line by line beside
 * `nvhe.ts`; a paragraph that one of them does not need says where its work is.
 */
import { DAIF, HCR_EL2, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, CODE, copyCell, setCell, T, VCPU, VM, ZERO, type Word64 } from '../cells.ts';
import { VHE_NAMES } from '../context.ts';
import type { Cpu } from '../cpu.ts';
import { kernelAddress } from '../host/addresses.ts';
import { BARRIER, PSTATE, SYS } from '../instructions.ts';
import { VCPU_STRUCT, VM_STRUCT } from '../layout.ts';
import { runPhase } from '../run.ts';
import { CPACR_FPEN, CPACR_FPEN_ZEN, CPACR_HOST_VHE, CPACR_TTA, HCR_HOST_VHE, MDCR_KEPT_VHE } from '../traps.ts';
import * as a32 from './a32.ts';
import * as around from './around.ts';
import * as debug from './debug.ts';
import * as gic2 from './gic-v2.ts';
import * as gic3 from './gic-v3.ts';
import * as guest from './guest.ts';
import type { HypFunction, Mode } from './mode.ts';
import { operation } from './operation.ts';
import * as ops from './ops.ts';
import type { Plan } from './plan.ts';
import { loadTimer, putTimer } from './timer.ts';

// ---- Names -------------------------------------------------------------------------------------------------------------

export const names = VHE_NAMES;

export const common17 = ops.classOperations('COMMON_BEFORE_17', names);
export const common = ops.classOperations('COMMON', names);
export const user = ops.classOperations('USER', names);
export const el1Before17 = ops.classOperations('EL1_BEFORE_17', names);
export const el1 = ops.classOperations('EL1', names);
export const el2Return = ops.classOperations('EL2_RETURN', names);

// ---- Calling the hypervisor --------------------------------------------------------------------------------------------

/** A function call within EL2. The ISB stands for the ERET that non-VHE has: what the callee wrote is in effect. */
export function callHyp(cpu: Cpu, callee: HypFunction): void {
  callee.run(cpu);
  cpu.port.isb();
}

/** One address space: nothing to convert. */
export function toHyp(_cells: Uint32Array, _cell: number): void {
  // kern_hyp_va() is patched to NOPs.
}

/** Code of the switch is kernel code. */
export const hypAddress = kernelAddress;

/** Everything is masked before the vectors and HCR_EL2 change under the feet of this code. */
export const maskDaif = operation('mask-daif', 'MSR DAIFSet, all', (cpu) => cpu.port.msrImm(PSTATE.DAIFSet, 0b1111), { facts: ['activate DAIF'] });

export const callSwitch = operation('call-hyp', 'branch to the switch', () => {
  // No exception, and no operation that is counted.
});

export const exitIsb = operation('exit-isb', 'ISB: traps, vectors and HCR_EL2 are the host\'s', (cpu) => cpu.port.isb());

const IRQ_MASKED: Word64 = { lo: DAIF.I.wordMask, hi: 0 };

/** Interrupts stay masked until the vgic has been looked after. */
export const restoreDaif = operation('restore-daif', 'W(DAIF=I)', (cpu) => {
  setCell(cpu.cells, T, IRQ_MASKED);
  cpu.port.msr(DAIF.key, T);
}, { facts: ['deactivate DAIF'] });

/** The routine of the vector goes on in the function that made the ERET into the guest; the exit code is its result. */
export const returnToHost = operation('return-to-host', 'back in the caller, at EL2', (cpu) => {
  cpu.port.movToX(0, CODE);
  cpu.port.label(cpu.labels.guestReturned);
});

export function enterGuest(cpu: Cpu): Cpu['outcome'] {
  const { enterHost, enterSwitch } = cpu.vcpu!.compiled;
  runPhase(cpu, enterHost);
  runPhase(cpu, enterSwitch);
  return cpu.outcome;
}

/** E2H stays set while the guest runs, so that EL2 is the same on both sides of an exception. */
export const guestHcr = HCR_EL2.of({ E2H: 1 });

// ---- Traps -------------------------------------------------------------------------------------------------------------

/** CPTR_EL2 has the layout of CPACR_EL1, and is read first because it also says what EL2 itself may use. */
export const activateCptr = operation('activate-cptr', 'R(CPACR_EL1), W(CPACR_EL1: TTA, no FPEN, no ZEN)', (cpu) => {
  const { port, cells, keys } = cpu;
  port.mrs(T, keys.cptr);
  cells[2 * T] = (cells[2 * T]! | CPACR_TTA) & ~CPACR_FPEN_ZEN;
  port.msr(keys.cptr, T);
}, { facts: ['activate CPTR'] });

export const activateVbar = operation('activate-vbar', 'W(VBAR_EL1=KVM vectors)', (cpu) => {
  setCell(cpu.cells, T, cpu.hypVectors);
  cpu.port.msr(cpu.keys.vbar, T);
}, { facts: ['activate VBAR'] });

export const deactivateMdcr = ops.deactivateMdcr(MDCR_KEPT_VHE, 0);

export const deactivateHcr = operation('deactivate-hcr', 'W(HCR_EL2=RW, TGE, E2H)', (cpu) => {
  setCell(cpu.cells, T, HCR_HOST_VHE);
  cpu.port.msr(HCR_EL2.key, T);
}, { facts: ['deactivate HCR'] });

export const deactivateCptr = operation('deactivate-cptr', 'W(CPACR_EL1: FPEN, ZEN of EL2)', (cpu) => {
  setCell(cpu.cells, T, CPACR_HOST_VHE);
  cpu.port.msr(cpu.keys.cptr, T);
}, { facts: ['deactivate CPTR'] });

export const deactivateVbar = operation('deactivate-vbar', 'W(VBAR_EL1=kernel vectors)', (cpu) => {
  setCell(cpu.cells, T, cpu.hostVectors);
  cpu.port.msr(cpu.keys.vbar, T);
}, { facts: ['deactivate VBAR'] });

export function readFpTrap(cpu: Cpu): boolean {
  cpu.port.mrs(T, cpu.keys.cptr);
  return (cpu.cells[2 * T]! & CPACR_FPEN) !== 0;
}

export function enableFp(cpu: Cpu, scratch: number): void {
  const { port, cells, keys } = cpu;
  port.mrs(scratch, keys.cptr);
  cells[2 * scratch] = cells[2 * scratch]! | CPACR_FPEN;
  port.msr(keys.cptr, scratch);
}

// ---- Timer -------------------------------------------------------------------------------------------------------------

// EL1PCTEN and EL1PCEN are set once per PE: a host at EL2 does not depend on them.
export const enableTimerTraps = operation('enable-timer-traps', 'nothing: CNTHCTL_EL2 is set once per PE', () => {
  // Called all the same until step 16.
});
export const disableTimerTraps = operation('disable-timer-traps', 'nothing: CNTHCTL_EL2 is set once per PE', () => {
  // Called all the same until step 16.
});

// ---- Statistical profiling ---------------------------------------------------------------------------------------------

// The buffer of a host at EL2 is not affected by the guest's EL1&0 translation.
export const saveHostSpe = operation('save-host-spe', 'nothing: the host profiles at EL2', () => {
  // Called all the same until step 10.
});
export const restoreHostSpe = operation('restore-host-spe', 'a word of memory, to find that there is nothing to do', (cpu) => {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.HOST_PMSCR);
});

// ---- TLB maintenance ---------------------------------------------------------------------------------------------------

/** TLBI of EL1&0 entries works on the guest's VMID only while TGE is clear. */
export function tlbSwitchToGuest(cpu: Cpu): void {
  copyCell(cpu.cells, VM, ARG);
  writeVttbrOfVm(cpu);
}

export function tlbSwitchToHost(cpu: Cpu): void {
  setCell(cpu.cells, T, ZERO);
  cpu.port.msr(VTTBR_EL2.key, T);
  setCell(cpu.cells, T, HCR_HOST_VHE);
  cpu.port.msr(HCR_EL2.key, T);
}

function writeVttbrOfVm({ port, cells }: Cpu): void {
  port.ldr(T, VM, VM_STRUCT.VTTBR);
  port.msr(VTTBR_EL2.key, T);
  port.mrs(T, HCR_EL2.key);
  cells[2 * T] = cells[2 * T]! & ~HCR_EL2.TGE.wordMask;
  port.msr(HCR_EL2.key, T);
  port.isb();
}

/** The argument is the vCPU. */
export const flushLocalVmid: HypFunction = {
  name: '__kvm_tlb_flush_local_vmid',
  run: (cpu) => {
    const { port } = cpu;
    port.ldr(VM, VCPU, VCPU_STRUCT.VM);
    writeVttbrOfVm(cpu);
    port.sys(SYS.TLBI_VMALLE1, -1);
    port.dsb(BARRIER.NSH);
    port.isb();
    tlbSwitchToHost(cpu);
  },
};

// ---- The plan before the series ----------------------------------------------------------------------------------------

export const baseline: Plan = {
  mode: 'vhe',
  deferred: [],
  waivers: [],
  phases: {
    ...around.baselineWith(loadTimer),
    load: [around.flushVmidOnMigration(flushLocalVmid), around.setPointers, gic2.gic2LoadVmcr, gic3.gic3LoadVmcr, loadTimer],
    flush: [around.flushVgic],
    enter: [
      debug.setupDebug,
      maskDaif,
      callSwitch,
      ops.setRunningVcpu,
      // EL1 and EL2_RETURN: a host at EL2 does not use EL1, and is not returned to by ERET.
      common17.saveHost,
      debug.markDebugDirty,
      debug.saveHostDebug,
      saveHostSpe,
      a32.activateFpexc32,
      ops.activateHcr,
      ops.activateCommonTraps,
      activateCptr,
      activateVbar,
      ops.activateVm,
      gic3.vgicRaiseHcr,
      gic2.gic2Restore,
      gic3.gic3ClearSre1,
      gic3.gic3ReadVtr,
      gic3.gic3WriteHcr,
      gic3.gic3RestoreAprs,
      gic3.gic3RestoreLrs,
      gic3.gic3BarrierIn,
      gic3.gic3DisableSre2,
      enableTimerTraps,
      a32.restoreGuestA32ByHcr,
      el1Before17.restoreGuest,
      el2Return.restoreGuest,
      common17.restoreGuest,
      debug.restoreGuestDebug,
      guest.guestEnterPushing,
    ],
    exit: [
      guest.vectorEntryByEl1Name,
      guest.exitVectorByStack,
      guest.guestExitByStack,
      guest.serrorWindow,
      guest.serrorDeferred,
      ops.captureSyndrome,
      ops.fixupGuestExit,
      ops.readFpEnabled,
      el1Before17.saveGuest,
      el2Return.saveGuest,
      common17.saveGuest,
      a32.saveGuestA32ByHcr,
      disableTimerTraps,
      gic2.gic2Save,
      gic3.gic3BarrierOut,
      gic3.gic3SaveVmcr,
      gic3.gic3ReadElrsr,
      gic3.gic3ClearHcr,
      gic3.gic3ReadVtrForLrs,
      gic3.gic3SaveLrs,
      gic3.gic3SaveAprs,
      gic3.gic3EnableSre2,
      gic3.gic3SetSre1,
      gic3.vgicLowerHcr,
      ops.foldVse,
      deactivateMdcr,
      deactivateHcr,
      deactivateCptr,
      deactivateVbar,
      ops.deactivateHstrPmu,
      ops.deactivateVm,
      common17.restoreHost,
      ops.switchFp,
      debug.saveGuestDebug,
      restoreHostSpe,
      debug.restoreHostDebug,
      exitIsb,
      restoreDaif,
      returnToHost,
    ],
    cancel: [],
    sync: [around.syncVgic],
    put: [putTimer, gic2.gic2PutVmcr, gic3.gic3PutVmcr, around.clearPointers],
    panic: [around.capturePanic, around.panicByVttbr],
  },
};

export const vhe: Mode = { name: 'vhe', names, baseline, guestHcr, hypAddress, toHyp, callHyp, tlbSwitchToGuest, tlbSwitchToHost, enterGuest, enableFp, readFpTrap };
