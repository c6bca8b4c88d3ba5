/**
 * A counter that follows local time: count = floor(time x numerator / denominator), in integers. Time is in nanoseconds or
 * in sixteenths of a cycle; the fraction is reduced, so that every intermediate value is a safe integer.
 */
import { InvariantError } from '@worldswitch/cpu/arch';

const WORD = 2 ** 32;

export class CounterScale {
  readonly #numerator: number;
  readonly #denominator: number;

  /** `counterHz` counts in `unitsPerSecond` units of time. */
  constructor(counterHz: number, unitsPerSecond: number) {
    const divisor = greatestCommonDivisor(counterHz, unitsPerSecond);
    this.#numerator = counterHz / divisor;
    this.#denominator = unitsPerSecond / divisor;
    if (!Number.isSafeInteger(this.#numerator * this.#denominator)) throw new InvariantError(`a counter of ${String(counterHz)} Hz has no exact scale to ${String(unitsPerSecond)} units`);
  }

  count(time: number): number {
    const whole = Math.floor(time / this.#denominator);
    return whole * this.#numerator + Math.floor(((time - whole * this.#denominator) * this.#numerator) / this.#denominator);
  }

  /** The count as two words. */
  readInto(time: number, data: Uint32Array): void {
    const count = this.count(time);
    data[0] = count % WORD;
    data[1] = Math.floor(count / WORD);
  }

  /** The earliest time at which the counter has reached `count`; Infinity where that is beyond all times. */
  timeOf(count: bigint): number {
    const ticks = Number(count);
    if (!Number.isSafeInteger(ticks)) return Infinity;
    const whole = Math.floor(ticks / this.#numerator);
    const time = whole * this.#denominator + Math.ceil(((ticks - whole * this.#numerator) * this.#denominator) / this.#numerator);
    return Number.isSafeInteger(time) ? time : Infinity;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
