/**
 * The same results by the host's arithmetic, which is IEEE's in round-to-nearest: where FPCR has its default value, the
 * only flag that an operation could raise is Inexact, and that is set already. Each function says whether it may be used
 * for its operands; the exact algorithms do all others. Single and double precision only.
 *
 * Results that are NaNs, infinities or in or next to the denormal numbers are left: they may raise flags, the host's NaNs
 * are not Arm's, and Arm detects tininess before rounding. Sums are exact there (execution-engine, "Floating point and SIMD").
 */
import { out } from '../emit/int64.ts';

const doubles = new Float64Array(4);
const doubleWords = new Int32Array(doubles.buffer);
const singles = new Float32Array(4);
const singleWords = new Int32Array(singles.buffer);

const EXPONENT = 0x7ff0_0000;
const SINGLE_EXPONENT = 0x7f80_0000;
/** The exponents of the smallest normal numbers. */
const LEAST = 0x0010_0000;
const SINGLE_LEAST = 0x0080_0000;

export type FastFunction = (isDouble: boolean, aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number) => boolean;

function toDouble(isDouble: boolean, lo: number, hi: number): number {
  if (isDouble) {
    doubleWords[0] = lo;
    doubleWords[1] = hi;
    return doubles[0]!;
  }
  singleWords[0] = lo;
  return singles[0]!;
}

/** Writes a result, rounded to single precision where that is its format; whether it is finite and, if `normal`, above the least binade. */
function give(isDouble: boolean, value: number, normal: boolean): boolean {
  if (isDouble) {
    doubles[0] = value;
    out.lo = doubleWords[0]!;
    out.hi = doubleWords[1]!;
    const exponent = out.hi & EXPONENT;
    return exponent < EXPONENT && (!normal || exponent > LEAST);
  }
  // A double holds sums, products, quotients and roots of singles closely enough for a second rounding to be harmless.
  singles[0] = value;
  out.lo = singleWords[0]!;
  out.hi = 0;
  const exponent = out.lo & SINGLE_EXPONENT;
  return exponent < SINGLE_EXPONENT && (!normal || exponent > SINGLE_LEAST);
}

function mulAdd(isDouble: boolean, cLo: number, cHi: number, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  if (isDouble && !(isMiddling(aHi) && isMiddling(bHi) && (isMiddling(cHi) || (cLo | (cHi << 1)) === 0))) return false;
  const c = toDouble(isDouble, cLo, cHi);
  const a = toDouble(isDouble, aLo, aHi);
  const b = toDouble(isDouble, bLo, bHi);
  if (isDouble) return give(true, fusedDouble(a, b, c), false);
  // The product of singles is exact.
  return give(false, sumToOdd(a * b, c), true);
}

/** Whether a double is so far from both ends of its range that no step of {@link fusedDouble} leaves the normal numbers. */
function isMiddling(hi: number): boolean {
  const exponent = hi & EXPONENT;
  return exponent > (1023 - 400) << 20 && exponent < (1023 + 400) << 20;
}

/**
 * a * b + c with one rounding: the product and the sum as pairs of a double and its error, the errors added with rounding
 * to odd, which a last rounding cannot mistake (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums").
 */
function fusedDouble(a: number, b: number, c: number): number {
  const product = a * b;
  // Dekker's product: halves of 26 bits, whose products are exact.
  const aTop = upperHalf(a);
  const bTop = upperHalf(b);
  const aRest = a - aTop;
  const bRest = b - bTop;
  const productError = aRest * bRest - (product - aTop * bTop - aRest * bTop - aTop * bRest);
  const low = c + productError;
  const lowError = sumError(c, productError, low);
  const high = product + low;
  return high + sumToOdd(lowError, sumError(product, low, high));
}

function upperHalf(x: number): number {
  const spread = x * 134_217_729;
  return spread - (spread - x);
}

/** What a + b lost in `sum`, exactly. */
function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

/** The sum rounded to odd: towards zero, the last bit set if it is inexact. */
function sumToOdd(a: number, b: number): number {
  const sum = a + b;
  const error = sumError(a, b, sum);
  // Exact, or no number.
  if (!(Math.abs(error) > 0)) return sum;
  doubles[0] = sum;
  if ((doubleWords[0]! & 1) !== 0) return sum;
  // The odd neighbour on the side of the error.
  const up = error > 0 === sum > 0;
  const low = doubleWords[0]!;
  doubleWords[0] = up ? low + 1 : low - 1;
  if (!up && low === 0) doubleWords[1] = doubleWords[1]! - 1;
  return doubles[0];
}

