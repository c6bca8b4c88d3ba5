import { describe, expect, test } from 'vitest';
import { FPCR } from '../arch/sysregs/index.ts';
import { out } from '../emit/int64.ts';
import {
  DOUBLE, fixedToFp, FP_EXCEPTION, fpAdd, fpCompare, fpCompareEQ, fpCompareGE, fpCompareGT, fpConvert, fpDiv, FpEnvironment, fpMax, fpMaxNum, fpMin, fpMul,
  fpMulAdd, fpMulAddH, fpMulX, fpRecipEstimate, fpRecipStepFused, fpRecpX, fpRoundInt, fpRoundIntN, fpRSqrtEstimate, fpRSqrtStepFused, fpSqrt, fpSub,
  fpToFixed, fpToFixedJs, HALF, ROUNDING, SINGLE, unsignedRecipEstimate, unsignedRSqrtEstimate, type Format,
} from './index.ts';

const { INVALID_OP: IOC, DIVIDE_BY_ZERO: DZC, OVERFLOW: OFC, UNDERFLOW: UFC, INEXACT: IXC, INPUT_DENORM: IDC } = FP_EXCEPTION;
const { AHP, DN, FZ, FZ16 } = FPCR;
const mode = (value: number): number => value << FPCR.RMode.wordShift;

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => low(value >> 32n);

/** Runs an operation under `fpcr`: the result's bits, and the flags that it raised. */
function under(fpcr: number, operation: (env: FpEnvironment) => void): [bigint, number] {
  const env = new FpEnvironment();
  env.control(fpcr);
  operation(env);
  return [(BigInt(out.hi >>> 0) << 32n) | BigInt(out.lo >>> 0), env.flags];
}

type Unary = (f: Format, env: FpEnvironment, lo: number, hi: number) => void;
type Binary = (f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number) => void;

function one(operation: Unary, f: Format, a: bigint, fpcr = 0): [bigint, number] {
  return under(fpcr, (env) => operation(f, env, low(a), high(a)));
}

function two(operation: Binary, f: Format, a: bigint, b: bigint, fpcr = 0): [bigint, number] {
  return under(fpcr, (env) => operation(f, env, low(a), high(a), low(b), high(b)));
}

function three(f: Format, c: bigint, a: bigint, b: bigint, fpcr = 0): [bigint, number] {
  return under(fpcr, (env) => fpMulAdd(f, env, low(c), high(c), low(a), high(a), low(b), high(b)));
}

const ONE = 0x3ff0_0000_0000_0000n;
const ULP = 1n;

