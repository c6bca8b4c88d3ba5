/** The document of an experiment, `worldswitch.harness/1`: its cells, and what they say together. */
import type { BenchmarkRow, LadderRow, LoadPutRow } from '@worldswitch/machine';
import type { Document } from 'worldswitch';
import type { FinishedCell } from './cells.ts';
import { conclusionsOf, type Conclusion } from './conclusions.ts';
import type { Versions } from './versions.ts';

export interface Comparison {
  readonly id: string;
  readonly benchmark: string;
  readonly machine: string;
  readonly mode: string;
  readonly steps: string;
  readonly published: number;
  readonly ours: number;
  readonly deltaPercent: number;
  readonly source: string;
  readonly trust: string;
}

export interface Violation {
  readonly id: string;
  readonly invariant: string;
  readonly detail: string;
  readonly command: string;
}

export interface Summary {
  readonly cells: number;
  /** Invariants that were looked at. */
  readonly checks: number;
  readonly violations: readonly Violation[];
  readonly published: readonly Comparison[];
  readonly conclusions: readonly Conclusion[];
}

/** What differs from run to run and says nothing about the machine. */
export interface HostPart {
  readonly node: string;
  readonly workers: number;
  readonly seconds: number;
  /** Cells that were finished before. */
  readonly reused: number;
  readonly deaths: readonly string[];
  readonly files: readonly string[];
}

export interface HarnessDocument extends Document {
  readonly schema: 'worldswitch.harness/1';
  readonly experiment: string;
  readonly versions: Versions;
  /** A time of the host's, like all of `host`. */
  readonly started: string;
  readonly seed: number;
  readonly cells: readonly FinishedCell[];
  readonly summary: Summary;
  readonly host: HostPart;
}

export function isBenchmarkRow(result: FinishedCell['result']): result is BenchmarkRow {
  return result !== null && 'iterations' in result;
}

export function isLoadPutRow(result: FinishedCell['result']): result is LoadPutRow {
  return result !== null && 'load' in result;
}

export function isLadderRow(result: FinishedCell['result']): result is LadderRow {
  return result !== null && 'scenario' in result;
}

export function summaryOf(cells: readonly FinishedCell[]): Summary {
  return {
    cells: cells.length,
    checks: cells.reduce((sum, { invariants }) => sum + invariants.length, 0),
    violations: cells.flatMap(({ id, command, invariants }) => invariants.filter(({ ok }) => !ok).map(({ name, detail }) => ({ id, invariant: name, detail, command }))),
    published: cells.flatMap(({ id, change, result }) => {
      if (change !== null || !isBenchmarkRow(result) || result.published === null) return [];
      const { benchmark, machine, mode, steps, cycles, published: { value, deltaPercent, source, trust } } = result;
      return [{ id, benchmark, machine, mode, steps, published: value, ours: cycles.mean, deltaPercent, source, trust }];
    }),
    conclusions: conclusionsOf(cells),
  };
}
