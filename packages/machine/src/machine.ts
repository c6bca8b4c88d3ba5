/**
 * A machine: PEs, RAM, devices, firmware and time. It runs machine code until something stops it; native software uses
 * the ports of the PEs, behind which the same slices run.
 */
import { MPIDR_EL1 } from '@worldswitch/cpu/arch';
import { createGicV2, createGicV3, type Gic, type GicPe, type MmioFrame } from '@worldswitch/gic';
import { createTranslation, DirtyPages, machineMemory, NativeTextRegion, planMemory, RamDigest, type CodeCache, type Cpu, type Hash, type RunOutcome, type StateVisitor } from '@worldswitch/cpu';
import { disassembleWord } from '@worldswitch/tools';
import { boardDeviceTree } from './board/device-tree.ts';
import { gicMemory } from './board/gic-memory.ts';
import { createDevices, RTC_DEADLINE, type BoardDevices } from './board/devices.ts';
import type { Region } from './bus.ts';
import { Console, type ConsoleInput } from './console.ts';
import { CostModel } from './cost.ts';
import { count, visitCounts } from './counts.ts';
import { DebugMemory } from './debug/memory.ts';
import { checkDescription, type DescriptionError, type MachineConfig, type MachineDescription } from './description.ts';
import { Dma } from './devices/virtio/dma.ts';
import { psciCall, type PsciHost } from './firmware/psci.ts';
import { SEMIHOSTING_IMMEDIATE, semihostingCall } from './firmware/semihosting.ts';
import { peMemory } from './firmware/pe-memory.ts';
import { placeLinux, type LinuxBoot } from './image/boot.ts';
import { loadElf, loadFlat, type LoadResult } from './image/load.ts';
import { MEMORY_MAP, NATIVE_TEXT_SIZE, SPIS } from './memory-map.ts';
import { identityOf, MachinePe, type PeOwner } from './pe.ts';
import { UNITS_PER_CYCLE } from './prices.ts';
import { Ram } from './ram.ts';
import { nextPe, otherEvent, otherTime, QUANTUM } from './schedule.ts';
import { machineDigest } from './state/machine-digest.ts';
import { semihostingStop, stopFor, type Stop, type StopDiagnostic, type StopReason } from './stop.ts';
import { CounterScale } from './time/scale.ts';
import { Tracer, type TracedMachine } from './trace/tracer.ts';

export interface RunLimits {
  /** Instructions of machine code, all PEs together and all runs so far. */
  readonly maxInstructions?: number;
  /** The number of a PE: after one instruction of it, or one exception that it takes, the machine stops with `debugger`. */
  readonly step?: number;
  /** The number of a PE that runs alone, whatever time the others have. */
  readonly only?: number;
  /** Nanoseconds of virtual time. A machine whose PEs all wait for something later stops with `idle`, before time goes on to that. */
  readonly idleLimit?: number;
}

/** What a slice of one PE came to. */
type SliceOutcome = 'native' | 'spent' | 'waiting' | 'stopped';

/** Exceptions without a retired instruction after which a machine is taken to be stuck. */
const NO_PROGRESS_LIMIT = 1_000_000;
/** Longest slice: the engine replaces code by better code only between slices. */
const MAX_SLICE = 1_000_000;
/** Among PEs that keep together: cycles that an instruction is taken to cost. */
const CAUTION = 8;
/** Bits of INTIDs in the GICv3 that we model. */
const INTID_BITS = 24;
const NANOSECONDS = 1_000_000_000;
const CENTISECONDS = 100;
const WORD = 4;
/** Stops after which there is nothing to run. */
const ENDS: readonly StopReason[] = ['poweroff', 'reset', 'semihosting'];
const MAX_EXIT = 255;

export type MachineResult = { readonly ok: true; readonly machine: Machine } | { readonly ok: false; readonly error: DescriptionError };

/** Makes a machine, or says what is wrong with its description. */
export function createMachine(description: MachineDescription): MachineResult {
  const checked = checkDescription(description);
  return checked.ok ? { ok: true, machine: new Machine(checked.config) } : checked;
}

