/**
 * The non-VHE host: its kernel runs at EL1, so a hyp call is an HVC, the hypervisor at EL2 has an address space of its own,
 * and host and guest use the same EL1 registers under the same names. Reads line by line beside `vhe.ts`; a paragraph
 * that one of them does not need says where its work is.
 */
import { CNTHCTL_EL2, HCR_EL2, InvariantError, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, ARG2, CODE, copyCell, RESULT, setCell, T, V, VCPU, VM, ZERO } from '../cells.ts';
import { NVHE_NAMES } from '../context.ts';
import type { Cpu } from '../cpu.ts';
import { hypAddress, KERNEL_HIGH } from '../host/addresses.ts';
import { BARRIER, SYS } from '../instructions.ts';
import { VCPU_STRUCT, VM_STRUCT } from '../layout.ts';
import { runPhase } from '../run.ts';
import { CNTHCTL_EL1PCEN, CNTHCTL_EL1PCTEN, CPTR_GUEST_NVHE, CPTR_HOST_NVHE, CPTR_TFP, HCR_HOST_NVHE, MDCR_HOST_NVHE, MDCR_HPMN } from '../traps.ts';
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

export const names = NVHE_NAMES;

export const common17 = ops.classOperations('COMMON_BEFORE_17', names);
export const common = ops.classOperations('COMMON', names);
export const user = ops.classOperations('USER', names);
export const el1Before17 = ops.classOperations('EL1_BEFORE_17', names);
export const el1 = ops.classOperations('EL1', names);
export const el2Return = ops.classOperations('EL2_RETURN', names);

// ---- Calling the hypervisor --------------------------------------------------------------------------------------------

/** HVC with the function in x0 and its argument in x1: an exception, the vector, an ERET. */
export function callHyp(cpu: Cpu, callee: HypFunction): void {
  const outcome = hostCall(cpu, callee);
  if (outcome !== 'returned') throw new InvariantError(`${callee.name} did not return to the host`);
  cpu.port.movFromX(RESULT, 0);
}

function hostCall(cpu: Cpu, callee: HypFunction): Cpu['outcome'] {
  const { port, cells } = cpu;
  const address = cpu.labels.hypFunctions.get(callee);
  if (address === undefined) throw new InvariantError(`${callee.name} has no place in native text`);
  cells[2 * V] = address;
  cells[2 * V + 1] = KERNEL_HIGH;
  port.movToX(0, V);
  port.movToX(1, ARG);
  if (callee.takesTwo === true) port.movToX(2, ARG2);
  port.label(cpu.labels.hypCall);
  return port.hvc(0);
}

/** A linear address of the kernel becomes its alias in the hyp address space: the upper 16 bits go. */
export function toHyp(cells: Uint32Array, cell: number): void {
  cells[2 * cell + 1] = cells[2 * cell + 1]! & 0xffff;
}

/** Code of the switch has the address space of EL2. */
export { hypAddress };

// DAIF: the HVC masks everything at EL2, and the host's own masks come back with SPSR_EL2.

/** Runs at EL2: its argument is the vCPU, its body what `enter` holds behind the call. It leaves by the guest's ERET. */
export const vcpuRun: HypFunction = {
  name: '__kvm_vcpu_run',
  entersGuest: true,
  run: (cpu) => {
    cpu.port.movFromX(VCPU, 1);
    toHyp(cpu.cells, VCPU);
    const { enterSwitch } = cpu.vcpu!.compiled;
    runPhase(cpu, enterSwitch);
  },
};

export const callSwitch = operation('call-hyp', 'HVC; vector: push x0, x1, R(ESR_EL2), R(VTTBR_EL2)=0, pop; the switch runs at EL2', (cpu) => {
  cpu.cells[2 * ARG] = cpu.cells[2 * VCPU]!;
  cpu.cells[2 * ARG + 1] = cpu.cells[2 * VCPU + 1]!;
  cpu.outcome = hostCall(cpu, vcpuRun);
});

// The ISB of VHE: the ERET is a context synchronisation event.

/** The frame of the HVC: back at EL1 behind it, with the exit code in x0. */
export const returnToHost = operation('return-to-host', 'ERET to the host at EL1', (cpu) => {
  cpu.port.movToX(0, CODE);
  cpu.outcome = cpu.port.eret();
});

/** The part that the host runs ends with the call; the rest runs in the vector that it reaches. */
export function enterGuest(cpu: Cpu): Cpu['outcome'] {
  const { enterHost } = cpu.vcpu!.compiled;
  runPhase(cpu, enterHost);
  return cpu.outcome;
}

/** E2H is 0, on both sides. */
export const guestHcr = 0n;

// ---- Traps -------------------------------------------------------------------------------------------------------------

/** One value: EL2 has no use of its own for what CPTR_EL2 allows. */
export const activateCptr = operation('activate-cptr', 'W(CPTR_EL2: TTA, TFP, TZ)', (cpu) => {
  setCell(cpu.cells, T, CPTR_GUEST_NVHE);
  cpu.port.msr(cpu.keys.cptr, T);
}, { facts: ['activate CPTR'] });

// VBAR_EL2: KVM's vectors, always; the host's are at EL1.

export const deactivateMdcr = ops.deactivateMdcr(MDCR_HPMN, MDCR_HOST_NVHE);
export const deactivateCommonTraps = ops.deactivateCommonTraps(MDCR_HPMN, MDCR_HOST_NVHE);