describe('addition', () => {
  test('a tie goes to even, and by the mode', () => {
    const half = 0x3ca0_0000_0000_0000n; // 2^-53
    expect(two(fpAdd, DOUBLE, ONE, half)).toEqual([ONE, IXC]);
    expect(two(fpAdd, DOUBLE, ONE + ULP, half)).toEqual([ONE + 2n * ULP, IXC]);
    expect(two(fpAdd, DOUBLE, ONE, half, mode(ROUNDING.POSINF))).toEqual([ONE + ULP, IXC]);
    expect(two(fpAdd, DOUBLE, ONE + ULP, half, mode(ROUNDING.ZERO))).toEqual([ONE + ULP, IXC]);
    expect(two(fpSub, DOUBLE, 0n, ONE + ULP, mode(ROUNDING.NEGINF))).toEqual([(1n << 63n) | (ONE + ULP), 0]);
  });

  test('what cancels is a positive zero, negative towards minus infinity', () => {
    expect(two(fpSub, SINGLE, 0x4049_0fdbn, 0x4049_0fdbn)).toEqual([0n, 0]);
    expect(two(fpSub, SINGLE, 0x4049_0fdbn, 0x4049_0fdbn, mode(ROUNDING.NEGINF))).toEqual([0x8000_0000n, 0]);
    expect(two(fpAdd, SINGLE, 0x8000_0000n, 0x8000_0000n)).toEqual([0x8000_0000n, 0]);
    expect(two(fpAdd, SINGLE, 0n, 0x8000_0000n)).toEqual([0n, 0]);
  });

  test('infinities of unlike signs are invalid, and the NaN is positive', () => {
    expect(two(fpSub, DOUBLE, 0x7ff0n << 48n, 0x7ff0n << 48n)).toEqual([0x7ff8n << 48n, IOC]);
    expect(two(fpAdd, HALF, 0x7c00n, 0xfc00n)).toEqual([0x7e00n, IOC]);
  });

  test('the first signalling NaN is quieted before any quiet one counts; DN gives the default', () => {
    expect(two(fpAdd, SINGLE, 0x7fc0_0001n, 0xff80_0002n)).toEqual([0xffc0_0002n, IOC]);
    expect(two(fpAdd, SINGLE, 0xffc0_0001n, 0x7fc0_0002n)).toEqual([0xffc0_0001n, 0]);
    expect(two(fpAdd, SINGLE, 0xffc0_0001n, 0x7fc0_0002n, DN.wordMask)).toEqual([0x7fc0_0000n, 0]);
  });

  test('overflow is infinity or the largest number, by mode and sign', () => {
    const largest = 0x7bffn;
    expect(two(fpAdd, HALF, largest, largest)).toEqual([0x7c00n, OFC | IXC]);
    expect(two(fpAdd, HALF, largest, largest, mode(ROUNDING.NEGINF))).toEqual([largest, OFC | IXC]);
    expect(two(fpAdd, HALF, 0x8000n | largest, 0x8000n | largest, mode(ROUNDING.ZERO))).toEqual([0x8000n | largest, OFC | IXC]);
  });
});

describe('multiplication', () => {
  test('tininess is seen before rounding: what rounds up to the smallest normal number underflows', () => {
    // (1 - 2^-24) * 2^-126 is tiny and lies between the largest denormal number and 2^-126.
    expect(two(fpMul, SINGLE, 0x3f7f_ffffn, 0x0080_0000n)).toEqual([0x0080_0000n, UFC | IXC]);
    expect(two(fpMul, SINGLE, 0x3f00_0000n, 0x0080_0000n)).toEqual([0x0040_0000n, 0]);
  });

  test('FZ flushes operands, which is told, and results, which is an underflow and not inexact', () => {
    expect(two(fpMul, SINGLE, 0x3f80_0000n, 0x8000_0001n, FZ.wordMask)).toEqual([0x8000_0000n, IDC]);
    expect(two(fpMul, SINGLE, 0x3f00_0000n, 0x8080_0000n, FZ.wordMask)).toEqual([0x8000_0000n, UFC]);
  });

  test('FZ16 flushes half precision, and does not tell of operands', () => {
    expect(two(fpMul, HALF, 0x3c00n, 0x0001n, FZ.wordMask)).toEqual([0x0001n, 0]);
    expect(two(fpMul, HALF, 0x3c00n, 0x8001n, FZ16.wordMask)).toEqual([0x8000n, 0]);
    expect(two(fpMul, HALF, 0x3800n, 0x0400n, FZ16.wordMask)).toEqual([0n, UFC]);
  });

  test('infinity times zero is invalid, of FMULX two', () => {
    expect(two(fpMul, DOUBLE, 0x7ff0n << 48n, 0n)).toEqual([0x7ff8n << 48n, IOC]);
    expect(two(fpMulX, DOUBLE, 0xfff0n << 48n, 0n)).toEqual([0xc000n << 48n, 0]);
  });
});

