/**
 * Local time of one PE and its deadlines. Under `retired` the unit is a nanosecond: one per instruction of machine code and
 * per exception into machine code, whatever else happens. Under `cost` it is a sixteenth of a cycle of the cost model.
 * Skips (waiting) add to either. The host's clock plays no part.
 */
import type { StateVisitor, TimeSource } from '@worldswitch/cpu';
import type { CounterScale } from './scale.ts';

export type ClockName = 'retired' | 'cost';

interface Deadline {
  /** In units of local time; Infinity for none. */
  time: number;
  readonly reached: () => void;
  readonly moved: () => void;
}

/** Infinity in a snapshot. */
const NEVER = Number.MAX_SAFE_INTEGER;

export class PeClock implements TimeSource {
  readonly scale: CounterScale;
  /** Units that the PE's work so far amounts to: a sum that only grows. */
  readonly #worked: () => number;
  readonly #deadlines = new Map<number, Deadline>();
  #skipped = 0;
  /** The earliest deadline. */
  #next = Infinity;

  constructor(scale: CounterScale, worked: () => number) {
    this.scale = scale;
    this.#worked = worked;
  }

  get time(): number {
    return this.#worked() + this.#skipped;
  }

  /** Waiting: local time goes on to `time`, if that is later. */
  skipTo(time: number): void {
    const skip = time - this.time;
    if (skip > 0) this.#skipped += skip;
  }

  readCounter(data: Uint32Array): void {
    this.scale.readInto(this.time, data);
  }

  /** Names who is called when a deadline of `owner` is reached, and who when its owner brings the next one nearer. */
  register(owner: number, reached: () => void, moved: () => void): void {
    this.#deadlines.set(owner, { time: Infinity, reached, moved });
  }

  setDeadline(owner: number, deadline: bigint | null): void {
    this.setDeadlineAt(owner, deadline === null ? Infinity : this.scale.timeOf(deadline));
  }

  /** A deadline by local time instead of the count; Infinity for none. */
  setDeadlineAt(owner: number, time: number): void {
    const entry = this.#deadlines.get(owner);
    if (entry === undefined) return;
    entry.time = time;
    const before = this.#next;
    this.#next = this.#earliest();
    // To look at a deadline that has moved away is early, and does no harm.
    if (this.#next < before) entry.moved();
  }

  /** Local time of the earliest deadline; Infinity where there is none. */
  get nextDeadline(): number {
    return this.#next;
  }

  /** The deadlines of all owners, who are the same in every machine of a description. */
  visitState(state: StateVisitor): void {
    this.#skipped = state.integer(this.#skipped);
    for (const deadline of this.#deadlines.values()) {
      const time = state.integer(Math.min(deadline.time, NEVER));
      deadline.time = time === NEVER ? Infinity : time;
    }
    this.#next = this.#earliest();
  }

  #earliest(): number {
    let earliest = Infinity;
    for (const { time } of this.#deadlines.values()) if (time < earliest) earliest = time;
    return earliest;
  }

  /** Calls the owners of all deadlines that local time has reached; they set new ones. */
  fireDeadlines(): void {
    while (this.#next <= this.time) {
      const now = this.#next;
      for (const deadline of this.#deadlines.values()) {
        if (deadline.time > now) continue;
        deadline.time = Infinity;
        deadline.reached();
      }
      this.#next = this.#earliest();
    }
  }
}
