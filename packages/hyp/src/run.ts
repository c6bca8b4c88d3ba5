/**
 * The parts of KVM_RUN (kvm-arm-vhe-series.md, sections 2.1, 2.2, 2.10, 2.11, 3.1): its prologue, load and put, and what is
 * done about an exit. What the phases do is the plan's; the mode is not known here. The loop is in `thread.ts`.
 */
import { EC, InvariantError } from '@worldswitch/cpu/arch';
import { addToCell, ESR, HOST, K, PERCPU, setCell, VCPU } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { stepAfterEmulation } from './debug/guest-debug.ts';
import { EXIT, FAIL, RESUME, RETRY, SKIP_AND_EXIT, SKIP_AND_RESUME, type Outcome } from './exits/outcome.ts';
import { EXIT_HANDLERS } from './exits/table.ts';
import { TALLIES } from './host/tallies.ts';
import { injectSError } from './inject.ts';
import { KVM_EXIT_FAIL_ENTRY, KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_MMIO, KVM_EXIT_UNKNOWN, type Errno } from './kvm-run.ts';
import { CONTEXT, VCPU_STRUCT } from './layout.ts';
import { EDGE, type Edge } from './observer.ts';
import { completeRead } from './mmio/complete.ts';
import { loadCounters, putCounters } from './pmu/counters.ts';
import { CODE_HYP_GONE, CODE_IRQ, CODE_SERROR, CODE_TRAP, SERROR_PENDING } from './switch/codes.ts';
import { enableTimers } from './timer/arch-timer.ts';
import type { Vcpu } from './vcpu.ts';
import { initVgic } from './vgic/device.ts';
import type { Vm } from './vm.ts';

export function edge(cpu: Cpu, which: Edge | undefined): void {
  if (cpu.observe !== null) cpu.observe(which!);
}

export function runPhase(cpu: Cpu, phase: readonly ((cpu: Cpu) => void)[]): void {
  for (let i = 0; i < phase.length; i++) {
    cpu.operation = phase[i]!;
    cpu.operation(cpu);
  }
}

/** The registers of the host's C code: callee-saved on hardware, set again here after whatever used the cells. */
export function takeVcpu(cpu: Cpu, vcpu: Vcpu): void {
  setCell(cpu.cells, VCPU, vcpu.address);
  setCell(cpu.cells, PERCPU, cpu.perCpu);
  // The host's context is the first thing in the per-CPU area.
  setCell(cpu.cells, HOST, cpu.perCpu);
}

// ---- Load and put ------------------------------------------------------------------------------------------------------

export function loadVcpu(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  if (vcpu.isLoaded) throw new InvariantError(`vCPU ${String(vcpu.number)} is loaded twice`);
  cpu.port.charge(TALLIES.vcpuLoad);
  edge(cpu, EDGE.load);
  cpu.port.charge(TALLIES.archVcpuLoad);
  cpu.port.charge(TALLIES.timerLoad);
  runPhase(cpu, vcpu.compiled.load);
  edge(cpu, EDGE.loaded);
  vcpu.isLoaded = true;
}

/** The guest's counters count from here to put. Only KVM_RUN calls it: every other ioctl finds them in memory, loaded or not. */
export function startCounters(cpu: Cpu): void {
  const { pmu } = cpu.vcpu!;
  if (pmu.isReady) loadCounters(cpu, pmu);
}

export function putVcpu(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  putCounters(cpu, vcpu.pmu);
  cpu.port.charge(TALLIES.vcpuPut);
  edge(cpu, EDGE.put);
  cpu.port.charge(TALLIES.archVcpuPut);
  cpu.port.charge(TALLIES.timerPut);
  runPhase(cpu, vcpu.compiled.put);
  edge(cpu, EDGE.putDone);
  vcpu.isLoaded = false;
}

// ---- The prologue ------------------------------------------------------------------------------------------------------

/** A VM's vCPUs agree about the interrupts of their timers, which are two, and nobody else's. */
function timerIrqsAreValid(vcpu: Vcpu): boolean {
  const { vm, timers, timerIrqs: { vtimer, ptimer } } = vcpu;
  if (vm.vgic !== null && (vm.vgic.setOwner(vcpu, vtimer, timers.virtual) ?? vm.vgic.setOwner(vcpu, ptimer, timers.physical)) !== null) return false;
  return vtimer !== ptimer && vm.vcpus.every(({ timerIrqs }) => timerIrqs.vtimer === vtimer && timerIrqs.ptimer === ptimer);
}

/**
 * What the VMM has left out of its interrupt controller (`kvm_vgic_map_resources`): addresses; or INIT, which a GICv2 gets now and a
 * GICv3 must have had.
 */
function vgicRefusal(cpu: Cpu, vm: Vm): Errno | null {
  const { vgic } = vm;
  if (vgic === null || vgic.isMapped) return null;
  if (Object.values(vgic.addresses).includes(null)) return 'ENXIO';
  return vgic.model === 'gicv3' ? 'EBUSY' : initVgic(cpu, vm);
}

