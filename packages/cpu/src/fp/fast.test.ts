import { expect, test } from 'vitest';
import { out } from '../emit/int64.ts';
import { DOUBLE, FAST, FP_EXCEPTION, fpAdd, fpDiv, FpEnvironment, fpMul, fpMulAdd, fpSqrt, fpSub, SINGLE } from './index.ts';

const EXACT = { add: fpAdd, sub: fpSub, mul: fpMul, div: fpDiv, sqrt: fpSqrt, mulAdd: fpMulAdd } as const;
const OPERATIONS = Object.keys(EXACT) as (keyof typeof EXACT)[];
const ROUNDS = 4000;

/** Words by a linear congruence: the high bits are good enough. */
function words(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 0x19_660d) + 0x3c6e_f35f) | 0);
}

/** Exponents close to each other, so that sums cancel and carry; the low bits often empty. */
function operand(next: () => number, isDouble: boolean): readonly [number, number] {
  const shape = next() >>> 28;
  const lo = (shape & 3) === 0 ? 0 : next();
  const word = isDouble ? next() : lo;
  const near = isDouble ? (word & 0x800f_ffff) | ((1023 - 4 + (next() >>> 29)) << 20) : (word & 0x807f_ffff) | ((127 - 4 + (next() >>> 29)) << 23);
  const top = shape < 12 ? near : word;
  return isDouble ? [lo, top] : [top, 0];
}

test.each(OPERATIONS.flatMap((name) => [[name, 64], [name, 32]] as const))('%s of %i bits: where it is used it gives what the exact algorithm does, and only Inexact', (name, bits) => {
  const isDouble = bits === 64;
  const next = words(bits + OPERATIONS.indexOf(name));
  const env = new FpEnvironment();
  const wrong: string[] = [];
  let used = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const [[aLo, aHi], [bLo, bHi], [cLo, cHi]] = [operand(next, isDouble), operand(next, isDouble), operand(next, isDouble)];
    if (!FAST[name](isDouble, aLo, aHi, bLo, bHi, cLo, cHi)) continue;
    used++;
    const { lo, hi } = out;
    env.flags = 0;
    EXACT[name](isDouble ? DOUBLE : SINGLE, env, aLo, aHi, bLo, bHi, cLo, cHi);
    if (out.lo !== lo || out.hi !== hi || (env.flags & ~FP_EXCEPTION.INEXACT) !== 0) wrong.push([aHi, aLo, bHi, bLo, cHi, cLo].map((word) => (word >>> 0).toString(16)).join(' '));
  }
  expect(wrong).toEqual([]);
  expect(used).toBeGreaterThan(ROUNDS / 4);
});

test('a sum of three terms that one rounding decides: the last bit of the error term breaks the tie', () => {
  // (1 + 2^-52)(1 - 2^-53) = 1 + 2^-53 - 2^-105: just below the tie between 1 and 1 + 2^-52.
  expect(FAST.mulAdd(true, 0, 0, 1, 0x3ff0_0000, -1, 0x3fef_ffff)).toBe(true);
  expect([out.hi, out.lo]).toEqual([0x3ff0_0000, 0]);
});

test('what may raise another flag, or be a NaN, is left', () => {
  const left = (value: boolean): void => expect(value).toBe(false);
  left(FAST.add(true, 0, 0x7ff0_0000, 0, 0xfff0_0000 | 0));
  left(FAST.add(true, -1, 0x7fef_ffff, -1, 0x7fef_ffff));
  left(FAST.mul(true, 0, 0x0010_0000, 0, 0x3ff0_0000));
  left(FAST.mul(false, 0x0080_0000, 0, 0x3f00_0000, 0));
  left(FAST.div(true, 0, 0x3ff0_0000, 0, 0));
  left(FAST.sqrt(true, 0, 0xbff0_0000 | 0));
  left(FAST.mulAdd(false, 0x7f80_0000, 0, 0x3f80_0000, 0, 0x3f80_0000, 0));
  left(FAST.mulAdd(true, 0, 0x7ff0_0000, 0, 0x3ff0_0000, 0, 0x3ff0_0000));
});
