/**
 * KVM_RUN (kvm-arm-vhe-series.md, sections 2.1 to 2.3, 2.10, 3.1 to 3.3): prologue, and the loop of flush, enter, exit,
 * sync, handle between load and put. What those phases do is the plan's; the mode is not known here. A vCPU thread is a
 * machine that is resumed: whenever it yields, its whole state is the record, and no JavaScript frame waits for the guest.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { writeX } from './accessors.ts';
import { addToCell, CODE, ESR, HOST, K, PERCPU, setCell, VCPU } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { EXIT, FAIL, RESUME, SKIP_AND_EXIT, SKIP_AND_RESUME, type Outcome } from './exits/outcome.ts';
import { EXIT_HANDLERS } from './exits/table.ts';
import { enterKernel, leaveKernel } from './host/entry.ts';
import { TALLIES } from './host/tallies.ts';
import { PSTATE } from './instructions.ts';
import { KVM_EXIT_FAIL_ENTRY, KVM_EXIT_INTERNAL_ERROR, KVM_EXIT_INTR, KVM_EXIT_UNKNOWN, type Errno } from './kvm-run.ts';
import { CONTEXT, VCPU_STRUCT } from './layout.ts';
import { updateVttbr } from './mmu/vttbr.ts';
import { EDGE, type Edge } from './observer.ts';
import { CODE_HYP_GONE, CODE_IRQ, CODE_SERROR, CODE_TRAP, SERROR_PENDING } from './switch/codes.ts';
import type { Vcpu } from './vcpu.ts';

const DAIF_I = 0b0010;

function edge(cpu: Cpu, which: Edge | undefined): void {
  if (cpu.observe !== null) cpu.observe(which!);
}

function runPhase(cpu: Cpu, phase: readonly ((cpu: Cpu) => void)[]): void {
  for (let i = 0; i < phase.length; i++) phase[i]!(cpu);
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

export function putVcpu(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  cpu.port.charge(TALLIES.vcpuPut);
  edge(cpu, EDGE.put);
  cpu.port.charge(TALLIES.archVcpuPut);
  cpu.port.charge(TALLIES.timerPut);
  runPhase(cpu, vcpu.compiled.put);
  edge(cpu, EDGE.putDone);
  vcpu.isLoaded = false;
}

// ---- The prologue ------------------------------------------------------------------------------------------------------

/** The timer is set up; whether this was the first KVM_RUN. */
export function firstRunInit(cpu: Cpu): boolean {
  const vcpu = cpu.vcpu!;
  if (vcpu.hasRun) return false;
  vcpu.hasRun = true;
  cpu.cells[2 * K] = 1;
  cpu.cells[2 * K + 1] = 0;
  cpu.port.str(K, VCPU, VCPU_STRUCT.TIMER_ENABLED);
  return true;
}

/** What user space has put into the record goes into the register that the guest read the device to. */
export function completeMmio(cpu: Cpu): void {
  const { run, pendingMmio } = cpu.vcpu!;
  if (!pendingMmio.valid) return;
  pendingMmio.valid = false;
  cpu.port.charge(TALLIES.mmioReturn);
  const { len, register, signExtend, is64, bigEndian } = pendingMmio;
  const { cells } = cpu;
  cells[2 * K] = 0;
  cells[2 * K + 1] = 0;
  for (let byte = 0; byte < len; byte++) cells[2 * K + (byte >> 2)] = cells[2 * K + (byte >> 2)]! | (run.mmio.data[bigEndian ? len - 1 - byte : byte]! << (8 * (byte & 3)));
  if (signExtend && len < 8) {
    const unused = 32 - 8 * Math.min(len, 4);
    const extended = (cells[2 * K]! << unused) >> unused;
    cells[2 * K] = extended;
    cells[2 * K + 1] = is64 && extended < 0 ? -1 : 0;
  }
  writeX(cpu, register, K);
}

export function checkImmediateExit(cpu: Cpu): void {
  const vcpu = cpu.vcpu!;
  if (vcpu.run.immediateExit) vcpu.error = 'EINTR';
}