export class Machine {
  readonly config: MachineConfig;
  readonly ram: Ram;
  readonly gic: Gic;
  readonly pes: readonly MachinePe[];
  readonly console: Console;
  /** What the virtio console prints; null where there is none. */
  readonly virtioConsole: Console | null;
  readonly devices: BoardDevices;
  readonly debugMemory: DebugMemory;
  readonly tracer: Tracer | null;
  /** Where native software is placed; null where the machine has none. */
  readonly nativeText: NativeTextRegion | null;
  readonly model: CostModel;
  /** Code that has been compiled; null where every instruction is evaluated. */
  readonly translation: CodeCache | null;
  /** Semihosting operations that we do not offer, by number (`OTHERS` for late ones), and how often they were asked for. */
  readonly unknownSemihosting = new Map<number, number>();
  /** Units of local time in a second: nanoseconds, or sixteenths of a cycle. */
  readonly unitsPerSecond: number;
  #stop: Stop | null = null;
  /** The PE whose slice is at hand; and the one whose native software goes on, or is between two slices. */
  #running: MachinePe | null = null;
  #native: MachinePe | null = null;
  /** Its instructions when its turn began. */
  #turnBegan = 0;
  /**
   * A slice that a limit, a step, a debugger or a wish of the host has cut short, or not let begin, and the instructions that are left of it: it is
   * finished before another PE has its turn, so that where a run is interrupted changes nothing.
   */
  #cut: { readonly pe: MachinePe; readonly left: number } | null = null;
  #limits: RunLimits = {};
  readonly #dirty: DirtyPages;
  readonly #ramDigest: RamDigest;

  constructor(config: MachineConfig) {
    const { profile } = config;
    this.config = config;
    const plan = planMemory(config.pes, config.memory);
    const wasm = machineMemory(plan.size);
    const memory = wasm.buffer;
    this.ram = new Ram(memory, plan.ram, MEMORY_MAP.RAM, config.memory);
    this.translation = config.translation ? createTranslation(wasm, plan, config.features, [this.ram]) : null;
    this.debugMemory = new DebugMemory(new Dma(this.ram));
    this.#dirty = new DirtyPages(this.ram, this.translation);
    this.ram.watcher = this.#dirty;
    this.#ramDigest = new RamDigest(memory, this.ram, this.#dirty);
    this.console = new Console(config.console);
    this.virtioConsole = config.virtioConsole === null ? null : new Console(config.virtioConsole);
    this.tracer = config.trace === null ? null : new Tracer(config.trace, this.#traced());
    this.gic = this.#createGic();
    this.devices = createDevices(config, {
      console: this.console,
      virtioConsole: this.virtioConsole,
      ram: this.ram,
      setSpi: (intid, level) => this.gic.setSpi(intid, level),
      time: {
        readCounter: (data) => this.readCounter(data),
        // Any PE may be off, or ahead: the first one that comes there is who tells the device.
        setDeadline: (deadlineOwner, deadline) => {
          for (const { clock } of this.pes) clock.setDeadline(deadlineOwner, deadline);
        },
      },
    });
    this.model = new CostModel(profile.prices);
    this.unitsPerSecond = config.clock === 'retired' ? NANOSECONDS : profile.clockHz * UNITS_PER_CYCLE;
    this.nativeText = config.native ? new NativeTextRegion(MEMORY_MAP.NATIVE_TEXT, NATIVE_TEXT_SIZE) : null;
    const owner: PeOwner = {
      config,
      memory,
      plan,
      ram: [this.ram],
      translation: this.translation,
      watcher: this.#dirty,
      model: this.model,
      scale: new CounterScale(profile.counterHz, this.unitsPerSecond),
      gic: this.gic,
      tracer: this.tracer,
      shared: [...this.devices.regions, ...gicRegions(this.gic)],
      nativeText: this.nativeText,
      runner: { run: (cpu) => this.#runGuest(cpu) },
      firmwareCall: (pe, kind, imm) => this.#firmwareCall(pe, kind, imm),
      broadcastTlbi: (from, scope) => {
        for (const pe of this.pes) if (pe !== from) pe.cpu.invalidateTlb(scope);
      },
      sendEvent: (from) => this.#sendEvent(from),
    };
    this.pes = Array.from({ length: config.pes }, (_, number) => new MachinePe(number, owner));
    for (const pe of this.pes) pe.clock.register(RTC_DEADLINE, () => this.devices.rtc.reached(), () => pe.deadlineMoved());
  }

  /** What a tracer asks; nothing happens before the PEs exist. */
  #traced(): TracedMachine {
    return {
      cpu: (pe) => this.pes[pe]!.cpu,
      stamp: (pe) => ({ pe, instruction: this.instructions, ns: this.#nanosecondsAt(this.pes[pe]!.clock.time) }),
      runningPe: () => this.#running?.number ?? 0,
    };
  }

  #createGic(): Gic {
    const { config, tracer } = this;
    const { lrCount, priorityBits, preemptionBits } = config.profile;
    const options = { pes: config.pes, spis: SPIS, lrCount, priorityBits, preemptionBits, intidBits: INTID_BITS, hasEl2: config.features.has('EL2') } as const;
    const linesOf = (number: number): GicPe['lines'] => ({
      setIrq: (level) => this.#irq(number, level),
      setFiq: (level) => this.#interrupt(number, () => this.pes[number]!.cpu.setFiq(level), level),
      setVirtualIrq: (level) => this.pes[number]!.cpu.setVirtualIrq(level),
      setVirtualFiq: (level) => this.pes[number]!.cpu.setVirtualFiq(level),
    });
    const pes = Array.from(
      { length: config.pes },
      (_, number): GicPe => ({
        mpidr: identityOf(config, number).mpidr,
        view: () => this.pes[number]!.cpu.routing(),
        lines: tracer?.gicOutputs(number, linesOf(number)) ?? linesOf(number),
      }),
    );
    const gic = config.gic === 2 ? createGicV2(options, pes) : createGicV3(options, pes, config.its ? gicMemory(this.ram) : null);
    return tracer?.gicInputs(gic) ?? gic;
  }

  /** As {@link #interrupt}; with the lead of an SGI, one that another PE raises is on its way for as long as an SGI is. */
  #irq(number: number, level: boolean): void {
    const pe = this.pes[number]!;
    const sender = this.#running ?? this.#native;
    const set = (): void => pe.cpu.setIrq(level);
    if (this.config.lead === 'sgi' && level && sender !== null && sender !== pe) {
      pe.expectIrq(sender.clock.time + this.model.priceOf('sgi'), set);
      sender.requestStop();
      return;
    }
    pe.forgetIrq();
    this.#interrupt(number, set, level);
  }

  /**
   * A line of a PE changes. One that another PE raises reaches the PE not before the sender's time, and ends the sender's
   * slice, so that the order of the two is by their times.
   */
  #interrupt(number: number, set: () => void, level: boolean): void {
    const sender = this.#running ?? this.#native;
    const pe = this.pes[number]!;
    set();
    if (!level || sender === null || sender === pe) return;
    if (pe.state === 'waiting') pe.skipTo(sender.clock.time);
    sender.requestStop();
  }

