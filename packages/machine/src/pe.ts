/**
 * One PE of a machine: the core with its timers, its part of the GIC, its bus, its local time and, where native software is
 * wanted, its software port.
 */
import { EVENT, MPIDR_EL1 } from '@worldswitch/cpu/arch';
import { Cpu, PePort, type CodeCache, type CpuPorts, type CycleSource, type GuestRunner, type MemoryPlan, type NativeTextRegion, type RamRegion, type RunOutcome, type StateVisitor, type StoreWatcher } from '@worldswitch/cpu';
import type { Gic, GicInterface } from '@worldswitch/gic';
import { TIMER_INTIDS, Timers } from '@worldswitch/timer';
import { DeviceBus, type Region } from './bus.ts';
import type { MachineConfig } from './description.ts';
import type { CostModel } from './cost.ts';
import { MEMORY_MAP, PMU_INTID } from './memory-map.ts';
import { UNITS_PER_CYCLE } from './prices.ts';
import { PeClock } from './time/clock.ts';
import type { CounterScale } from './time/scale.ts';
import type { Tracer } from './trace/tracer.ts';

/** What a PE needs of its machine. */
export interface PeOwner {
  readonly config: MachineConfig;
  readonly memory: ArrayBufferLike;
  readonly plan: MemoryPlan;
  readonly ram: readonly RamRegion[];
  readonly translation: CodeCache | null;
  readonly watcher: StoreWatcher;
  readonly model: CostModel;
  readonly scale: CounterScale;
  readonly gic: Gic;
  readonly tracer: Tracer | null;
  /** Devices that all PEs share. */
  readonly shared: readonly Region[];
  readonly nativeText: NativeTextRegion | null;
  readonly runner: GuestRunner;
  firmwareCall(pe: MachinePe, kind: 'hvc' | 'smc' | 'hlt', imm: number): boolean;
  broadcastTlbi(from: MachinePe, scope: Parameters<CpuPorts['broadcastTlbi']>[0]): void;
  sendEvent(from: MachinePe): void;
}

const STATES = ['off', 'ready', 'waiting'] as const;
export type PeState = (typeof STATES)[number];

/** Deadline owners of a PE beside devices: its timers, and an IRQ of another PE that is on its way. */
const TIMERS = 0;
const ARRIVAL = 2;

/**
 * Under the clock `cost` what the next instructions will cost is not known before they ran. A deadline is looked at after
 * half of the instructions that would reach it if none had another price than its own, and after no more than this many:
 * what is far costs few looks, what is near is met nearly exactly, and a look depends on nothing but the state.
 */
const LONGEST_LOOK = 32_768;
/** Under `retired` a look leaves this part of the way, for exceptions that take time beside instructions: a few looks come near, and the last ones meet it. */
const EXCEPTIONS = 8;

export class MachinePe {
  readonly number: number;
  readonly cpu: Cpu;
  readonly clock: PeClock;
  readonly timers: Timers;
  readonly bus: DeviceBus;
  readonly gic: GicInterface;
  readonly port: PePort | null;
  state: PeState = 'off';
  readonly #owner: PeOwner;
  /** Exceptions into machine code, before the slice at hand; and all that were taken when it began. */
  #machineEntries = 0;
  #entriesAtStart = 0;
  #running = false;
  /**
   * Steps until deadlines are looked at, wherever slices end; 0 for at once. A step is an instruction, or an exception in place of one: so a
   * guest that does nothing but take exceptions comes to the look, too.
   */
  #look = 0;
  /** Whether the PE, or what it did to another one, ended its turn. */
  hasYielded = false;
  /** The last slice ended with YIELD: the PE waits for what another one or a deadline of its own changes. */
  isSpinning = false;
  /** Raises the line of an IRQ that is on its way; null where none is. */
  #arrival: (() => void) | null = null;