/** The interrupt controller and the timer are set up; whether this was the first KVM_RUN. */
export function firstRunInit(cpu: Cpu): boolean {
  const vcpu = cpu.vcpu!;
  if (vcpu.hasRun) return false;
  vcpu.error = vgicRefusal(cpu, vcpu.vm);
  if (vcpu.error !== null) return false;
  if (!timerIrqsAreValid(vcpu)) {
    vcpu.error = 'EINVAL';
    return false;
  }
  vcpu.hasRun = true;
  cpu.cells[2 * K] = 1;
  cpu.cells[2 * K + 1] = 0;
  cpu.port.str(K, VCPU, VCPU_STRUCT.TIMER_ENABLED);
  enableTimers(cpu, vcpu);
  return true;
}

/** What user space has put into the record goes into the register that the guest read the device to. */
export function completeMmio(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  if (vcpu.run.exitReason !== KVM_EXIT_MMIO) return;
  if (vcpu.pendingMmio.valid) completeRead(cpu, vcpu);
  vcpu.endsEarly = stepAfterEmulation(vcpu);
}

export function checkImmediateExit(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  if (vcpu.run.immediateExit) vcpu.error = 'EINTR';
}

/** Runs the prologue; whether the loop is to start. If not, `error` says why, or `run` has a reason. */
export function prologue(cpu: Cpu, vcpu: Vcpu): boolean {
  vcpu.error = vcpu.features === null ? 'ENOEXEC' : null;
  vcpu.endsEarly = false;
  if (vcpu.error !== null) return false;
  for (const { run } of vcpu.compiled.prologue) {
    run(cpu);
    if (isOver(vcpu)) return false;
  }
  startCounters(cpu);
  vcpu.run.exitReason = KVM_EXIT_UNKNOWN;
  return true;
}

/** As an operation may have left it; a function, because control flow analysis cannot see through the call. */
function isOver(vcpu: Vcpu): boolean {
  return vcpu.error !== null || vcpu.endsEarly;
}

// ---- After an exit -----------------------------------------------------------------------------------------------------

/** Whether the guest is entered again; if not, `run` has a reason or `vcpu.error` an errno. */
function finish(cpu: Cpu, vcpu: Vcpu, outcome: Outcome): boolean {
  if (outcome === SKIP_AND_RESUME || outcome === SKIP_AND_EXIT) skipInstruction(cpu);
  if (outcome === FAIL && vcpu.error === null) throw new InvariantError('a handler failed without an errno');
  return outcome === RESUME || outcome === SKIP_AND_RESUME || outcome === RETRY;
}

/** The pc of a guest in AArch64; AArch32 has its own rules about IT and instruction length, which come with it. */
function skipInstruction(cpu: Cpu): void {
  cpu.port.ldr(K, VCPU, CONTEXT.PC);
  addToCell(cpu.cells, K, 4);
  cpu.port.str(K, VCPU, CONTEXT.PC);
}

/**
 * An SError of the guest, taken as its exit or with it: the guest gets a virtual one, with preemption still off because the
 * syndrome is this PE's.
 */
export function handleExitEarly(cpu: Cpu, code: number): void {
  if (code >>> 31 !== 0 || code === CODE_SERROR) injectSError(cpu);
}

/** Whether the guest is entered again. */
export function handleExit(cpu: Cpu, vcpu: Vcpu, code: number): boolean {
  const { port, cells } = cpu;
  port.charge(TALLIES.handleExit);
  if (code >>> 31 !== 0) return replayTrap(cpu, code);
  switch (code) {
    case CODE_IRQ:
    case CODE_SERROR:
      return true;
    case CODE_TRAP: {
      port.ldr(ESR, VCPU, VCPU_STRUCT.FAULT_ESR);
      // Signed: V8 puts a larger number on the heap.
      const esr = cells[2 * ESR]! | 0;
      const outcome = EXIT_HANDLERS[esr >>> 26]!(cpu, vcpu, esr);
      // (Differs: v4.16 reports a step after a page was mapped, too, with the instruction still to come.) A guest that waits does so first.
      return finish(cpu, vcpu, outcome) && (outcome === RETRY || vcpu.wantsToBlock || !stepAfterEmulation(vcpu));
    }
    case CODE_HYP_GONE:
      vcpu.run.exitReason = KVM_EXIT_FAIL_ENTRY;
      return finish(cpu, vcpu, EXIT);
    default:
      vcpu.run.exitReason = KVM_EXIT_INTERNAL_ERROR;
      return finish(cpu, vcpu, EXIT);
  }
}

/** An SError came with the exit: nothing about a trap was read, so it must happen again. HVC and SMC are behind already. */
function replayTrap(cpu: Cpu, code: number): boolean {
  if ((code & ~SERROR_PENDING) !== CODE_TRAP) return true;
  const { port, cells } = cpu;
  port.ldr(ESR, VCPU, VCPU_STRUCT.FAULT_ESR);
  if (REWOUND.has(cells[2 * ESR]! >>> 26)) {
    port.ldr(K, VCPU, CONTEXT.PC);
    const low = cells[2 * K]!;
    cells[2 * K] = low - 4;
    if (low < 4) cells[2 * K + 1] = cells[2 * K + 1]! - 1;
    port.str(K, VCPU, CONTEXT.PC);
  }
  return true;
}

/** HVC and SMC of either state; in AArch32 a trapped SMC is not behind, but it is in the list that KVM rewinds. */
const REWOUND: ReadonlySet<number> = new Set([EC.HVC32, EC.SMC32, EC.HVC64, EC.SMC64]);
