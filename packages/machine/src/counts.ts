/** Counts by a number that software chooses: so many numbers have a count of their own, and those that come later share one. */
import type { StateVisitor } from '@worldswitch/cpu';

/** The number of what shares a count. */
export const OTHERS = -1;
const MOST_NUMBERS = 256;

export function count(counts: Map<number, number>, number: number, times = 1): void {
  const key = counts.has(number) || counts.size < MOST_NUMBERS ? number : OTHERS;
  counts.set(key, (counts.get(key) ?? 0) + times);
}

export function visitCounts(counts: Map<number, number>, state: StateVisitor): void {
  const flat = state.list(Array.from(counts, ([number, times]) => [number + 1, times]).flat(), 2 * (MOST_NUMBERS + 1), Number.MAX_SAFE_INTEGER);
  counts.clear();
  for (let at = 0; at + 1 < flat.length; at += 2) count(counts, flat[at]! - 1, flat[at + 1]);
}
