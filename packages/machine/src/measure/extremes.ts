/** The least and the most of many numbers. */

/** As `Math.min` and `Math.max`, which take no more numbers than the host's stack has room for. */
export function extremes(numbers: readonly number[]): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const one of numbers) {
    if (one < min) min = one;
    if (one > max) max = one;
  }
  return { min, max };
}