  // ---- Images --------------------------------------------------------------------------------------------------------

  loadElf(bytes: Uint8Array): LoadResult {
    return loadElf(bytes, this.ram);
  }

  /** A flat binary, at the beginning of RAM unless `base` says otherwise. */
  loadFlat(bytes: Uint8Array, base: number = this.ram.base): LoadResult {
    return loadFlat(bytes, base, this.ram);
  }

  /**
   * A Linux `Image` as a boot loader would place it, with initial RAM disk, command line and a device tree: the board's own,
   * unless another is given. Starts the first PE at the kernel (Linux, Documentation/arch/arm64, "Booting AArch64 Linux").
   */
  loadLinux(image: Uint8Array, boot: LinuxBoot = {}): LoadResult {
    const placed = placeLinux(image, boot, this.ram, this.config);
    if (!placed.ok) return placed;
    const entry = BigInt(placed.entry);
    this.start(entry);
    this.pes[0]!.cpu.setX(0, BigInt(placed.deviceTree));
    return { ok: true, image: { entry, end: placed.end } };
  }

  /** The device tree that {@link loadLinux} would give a kernel, without one being loaded. */
  deviceTree(commandLine = ''): Uint8Array {
    return boardDeviceTree(this.config, { commandLine, initrd: null, seed: this.config.seed });
  }

  /** Starts the first PE at `entry`. */
  start(entry: bigint): void {
    this.pes[0]!.start(entry);
  }

  // ---- Running machine code ------------------------------------------------------------------------------------------

  /** Why the machine has stopped; null while it may run on. */
  get stopped(): Stop | null {
    return this.#stop;
  }

