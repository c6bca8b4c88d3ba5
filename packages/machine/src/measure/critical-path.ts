/**
 * The way of one iteration through several PEs, as segments of it: what ran from one edge to the next, on which PE, and how much of
 * that is charged host code.
 */
import { UNITS_PER_CYCLE } from '../prices.ts';
import type { Machine } from '../machine.ts';
import { extremes } from './extremes.ts';

interface Segment {
  readonly iteration: number;
  readonly phase: string;
  /** Units of time, and units of charged code among them. */
  readonly units: number;
  readonly software: number;
}

export interface PathSummary {
  readonly cycles: { readonly min: number; readonly mean: number; readonly max: number };
  readonly softwareCycles: number;
  /** Means of one iteration. */
  readonly breakdown: Readonly<Record<string, number>>;
}

export class CriticalPath {
  readonly #machine: Machine;
  readonly #segments: Segment[] = [];
  /** Null between two PEs, and in a guest. */
  #pe: number | null = null;
  #phase: string | null = null;
  #since = 0;
  #software = 0;
  #iteration = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get phase(): string | null {
    return this.#phase;
  }

  /** Local time of a PE. */
  timeOf(pe: number): number {
    return this.#machine.pes[pe]!.clock.time;
  }

  /** When the exception was taken whose vector has just begun. */
  entryOf(pe: number): number {
    return this.timeOf(pe) - this.#machine.model.priceOf('exceptionEntry');
  }

  /** The way goes on in a phase of host code on a PE, or of none. */
  enter(phase: string, pe: number | null, at: number): void {
    this.leave(at);
    this.#pe = pe;
    this.#phase = phase;
    this.#since = at;
    this.#software = this.#softwareOf(pe);
  }

  /** What is at hand was no host code of any PE. */
  rename(phase: string): void {
    this.#phase = phase;
    this.#pe = null;
    this.#software = 0;
  }

  /** It is over until {@link enter} is called again. */
  leave(at: number): void {
    if (this.#phase === null) return;
    this.#segments.push({ iteration: this.#iteration, phase: this.#phase, units: at - this.#since, software: this.#softwareOf(this.#pe) - this.#software });
    this.#phase = null;
  }

  /** What comes belongs to the next iteration. */
  next(): void {
    this.#iteration++;
  }

  /** The last `count` whole iterations, but for some at the end. */
  summary(count: number, left = 0): PathSummary {
    const end = this.#iteration - left;
    const first = end - count;
    const totals = new Array<number>(count).fill(0);
    const breakdown: Record<string, number> = {};
    let software = 0;
    for (const { iteration, phase, units, software: charged } of this.#segments) {
      if (iteration < first || iteration >= end) continue;
      totals[iteration - first]! += units / UNITS_PER_CYCLE;
      breakdown[phase] = (breakdown[phase] ?? 0) + units / UNITS_PER_CYCLE / count;
      software += charged / UNITS_PER_CYCLE / count;
    }
    const mean = totals.reduce((sum, one) => sum + one, 0) / count;
    return { cycles: { ...extremes(totals), mean }, softwareCycles: software, breakdown };
  }

  #softwareOf(pe: number | null): number {
    return pe === null ? 0 : this.#machine.model.softwareUnits(this.#machine.pes[pe]!.port!.counters.software);
  }
}
