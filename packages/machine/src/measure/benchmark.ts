/**
 * A benchmark in cycles of the cost model: the mean of an iteration, the extremes from exit to exit, what the guest itself
 * reads from its virtual counter, and where the cycles went, by phase and by counted event.
 */
import { EVENTS } from '@worldswitch/cpu/arch';
import { EDGE, EDGES, type EdgeName, type ModeName, type StepSet } from '@worldswitch/hyp';
import type { CostModel } from '../cost.ts';
import type { Hypervised } from '../hypervised.ts';
import { PROFILES, type Profile, type ProfileName } from '../profiles.ts';
import { OPERATION_KINDS, UNITS_PER_CYCLE, type PriceList } from '../prices.ts';
import { extremes } from './extremes.ts';
import { FORMS, type Form } from './forms.ts';
import { runGuest, type GuestRunOptions } from './guest-run.ts';
import { guestImage, type GuestName } from './guests.ts';
import { measureInGuest, measureIoIn, measureIoOut, measureIpi, measureLpi, measureSgi, measureTimer, measureVmSwitch, type PathResult } from './interrupt-benchmarks.ts';

type Measured = Omit<BenchmarkResult, 'gic' | 'iterations'>;

interface Benchmark {
  readonly guest: GuestName;
  readonly measure: (options: GuestRunOptions) => Measured;
  readonly forms: readonly Form[];
}

const loop = (guest: GuestName): Benchmark => ({ guest, measure: measureLoop, forms: FORMS });
const way = (guest: GuestName, measure: (options: GuestRunOptions) => PathResult, forms: readonly Form[] = ['kut']): Benchmark => ({ guest, measure: (options) => ofPath(measure(options)), forms });

/** Which guest each is, how it is measured, and in which forms. */
const BENCHMARKS = {
  hvc: loop('hvc'),
  mmio_read_vgic: loop('vgic'),
  mmio_read_user: loop('mmio'),
  eoi: loop('eoi'),
  ipi: way('ipi', measureIpi, FORMS),
  ipi_wfi: way('ipi_wfi', measureSgi(1), FORMS),
  lpi: way('lpi', measureLpi, FORMS),
  timer_10ms: way('timer', measureTimer),
  noop: loop('noop'),
  vmswitch: way('hvc', measureVmSwitch),
  io_latency_out: way('kick', measureIoOut),
  io_latency_in: way('io_in', measureIoIn),
  'ipi_benchmark/dry-run': way('calls_dry', measureInGuest),
  'ipi_benchmark/self': way('calls_self', measureInGuest),
  'ipi_benchmark/normal': way('calls_normal', measureSgi(1)),
  'ipi_benchmark/broadcast': way('calls_broadcast', measureSgi(3)),
  'ipi_benchmark/broadcast-lock': way('calls_lock', measureSgi(3)),
} as const satisfies Readonly<Record<string, Benchmark>>;

/** The IPI benchmark has a mode behind a slash. */
export type BenchmarkName = keyof typeof BENCHMARKS;

export const RUNNABLE_BENCHMARKS = Object.keys(BENCHMARKS) as readonly BenchmarkName[];

/** Why a benchmark cannot be measured so, with a GIC of that version; null where it can. */
export function benchmarkLacks(benchmark: BenchmarkName, form: Form, { features, gic: own }: Profile, gic: 2 | 3 = own): string | null {
  if (!BENCHMARKS[benchmark].forms.includes(form)) return `the form ${form}`;
  if (benchmark === 'lpi' && gic === 2) return 'a GICv3, which has LPIs';
  return benchmark === 'ipi_benchmark/broadcast-lock' && !features.has('LSE') ? 'a core with LSE' : null;
}

export interface BenchmarkRequest {
  readonly benchmark: BenchmarkName;
  readonly profile: ProfileName;
  readonly mode: ModeName;
  readonly steps: StepSet;
  /** The profile's unless given. */
  readonly gic?: 2 | 3;
  /** `kut` unless given. */
  readonly form?: Form;
  readonly iterations: number;
  /** In place of the profile's. */
  readonly prices?: PriceList;
}