describe('fused multiplication and addition', () => {
  test('one rounding: the square of 1 + 2^-52 less its rounded self leaves 2^-104', () => {
    const square = ONE + 2n * ULP;
    expect(three(DOUBLE, (1n << 63n) | square, ONE + ULP, ONE + ULP)).toEqual([(1023n - 104n) << 52n, 0]);
  });

  test('an inexact sum says so', () => {
    expect(three(SINGLE, 0x3f80_0000n, 0x3300_0000n, 0x3f80_0000n)).toEqual([0x3f80_0000n, IXC]);
  });

  test('infinity times zero beats a quiet NaN to add, not a signalling one', () => {
    expect(three(DOUBLE, 0xfff8_0000_0000_0001n, 0n, 0x7ff0n << 48n)).toEqual([0x7ff8n << 48n, IOC]);
    expect(three(DOUBLE, 0xfff0_0000_0000_0001n, 0n, 0x7ff0n << 48n)).toEqual([0xfff8_0000_0000_0001n, IOC]);
    expect(three(DOUBLE, 0xfff8_0000_0000_0001n, 0x7ff8_0000_0000_0002n, ONE)).toEqual([0xfff8_0000_0000_0001n, 0]);
  });

  test('half-precision factors: exact product, payload moved up', () => {
    expect(under(0, (env) => fpMulAddH(env, 0x3f80_0000, 0x3c01, 0x3c01))).toEqual([0x4000_2004n, 0]);
    expect(under(0, (env) => fpMulAddH(env, 0, 0x7c01, 0x3c00))).toEqual([0x7fc0_2000n, IOC]);
  });

  test('steps: 2 - a b and (3 - a b) / 2, with two and one and a half for infinity times zero', () => {
    expect(two(fpRecipStepFused, SINGLE, 0x3f80_0000n, 0x3f80_0000n)).toEqual([0x3f80_0000n, 0]);
    expect(two(fpRecipStepFused, SINGLE, 0x7f80_0000n, 0n)).toEqual([0x4000_0000n, 0]);
    expect(two(fpRSqrtStepFused, SINGLE, 0x3f80_0000n, 0x3f80_0000n)).toEqual([0x3f80_0000n, 0]);
    expect(two(fpRSqrtStepFused, HALF, 0xfc00n, 0n)).toEqual([0x3e00n, 0]);
    expect(two(fpRecipStepFused, SINGLE, 0x7fc0_0005n, 0n)).toEqual([0xffc0_0005n, 0]);
  });
});

describe('division and square root', () => {
  test('a third, rounded; nothing and infinities by zero', () => {
    expect(two(fpDiv, DOUBLE, ONE, 0x4008n << 48n)).toEqual([0x3fd5_5555_5555_5555n, IXC]);
    expect(two(fpDiv, SINGLE, 0x3f80_0000n, 0x4040_0000n)).toEqual([0x3eaa_aaabn, IXC]);
    expect(two(fpDiv, SINGLE, 0xbf80_0000n, 0n)).toEqual([0xff80_0000n, DZC]);
    expect(two(fpDiv, SINGLE, 0x7f80_0000n, 0n)).toEqual([0x7f80_0000n, 0]);
    expect(two(fpDiv, SINGLE, 0n, 0x8000_0000n)).toEqual([0x7fc0_0000n, IOC]);
  });

  test('the root of two; exact roots of odd and even exponents; of minus zero and below', () => {
    expect(one(fpSqrt, DOUBLE, 0x4000n << 48n)).toEqual([0x3ff6_a09e_667f_3bcdn, IXC]);
    expect(one(fpSqrt, DOUBLE, 0x4010n << 48n)).toEqual([0x4000n << 48n, 0]);
    expect(one(fpSqrt, HALF, 0x4880n)).toEqual([0x4200n, 0]);
    expect(one(fpSqrt, SINGLE, 0x8000_0000n)).toEqual([0x8000_0000n, 0]);
    expect(one(fpSqrt, SINGLE, 0x8000_0001n)).toEqual([0x7fc0_0000n, IOC]);
    expect(one(fpSqrt, SINGLE, 0x8000_0001n, FZ.wordMask)).toEqual([0x8000_0000n, IDC]);
  });
});