  constructor(number: number, owner: PeOwner) {
    const { config, tracer } = owner;
    const observer = tracer?.observer(number);
    this.number = number;
    this.#owner = owner;
    this.clock = new PeClock(owner.scale, config.clock === 'retired' ? () => this.#retiredTime() : () => this.#costTime());
    this.timers = new Timers(
      { frequency: config.profile.counterHz, owner: TIMERS },
      this.clock,
      () => this.cpu.routing(),
      (timer, level) => owner.gic.setPpi(number, TIMER_INTIDS[timer], level),
    );
    // A deadline that is set while machine code runs may be before the end of the slice: that is measured again.
    this.clock.register(TIMERS, () => this.timers.update(), () => this.deadlineMoved());
    if (config.lead === 'sgi') this.clock.register(ARRIVAL, () => this.#arrive(), () => this.deadlineMoved());
    this.gic = owner.gic.interfaces[number]!;
    this.bus = new DeviceBus([...owner.shared, ...gicRegions(this.gic)], () => this.cpu.events);
    this.cpu = new Cpu({
      memory: owner.memory,
      plan: owner.plan,
      pe: number,
      features: config.features,
      identity: identityOf(config, number),
      ...(owner.translation !== null && { translation: owner.translation }),
      watcher: owner.watcher,
      ports: {
        bus: tracer?.bus(number, this.bus) ?? this.bus,
        ram: owner.ram,
        banks: [this.timers, ...this.gic.banks],
        firmwareCall: (kind, imm) => owner.firmwareCall(this, kind, imm),
        broadcastTlbi: (scope) => owner.broadcastTlbi(this, scope),
        sendEvent: () => owner.sendEvent(this),
        isNative: (address) => owner.nativeText?.contains(address) ?? false,
        takeStreamEvent: () => this.timers.takeEvent(),
        setPmuOverflow: (level) => owner.gic.setPpi(number, PMU_INTID, level),
        ...(observer !== undefined && { observer }),
        ...(config.clock === 'cost' && { cycles: this.#costCycles() }),
      },
    });
    this.port = owner.nativeText === null ? null : new PePort(number, this.cpu, owner.nativeText, owner.runner);
  }

  /** Starts the PE at `entry`, in the EL that the machine starts software in. */
  start(entry: bigint): void {
    this.cpu.reset(this.#owner.config.el, entry);
    this.#owner.gic.resetPe(this.number);
    this.state = 'ready';
  }

  /** Instructions of machine code that have retired. */
  get instructions(): number {
    const { retired } = this.cpu;
    return retired[0]! + retired[1]! + retired[2]!;
  }

  /** The counted events; the core counts instructions by EL, their sum is an event like the others. */
  get events(): Float64Array {
    const { events } = this.cpu;
    events[EVENT.instruction] = this.instructions;
    return events;
  }

  /** Runs machine code for at most `budget` instructions. */
  run(budget: number): RunOutcome {
    const { events } = this.cpu;
    this.#entriesAtStart = events[EVENT.exceptionEntry]!;
    this.#running = true;
    this.hasYielded = false;
    this.isSpinning = false;
    let outcome = this.cpu.run(budget);
    this.#running = false;
    this.#look = Math.max(0, this.#look - (budget - this.cpu.unspent));
    const entries = events[EVENT.exceptionEntry]! - this.#entriesAtStart;
    // A budget that ends with the exception which reaches native text: what comes of it must not depend on where slices end.
    if (entries > 0 && (outcome === 'budget' || outcome === 'firmware') && this.port !== null && this.port.isAtNativeText()) outcome = 'native';
    // That exception takes no time under the clock `retired`.
    this.#machineEntries += outcome === 'native' && entries > 0 ? entries - 1 : entries;
    // Native software takes time without instructions.
    if (outcome === 'native') this.#look = 0;
    return outcome;
  }

  /** Makes a slice at hand end after its instruction, and with it the PE's turn. */
  requestStop(): void {
    if (!this.#running) return;
    this.hasYielded = true;
    this.cpu.requestStop();
  }

  /** Makes a slice at hand end after its instruction, and the PE goes on later. */
  interrupt(): void {
    if (this.#running) this.cpu.requestStop();
  }

  /** Local time of the next event of an event stream; Infinity where none is enabled. */
  get nextStreamEvent(): number {
    const { nextEvent } = this.timers;
    return nextEvent === null ? Infinity : this.clock.scale.timeOf(nextEvent);
  }

  /** The next deadline is nearer than it was: a slice at hand ends, and where the next may go is measured anew. */
  deadlineMoved(): void {
    this.#look = 0;
    this.requestStop();
  }

  /** An IRQ that another PE raises is seen at `time`, unless one comes before it. */
  expectIrq(time: number, raise: () => void): void {
    if (this.#arrival !== null) return;
    this.#arrival = raise;
    this.clock.setDeadlineAt(ARRIVAL, time);
  }

  /** It has gone before it came. */
  forgetIrq(): void {
    if (this.#arrival === null) return;
    this.#arrival = null;
    this.clock.setDeadlineAt(ARRIVAL, Infinity);
  }

  #arrive(): void {
    const raise = this.#arrival;
    this.#arrival = null;
    raise?.();
  }

  /** Waiting: local time goes on to `time`, if that is later. */
  skipTo(time: number): void {
    this.clock.skipTo(time);
    this.#look = 0;
  }

  /** Fires what local time has reached, if this is where to look. */
  fireDeadlines(): void {
    if (this.state !== 'waiting' && this.#look > 0) return;
    this.clock.fireDeadlines();
    this.#look = 0;
  }

  /** How many instructions may run before the next deadline has to be looked at: at least one. */
  instructionsToDeadline(): number {
    const { nextDeadline } = this.clock;
    if (nextDeadline === Infinity) return Infinity;
    if (this.#look === 0) this.#look = Math.max(1, this.#instructionsWithin(nextDeadline - this.clock.time));
    return this.#look;
  }

  /** So many instructions that they hardly take more than `units` of time: exceptions take time, and under `cost` each instruction has a price. */
  #instructionsWithin(units: number): number {
    const { config, model } = this.#owner;
    return config.clock === 'retired' ? units - Math.floor(units / EXCEPTIONS) : Math.min(LONGEST_LOOK, Math.floor(units / (2 * model.priceOf('instruction'))));
  }

  /** What belongs to the PE beside the core's own state. */
  visitState(state: StateVisitor): void {
    this.timers.visitState(state);
    this.#owner.gic.visitPe(this.number, state);
    this.clock.visitState(state);
    this.state = STATES[state.within(STATES.indexOf(this.state), 0, STATES.length - 1)]!;
    this.#machineEntries = state.integer(this.#machineEntries);
    this.#look = state.integer(this.#look);
  }

  /** Nanoseconds under the clock `retired`: native software takes none. */
  #retiredTime(): number {
    const entries = this.#running ? this.cpu.events[EVENT.exceptionEntry]! - this.#entriesAtStart : 0;
    return this.instructions + this.#machineEntries + entries;
  }

  /** What the PMU counts under the clock `cost`: work, and not the time that the PE waited; where a PE that spins skips, that too. */
  #costCycles(): CycleSource {
    const { model, config } = this.#owner;
    return {
      cycles: () => Math.floor((config.lead === 'sgi' ? this.clock.time : this.#costTime()) / UNITS_PER_CYCLE),
      instructionsUntil: (cycles) => Math.max(1, Math.floor(((cycles - 1) * UNITS_PER_CYCLE) / model.highestInstruction)),
    };
  }

  #costTime(): number {
    const { model } = this.#owner;
    return model.units(this.events) + (this.port === null ? 0 : model.softwareUnits(this.port.counters.software));
  }
}

/** Frames that belong to each PE: the same address reaches another frame on each. */
function gicRegions({ frames }: GicInterface): Region[] {
  return (['GICD', 'GICC', 'GICH', 'GICV'] as const).flatMap((name): Region[] => {
    const frame = frames[name];
    const isDistributor = name === 'GICD';
    return frame === undefined
      ? []
      : [{ name, base: MEMORY_MAP[name], size: frame.frame.size, device: frame, readEvent: isDistributor ? 'mmio' : 'gicvRead', writeEvent: isDistributor ? 'mmio' : 'gicvWrite' }];
  });
}

/** PEs of a cluster: eight with GICv2, sixteen with GICv3, whose SGIs reach that many. */
const PES_PER_CLUSTER = { 2: 8, 3: 16 } as const;

/** What the identification registers of PE `number` say. */
export function identityOf({ profile, gic }: MachineConfig, number: number): ConstructorParameters<typeof Cpu>[0]['identity'] {
  const { midr, paBits, breakpoints, watchpoints } = profile;
  const perCluster = PES_PER_CLUSTER[gic];
  return { midr, paBits, breakpoints, watchpoints, mpidr: MPIDR_EL1.of({ Aff0: number % perCluster, Aff1: Math.floor(number / perCluster) }) };
}
