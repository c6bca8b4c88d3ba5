/** More numbers than a call has room for. */
import { expect, test } from 'vitest';
import { extremes } from './extremes.ts';

test('the least and the most of two million numbers, wherever they stand', () => {
  const numbers = new Array<number>(2_000_000).fill(3);
  numbers[1_999_999] = -1;
  numbers[1_000_000] = 7.5;
  expect(extremes(numbers)).toEqual({ min: -1, max: 7.5 });
});