export interface BenchmarkResult {
  readonly gic: 2 | 3;
  readonly iterations: number;
  readonly cycles: { readonly min: number; readonly mean: number; readonly max: number };
  /** The mean as the guest reads it from its virtual counter around the loop, in the resolution of that counter. */
  readonly guestCycles: number;
  /** Means of one iteration; their sum is the mean. */
  readonly architecturalCycles: number;
  readonly softwareCycles: number;
  readonly breakdown: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** Abstract operations of charged host code by {@link OPERATION_KINDS}; null where the figure is that of a way through several PEs. */
  readonly operations: Readonly<Record<string, number>> | null;
}

/**
 * What runs from each edge to the next one. `enter` reaches from the host's side of the switch through the ERET and the
 * guest's own instructions to the exception that ends them.
 */
const PHASE_AFTER: Readonly<Record<EdgeName, string>> = {
  load: 'load', poke: 'load', poked: 'load', loaded: 'kernel', put: 'put', putDone: 'kernel', flush: 'flush', enter: 'enter', exit: 'exit', sync: 'sync', synced: 'handle', user: 'vmm', kernel: 'kernel', kick: 'handle', resumed: 'kernel',
};

/** Counters of a machine at one moment: events and abstract operations by kind, and units of time by phase. */
interface Reading {
  readonly events: Float64Array;
  readonly software: Float64Array;
  readonly phases: Readonly<Record<string, number>>;
}

/** One run, up to the exit by which the guest ends. */
interface Run {
  readonly end: Reading;
  /** Local time of each exit. */
  readonly exits: readonly number[];
  /** Cycles of one iteration as the guest has read them. */
  readonly guestCycles: number;
  /** Their sum, the least and the most, where it has read them around each. */
  readonly brackets: readonly [sum: number, min: number, max: number];
  readonly model: CostModel;
}

export function measureBenchmark({ benchmark, profile: name, mode, steps, gic, form = 'kut', iterations, prices }: BenchmarkRequest): BenchmarkResult {
  const profile = prices === undefined ? PROFILES[name] : { ...PROFILES[name], prices };
  const version = gic ?? profile.gic;
  const { guest, measure }: Benchmark = BENCHMARKS[benchmark];
  return { gic: version, iterations, ...measure({ profile, mode, gic: version, steps, guest, form, iterations }) };
}

/** The guest of a benchmark, as an ELF file. */
export function benchmarkGuest(benchmark: BenchmarkName, gic: 2 | 3, form: Form = 'kut'): Uint8Array {
  return guestImage(BENCHMARKS[benchmark].guest, gic, form);
}

/**
 * What a benchmark's guest owns at its end under the clock `retired`, where nothing that it can see depends on what its host does: the same in every
 * mode and under every plan. Null where a thread of the VMM interrupts the guest, at a time of the host's.
 */
export function benchmarkDigest({ benchmark, profile, mode, steps, gic, form = 'kut', iterations }: BenchmarkRequest): string | null {
  if (benchmark === 'io_latency_in') return null;
  const { guest } = BENCHMARKS[benchmark];
  return runGuest({ profile: PROFILES[profile], mode, gic: gic ?? PROFILES[profile].gic, steps, guest, form, iterations, clock: 'retired' }, () => undefined).guestDigest();
}

function ofPath({ cycles, softwareCycles, breakdown, events }: PathResult): Measured {
  return { cycles, guestCycles: cycles.mean, architecturalCycles: cycles.mean - softwareCycles, softwareCycles, breakdown, events, operations: null };
}

