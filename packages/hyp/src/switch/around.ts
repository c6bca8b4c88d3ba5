/**
 * What stands around the register moves of a switch: which ioctls load a vCPU, the prologue of KVM_RUN, pointers, the vgic's
 * flush and sync, VCPU_INIT, and the way out of a panic. The same in both modes; the TLB maintenance of a mode is an argument.
 */
import { ELR_EL2, InvariantError, PAR_EL1, SPSR_EL2, VTTBR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, copyCell, PERCPU, setCell, T, VCPU, ZERO } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { PERCPU_STRUCT, VCPU_STRUCT } from '../layout.ts';
import { resetCore, resetHcr, resetSysRegs } from '../reset.ts';
import { checkImmediateExit, completeMmio, firstRunInit, loadVcpu, putVcpu } from '../run.ts';
import { resetTimers } from '../timer/arch-timer.ts';
import type { HypFunction } from './mode.ts';
import { operation, type Operation } from './operation.ts';

// ---- VCPU_INIT ---------------------------------------------------------------------------------------------------------

const reset = operation('reset-registers', 'core registers and system registers of the context: memory only', (cpu) => {
  resetCore(cpu);
  resetSysRegs(cpu);
  resetTimers(cpu, cpu.vcpu!);
});

/** Before step 05. */
export const resetHcrWithoutOverride = operation('reset-hcr', 'hcr_el2 = the guest flags', (cpu) => resetHcr(cpu, false), { variant: 'without FMO, IMO' });
export const resetHcrWithOverride = operation('reset-hcr', 'hcr_el2 = the guest flags, FMO and IMO among them', (cpu) => resetHcr(cpu, true));

// ---- Ioctls and the prologue of KVM_RUN --------------------------------------------------------------------------------

const load = operation('vcpu-load', 'the phase load', loadVcpu);
const put = operation('vcpu-put', 'the phase put', putVcpu);
const body = operation('ioctl-body', 'the ioctl itself: memory only', () => {
  // run.ts stands here.
});

/** With the vCPU loaded, what the initialisation sets up is loaded at once. */
function initWhileLoaded(timer: Operation): Operation {
  return operation('first-run-init', 'the timer is enabled, and loaded', (cpu) => {
    if (firstRunInit(cpu)) timer.run(cpu);
  }, { when: 'first KVM_RUN', variant: 'while loaded' });
}
export const initUnloaded = operation('first-run-init', 'the timer is enabled', (cpu) => {
  firstRunInit(cpu);
}, { when: 'first KVM_RUN' });

const mmio = operation('complete-mmio', 'the data of an MMIO read goes into its register', completeMmio, { when: 'the last exit was MMIO' });
const immediate = operation('check-immediate-exit', '-EINTR', checkImmediateExit, { when: 'immediate_exit' });

// ---- Load and put ------------------------------------------------------------------------------------------------------

/** TLB entries of a VM's VMID may be another vCPU's: each has its own stage 1. */
export function flushVmidOnMigration(flush: HypFunction): Operation {
  return operation('flush-local-vmid', 'hyp call: W(VTTBR_EL2), TLBI VMALLE1, W(VTTBR_EL2=0)', (cpu) => {
    const vcpu = cpu.vcpu!;
    if (!vcpu.vm.noteVcpu(cpu.port.pe, vcpu)) return;
    copyCell(cpu.cells, ARG, VCPU);
    cpu.mode.callHyp(cpu, flush);
  }, { when: 'another vCPU of this VM ran here last' });
}

export const setPointers = operation('set-pointers', 'host context of this PE into the vCPU; the vCPU into the per-CPU area', (cpu) => {
  cpu.port.str(PERCPU, VCPU, VCPU_STRUCT.HOST_CONTEXT);
  cpu.port.str(VCPU, PERCPU, PERCPU_STRUCT.LOADED_VCPU);
  cpu.loaded = cpu.vcpu;
});

export const clearPointers = operation('clear-pointers', 'no vCPU in the per-CPU area', (cpu) => {
  setCell(cpu.cells, T, ZERO);
  cpu.port.str(T, PERCPU, PERCPU_STRUCT.LOADED_VCPU);
  cpu.loaded = null;
});

function setLoadedFlag(cpu: Cpu, value: number): void {
  cpu.cells[2 * T] = value;
  cpu.cells[2 * T + 1] = 0;
  cpu.port.str(T, VCPU, VCPU_STRUCT.SYSREGS_LOADED);
}

export const markSysregsLoaded = operation('mark-sysregs-loaded', 'sysregs_loaded_on_cpu = true', (cpu) => setLoadedFlag(cpu, 1));
export const markSysregsPut = operation('mark-sysregs-put', 'sysregs_loaded_on_cpu = false', (cpu) => setLoadedFlag(cpu, 0));

// ---- The vgic ----------------------------------------------------------------------------------------------------------

export const flushVgic = operation('flush-vgic', 'ap_list into list register images: memory only', (cpu) => cpu.vcpu!.vgic.flush(cpu), { when: 'ap_list not empty' });
export const syncVgic = operation('sync-vgic', 'list register images back into interrupts: memory only', (cpu) => cpu.vcpu!.vgic.sync(cpu), { when: 'ap_list not empty' });

/** What flush wrote to ICH registers, sync reads back with no guest entry, and so no context synchronisation, between. */
export const cancelIsb = operation('cancel-isb', 'ISB', (cpu) => cpu.port.isb());

// ---- Panic -------------------------------------------------------------------------------------------------------------

export const capturePanic = operation('capture-panic', 'R(SPSR_EL2), R(ELR_EL2), R(PAR_EL1)', (cpu) => {
  const { port, cells, panicState } = cpu;
  [SPSR_EL2, ELR_EL2, PAR_EL1].forEach(({ key }, index) => {
    port.mrs(T, key);
    panicState[2 * index] = cells[2 * T]!;
    panicState[2 * index + 1] = cells[2 * T + 1]!;
  });
});

function restoreHostForPanic(cpu: Cpu): void {
  const plan = cpu.running?.compiled;
  if (plan === undefined) throw new InvariantError('panic at EL2 with a guest in place, and no vCPU noted');
  for (const run of plan.panicRestore) run(cpu);
}

/** A guest was in exactly if a stage 2 table is set. */
export const panicByVttbr = operation('panic-restore-host', 'R(VTTBR_EL2); if not 0: traps off, host registers back', (cpu) => {
  cpu.port.mrs(T, VTTBR_EL2.key);
  if (cpu.cells[2 * T] !== 0 || cpu.cells[2 * T + 1] !== 0) restoreHostForPanic(cpu);
}, { variant: 'if VTTBR_EL2 is not 0' });

/** From step 04 under VHE: KVM's vectors are in place only with a guest in, and VTTBR_EL2 need not say so. */
export const panicAlways = operation('panic-restore-host', 'traps off, host registers back', restoreHostForPanic, { variant: 'always' });

// ---- The plan before the series ----------------------------------------------------------------------------------------

/** The phases that do not differ between the modes; `timer` is what load does about timers. */
export function baselineWith(timer: Operation): Readonly<Record<'reset' | 'ioctl' | 'prologue', readonly Operation[]>> {
  return {
    reset: [reset, resetHcrWithoutOverride],
    ioctl: [load, body, put],
    prologue: [load, initWhileLoaded(timer), mmio, immediate],
  };
}
