/** Arithmetic of PMU counters: 64-bit cells of the PE block that grow by whole numbers. */
import type { CpuState } from '../state/cpu-state.ts';

const WORD = 2 ** 32;

export type CounterBits = 32 | 64;

/**
 * Adds `count` to a counter of `size` bits; one of 32 bits keeps the upper half of its cell 0. Returns how often its low
 * `overflow` bits overflowed.
 */
export function addToCounter(state: CpuState, cell: number, count: number, size: CounterBits, overflow: CounterBits): number {
  const low = (state.lo(cell) >>> 0) + count;
  const carry = Math.floor(low / WORD);
  const high = size === 32 ? 0 : (state.hi(cell) >>> 0) + carry;
  state.set64(cell, low | 0, high | 0);
  return overflow === 32 ? carry : Math.floor(high / WORD);
}

/** How much a counter grows until its low `overflow` bits overflow; Infinity where that is beyond every run. */
export function untilOverflow(state: CpuState, cell: number, overflow: CounterBits): number {
  const low = WORD - (state.lo(cell) >>> 0);
  if (overflow === 32) return low;
  const rest = (WORD - 1 - (state.hi(cell) >>> 0)) * WORD + low;
  return Number.isSafeInteger(rest) ? rest : Infinity;
}
