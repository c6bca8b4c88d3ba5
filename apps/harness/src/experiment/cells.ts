/**
 * The matrix as data: a cell is one measurement with all that it takes to repeat it, and has the same name in every experiment. What it came to
 * stands beside it, so that a finished cell is a value that can be stored.
 */
import type { EventName } from '@worldswitch/cpu/arch';
import type { ModeName } from '@worldswitch/hyp';
import { PROFILES, type BenchmarkName, type BenchmarkRow, type LadderRow, type LadderScenario, type LoadPutRow, type ProfileName } from '@worldswitch/machine';

/** A change of estimated prices: of one event, or of all of them. */
export interface PriceChange {
  readonly event: EventName | 'all';
  readonly percent: number;
}

export interface BenchCell {
  readonly kind: 'bench';
  readonly benchmark: BenchmarkName;
  readonly machine: ProfileName;
  readonly mode: ModeName;
  readonly gic: 2 | 3;
  readonly steps: string;
  readonly iterations: number;
  /** What is asked is how far the result hangs on a price. */
  readonly change?: PriceChange;
}

export interface LadderCell {
  readonly kind: 'ladder';
  readonly benchmark: LadderScenario;
  /** Whose prices. */
  readonly machine: ProfileName;
  readonly mode: ModeName;
  readonly prefix: number;
}

/** What vcpu_load and vcpu_put exchange, with a pair of interrupt controllers. */
export interface LoadPutCell {
  readonly kind: 'load-put';
  /** The controllers, as scenarios have them in their names. */
  readonly benchmark: 'gicv3' | 'gicv2-on-v3' | 'gicv2';
  readonly gic: 2 | 3;
  readonly guestGic: 2 | 3;
  readonly machine: ProfileName;
  readonly mode: ModeName;
  readonly prefix: number;
}

export type Cell = BenchCell | LadderCell | LoadPutCell;

export interface Invariant {
  readonly name: string;
  readonly ok: boolean;
  /** What was compared; of a violation, what was found. */
  readonly detail: string;
}

/** What a cell came to. */
export interface Measured {
  readonly gic: 2 | 3;
  readonly steps: string;
  /** Null where the measurement failed, which an invariant says. */
  readonly result: BenchmarkRow | LadderRow | LoadPutRow | null;
  readonly guestSha256: string | null;
  /** What its guest owned at the end of a second run, under the clock `retired`; null where no such run can be. */
  readonly guestDigest: string | null;
  readonly invariants: readonly Invariant[];
}

/** A finished cell as documents have it. */
export interface FinishedCell extends Measured {
  readonly id: string;
  readonly kind: Cell['kind'];
  readonly command: string;
  readonly machine: ProfileName;
  readonly mode: ModeName;
  readonly benchmark: string;
  readonly seed: number;
  readonly change: PriceChange | null;
}

/** A name without spaces that stays the same as long as what it names does. */
export function idOf(cell: Cell): string {
  const { kind, benchmark, machine, mode } = cell;
  if (kind !== 'bench') return `${kind}/${benchmark}/${machine}/${mode}/p${String(cell.prefix)}`;
  const { gic, steps, iterations, change } = cell;
  const changed = change === undefined ? '' : `/${change.event}${change.percent < 0 ? '' : '+'}${String(change.percent)}%`;
  return `bench/${benchmark}/${machine}/${mode}/gicv${String(gic)}/${steps}/${String(iterations)}${changed}`;
}

/** The command that measures the cell once more, by itself. */
export function commandOf(cell: Cell): string {
  const { kind, benchmark, machine, mode } = cell;
  if (kind !== 'bench') return `worldswitch ladder${kind === 'ladder' ? ` --scenario ${benchmark}` : ''} --machine ${machine} --kvm ${mode} --prefixes ${String(cell.prefix)}..${String(cell.prefix)} --json`;
  const { gic, steps, iterations, change } = cell;
  if (change !== undefined) return `npm run harness -- --full --only ${idOf(cell)}`;
  return `worldswitch bench ${benchmark} --machine ${machine} --kvm ${mode}${gic === PROFILES[machine].gic ? '' : ` --gic ${String(gic)}`} --steps ${steps} --iterations ${String(iterations)} --json`;
}

export function finished(cell: Cell, seed: number, measured: Measured): FinishedCell {
  const { kind, benchmark, machine, mode } = cell;
  return { id: idOf(cell), kind, command: commandOf(cell), machine, mode, benchmark, seed, change: cell.kind === 'bench' ? (cell.change ?? null) : null, ...measured };
}

/** Whose guests must own the same at their end: cells that differ by mode and steps alone. */
export function familyOf(cell: Pick<FinishedCell, 'kind' | 'benchmark' | 'machine' | 'gic' | 'result'>): string {
  const iterations = cell.result !== null && 'iterations' in cell.result ? cell.result.iterations : 0;
  return [cell.kind, cell.benchmark, cell.machine, cell.gic, iterations].join(' ');
}