  /** Stops the machine after the instruction at hand. */
  requestStop(stop: Stop | Exclude<StopReason, 'unimplemented'>): void {
    this.#stop ??= typeof stop === 'string' ? stopFor(stop) : stop;
    for (const pe of this.pes) pe.interrupt();
  }

  /** Ends the run at hand before another instruction, as a limit that has been reached. */
  requestPause(): void {
    this.#limits = { ...this.#limits, maxInstructions: 0 };
    for (const pe of this.pes) pe.interrupt();
  }

  /** Allows a stopped machine to run on, where the reason was a limit or somebody's wish. Who was stopped for want of progress is watched anew. */
  resume(): void {
    if (this.#stop?.reason === 'no-progress') for (const { cpu } of this.pes) cpu.exceptionsWithoutProgress = 0;
    this.#stop = null;
  }

  /** What the PEs may do; for native software, whose ports run them. */
  limit(limits: RunLimits): void {
    this.#limits = limits;
  }

  /** Runs machine code on all PEs until something stops the machine. */
  run(limits: RunLimits = {}): Stop {
    this.limit(limits);
    while (this.#stop === null) {
      const pe = this.#nextPe();
      if (pe === null) this.#stop = stopFor('idle-forever');
      else if (this.#isIdle(pe)) this.#stop = stopFor('idle');
      else this.#slice(pe);
    }
    return this.#stop;
  }

  /** Whose turn it is, of those that may run. */
  #nextPe(): MachinePe | null {
    const { only } = this.#limits;
    const pes = only === undefined ? this.pes : this.pes.filter(({ number }) => number === only);
    // A snapshot may say of a PE that waits that its turn was cut short: that is no turn.
    return this.#cut?.pe.state === 'ready' && pes.includes(this.#cut.pe) ? this.#cut.pe : nextPe(pes);
  }

  /** Whether nothing happens before the time that the caller wants to be asked about; `next` is the PE whose turn it is. */
  #isIdle(next: MachinePe): boolean {
    const { idleLimit } = this.#limits;
    if (idleLimit === undefined || next.state !== 'waiting') return false;
    return this.pes.every(({ state, cpu }) => state === 'off' || (state === 'waiting' && !cpu.wakes)) && this.#nanosecondsAt(next.clock.nextDeadline) > idleLimit;
  }

