/**
 * Benchmarks of interrupts and threads, which more than one party has a part in: each follows the way of an iteration through the PEs,
 * the steady last ones of a run.
 */
import { EVENTS, InvariantError } from '@worldswitch/cpu/arch';
import { FIRST_SPI } from '@worldswitch/gic';
import { EDGE, KVM_ARM_IRQ_TYPE, KVM_EXIT_SYSTEM_EVENT, planFor, type Edge } from '@worldswitch/hyp';
import type { Hypervised } from '../hypervised.ts';
import type { Machine } from '../machine.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import { CriticalPath, type PathSummary } from './critical-path.ts';
import { MeasuredVm } from './measured-vm.ts';
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

/** Phases of the receiver by the edge that each begins with: it leaves its guest, or wakes up. */
const RECEIVES: Readonly<Record<Edge, string>> = {
  [EDGE.exit]: 'receiver exit', [EDGE.load]: 'load', [EDGE.loaded]: 'host interrupt', [EDGE.synced]: 'host interrupt', [EDGE.flush]: 'list registers',
};

/** How a sender makes the interrupt: what its emulation is called, and exits behind it that belong to the same iteration. */
interface Sending {
  readonly emulation: string;
  readonly laterExits: number;
}

const BY_SGI: Sending = { emulation: 'SGI emulation', laterExits: 0 };
/** It asks the ITS whether the command was read, while the interrupt is on its way. */
const BY_ITS: Sending = { emulation: 'ITS emulation', laterExits: 1 };

/**
 * Follows an interrupt from the sender's exit to the receiver's guest, and the answer to the sender's next exit. What the sender does once the
 * last interrupt is on its way is nobody's wait.
 */
class InterruptWay {
  readonly path: CriticalPath;
  readonly events: EventLog;
  /** Of several receivers the last one. */
  readonly #receiver: number;
  readonly #sending: Sending;
  /** The interrupt was sent, and so many exits are behind that; and the receiver has taken it. */
  #isSent = false;
  #laterExits = 0;
  #isTaken = false;

  constructor({ machine }: Hypervised, receiver: number, sending: Sending) {
    this.path = new CriticalPath(machine);
    this.events = new EventLog(machine);
    this.#receiver = receiver;
    this.#sending = sending;
  }