/** Runs the prologue; the errno that ends the ioctl, or null. */
function prologue(cpu: Cpu, vcpu: Vcpu): Errno | null {
  vcpu.error = null;
  if (vcpu.features === null) return 'ENOEXEC';
  for (const { run } of vcpu.compiled.prologue) {
    run(cpu);
    if (currentError(vcpu) !== null) return vcpu.error;
  }
  vcpu.run.exitReason = KVM_EXIT_UNKNOWN;
  return null;
}

/** The error as an operation may have left it; a method, because control flow analysis cannot see through the call. */
function currentError(vcpu: Vcpu): Errno | null {
  return vcpu.error;
}

// ---- After an exit -----------------------------------------------------------------------------------------------------

/** 1: again; 0: to user space; an errno in `vcpu.error`: KVM_RUN fails. */
function finish(cpu: Cpu, vcpu: Vcpu, outcome: Outcome): boolean {
  if (outcome === SKIP_AND_RESUME || outcome === SKIP_AND_EXIT) skipInstruction(cpu);
  if (outcome === FAIL && vcpu.error === null) throw new InvariantError('a handler failed without an errno');
  return outcome === RESUME || outcome === SKIP_AND_RESUME;
}

/** The pc of a guest in AArch64; AArch32 has its own rules about IT and instruction length, which come with it. */
function skipInstruction(cpu: Cpu): void {
  cpu.port.ldr(K, VCPU, CONTEXT.PC);
  addToCell(cpu.cells, K, 4);
  cpu.port.str(K, VCPU, CONTEXT.PC);
}