  /**
   * The PE whose native software goes on next, for whoever schedules it: the one with the lowest local time. One that waits has
   * something to wake up for when it is chosen. Null where nothing will ever happen; the machine then stops.
   */
  nextNative(): MachinePe | null {
    for (;;) {
      const pe = this.#nextPe();
      this.#native = pe;
      if (pe === null) {
        this.requestStop('idle-forever');
        return null;
      }
      if (this.#isIdle(pe)) {
        this.requestStop('idle');
        return null;
      }
      if (pe.state === 'waiting') this.#wake(pe);
      if (pe.state !== 'ready') continue;
      if (this.#cut?.pe !== pe) this.#turnBegan = pe.instructions;
      return pe;
    }
  }

  /** The physical count, as the PE reads it whose turn it is. */
  readCounter(data: Uint32Array): void {
    (this.#running ?? this.#native ?? this.pes[0]!).clock.readCounter(data);
  }

  /** Instructions of machine code that have retired on all PEs. */
  get instructions(): number {
    let sum = 0;
    // By index: each slice asks, and where V8 does not inline this, a closure or an iterator is an object every time.
    for (let n = 0; n < this.pes.length; n++) sum += this.pes[n]!.instructions;
    return sum;
  }

  /** The latest local time of a PE, in seconds. */
  get virtualSeconds(): number {
    return Math.max(...this.pes.map(({ clock }) => clock.time)) / this.unitsPerSecond;
  }

  /** The same in nanoseconds, rounded down. */
  get nanoseconds(): number {
    return this.#nanosecondsAt(Math.max(...this.pes.map(({ clock }) => clock.time)));
  }

  /** When something will wake a PE that waits, in nanoseconds of virtual time; Infinity where nothing will. */
  get wakesAt(): number {
    return this.#nanosecondsAt(Math.min(Infinity, ...this.pes.map(({ state, clock }) => (state === 'waiting' ? clock.nextDeadline : Infinity))));
  }

  /** The time of PEs that wait goes on to `nanoseconds`, which is not after {@link wakesAt}. */
  skipTo(nanoseconds: number): void {
    for (const pe of this.pes) if (pe.state === 'waiting') pe.skipTo(Math.ceil((nanoseconds * this.unitsPerSecond) / NANOSECONDS));
  }

  #nanosecondsAt(time: number): number {
    return Math.floor((time / this.unitsPerSecond) * NANOSECONDS);
  }

  /** What is typed goes here. */
  get input(): ConsoleInput {
    return this.devices.input;
  }

  /** SHA-256 of all architectural state and RAM; of RAM, what was written since the last is hashed. `hash`: the host's SHA-256, where it is faster than ours. */
  digest({ hash = null }: { readonly hash?: Hash | null } = {}): string {
    for (const pe of this.pes) pe.cpu.watchStores();
    // Native software writes guest RAM under other addresses, which nobody follows.
    if (this.config.native) this.#dirty.markAll();
    return machineDigest(this, this.#ramDigest, hash);
  }

  /** How many pages of RAM the last digest had to hash. @internal */
  get hashedPages(): number {
    return this.#ramDigest.hashed;
  }

  // ---- State ---------------------------------------------------------------------------------------------------------

  /** Whether the guest has ended, and whose turn it is; that the host stopped the machine is not state. */
  visitState(state: StateVisitor): void {
    const ended = this.#stop !== null && ENDS.includes(this.#stop.reason) ? this.#stop : null;
    const reason = state.within(ended === null ? 0 : 1 + ENDS.indexOf(ended.reason), 0, ENDS.length);
    const exitCode = state.within(ended?.exitCode ?? 0, 0, MAX_EXIT);
    const number = state.within(this.#cut === null ? 0 : 1 + this.#cut.pe.number, 0, this.pes.length);
    const left = state.within(this.#cut?.left ?? 0, 0, MAX_SLICE);
    if (reason > 0) this.#stop = { ...stopFor(ENDS[reason - 1]!), exitCode };
    this.#cut = number === 0 ? null : { pe: this.pes[number - 1]!, left };
  }

  /** What is counted of what software asked for and got nothing: not in digests. */
  visitCounts(state: StateVisitor): void {
    for (const frame of this.frames) frame.reservedAccesses = state.integer(frame.reservedAccesses);
    for (const { bus } of this.pes) visitCounts(bus.holes, state);
    visitCounts(this.unknownSemihosting, state);
  }

  /** All of RAM may have changed. */
  ramChanged(): void {
    this.#dirty.markAll();
    this.translation?.clear();
  }

  /** Every frame of the GIC. */
  get frames(): readonly MmioFrame[] {
    const { gic, pes } = this;
    return [...new Set(pes.flatMap((pe) => Object.values(pe.gic.frames))), ...gic.redistributors, ...(gic.distributor === null ? [] : [gic.distributor])];
  }

  /** What a PE's port runs: until native text is reached, the share is spent, the PE waits, or the machine stops. */
  #runGuest(cpu: Cpu): 'native' | 'quantum' | 'blocked' | 'stop' {
    const pe = this.pes.find((candidate) => candidate.cpu === cpu)!;
    pe.state = 'ready';
    // A guest that exits before each slice ends has had its turn as well: the others may be what it asks for. The rest of a slice is not asked.
    if (this.pes.length > 1 && this.#cut?.pe !== pe && pe.instructions - this.#turnBegan >= QUANTUM) {
      this.#turnBegan = pe.instructions;
      return 'quantum';
    }
    for (;;) {
      if (this.#stop !== null) return 'stop';
      const outcome = this.#slice(pe);
      if (outcome === 'native') return 'native';
      if (outcome === 'waiting') return 'blocked';
      if (outcome === 'spent' && this.pes.length > 1) return 'quantum';
    }
  }

  /**
   * One slice: to the next deadline, the end of the quantum, or the limit, whichever comes first. A limit, or a stop that the
   * host asks for, leaves the rest of the turn, so that it changes nothing of what the PEs do in which order.
   */
  #slice(pe: MachinePe): SliceOutcome {
    if (pe.state === 'waiting') this.#wake(pe);
    this.#fireDeadlines(pe);
    if (pe.state === 'waiting') return 'waiting';
    const { maxInstructions = Infinity, step } = this.#limits;
    const left = maxInstructions - this.instructions;
    if (left <= 0) {
      // Native software has come here in the middle of a turn: the turn is the PE's still.
      if (this.pes.length > 1 && this.#cut?.pe !== pe) this.#cut = { pe, left: this.#shareOf(pe) };
      this.#stop = stopFor('limit');
      return 'stopped';
    }
    const share = this.#cut?.pe === pe ? this.#cut.left : this.#shareOf(pe);
    const planned = Math.min(share, pe.instructionsToDeadline());
    const budget = Math.min(planned, step === pe.number ? 1 : left);
    this.#running = pe;
    const outcome = pe.run(budget);
    const unused = planned - budget + pe.cpu.unspent;
    this.#cut = unused > 0 && !pe.hasYielded && (outcome === 'budget' || outcome === 'debug' || outcome === 'firmware') ? { pe, left: unused } : null;
    // Native software of another PE may store now, and nobody would see it.
    if (this.pes.length > 1 && this.#cut === null) pe.cpu.clearMonitor();
    pe.fireDeadlines();
    this.#running = null;
    const came = this.#outcomeOf(pe, outcome);
    if (step === pe.number) this.#stop ??= stopFor('debugger', this.#diagnose(pe, 'step'));
    return came;
  }

  /** The longest turn, in instructions. */
  #shareOf(pe: MachinePe): number {
    if (this.pes.length === 1) return MAX_SLICE;
    if (this.config.lead !== 'sgi') return QUANTUM;
    // What the instructions cost is not known: few enough that they hardly pass the next PE, and again.
    return Math.max(1, Math.min(QUANTUM, Math.floor((otherTime(this.pes, pe) - pe.clock.time) / (CAUTION * this.model.priceOf('instruction')))));
  }

  #outcomeOf(pe: MachinePe, outcome: RunOutcome): SliceOutcome {
    switch (outcome) {
      case 'wait':
        return this.#wait(pe);
      case 'unimplemented':
        this.#stop = stopFor('unimplemented', this.#diagnose(pe, 'the row has no definition'));
        return 'stopped';
      case 'debug':
        this.#stop = stopFor('debugger', this.#diagnose(pe, pe.cpu.debugStop!.kind));
        return 'stopped';
      case 'native':
      case 'firmware':
      case 'budget':
        if (pe.cpu.exceptionsWithoutProgress >= NO_PROGRESS_LIMIT) {
          this.#stop = stopFor('no-progress', this.#diagnose(pe, `${String(NO_PROGRESS_LIMIT)} exceptions without a retired instruction`));
          return 'stopped';
        }
        if (outcome === 'native') return 'native';
        return this.#stop === null ? 'spent' : 'stopped';
    }
  }

  // ---- Waiting -------------------------------------------------------------------------------------------------------

  #wait(pe: MachinePe): SliceOutcome {
    if (pe.cpu.waiting === 'wfi') {
      if (!pe.cpu.wakes) pe.state = 'waiting';
      return pe.state === 'waiting' ? 'waiting' : 'spent';
    }
    // WFE without event, and YIELD: local time goes on to that of another PE; alone it is a NOP.
    let until = otherTime(this.pes, pe);
    if (pe.cpu.waiting === 'wfe') {
      const event = pe.nextStreamEvent;
      // A deadline before the event may bring an interrupt. Whatever ends the wait, an event that came meanwhile is taken.
      if (event !== Infinity) until = Math.min(until, event, pe.clock.nextDeadline);
    }
    if (this.config.lead === 'sgi') {
      pe.isSpinning = pe.cpu.waiting === 'yield';
      until = Math.min(otherEvent(this.pes, pe), pe.clock.nextDeadline);
    }
    if (until !== Infinity) pe.skipTo(until);
    if (pe.cpu.waiting === 'wfe') pe.timers.takeEvent();
    return 'spent';
  }

  /** Time goes on to the next deadline of a PE that waits, and what happens there may wake it. */
  #wake(pe: MachinePe): void {
    if (!pe.cpu.wakes && pe.clock.nextDeadline !== Infinity) {
      pe.skipTo(pe.clock.nextDeadline);
      this.#fireDeadlines(pe);
    }
    if (!pe.cpu.wakes) return;
    pe.state = 'ready';
    pe.cpu.count('wfiWake');
  }

  /** What comes of a deadline happens at the time of the PE that reached it, whoever it is for. */
  #fireDeadlines(pe: MachinePe): void {
    this.#running = pe;
    pe.fireDeadlines();
    this.#running = null;
  }