/** Two runs, one twice as long: their difference is that many iterations, and nothing of what stands around them. */
function measureLoop(options: GuestRunOptions): Measured {
  const { iterations } = options;
  const short = runOnce(options);
  const long = runOnce({ ...options, iterations: 2 * iterations });
  const perIteration = (later: number, earlier: number): number => (later - earlier) / iterations;
  const difference = (later: Float64Array, earlier: Float64Array): Float64Array => later.map((value, index) => perIteration(value, earlier[index]!));
  const events = difference(long.end.events, short.end.events);
  const software = difference(long.end.software, short.end.software);
  const operations = byName(software, OPERATION_KINDS);
  const { architecturalCycles, softwareCycles } = long.model.cycles(events, software);
  const mean = architecturalCycles + softwareCycles;
  const phases = Object.fromEntries(Object.entries(long.end.phases).map(([phase, units]) => [phase, perIteration(units, short.end.phases[phase] ?? 0) / UNITS_PER_CYCLE]));
  if (options.form === 'papers') return inBrackets(long, 2 * iterations, { mean, softwareCycles, events, operations, phases });
  const intervals = steadyIntervals(long.exits);
  return {
    cycles: { ...extremes(intervals.length === 0 ? [mean] : intervals), mean },
    guestCycles: long.guestCycles,
    architecturalCycles,
    softwareCycles,
    breakdown: phases,
    events: byName(events, EVENTS),
    operations,
  };
}

/** Those that are not zero. */
const byName = (counts: Float64Array, names: readonly string[]): Readonly<Record<string, number>> => Object.fromEntries(names.flatMap((name, index) => (counts[index] === 0 ? [] : [[name, counts[index]!]])));

/** What the guest has read around each iteration. The loop and the bracket's own arithmetic are outside, and taken off the guest's part. */
function inBrackets({ brackets: [sum, min, max], guestCycles }: Run, count: number, loopResult: { readonly mean: number; readonly softwareCycles: number; readonly events: Float64Array; readonly operations: Readonly<Record<string, number>>; readonly phases: Readonly<Record<string, number>> }): Measured {
  const mean = sum / count;
  const { softwareCycles, events, operations, phases } = loopResult;
  const breakdown = phases['enter'] === undefined ? phases : { ...phases, enter: phases['enter'] - (loopResult.mean - mean) };
  return { cycles: { min, mean, max }, guestCycles, architecturalCycles: mean - softwareCycles, softwareCycles, breakdown, events: byName(events, EVENTS), operations };
}

/** Cycles from exit to exit, without the guest's start and end. */
function steadyIntervals(exits: readonly number[]): readonly number[] {
  const steady = exits.slice(1, -1);
  return steady.slice(1).map((time, index) => (time - steady[index]!) / UNITS_PER_CYCLE);
}

function runOnce(options: GuestRunOptions): Run {
  const { profile, iterations } = options;
  const phases: Record<string, number> = {};
  const exits: number[] = [];
  let phase: string | null = null;
  let since = 0;
  const ends: Reading[] = [];
  const hypervised = runGuest(options, (edge, { machine }) => {
    const pe = machine.pes[0]!;
    const { time } = pe.clock;
    if (phase !== null) phases[phase] = (phases[phase] ?? 0) + time - since;
    phase = PHASE_AFTER[EDGES[edge]!];
    since = time;
    if (edge !== EDGE.exit) return;
    exits.push(time);
    // The last exit is the guest's end: what the machine did after it is not the benchmark's.
    if (exits.length > iterations) ends.push({ events: pe.events.slice(), software: pe.port!.counters.software.slice(), phases: { ...phases } });
  });
  const [sum, least, most] = ['x22', 'x23', 'x24'].map((register) => Number(hypervised.getX(register)));
  const brackets = [sum!, least!, most!] as const;
  const ticks = Number(hypervised.getX('x21') - hypervised.getX('x20'));
  return { end: ends.at(-1) ?? readEnd(hypervised, phases), exits, guestCycles: (ticks * profile.clockHz) / profile.counterHz / iterations, brackets, model: hypervised.machine.model };
}

/** A guest without exits in its loop: the end is that of the machine. */
function readEnd({ machine }: Hypervised, phases: Readonly<Record<string, number>>): Reading {
  const pe = machine.pes[0]!;
  return { events: pe.events.slice(), software: pe.port!.counters.software.slice(), phases };
}