export const deactivateHcr = operation('deactivate-hcr', 'W(HCR_EL2=RW)', (cpu) => {
  setCell(cpu.cells, T, HCR_HOST_NVHE);
  cpu.port.msr(HCR_EL2.key, T);
}, { facts: ['deactivate HCR'] });

export const deactivateCptr = operation('deactivate-cptr', 'W(CPTR_EL2=0x32ff)', (cpu) => {
  setCell(cpu.cells, T, CPTR_HOST_NVHE);
  cpu.port.msr(cpu.keys.cptr, T);
}, { facts: ['deactivate CPTR'] });

// VBAR_EL2: as above.

export function readFpTrap(cpu: Cpu): boolean {
  cpu.port.mrs(T, cpu.keys.cptr);
  return (cpu.cells[2 * T]! & CPTR_TFP) === 0;
}

export function enableFp(cpu: Cpu, scratch: number): void {
  const { port, cells, keys } = cpu;
  port.mrs(scratch, keys.cptr);
  cells[2 * scratch] = cells[2 * scratch]! & ~CPTR_TFP;
  port.msr(keys.cptr, scratch);
}

// ---- Timer -------------------------------------------------------------------------------------------------------------

/** The guest may read the counter; its accesses to the physical timer, which is the host's, trap. */
export const enableTimerTraps = operation('enable-timer-traps', 'R(CNTHCTL_EL2), W(CNTHCTL_EL2: EL1PCTEN, no EL1PCEN)', (cpu) => {
  cpu.port.mrs(T, CNTHCTL_EL2.key);
  cpu.cells[2 * T] = (cpu.cells[2 * T]! | CNTHCTL_EL1PCTEN) & ~CNTHCTL_EL1PCEN;
  cpu.port.msr(CNTHCTL_EL2.key, T);
}, { facts: ['activate CNTHCTL'] });
export const disableTimerTraps = operation('disable-timer-traps', 'R(CNTHCTL_EL2), W(CNTHCTL_EL2: EL1PCTEN, EL1PCEN)', (cpu) => {
  cpu.port.mrs(T, CNTHCTL_EL2.key);
  cpu.cells[2 * T] = cpu.cells[2 * T]! | CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN;
  cpu.port.msr(CNTHCTL_EL2.key, T);
}, { facts: ['deactivate CNTHCTL'] });

// ---- Statistical profiling ---------------------------------------------------------------------------------------------

/** The buffer of a host at EL1 is filled through the EL1&0 translation: it must be drained while that is the host's. */
export const { saveHostSpe, restoreHostSpe } = debug;

// ---- TLB maintenance ---------------------------------------------------------------------------------------------------

/** At EL2 without E2H operations work on the VMID of VTTBR_EL2. */
export function tlbSwitchToGuest(cpu: Cpu): void {
  copyCell(cpu.cells, VM, ARG);
  toHyp(cpu.cells, VM);
  writeVttbrOfVm(cpu);
}

export function tlbSwitchToHost(cpu: Cpu): void {
  setCell(cpu.cells, T, ZERO);
  cpu.port.msr(VTTBR_EL2.key, T);
}

function writeVttbrOfVm({ port }: Cpu): void {
  port.ldr(T, VM, VM_STRUCT.VTTBR);
  port.msr(VTTBR_EL2.key, T);
  port.isb();
}

/** The argument is the vCPU. */
export const flushLocalVmid: HypFunction = {
  name: '__kvm_tlb_flush_local_vmid',
  run: (cpu) => {
    const { port, cells } = cpu;
    toHyp(cells, ARG);
    port.ldr(VM, ARG, VCPU_STRUCT.VM);
    toHyp(cells, VM);
    writeVttbrOfVm(cpu);
    port.sys(SYS.TLBI_VMALLE1, -1);
    port.dsb(BARRIER.NSH);
    port.isb();
    tlbSwitchToHost(cpu);
  },
};

// ---- The plan before the series ----------------------------------------------------------------------------------------

export const baseline: Plan = {
  mode: 'nvhe',
  deferred: [],
  waivers: [],
  phases: {
    ...around.baselineWith(loadTimer),
    load: [around.flushVmidOnMigration(flushLocalVmid), around.setPointers, gic2.gic2LoadVmcr, gic3.gic3LoadVmcr, loadTimer],
    flush: [around.flushVgic],
    enter: [
      debug.setupDebug,
      callSwitch,
      ops.setRunningVcpu,
      el1Before17.saveHost,
      el2Return.saveHost,
      common17.saveHost,
      debug.markDebugDirty,
      debug.saveHostDebug,
      saveHostSpe,
      a32.activateFpexc32,
      ops.activateHcr,
      ops.activateCommonTraps,
      activateCptr,
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
      guest.vectorEntry,
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
      ops.deactivateHstrPmu,
      ops.deactivateVm,
      el1Before17.restoreHost,
      el2Return.restoreHost,
      common17.restoreHost,
      ops.switchFp,
      debug.saveGuestDebug,
      restoreHostSpe,
      debug.restoreHostDebug,
      returnToHost,
    ],
    cancel: [],
    sync: [around.syncVgic],
    put: [putTimer, gic2.gic2PutVmcr, gic3.gic3PutVmcr, around.clearPointers],
    panic: [around.capturePanic, around.panicByVttbr],
  },
};

export const nvhe: Mode = { name: 'nvhe', names, baseline, guestHcr, hypAddress, toHyp, callHyp, tlbSwitchToGuest, tlbSwitchToHost, enterGuest, enableFp, readFpTrap };