  #sendEvent(from: MachinePe): void {
    for (const pe of this.pes) if (pe !== from) pe.cpu.eventRegister = true;
  }

  // ---- Firmware ------------------------------------------------------------------------------------------------------

  #firmwareCall(pe: MachinePe, kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean {
    if (kind === 'hlt') return imm === SEMIHOSTING_IMMEDIATE && this.#semihosting(pe);
    if (kind !== (this.config.el === 1 ? 'hvc' : 'smc')) return false;
    const { cpu } = pe;
    const result = psciCall(Number(cpu.getX(0) & 0xffff_ffffn), [cpu.getX(1), cpu.getX(2), cpu.getX(3)], this.#psciHost(pe));
    if (result === null) return true;
    if ('stop' in result) this.requestStop(result.stop);
    else cpu.setX(0, BigInt.asUintN(64, BigInt(result.value)));
    return true;
  }

  #psciHost(caller: MachinePe): PsciHost {
    const affinity = MPIDR_EL1.Aff3.mask | MPIDR_EL1.Aff2.mask | MPIDR_EL1.Aff1.mask | MPIDR_EL1.Aff0.mask;
    return {
      find: (wanted) => {
        const pe = this.pes.find(({ cpu }) => (cpu.identity.mpidr & affinity) === wanted);
        if (pe === undefined) return null;
        return {
          isOn: pe.state !== 'off',
          start: (entry, contextId) => {
            pe.start(entry);
            pe.cpu.setX(0, contextId);
            pe.skipTo(caller.clock.time);
            // Who runs next is decided by time: the new PE may be first.
            caller.requestStop();
          },
        };
      },
      isExecutable: (address) => this.ram.contains(Number(address), 4),
      turnOff: () => {
        caller.state = 'off';
        caller.requestStop();
      },
      suspend: () => caller.cpu.wait('wfi'),
    };
  }

  #semihosting(pe: MachinePe): boolean {
    if (this.config.semihosting === null) return false;
    const { cpu } = pe;
    semihostingCall({
      ...peMemory(cpu),
      getX: (n) => cpu.getX(n),
      setX: (n, value) => cpu.setX(n, value),
      print: (byte) => this.console.write(byte),
      centiseconds: Math.floor((pe.clock.time / this.unitsPerSecond) * CENTISECONDS),
      commandLine: this.config.semihosting.commandLine,
      exit: (code) => this.requestStop(semihostingStop(code)),
      unknown: (operation) => count(this.unknownSemihosting, operation),
    });
    return true;
  }

  /** Where the PE is whose turn it is, for whoever has to say what went wrong there. */
  describePlace(message: string): StopDiagnostic {
    return this.#diagnose(this.#running ?? this.#native ?? this.pes[0]!, message);
  }

  #diagnose(pe: MachinePe, message: string): StopDiagnostic {
    const { cpu } = pe;
    const bytes = this.debugMemory.readVirtual(cpu, cpu.pc, WORD);
    const word = bytes.length < WORD ? null : new DataView(bytes.buffer).getUint32(0, true);
    const shown = word === null ? null : disassembleWord(word, { address: cpu.pc });
    return { pe: pe.number, el: cpu.state.el, pc: cpu.pc, word, text: shown?.text ?? null, row: shown?.row?.id ?? null, message };
  }
}

/** Frames of the GIC that all PEs reach at one place. */
function gicRegions({ distributor, redistributors, its }: Gic): Region[] {
  const region = (name: string, base: number, frame: MmioFrame): Region => ({ name, base, size: frame.frame.size, device: frame, readEvent: 'mmio', writeEvent: 'mmio' });
  let base: number = MEMORY_MAP.GICR;
  const redistributorRegions = redistributors.map((frame, n) => {
    const at = base;
    base += frame.frame.size;
    return region(`GICR ${String(n)}`, at, frame);
  });
  const itsRegions = its === null ? [] : [region('GITS', MEMORY_MAP.ITS, its.control), region('GITS translation', MEMORY_MAP.ITS + its.control.frame.size, its.translation)];
  return [...(distributor === null ? [] : [region('GICD', MEMORY_MAP.GICD, distributor)]), ...itsRegions, ...redistributorRegions];
}