describe('comparison', () => {
  const compare = (a: bigint, b: bigint, signalling: boolean): [number, number] => {
    const env = new FpEnvironment();
    return [fpCompare(SINGLE, env, low(a), 0, low(b), 0, signalling), env.flags];
  };

  test('NZCV of less, equal, greater and unordered', () => {
    expect(compare(0xbf80_0000n, 0x3f80_0000n, false)).toEqual([0b1000, 0]);
    expect(compare(0n, 0x8000_0000n, true)).toEqual([0b0110, 0]);
    expect(compare(0xbf80_0000n, 0xc000_0000n, false)).toEqual([0b0010, 0]);
    expect(compare(0x7fc0_0000n, 0n, false)).toEqual([0b0011, 0]);
    expect(compare(0x7fc0_0000n, 0n, true)).toEqual([0b0011, IOC]);
    expect(compare(0n, 0x7f80_0001n, false)).toEqual([0b0011, IOC]);
  });

  test('equality is quiet, order is not', () => {
    const env = new FpEnvironment();
    expect(fpCompareEQ(SINGLE, env, 0x7fc0_0000, 0, 0x7fc0_0000, 0)).toBe(false);
    expect(env.flags).toBe(0);
    expect(fpCompareGE(SINGLE, env, 0x7fc0_0000, 0, 0, 0)).toBe(false);
    expect(env.flags).toBe(IOC);
    expect(fpCompareGT(SINGLE, env, 1, 0, 0, 0)).toBe(true);
    expect(fpCompareGE(SINGLE, env, 1 << 31, 0, 0, 0)).toBe(true);
  });

  test('maximum and minimum of zeros; a quiet NaN is missing for the NUM forms, a signalling one is not', () => {
    expect(two(fpMax, SINGLE, 0x8000_0000n, 0n)).toEqual([0n, 0]);
    expect(two(fpMin, SINGLE, 0n, 0x8000_0000n)).toEqual([0x8000_0000n, 0]);
    expect(two(fpMax, SINGLE, 0x7fc0_0007n, 0x3f80_0000n)).toEqual([0x7fc0_0007n, 0]);
    expect(two(fpMaxNum, SINGLE, 0x7fc0_0007n, 0x3f80_0000n)).toEqual([0x3f80_0000n, 0]);
    expect(two(fpMaxNum, SINGLE, 0x7f80_0007n, 0x3f80_0000n)).toEqual([0x7fc0_0007n, IOC]);
  });
});

