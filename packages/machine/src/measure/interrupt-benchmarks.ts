/**
 * Benchmarks of interrupts and threads, which more than one party has a part in: each follows the way of an iteration through the PEs,
 * the steady last ones of a run.
 */
import { EVENTS, InvariantError } from '@worldswitch/cpu/arch';
import { FIRST_SPI } from '@worldswitch/gic';
import { EDGE, KVM_ARM_IRQ_TYPE, KVM_EXIT_SYSTEM_EVENT, type Edge } from '@worldswitch/hyp';
import type { Hypervised } from '../hypervised.ts';
import type { Machine } from '../machine.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import { CriticalPath, type PathSummary } from './critical-path.ts';
import { prepareGuest, runGuest, type GuestRunOptions } from './guest-run.ts';

export interface PathResult extends PathSummary {
  /** Means of an iteration, all PEs together. */
  readonly events: Readonly<Record<string, number>>;
}

/** Counters of a machine at the beginning of each iteration. */
class EventLog {
  readonly #machine: Machine;
  readonly #readings: Float64Array[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  read(): void {
    const { pes } = this.#machine;
    this.#readings.push(Float64Array.from(EVENTS, (_, event) => pes.reduce((sum, pe) => sum + pe.events[event]!, 0)));
  }

  /** Means of the last `count` iterations. */
  means(count: number): Readonly<Record<string, number>> {
    const [first, last] = [this.#readings.at(-1 - count), this.#readings.at(-1)];
    if (first === undefined || last === undefined) throw new InvariantError(`fewer than ${String(count)} iterations`);
    return Object.fromEntries(EVENTS.flatMap((event, index) => (last[index] === first[index] ? [] : [[event, (last[index]! - first[index]!) / count]])));
  }
}

const SENDER = 0;
const RECEIVER = 1;

/** Phases of the receiver by the edge that each begins with: it leaves its guest, or wakes up. */
const RECEIVES: Readonly<Record<Edge, string>> = {
  [EDGE.exit]: 'receiver exit', [EDGE.load]: 'load', [EDGE.loaded]: 'host interrupt', [EDGE.synced]: 'host interrupt', [EDGE.flush]: 'list registers',
};

/**
 * Follows an SGI from the sender's exit to the receiver's guest, and the answer to the sender's next exit. What the sender does once the
 * interrupt is on its way is nobody's wait.
 */
class SgiWay {
  readonly path: CriticalPath;
  readonly events: EventLog;

  constructor({ machine }: Hypervised) {
    this.path = new CriticalPath(machine);
    this.events = new EventLog(machine);
  }

  edge(edge: Edge, pe: number): void {
    const { path } = this;
    if (pe === SENDER) this.#sender(edge);
    else if (pe === RECEIVER && path.phase !== null && !this.#isSending) this.#receiver(edge);
  }

  get #isSending(): boolean {
    const { phase } = this.path;
    return phase === 'sender exit' || phase === 'SGI emulation';
  }

  #sender(edge: Edge): void {
    const { path } = this;
    if (edge === EDGE.exit) {
      const at = path.entryOf(SENDER);
      path.leave(at);
      path.next();
      path.enter('sender exit', SENDER, at);
      this.events.read();
    } else if (this.#isSending && edge === EDGE.synced) path.enter('SGI emulation', SENDER, path.timeOf(SENDER));
    else if (this.#isSending && edge === EDGE.kick) path.enter('propagation', null, path.timeOf(SENDER));
  }

  #receiver(edge: Edge): void {
    const { path } = this;
    if (path.phase === 'guest') return;
    if (edge === EDGE.enter) path.enter('guest', null, path.timeOf(RECEIVER));
    else if (RECEIVES[edge] !== undefined) path.enter(RECEIVES[edge], RECEIVER, edge === EDGE.exit ? path.entryOf(RECEIVER) : path.timeOf(RECEIVER));
  }
}

/** An SGI and its answer, from the sender's exit to its next one. */
export function measureIpi(options: GuestRunOptions): PathResult {
  let way: SgiWay | null = null;
  runGuest(options, (edge, hypervised, pe) => (way ??= new SgiWay(hypervised)).edge(edge, pe));
  const { path, events } = way!;
  return { ...path.summary(options.iterations), events: events.means(options.iterations) };
}

/** What the guest itself has measured, in cycles; of the phases, the rest is the guest's. */
export function measureWaitingIpi(options: GuestRunOptions): PathResult {
  let way: SgiWay | null = null;
  const guest = runGuest(options, (edge, hypervised, pe) => (way ??= new SgiWay(hypervised)).edge(edge, pe));
  const { path, events } = way!;
  return ofGuest(guest, options, path.summary(options.iterations), events.means(options.iterations));
}

/** Brackets of the guest in place of the length of iterations. */
function ofGuest(guest: Hypervised, { profile, iterations }: GuestRunOptions, { softwareCycles, breakdown }: PathSummary, events: PathResult['events']): PathResult {
  const toCycles = (register: string): number => (Number(guest.getX(register)) * profile.clockHz) / profile.counterHz;
  const mean = toCycles('x22') / iterations;
  const others = Object.entries(breakdown).reduce((sum, [phase, cycles]) => (phase === 'guest' ? sum : sum + cycles), 0);
  return { cycles: { min: toCycles('x23'), mean, max: toCycles('x24') }, softwareCycles, breakdown: { ...breakdown, guest: mean - others }, events };
}