  edge(edge: Edge, pe: number): void {
    if (pe === SENDER) this.#send(edge);
    else if (pe === this.#receiver && this.#isSent && this.path.phase !== 'guest') this.#receive(edge);
  }

  #send(edge: Edge): void {
    const { path } = this;
    const now = path.timeOf(SENDER);
    if (edge === EDGE.exit && this.#isSent && this.#laterExits < this.#sending.laterExits) this.#laterExits++;
    else if (edge === EDGE.exit) {
      const at = path.entryOf(SENDER);
      path.leave(at);
      path.next();
      path.enter('sender exit', SENDER, at);
      this.events.read();
      this.#isSent = false;
      this.#laterExits = 0;
      this.#isTaken = false;
    } else if (!this.#isSent && edge === EDGE.synced) path.enter(this.#sending.emulation, SENDER, now);
    else if (!this.#isTaken && edge === EDGE.kick) {
      this.#isSent = true;
      path.enter(this.#sending.emulation, SENDER, now);
    }
  }

  #receive(edge: Edge): void {
    const { path } = this;
    const now = path.timeOf(this.#receiver);
    const phase = edge === EDGE.enter ? 'guest' : RECEIVES[edge];
    if (phase === undefined) return;
    // Nobody was told when the last interrupt was the last.
    if (!this.#isTaken) path.rename('propagation');
    this.#isTaken = true;
    path.enter(phase, phase === 'guest' ? null : this.#receiver, edge === EDGE.exit ? path.entryOf(this.#receiver) : now);
  }
}

/** Follows one PE from each exit of a guest to the next, in the phases that edges begin. */
class ExitWay {
  readonly path: CriticalPath;
  readonly events: EventLog;
  readonly #phases: Readonly<Record<Edge, string>>;

  constructor({ machine }: Hypervised, phases: Readonly<Record<Edge, string>>) {
    this.path = new CriticalPath(machine);
    this.events = new EventLog(machine);
    this.#phases = phases;
  }

  edge(edge: Edge): void {
    const { path } = this;
    const phase = this.#phases[edge];
    if (edge === EDGE.exit) {
      const at = path.entryOf(0);
      path.leave(at);
      path.next();
      path.enter('exit', 0, at);
      this.events.read();
    } else if (edge === EDGE.enter) path.enter('guest', null, path.timeOf(0));
    else if (phase !== undefined) path.enter(phase, 0, path.timeOf(0));
  }
}

/** An SGI and its answer, from the sender's exit to its next one; or what the guest has read around it. */
export function measureIpi(options: GuestRunOptions): PathResult {
  return options.form === 'papers' ? measureSgi(1)(options) : followInterrupt(options, 1, BY_SGI).result;
}

/** What the guest itself has measured around SGIs of which `receiver` has the last; of the phases, the rest is the guest's. */
export function measureSgi(receiver: number): (options: GuestRunOptions) => PathResult {
  return (options) => measureInterrupt(options, receiver, BY_SGI);
}

/** The same around an LPI, which the first vCPU's ITS sends to the second. */
export function measureLpi(options: GuestRunOptions): PathResult {
  return measureInterrupt(options, 1, BY_ITS);
}

function measureInterrupt(options: GuestRunOptions, receiver: number, sending: Sending): PathResult {
  const { guest, result } = followInterrupt(options, receiver, sending);
  return ofGuest(guest, options, result, result.events);
}

function followInterrupt(options: GuestRunOptions, receiver: number, sending: Sending): { readonly guest: Hypervised; readonly result: PathResult } {
  const { iterations } = options;
  let way: InterruptWay | null = null;
  const guest = runGuest(options, (edge, hypervised, pe) => (way ??= new InterruptWay(hypervised, receiver, sending)).edge(edge, pe));
  const { path, events } = way!;
  return { guest, result: { ...path.summary(iterations), events: events.means(iterations) } };
}

/** What a guest has measured that never leaves it. */
export function measureInGuest(options: GuestRunOptions): PathResult {
  const guest = runGuest(options, () => undefined);
  return ofGuest(guest, options, { cycles: { min: 0, mean: 0, max: 0 }, softwareCycles: 0, breakdown: {} }, {});
}

/** Brackets of the guest in place of the length of iterations. */
function ofGuest(guest: Hypervised, { profile, iterations, form }: GuestRunOptions, { softwareCycles, breakdown }: PathSummary, events: PathResult['events']): PathResult {
  const cyclesOfCount = form === 'papers' ? 1 : profile.clockHz / profile.counterHz;
  const toCycles = (register: string): number => Number(guest.getX(register)) * cyclesOfCount;
  const mean = toCycles('x22') / iterations;
  const others = Object.entries(breakdown).reduce((sum, [phase, cycles]) => (phase === 'guest' ? sum : sum + cycles), 0);
  return { cycles: { min: toCycles('x23'), mean, max: toCycles('x24') }, softwareCycles, breakdown: { ...breakdown, guest: mean - others }, events };
}

/** How late the virtual timer's interrupt is: from its deadline to the end of the guest's wait. */
export function measureTimer(options: GuestRunOptions): PathResult {
  const { profile, iterations } = options;
  const PHASES: Readonly<Record<Edge, string>> = { [EDGE.sync]: 'exit', [EDGE.synced]: 'host interrupt', [EDGE.flush]: 'list registers' };
  let way: ExitWay | null = null;
  const guest = runGuest(options, (edge, hypervised) => (way ??= new ExitWay(hypervised, PHASES)).edge(edge));
  const { path, events } = way!;
  const wait = profile.clockHz / 100;
  const late = ofGuest(guest, options, path.summary(iterations), events.means(iterations));
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

/** Turns of each VM before those that are measured. */
const WARM_UP = 8;

/** From one VM's exit to another one's guest on the same PE: threads of two VMMs that yield at every exit. */
export function measureVmSwitch(options: GuestRunOptions): PathResult {
  const PHASES: Readonly<Record<Edge, string>> = {
    [EDGE.synced]: 'handle', [EDGE.put]: 'put', [EDGE.putDone]: 'schedule', [EDGE.resumed]: 'schedule', [EDGE.load]: 'load', [EDGE.loaded]: 'kernel', [EDGE.flush]: 'list registers',
  };
  const { mode, steps, gic, iterations } = options;
  let way: ExitWay | null = null;
  const hypervised = prepareGuest({ ...options, iterations: 1 }, (edge, at) => (way ??= new ExitWay(at, PHASES)).edge(edge));
  const plan = planFor(mode, steps);
  // More than are measured: neither comes to its end.
  const vms = [0, 1].map(() => new MeasuredVm(hypervised, { plan, gic, guest: 'hvc', iterations: iterations + 4 * WARM_UP, preemption: 'every-exit' }));
  for (let turn = 0; turn < iterations + 2 * WARM_UP; turn++) {
    const vm = vms[turn & 1]!;
    vm.resume();
    // How threads leave and take the one kernel stack that a PE has is ours, not a kernel's: it is not on the way.
    way!.path.leave(way!.path.timeOf(0));
    vm.vcpu.thread.suspend();
  }
  return { ...way!.path.summary(iterations), events: way!.events.means(iterations) };
}