/** Whether the guest is entered again. */
function handleExit(cpu: Cpu, vcpu: Vcpu, code: number): boolean {
  const { port, cells } = cpu;
  port.charge(TALLIES.handleExit);
  if (code >>> 31 !== 0) return replayTrap(cpu, code);
  switch (code) {
    case CODE_IRQ:
    case CODE_SERROR:
      return true;
    case CODE_TRAP: {
      port.ldr(ESR, VCPU, VCPU_STRUCT.FAULT_ESR);
      const esr = cells[2 * ESR]!;
      return finish(cpu, vcpu, EXIT_HANDLERS[esr >>> 26]!(cpu, vcpu, esr));
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
const REWOUND: ReadonlySet<number> = new Set([0x12, 0x13, 0x16, 0x17]);

// ---- The thread --------------------------------------------------------------------------------------------------------

/**
 * Where a vCPU thread stands. `user`: the VMM. `kernel`: between two yields only, so never in a record. `guest`: machine code runs, or may. `scheduled-out` and `blocked`: in
 * KVM_RUN with the vCPU put, by the scheduler or because the guest waits.
 */
export type ThreadState = 'user' | 'kernel' | 'guest' | 'scheduled-out' | 'blocked';

/**
 * What a call of {@link VcpuThread.resume} came to. `exited`: KVM_RUN is over; see `error` and `vcpu.run`. `runnable`: it
 * gave the PE up at a legal point. `blocked`: the guest or the PE waits. `stopped`: the machine stops.
 */
export type ThreadStatus = 'exited' | 'runnable' | 'blocked' | 'stopped';

/** When the thread lets itself be scheduled out: tests make it happen where a kernel might. */
export type Preemption = 'never' | 'every-exit';

/** All that a snapshot needs of a thread beside the machine. */
export interface ThreadRecord {
  readonly vcpu: number;
  readonly state: ThreadState;
}

export class VcpuThread {
  readonly cpu: Cpu;
  readonly vcpu: Vcpu;
  readonly #preemption: Preemption;
  #state: ThreadState = 'user';
  /** The errno of the last KVM_RUN. */
  error: Errno | null = null;

  constructor(cpu: Cpu, vcpu: Vcpu, preemption: Preemption = 'never') {
    this.cpu = cpu;
    this.vcpu = vcpu;
    this.#preemption = preemption;
  }

  get record(): ThreadRecord {
    return { vcpu: this.vcpu.number, state: this.#state };
  }

  /** Continues from a record: the machine has been brought to where it was taken. */
  restore({ state }: ThreadRecord): void {
    this.#state = state;
    this.cpu.vcpu = this.vcpu;
    this.cpu.running = state === 'guest' ? this.vcpu : null;
    this.vcpu.isLoaded = state === 'guest';
  }

  /** Runs until the thread yields or KVM_RUN is over; in user space it makes the next KVM_RUN. */
  resume(): ThreadStatus {
    const { cpu, vcpu } = this;
    cpu.vcpu = vcpu;
    if (this.#state === 'user' && !this.#begin()) return 'exited';
    if (this.#state === 'scheduled-out' || this.#state === 'blocked') {
      takeVcpu(cpu, vcpu);
      loadVcpu(cpu);
    }
    for (;;) {
      if (this.#state !== 'guest' && !this.#enter()) return this.#cancel();
      switch (cpu.port.runGuest()) {
        case 'quantum':
          return 'runnable';
        case 'blocked':
          return 'blocked';
        case 'stop':
          return 'stopped';
        case 'returned':
          break;
      }
      this.#state = 'kernel';
      if (!handleExit(cpu, vcpu, this.#leave())) {
        this.error = vcpu.error;
        return this.#end();
      }
      if (vcpu.wantsToBlock || this.#preemption === 'every-exit') return this.#yield();
    }
  }

  /** The system call and the prologue; whether the loop is to start. */
  #begin(): boolean {
    const { cpu, vcpu } = this;
    edge(cpu, EDGE.kernel);
    enterKernel(cpu);
    this.#state = 'kernel';
    cpu.port.charge(TALLIES.ioctl);
    takeVcpu(cpu, vcpu);
    this.error = prologue(cpu, vcpu);
    if (this.error === null) return true;
    this.#end();
    return false;
  }

  /** Back to the VMM. */
  #end(): 'exited' {
    const { cpu, vcpu } = this;
    if (vcpu.isLoaded) putVcpu(cpu);
    leaveKernel(cpu);
    edge(cpu, EDGE.user);
    this.#state = 'user';
    return 'exited';
  }

  /** From the top of the loop into the guest; false when something calls the entry off. */
  #enter(): boolean {
    const { cpu, vcpu } = this;
    const { port } = cpu;
    takeVcpu(cpu, vcpu);
    port.charge(TALLIES.loopTop);
    updateVttbr(cpu, vcpu.vm);
    port.msrImm(PSTATE.DAIFSet, DAIF_I);
    edge(cpu, EDGE.flush);
    runPhase(cpu, vcpu.compiled.flush);
    port.charge(TALLIES.beforeEntry);
    if (vcpu.signalPending) return false;
    port.charge(TALLIES.setupDebug);
    port.charge(TALLIES.guestEnter);
    port.charge(TALLIES.switchFunction);
    edge(cpu, EDGE.enter);
    if (cpu.mode.enterGuest(cpu) !== 'in-guest') throw new InvariantError(`vCPU ${String(vcpu.number)} did not get into the guest`);
    this.#state = 'guest';
    return true;
  }

  /** Behind the switch: the exit code, and the guest's interrupts. */
  #leave(): number {
    const { cpu, vcpu } = this;
    const { port } = cpu;
    port.movFromX(CODE, 0);
    const code = cpu.cells[2 * CODE]!;
    takeVcpu(cpu, vcpu);
    port.charge(TALLIES.afterExit);
    edge(cpu, EDGE.sync);
    runPhase(cpu, vcpu.compiled.sync);
    edge(cpu, EDGE.synced);
    // The interrupt that caused the exit, if one did, is taken here.
    port.msrImm(PSTATE.DAIFClr, DAIF_I);
    port.charge(TALLIES.guestExit);
    return code;
  }

  /** A signal came between flush and entry: what flush prepared is folded back. */
  #cancel(): 'exited' {
    const { cpu, vcpu } = this;
    runPhase(cpu, vcpu.compiled.cancel);
    edge(cpu, EDGE.sync);
    runPhase(cpu, vcpu.compiled.sync);
    edge(cpu, EDGE.synced);
    cpu.port.msrImm(PSTATE.DAIFClr, DAIF_I);
    vcpu.signalPending = false;
    vcpu.run.exitReason = KVM_EXIT_INTR;
    this.error = 'EINTR';
    return this.#end();
  }

  /** The preempt notifiers: put on the way out, load when it runs again. */
  #yield(): 'runnable' | 'blocked' {
    const { cpu, vcpu } = this;
    putVcpu(cpu);
    this.#state = vcpu.wantsToBlock ? 'blocked' : 'scheduled-out';
    vcpu.wantsToBlock = false;
    return this.#state === 'blocked' ? 'blocked' : 'runnable';
  }
}