/** Whether two numbers compare as the host says: neither is a NaN. */
function isOrdered(a: number, b: number): boolean {
  return a <= b || a > b;
}

/** All ones as wide as the format, or zeros. */
function giveMask(isDouble: boolean, holds: boolean): true {
  out.lo = holds ? -1 : 0;
  out.hi = isDouble ? out.lo : 0;
  return true;
}

function comparison(holds: (a: number, b: number) => boolean): FastFunction {
  return (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    const b = toDouble(isDouble, bLo, bHi);
    return isOrdered(a, b) && giveMask(isDouble, holds(a, b));
  };
}

/** The greater, or the lesser, of unequal numbers. */
function extreme(max: boolean): FastFunction {
  return (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    const b = toDouble(isDouble, bLo, bHi);
    if (!(a < b || a > b)) return false;
    const isFirst = a > b === max;
    out.lo = isFirst ? aLo : bLo;
    out.hi = isFirst ? aHi : bHi;
    return true;
  };
}

/** To an integral value, which raises nothing. */
function integral(round: (value: number) => number): FastFunction {
  return (isDouble, lo, hi) => give(isDouble, round(toDouble(isDouble, lo, hi)), false);
}

const WORD = 0x1_0000_0000;

/** To a signed integer towards zero, of numbers that surely fit. */
function toInteger(bits: 32 | 64): FastFunction {
  const limit = bits === 32 ? 2 ** 31 : 2 ** 53;
  return (isDouble, lo, hi) => {
    const value = Math.trunc(toDouble(isDouble, lo, hi));
    if (!(Math.abs(value) < limit)) return false;
    out.lo = value | 0;
    out.hi = bits === 32 ? 0 : Math.floor(value / WORD) | 0;
    return true;
  };
}

/** NZCV of FPCompare in bits 3:0, or -1 where one is a NaN. */
export function fastCompare(isDouble: boolean, aLo: number, aHi: number, bLo: number, bHi: number): number {
  const a = toDouble(isDouble, aLo, aHi);
  const b = toDouble(isDouble, bLo, bHi);
  if (a === b) return 0b0110;
  if (a < b) return 0b1000;
  return a > b ? 0b0010 : -1;
}

/** By the names of the builder's operations. */
export const FAST = {
  add: (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    return give(isDouble, a + toDouble(isDouble, bLo, bHi), false);
  },
  sub: (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    return give(isDouble, a - toDouble(isDouble, bLo, bHi), false);
  },
  mul: (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    return give(isDouble, a * toDouble(isDouble, bLo, bHi), true);
  },
  div: (isDouble, aLo, aHi, bLo, bHi) => {
    const a = toDouble(isDouble, aLo, aHi);
    return give(isDouble, a / toDouble(isDouble, bLo, bHi), true);
  },
  sqrt: (isDouble, aLo, aHi) => give(isDouble, Math.sqrt(toDouble(isDouble, aLo, aHi)), true),
  mulAdd,
  max: extreme(true),
  min: extreme(false),
  cmeq: comparison((a, b) => a === b),
  cmge: comparison((a, b) => a >= b),
  cmgt: comparison((a, b) => a > b),
  rintz: integral(Math.trunc),
  rintm: integral(Math.floor),
  rintp: integral(Math.ceil),
  cvt32: (isDouble, lo, hi) => give(false, toDouble(isDouble, lo, hi), true),
  cvt64: (isDouble, lo, hi) => give(true, toDouble(isDouble, lo, hi), false),
  cvtzs32: toInteger(32),
  cvtzs64: toInteger(64),
  // Of 64 bits one rounding, of the sum of the halves; to single precision that would be a second one.
  scvtf64: (isWide, lo, hi) => give(true, isWide ? hi * WORD + (lo >>> 0) : lo, false),
  ucvtf64: (isWide, lo, hi) => give(true, isWide ? (hi >>> 0) * WORD + (lo >>> 0) : lo >>> 0, false),
  scvtf32: (isWide, lo) => !isWide && give(false, lo, false),
  ucvtf32: (isWide, lo) => !isWide && give(false, lo >>> 0, false),
} as const satisfies Readonly<Record<string, FastFunction>>;