describe('integers', () => {
  const toFixed = (a: bigint, fbits: number, unsigned: boolean, rounding: (typeof ROUNDING)[keyof typeof ROUNDING], bits: 32 | 64): [bigint, number] =>
    under(0, (env) => fpToFixed(DOUBLE, env, low(a), high(a), fbits, unsigned, rounding, bits));
  const bits = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;

  test('each rounding to an integral value', () => {
    const round = (value: number, rounding: (typeof ROUNDING)[keyof typeof ROUNDING]): [bigint, number] =>
      under(0, (env) => fpRoundInt(DOUBLE, env, low(bits(value)), high(bits(value)), rounding, false));
    expect(round(2.5, ROUNDING.TIEEVEN)).toEqual([bits(2), 0]);
    expect(round(-2.5, ROUNDING.TIEAWAY)).toEqual([bits(-3), 0]);
    expect(round(-2.5, ROUNDING.POSINF)).toEqual([bits(-2), 0]);
    expect(round(-0.25, ROUNDING.NEGINF)).toEqual([bits(-1), 0]);
    expect(round(-0.75, ROUNDING.ZERO)).toEqual([bits(-0), 0]);
    expect(under(0, (env) => fpRoundInt(DOUBLE, env, low(bits(0.5)), high(bits(0.5)), ROUNDING.TIEEVEN, true))).toEqual([0n, IXC]);
  });

  test('FRINT32: what does not fit becomes -2^31 and is invalid, not inexact', () => {
    const round = (value: number): [bigint, number] => under(0, (env) => fpRoundIntN(DOUBLE, env, low(bits(value)), high(bits(value)), ROUNDING.TIEEVEN, 32));
    expect(round(-2147483648.25)).toEqual([bits(-2147483648), IXC]);
    expect(round(2147483647.5)).toEqual([bits(-2147483648), IOC]);
    expect(round(Infinity)).toEqual([bits(-2147483648), IOC]);
    expect(round(-0.25)).toEqual([bits(-0), IXC]);
  });

  test('to fixed point: saturation is invalid and never inexact; NaNs are zero', () => {
    expect(toFixed(bits(1.75), 1, false, ROUNDING.ZERO, 32)).toEqual([3n, IXC]);
    expect(toFixed(bits(-0.25), 0, true, ROUNDING.ZERO, 32)).toEqual([0n, IXC]);
    expect(toFixed(bits(-1), 0, true, ROUNDING.ZERO, 32)).toEqual([0n, IOC]);
    expect(toFixed(bits(2147483647.5), 0, false, ROUNDING.TIEAWAY, 32)).toEqual([0x7fff_ffffn, IOC]);
    expect(toFixed(bits(-(2 ** 63)), 0, false, ROUNDING.ZERO, 64)).toEqual([1n << 63n, 0]);
    expect(toFixed(bits(2 ** 64), 0, true, ROUNDING.ZERO, 64)).toEqual([(1n << 64n) - 1n, IOC]);
    expect(toFixed(0x7ff8n << 48n, 0, false, ROUNDING.ZERO, 64)).toEqual([0n, IOC]);
  });

  test('from fixed point', () => {
    expect(under(0, (env) => fixedToFp(SINGLE, env, -1, 0, 0, true, ROUNDING.TIEEVEN, 32))).toEqual([0x4f80_0000n, IXC]);
    expect(under(0, (env) => fixedToFp(SINGLE, env, -1, 0, 1, false, ROUNDING.TIEEVEN, 32))).toEqual([0xbf00_0000n, 0]);
    expect(under(0, (env) => fixedToFp(HALF, env, 0x8000, 0, 16, false, ROUNDING.TIEEVEN, 16))).toEqual([0xb800n, 0]);
    expect(under(0, (env) => fixedToFp(DOUBLE, env, 0, 1 << 31, 0, false, ROUNDING.TIEEVEN, 64))).toEqual([bits(-(2 ** 63)), 0]);
  });

  test('FJCVTZS: modulo 2^32, and Z only where nothing was lost', () => {
    const convert = (value: number, fpcr = 0): [bigint, number, boolean] => {
      let z = false;
      const [result, flags] = under(fpcr, (env) => (z = fpToFixedJs(env, low(bits(value)), high(bits(value)))));
      return [result, flags, z];
    };
    expect(convert(5)).toEqual([5n, 0, true]);
    expect(convert(-0)).toEqual([0n, 0, false]);
    expect(convert(-1.5)).toEqual([0xffff_ffffn, IXC, false]);
    expect(convert(2 ** 32 + 7)).toEqual([7n, IOC, false]);
    expect(convert(-(2 ** 31))).toEqual([0x8000_0000n, 0, true]);
    expect(convert(2 ** 83 + 2 ** 31)).toEqual([0x8000_0000n, IOC, false]);
    expect(convert(2 ** 80 + 2 ** 30)).toEqual([0x4000_0000n, IOC, false]);
    expect(convert(5e-324, FZ.wordMask)).toEqual([0n, IDC, false]);
  });
});