/** How late the virtual timer's interrupt is: from its deadline to the end of the guest's wait. */
export function measureTimer(options: GuestRunOptions): PathResult {
  const { profile, iterations } = options;
  const PHASES: Readonly<Record<Edge, string>> = { [EDGE.sync]: 'exit', [EDGE.synced]: 'host interrupt', [EDGE.flush]: 'list registers' };
  let path: CriticalPath | null = null;
  let log: EventLog | null = null;
  const guest = runGuest(options, (edge, { machine }) => {
    path ??= new CriticalPath(machine);
    log ??= new EventLog(machine);
    if (edge === EDGE.exit) {
      const at = path.entryOf(0);
      path.leave(at);
      path.next();
      path.enter('exit', 0, at);
      log.read();
    } else if (edge === EDGE.enter) path.enter('guest', null, path.timeOf(0));
    else if (PHASES[edge] !== undefined && PHASES[edge] !== path.phase) path.enter(PHASES[edge], 0, path.timeOf(0));
  });
  const wait = profile.clockHz / 100;
  const late = ofGuest(guest, options, path!.summary(iterations), log!.means(iterations));
  const { min, mean, max } = late.cycles;
  return { ...late, cycles: { min: min - wait, mean: mean - wait, max: max - wait }, breakdown: { ...late.breakdown, guest: late.breakdown['guest']! - wait } };
}

/** From the guest's kick of a device to the VMM's first instruction behind its system call. */
export function measureIoOut(options: GuestRunOptions): PathResult {
  const PHASES: Readonly<Record<Edge, string>> = { [EDGE.synced]: 'handle', [EDGE.put]: 'put', [EDGE.putDone]: 'kernel' };
  let path: CriticalPath | null = null;
  let log: EventLog | null = null;
  // The first one faults.
  runGuest({ ...options, iterations: options.iterations + 1 }, (edge, { machine }) => {
    path ??= new CriticalPath(machine);
    log ??= new EventLog(machine);
    if (edge === EDGE.exit) {
      path.enter('exit', 0, path.entryOf(0));
      log.read();
    } else if (edge === EDGE.user && path.phase !== null) {
      path.leave(path.timeOf(0));
      path.next();
    } else if (PHASES[edge] !== undefined && path.phase !== null) path.enter(PHASES[edge], 0, path.timeOf(0));
  });
  // The last exit is the guest's end.
  return { ...path!.summary(options.iterations, 1), events: log!.means(options.iterations) };
}

/** Time that a guest is left alone to fall asleep, in cycles. */
const ASLEEP = 200_000;
const SPI = (KVM_ARM_IRQ_TYPE.SPI << 24) | FIRST_SPI;
const VMM = 1;

/** From the VMM's KVM_IRQ_LINE, by a thread on another PE, to the first instruction of the handler of a guest that waits. */
export function measureIoIn(options: GuestRunOptions): PathResult {
  let path: CriticalPath | null = null;
  let log: EventLog | null = null;
  const hypervised = prepareGuest({ ...options, vcpus: 2 }, (edge, { machine }, pe) => {
    path ??= new CriticalPath(machine);
    log ??= new EventLog(machine);
    if (path.phase === null) return;
    if (pe === VMM && edge === EDGE.kick) path.enter('propagation', null, path.timeOf(VMM));
    if (pe === VMM) return;
    if (edge === EDGE.exit && path.phase === 'guest') {
      path.leave(path.entryOf(0));
      path.next();
    } else if (edge === EDGE.enter) path.enter('guest', null, path.timeOf(0));
    else if (RECEIVES[edge] !== undefined && edge !== EDGE.exit) path.enter(RECEIVES[edge], 0, path.timeOf(0));
  });
  const { machine, vcpu, vm } = hypervised;
  const [guestPe, vmmPe] = [machine.pes[0]!, machine.pes[VMM]!];
  const delay = ASLEEP * UNITS_PER_CYCLE;
  vmmPe.skipTo(guestPe.clock.time + delay);
  for (;;) {
    if (machine.nextNative() === vmmPe) {
      log!.read();
      path!.enter('signal', VMM, vmmPe.clock.time);
      vm.irqLine(SPI, true, VMM);
      vm.irqLine(SPI, false, VMM);
      vmmPe.skipTo(vmmPe.clock.time + delay);
      continue;
    }
    const status = vcpu.thread.resume();
    if (status === 'blocked') guestPe.state = 'waiting';
    if (status === 'exited') break;
  }
  if (vcpu.vcpu.run.exitReason !== KVM_EXIT_SYSTEM_EVENT) throw new InvariantError(`the guest ended with exit reason ${String(vcpu.vcpu.run.exitReason)}`);
  return { ...path!.summary(options.iterations), events: log!.means(options.iterations) };
}
