/**
 * The thread of a vCPU: KVM_RUN as a loop of flush, enter, exit, sync, handle between load and put (kvm-arm-vhe-series.md,
 * sections 2.3, 2.10, 3.1 to 3.3). It is a machine that is resumed: whenever it yields, its whole state is the record, and
 * no JavaScript frame waits for the guest.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { hasRaisedLine } from './api/irq-line.ts';
import { CODE } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { disarmGuestDebug, stepAfterEmulation } from './debug/guest-debug.ts';
import { enterKernel, leaveKernel } from './host/entry.ts';
import { switchMm, switchThreads } from './host/schedule.ts';
import { TALLIES } from './host/tallies.ts';
import { HINT, PSTATE } from './instructions.ts';
import { KVM_EXIT_INTR, type Errno } from './kvm-run.ts';
import { updateVttbr } from './mmu/vttbr.ts';
import { EDGE } from './observer.ts';
import { flushPmu } from './pmu/overflow.ts';
import { edge, handleExit, handleExitEarly, loadVcpu, prologue, putVcpu, runPhase, startCounters, takeVcpu } from './run.ts';
import { restoreVtimer, saveVtimer } from './switch/timer.ts';
import { cancelBackground, hasPendingTimer, scheduleBackground } from './timer/arch-timer.ts';
import { freeVtimerInterrupt, shouldNotifyUser, updateDeviceLevels } from './timer/user-irqchip.ts';
import type { Vcpu } from './vcpu.ts';

const DAIF_I = 0b0010;

/**
 * Where a vCPU thread stands. `user`: the VMM. `kernel`: between two yields only, so never in a record. `guest`: machine
 * code runs, or may. `scheduled-out` and `blocked`: in KVM_RUN with the vCPU put, by the scheduler or because the guest
 * waits or is powered off.
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
  readonly vcpu: Vcpu;
  #cpu: Cpu;
  readonly #preemption: Preemption;
  #state: ThreadState = 'user';
  #isActive = false;
  #isSuspended = false;
  /** An instruction of the guest has waited, and is over: under single-step that ends KVM_RUN. */
  #hasWaited = false;
  /** The errno of the last KVM_RUN. */
  error: Errno | null = null;

  constructor(cpu: Cpu, vcpu: Vcpu, preemption: Preemption = 'never') {
    this.#cpu = cpu;
    this.vcpu = vcpu;
    vcpu.host = cpu;
    this.#preemption = preemption;
  }

  get record(): ThreadRecord {
    return { vcpu: this.vcpu.number, state: this.#state };
  }

  /** The PE that the thread is on, or was last. */
  get cpu(): Cpu {
    return this.#cpu;
  }

  /** KVM_RUN has begun and not ended, whether or not the thread is on a PE now. */
  get isInKvmRun(): boolean {
    return this.#state !== 'user';
  }

  /** {@link resume} is at work: it cannot be called from within itself. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Continues from a record: the machine has been brought to where it was taken. */
  restore({ state }: ThreadRecord): void {
    this.#state = state;
    this.cpu.vcpu = this.vcpu;
    this.cpu.loaded = state === 'guest' ? this.vcpu : null;
    this.cpu.running = state === 'guest' ? this.vcpu : null;
    this.vcpu.isLoaded = state === 'guest';
    this.vcpu.isInGuest = state === 'guest';
    this.vcpu.isBlocked = state === 'blocked';
  }

  // ---- The scheduler -------------------------------------------------------------------------------------------------

  /**
   * Another thread gets the PE: this one was scheduled out or waits, and the PE is in user space again. (Differs: a PE has one kernel
   * stack, and the frame of the system call is that of whichever thread is in the kernel; nobody asks what it holds.)
   */
  suspend(): void {
    if (this.#isSuspended || (this.#state !== 'scheduled-out' && this.#state !== 'blocked')) throw new InvariantError(`the thread of vCPU ${String(this.vcpu.number)} is suspended while it is ${this.#state}`);
    leaveKernel(this.#cpu);
    this.#isSuspended = true;
  }

  /** The thread goes on on another PE. One that waits is woken where it is, by that PE's timer. */
  migrate(cpu: Cpu): void {
    if (this.#state !== 'user' && !(this.#isSuspended && this.#state === 'scheduled-out')) throw new InvariantError(`the thread of vCPU ${String(this.vcpu.number)} migrates while it is ${this.#state}`);
    this.#cpu = cpu;
    this.vcpu.host = cpu;
  }

  /** Runs until the thread yields or KVM_RUN is over; in user space it makes the next KVM_RUN. */
  resume(): ThreadStatus {
    if (this.#isActive) throw new InvariantError(`the thread of vCPU ${String(this.vcpu.number)} is resumed from within itself`);
    this.#isActive = true;
    const status = this.#resume();
    this.#isActive = false;
    return status;
  }

  #resume(): ThreadStatus {
    const { cpu, vcpu } = this;
    cpu.vcpu = vcpu;
    if (this.#isSuspended) {
      enterKernel(cpu);
      this.#isSuspended = false;
      edge(cpu, EDGE.resumed);
    }
    if (this.#state === 'user' && !this.#begin()) return 'exited';
    if (this.#state === 'blocked' && !this.#mayRun()) return 'blocked';
    if (this.#state === 'scheduled-out' || this.#state === 'blocked') {
      // From the idle thread back; who was scheduled out for another thread has paid for the switch to it.
      if (this.#state === 'blocked') switchThreads(cpu);
      switchMm(cpu, vcpu.vm);
      takeVcpu(cpu, vcpu);
      loadVcpu(cpu);
      startCounters(cpu);
      if (this.#state === 'blocked') this.#unblock();
    }
    for (;;) {
      if (this.#state !== 'guest') {
        if (this.#mustBlock()) return this.#yield('blocked');
        if (this.#hasWaited && stepAfterEmulation(vcpu)) return this.#finish();
        this.#hasWaited = false;
        if (!this.#enter()) return this.#cancel();
      }
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
        return this.#finish();
      }
      if (this.#preemption === 'every-exit' || vcpu.wantsToYield) return this.#yield('scheduled-out');
    }
  }

  // ---- Waiting (`kvm_vcpu_block`) ------------------------------------------------------------------------------------

  /**
   * The guest waits, or is off, and nothing says otherwise: its timer moves to the host's, for the virtual one is off while
   * nobody is loaded.
   */
  #mustBlock(): boolean {
    const { cpu, vcpu } = this;
    if (!vcpu.isPoweredOff && !vcpu.wantsToBlock) return false;
    takeVcpu(cpu, vcpu);
    cpu.port.charge(TALLIES.block);
    const wasLoaded = saveVtimer(cpu);
    if (this.#isRunnable()) {
      if (wasLoaded) restoreVtimer(cpu);
      this.#hasWaited = vcpu.wantsToBlock;
      vcpu.wantsToBlock = false;
      return false;
    }
    scheduleBackground(cpu, vcpu);
    return true;
  }

  /** The PE was interrupted: whatever came is taken before anything is asked. */
  #mayRun(): boolean {
    const { port } = this.cpu;
    port.msrImm(PSTATE.DAIFClr, DAIF_I);
    port.hint(HINT.NOP);
    return this.#isRunnable();
  }

  #isRunnable(): boolean {
    const { cpu, vcpu } = this;
    if (vcpu.signalPending) return true;
    // One that was off needs nothing but to be on again; one that waits needs something to wake up for.
    return !vcpu.isPoweredOff && (!vcpu.wantsToBlock || vcpu.vgic.hasPending || hasRaisedLine(cpu, vcpu) || hasPendingTimer(cpu, vcpu));
  }

  #unblock(): void {
    const { cpu, vcpu } = this;
    cancelBackground(cpu, vcpu);
    this.#hasWaited = vcpu.wantsToBlock;
    vcpu.wantsToBlock = false;
    vcpu.isBlocked = false;
  }

  // ---- One entry and exit --------------------------------------------------------------------------------------------

  /** The system call and the prologue; whether the loop is to start. */
  #begin(): boolean {
    const { cpu, vcpu } = this;
    edge(cpu, EDGE.kernel);
    enterKernel(cpu);
    this.#state = 'kernel';
    cpu.port.charge(TALLIES.ioctl);
    takeVcpu(cpu, vcpu);
    const starts = prologue(cpu, vcpu);
    this.error = vcpu.error;
    if (starts) return true;
    this.#end();
    return false;
  }

  /** The loop is over. */
  #finish(): 'exited' {
    this.#hasWaited = false;
    updateDeviceLevels(this.#cpu, this.vcpu);
    return this.#end();
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
    flushPmu(cpu, vcpu);
    edge(cpu, EDGE.flush);
    runPhase(cpu, vcpu.compiled.flush);
    port.charge(TALLIES.beforeEntry);
    if (vcpu.signalPending || shouldNotifyUser(cpu, vcpu)) return false;
    port.charge(TALLIES.setupDebug);
    port.charge(TALLIES.guestEnter);
    port.charge(TALLIES.switchFunction);
    edge(cpu, EDGE.enter);
    if (cpu.mode.enterGuest(cpu) !== 'in-guest') throw new InvariantError(`vCPU ${String(vcpu.number)} did not get into the guest`);
    this.#state = 'guest';
    vcpu.isInGuest = true;
    return true;
  }

  /** Behind the switch: the exit code, and the guest's interrupts. */
  #leave(): number {
    const { cpu, vcpu } = this;
    const { port } = cpu;
    port.movFromX(CODE, 0);
    const code = cpu.cells[2 * CODE]!;
    vcpu.isInGuest = false;
    takeVcpu(cpu, vcpu);
    port.charge(TALLIES.afterExit);
    disarmGuestDebug(cpu, vcpu);
    this.#sync();
    // The interrupt that caused the exit, if one did, is taken here.
    port.msrImm(PSTATE.DAIFClr, DAIF_I);
    port.charge(TALLIES.guestExit);
    handleExitEarly(cpu, code);
    return code;
  }

  /** What the guest has done with its interrupts, with those of the PE masked. */
  #sync(): void {
    const { cpu, vcpu } = this;
    edge(cpu, EDGE.sync);
    runPhase(cpu, vcpu.compiled.sync);
    freeVtimerInterrupt(cpu, vcpu);
    edge(cpu, EDGE.synced);
  }

  /** A signal came between flush and entry, or a controller of user space has news: what flush prepared is folded back. */
  #cancel(): 'exited' {
    const { cpu, vcpu } = this;
    runPhase(cpu, vcpu.compiled.cancel);
    this.#sync();
    cpu.port.msrImm(PSTATE.DAIFClr, DAIF_I);
    vcpu.signalPending = false;
    vcpu.run.exitReason = KVM_EXIT_INTR;
    this.error = 'EINTR';
    return this.#finish();
  }

  /** The preempt notifiers: put on the way out, load when it runs again. */
  #yield(state: 'scheduled-out' | 'blocked'): 'runnable' | 'blocked' {
    const { cpu, vcpu } = this;
    putVcpu(cpu);
    switchThreads(cpu);
    if (state === 'blocked') cpu.port.charge(TALLIES.idle);
    this.#state = state;
    vcpu.wantsToYield = false;
    vcpu.isBlocked = state === 'blocked';
    return state === 'blocked' ? 'blocked' : 'runnable';
  }
}