describe('conversion of formats', () => {
  const convert = (to: Format, from: Format, a: bigint, fpcr = 0, rounding: (typeof ROUNDING)[keyof typeof ROUNDING] = ROUNDING.TIEEVEN): [bigint, number] =>
    under(fpcr, (env) => fpConvert(to, from, env, low(a), high(a), rounding));

  test('round to odd keeps a sticky last bit and never reaches infinity', () => {
    expect(convert(SINGLE, DOUBLE, ONE + ULP, 0, ROUNDING.ODD)).toEqual([0x3f80_0001n, IXC]);
    expect(convert(SINGLE, DOUBLE, 0x7fef_ffff_ffff_ffffn, 0, ROUNDING.ODD)).toEqual([0x7f7f_ffffn, OFC | IXC]);
  });

  test('half precision: denormal, and never flushed', () => {
    expect(convert(SINGLE, HALF, 0x0001n, FZ.wordMask | FZ16.wordMask)).toEqual([0x3380_0000n, 0]);
    expect(convert(HALF, SINGLE, 0x3380_0000n, FZ.wordMask | FZ16.wordMask)).toEqual([0x0001n, 0]);
  });

  test('the alternative half precision has no infinities and no NaNs', () => {
    expect(convert(SINGLE, HALF, 0x7c00n, AHP.wordMask)).toEqual([0x4780_0000n, 0]);
    expect(convert(HALF, SINGLE, 0x4780_0000n, AHP.wordMask)).toEqual([0x7c00n, 0]);
    expect(convert(HALF, SINGLE, 0x4800_0000n, AHP.wordMask)).toEqual([0x7fffn, IOC]);
    expect(convert(HALF, SINGLE, 0xff80_0000n, AHP.wordMask)).toEqual([0xffffn, IOC]);
    expect(convert(HALF, SINGLE, 0xffc0_0001n, AHP.wordMask)).toEqual([0x8000n, IOC]);
  });

  test('NaNs keep the upper bits of the payload', () => {
    expect(convert(DOUBLE, HALF, 0xfc01n)).toEqual([0xfff8_0400_0000_0000n, IOC]);
    expect(convert(SINGLE, DOUBLE, 0x7ff8_0000_2000_0001n)).toEqual([0x7fc0_0001n, 0]);
  });
});

describe('estimates', () => {
  test('of the reciprocal: the ends of the table, and where it over- and underflows', () => {
    expect(one(fpRecipEstimate, SINGLE, 0x3f80_0000n)).toEqual([0x3f7f_8000n, 0]);
    expect(one(fpRecipEstimate, SINGLE, 0xc0ff_ffffn)).toEqual([0xbe00_0000n, 0]);
    expect(one(fpRecipEstimate, SINGLE, 0n)).toEqual([0x7f80_0000n, DZC]);
    expect(one(fpRecipEstimate, SINGLE, 0x001f_ffffn)).toEqual([0x7f80_0000n, OFC | IXC]);
    expect(one(fpRecipEstimate, SINGLE, 0x001f_ffffn, mode(ROUNDING.ZERO))).toEqual([0x7f7f_ffffn, OFC | IXC]);
    expect(one(fpRecipEstimate, SINGLE, 0x7f00_0000n)).toEqual([0x003f_e000n, 0]);
    expect(one(fpRecipEstimate, SINGLE, 0x7f00_0000n, FZ.wordMask)).toEqual([0n, UFC]);
  });

  test('of the reciprocal root: odd and even exponents', () => {
    expect(one(fpRSqrtEstimate, SINGLE, 0x3f80_0000n)).toEqual([0x3f7f_8000n, 0]);
    expect(one(fpRSqrtEstimate, SINGLE, 0x4080_0000n)).toEqual([0x3eff_8000n, 0]);
    expect(one(fpRSqrtEstimate, SINGLE, 0x4000_0000n)).toEqual([0x3f34_8000n, 0]);
    expect(one(fpRSqrtEstimate, SINGLE, 0xbf80_0000n)).toEqual([0x7fc0_0000n, IOC]);
    expect(one(fpRSqrtEstimate, HALF, 0x8000n)).toEqual([0xfc00n, DZC]);
  });

  test('FRECPX inverts the exponent', () => {
    expect(one(fpRecpX, SINGLE, 0xbf80_0000n)).toEqual([0xc000_0000n, 0]);
    expect(one(fpRecpX, SINGLE, 1n)).toEqual([0x7f00_0000n, 0]);
    expect(one(fpRecpX, DOUBLE, 0x7ff0n << 48n)).toEqual([0n, 0]);
  });

  test('of integers', () => {
    expect(unsignedRecipEstimate(1 << 31) >>> 0).toBe(0xff80_0000);
    expect(unsignedRecipEstimate(0x7fff_ffff)).toBe(-1);
    expect(unsignedRSqrtEstimate(1 << 30) >>> 0).toBe(0xff80_0000);
    expect(unsignedRSqrtEstimate(0x3fff_ffff)).toBe(-1);
  });
});
