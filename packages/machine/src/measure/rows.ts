/**
 * Rows of the documents `bench` and `ladder`: what was measured, rounded to what the model can mean, and beside it what others have
 * published. The command line and the experiment print the same ones.
 */
import { prefix as prefixSet, STEPS, type ModeName } from '@worldswitch/hyp';
import { PROFILES, type ProfileName } from '../profiles.ts';
import { measureBenchmark, type BenchmarkRequest, type BenchmarkResult } from './benchmark.ts';
import { COUNT_NAMES, type CountName, type OperationCounts } from './operation-counts.ts';
import { publishedElsewhere, publishedFor, type Published } from './published.ts';
import { measureLoadAndPut, measureRoundTrip, type RoundTrip, type ScenarioName } from './round-trip.ts';

export interface BenchmarkRow {
  readonly benchmark: string;
  /** The mode of the IPI benchmark; null of others. */
  readonly variant: string | null;
  readonly machine: string;
  readonly clockHz: number;
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  readonly steps: string;
  readonly iterations: number;
  readonly cycles: { readonly min: number; readonly mean: number; readonly max: number };
  readonly ns: number;
  readonly published: (Published & { readonly deltaPercent: number }) | null;
  /** A published figure that must not be compared with this row, and why; null where there is none. */
  readonly notComparable: string | null;
  /** The mean as the guest itself reads it from its virtual counter. */
  readonly guestCycles: number;
  readonly architecturalCycles: number;
  readonly softwareCycles: number;
  /** The mean if the charged host code cost half as much, and half as much again. */
  readonly sensitivity: { readonly low: number; readonly high: number };
  readonly breakdown: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  /** Abstract operations of the charged host code, by kind; null where the figure is that of a way through several PEs. */
  readonly operations: Readonly<Record<string, number>> | null;
}

export function measureBenchmarkRow(request: BenchmarkRequest): BenchmarkRow {
  return benchmarkRow(request, measureBenchmark(request));
}

/** A result as documents have it, compared where that is right. */
export function benchmarkRow({ benchmark, profile, mode, steps: { name: steps } }: BenchmarkRequest, result: BenchmarkResult): BenchmarkRow {
  const { iterations, cycles, guestCycles, architecturalCycles, softwareCycles, breakdown, events, operations, gic } = result;
  const { clockHz } = PROFILES[profile];
  const published = publishedFor(benchmark, profile, mode, steps);
  const delta = published === null ? 0 : (cycles.mean / published.value - 1) * 100;
  const [name, variant = null] = benchmark.split('/');
  return {
    benchmark: name!, variant, machine: profile, clockHz, mode, gic, steps, iterations,
    cycles: { min: tenth(cycles.min), mean: tenth(cycles.mean), max: tenth(cycles.max) },
    ns: tenth((cycles.mean / clockHz) * 1e9),
    published: published === null ? null : { ...published, deltaPercent: tenth(delta) },
    notComparable: published === null ? publishedElsewhere(benchmark, profile, mode, steps) : null,
    guestCycles: tenth(guestCycles),
    architecturalCycles: tenth(architecturalCycles),
    softwareCycles: tenth(softwareCycles),
    sensitivity: { low: tenth(cycles.mean - softwareCycles / 2), high: tenth(cycles.mean + softwareCycles / 2) },
    breakdown: mapValues(breakdown, tenth),
    events: mapValues(events, tenth),
    operations: operations === null ? null : mapValues(operations, tenth),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

function mapValues(record: Readonly<Record<string, number>>, change: (value: number) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

// ---- The ladder --------------------------------------------------------------------------------------------------------

/** The scenarios of section 4.41, in its order; and why one does not run yet. */
export const LADDER_SCENARIOS = ['hvc', 'irq', 'irq-1lr', 'irq-4lr', 'mmio', 'gicv2-on-v3-irq', 'gicv2-on-v3-irq-1lr', 'hvc-a32', 'hvc-fp', 'hvc-debug', 'gicv2-irq', 'gicv2-irq-1lr'] as const satisfies readonly (ScenarioName | 'hvc-a32')[];
export type LadderScenario = (typeof LADDER_SCENARIOS)[number];
const LACKS = { 'hvc-a32': 'AArch32 at EL1' } as const;

/** Interrupt controllers of a host and its guest, in the order of section 4.41's second table. */
export const CONTROLLERS = [[3, 3], [3, 2], [2, 2]] as const;

export interface LadderRow extends Partial<OperationCounts> {
  readonly mode: ModeName;
  readonly scenario: string;
  readonly prefix: number;
  /** The step that the prefix ends with; null for the base. */
  readonly step: string | null;
  readonly cycles?: number;
  /** Why there are no counts. */
  readonly skipped?: string;
}

export interface LadderRowRequest {
  readonly mode: ModeName;
  readonly scenario: LadderScenario;
  readonly prefix: number;
  /** Whose prices. */
  readonly machine: ProfileName;
}

export function measureLadderRow({ mode, scenario, prefix, machine }: LadderRowRequest): LadderRow {
  const head = { mode, scenario, prefix, step: STEPS[prefix - 1]?.slug ?? null };
  if (scenario === 'hvc-a32') return { ...head, skipped: `needs ${LACKS[scenario]}, which is not there yet` };
  return ladderRow(head, measureRoundTrip({ mode, steps: prefixSet(prefix), scenario, profile: machine }));
}

function ladderRow(head: Pick<LadderRow, 'mode' | 'scenario' | 'prefix' | 'step'>, { counts, cycles }: RoundTrip): LadderRow {
  return { ...head, ...(Object.fromEntries(COUNT_NAMES.map((name) => [name, counts[name]])) as OperationCounts), cycles };
}

/** Columns of section 4.41's second table: what a load or a put exchanges. */
export const TRANSFER_COUNT_NAMES = ['reads', 'writes', 'isb', 'dsb', 'hvcs', 'mmioReads', 'mmioWrites'] as const satisfies readonly CountName[];
export type TransferCounts = Pick<OperationCounts, (typeof TRANSFER_COUNT_NAMES)[number]>;

export interface LoadPutRow {
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  /** The guest's: a GICv3 also carries guests of a GICv2. */
  readonly guestGic: 2 | 3;
  readonly prefix: number;
  readonly load: TransferCounts;
  readonly put: TransferCounts;
}

export function measureLoadPutRow({ mode, gic, guestGic, prefix, machine }: Omit<LoadPutRow, 'load' | 'put'> & { readonly machine: ProfileName }): LoadPutRow {
  const { load, put } = measureLoadAndPut({ mode, gic, guestGic, steps: prefixSet(prefix), profile: machine });
  return { mode, gic, guestGic, prefix, load: transferCounts(load), put: transferCounts(put) };
}

function transferCounts(counts: OperationCounts): TransferCounts {
  return Object.fromEntries(TRANSFER_COUNT_NAMES.map((name) => [name, counts[name]])) as TransferCounts;
}
