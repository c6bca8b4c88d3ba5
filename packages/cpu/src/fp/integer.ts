/** Rounding to integral values, and conversion from and to integers and fixed point (DDI 0487, shared/functions/float). */
import { out, shl64, sub64 } from '../emit/int64.ts';
import { FP_EXCEPTION, ROUNDING, type FpEnvironment, type Rounding } from './environment.ts';
import { fpInfinity, fpZero, put, type Format, DOUBLE } from './format.ts';
import { fpRound, parts, roundsUp, splitAt } from './round.ts';
import { fpProcessNaN, fpUnpack, Unpacked } from './unpack.ts';

const operand = new Unpacked();

/** The magnitude of an integer that an operand was rounded to, and whether it was none before. */
const integer = { lo: 0, hi: 0, isInexact: false };

/** Rounds the finite operand times 2^`scale`, a magnitude below 2^64, to an integer. */
function roundToInteger(scale: number, rounding: Rounding): void {
  splitAt(operand.lo, operand.hi, 63 - operand.exponent - scale);
  integer.isInexact = (parts.fraction | parts.rest) !== 0;
  let { lo, hi } = parts;
  // No carry out of 64 bits: where there is a fraction the integer is below 2^63.
  if (roundsUp(rounding, operand.sign, (lo & 1) !== 0, parts.fraction, parts.rest)) {
    lo = (lo + 1) | 0;
    if (lo === 0) hi = (hi + 1) | 0;
  }
  integer.lo = lo;
  integer.hi = hi;
}

/** Writes the integer, which is exact in the format, as a number of the operand's sign. */
function putInteger(f: Format, env: FpEnvironment): void {
  if ((integer.lo | integer.hi) === 0) fpZero(f, operand.sign);
  else roundInteger(f, env, ROUNDING.ZERO, operand.sign, integer.lo, integer.hi, 0);
}

/** FPRound of `hi:lo` / 2^`fbits`, not zero. */
function roundInteger(f: Format, env: FpEnvironment, rounding: Rounding, sign: number, lo: number, hi: number, fbits: number): void {
  const zeros = hi === 0 ? 32 + Math.clz32(lo) : Math.clz32(hi);
  shl64(lo, hi, zeros);
  fpRound(f, env, rounding, sign, 63 - zeros - fbits, out.lo, out.hi);
}

/** FPRoundInt: `exact` raises Inexact where the value changes. */
export function fpRoundInt(f: Format, env: FpEnvironment, lo: number, hi: number, rounding: Rounding, exact: boolean): void {
  fpUnpack(operand, f, env, lo, hi);
  if (operand.isNaN) fpProcessNaN(operand, f, env);
  else if (operand.isInfinity) fpInfinity(f, operand.sign);
  else if (operand.isZero) fpZero(f, operand.sign);
  else if (operand.exponent >= f.fractionBits) {
    out.lo = lo;
    out.hi = hi;
  } else {
    roundToInteger(0, rounding);
    if (exact && integer.isInexact) env.flags |= FP_EXCEPTION.INEXACT;
    putInteger(f, env);
  }
}

/** FPRoundIntN: what does not fit in a signed integer of `intsize` bits is invalid and becomes the least of them. */
export function fpRoundIntN(f: Format, env: FpEnvironment, lo: number, hi: number, rounding: Rounding, intsize: 32 | 64): void {
  fpUnpack(operand, f, env, lo, hi);
  if (operand.isZero) {
    fpZero(f, operand.sign);
    return;
  }
  const isTooLarge = operand.isNaN || operand.exponent >= intsize;
  if (!isTooLarge) roundToInteger(0, rounding);
  if (isTooLarge || isOutside(intsize)) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    put(f, f.signMask | ((f.bias + intsize - 1) << f.topFractionBits), 0);
    return;
  }
  if (integer.isInexact) env.flags |= FP_EXCEPTION.INEXACT;
  putInteger(f, env);
}

/** Whether the integer, of at most `bits` + 1 bits, does not fit in `bits` bits with its sign. */
function isOutside(bits: number): boolean {
  const top = bits === 64 ? integer.hi >>> 31 : Math.floor((integer.hi * 0x1_0000_0000 + (integer.lo >>> 0)) / 2 ** (bits - 1));
  if (top === 0) return false;
  // The least integer is the one whose magnitude has the highest bit alone.
  const below = bits === 64 ? (integer.hi & 0x7fff_ffff) | integer.lo : integer.lo & (2 ** (bits - 1) - 1);
  return !(operand.sign === 1 && top === 1 && below === 0);
}

/** FPToFixed: an integer of `bits` bits of the operand times 2^`fbits`, saturated; the result has `bits` bits. */
export function fpToFixed(f: Format, env: FpEnvironment, lo: number, hi: number, fbits: number, unsigned: boolean, rounding: Rounding, bits: 16 | 32 | 64): void {
  fpUnpack(operand, f, env, lo, hi);
  if (operand.isNaN || operand.isZero) {
    if (operand.isNaN) env.flags |= FP_EXCEPTION.INVALID_OP;
    out.lo = 0;
    out.hi = 0;
    return;
  }
  // Beyond any integer, whatever the fraction says.
  const isTooLarge = operand.exponent + fbits >= bits;
  if (!isTooLarge) roundToInteger(fbits, rounding);
  if (isTooLarge || (unsigned ? isOutsideUnsigned(bits) : isOutside(bits))) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    saturate(unsigned, bits);
    return;
  }
  if (integer.isInexact) env.flags |= FP_EXCEPTION.INEXACT;
  if (operand.sign === 1) sub64(0, 0, integer.lo, integer.hi);
  else {
    out.lo = integer.lo;
    out.hi = integer.hi;
  }
  narrow(bits);
}

function isOutsideUnsigned(bits: number): boolean {
  if ((integer.lo | integer.hi) === 0) return false;
  if (operand.sign === 1) return true;
  return bits === 64 ? false : integer.hi !== 0 || (bits === 16 && integer.lo >>> 16 !== 0);
}

/** SatQ's bounds: the least where the operand is negative, the greatest otherwise. */
function saturate(unsigned: boolean, bits: number): void {
  const isNegative = operand.sign === 1;
  const ones = isNegative ? 0 : -1;
  if (unsigned) {
    out.lo = ones;
    out.hi = ones;
  } else if (bits === 64) {
    out.lo = ones;
    out.hi = ones ^ (1 << 31);
  } else {
    out.lo = ones ^ (1 << (bits - 1));
    out.hi = 0;
  }
  narrow(bits);
}

/** Keeps the low `bits` bits of a result. */
function narrow(bits: number): void {
  if (bits === 64) return;
  out.hi = 0;
  if (bits === 16) out.lo &= 0xffff;
}

/** FixedToFP: an integer of `bits` bits over 2^`fbits`. */
export function fixedToFp(f: Format, env: FpEnvironment, lo: number, hi: number, fbits: number, unsigned: boolean, rounding: Rounding, bits: 16 | 32 | 64): void {
  extend(lo, hi, unsigned, bits);
  const sign = !unsigned && out.hi < 0 ? 1 : 0;
  if (sign === 1) sub64(0, 0, out.lo, out.hi);
  if ((out.lo | out.hi) === 0) fpZero(f, 0);
  else roundInteger(f, env, rounding, sign, out.lo, out.hi, fbits);
}

/** The low `bits` bits, extended to 64. */
function extend(lo: number, hi: number, unsigned: boolean, bits: number): void {
  if (bits === 64) {
    out.lo = lo;
    out.hi = hi;
  } else {
    out.lo = bits === 32 ? lo : unsigned ? lo & 0xffff : (lo << 16) >> 16;
    out.hi = unsigned ? 0 : out.lo >> 31;
  }
}

/** FPToFixedJS: a double to 32 bits, modulo 2^32, towards zero. Returns PSTATE.Z: whether nothing was lost. */
export function fpToFixedJs(env: FpEnvironment, lo: number, hi: number): boolean {
  fpUnpack(operand, DOUBLE, env, lo, hi);
  if (operand.isZero) {
    out.lo = 0;
    out.hi = 0;
    // Minus zero, or a denormal number that was flushed, is no integer zero.
    return operand.sign === 0 && ((hi & DOUBLE.fractionMask) | lo) === 0;
  }
  if (operand.isNaN || operand.isInfinity || operand.exponent >= 32 + DOUBLE.fractionBits) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    out.lo = 0;
    out.hi = 0;
    return false;
  }
  const isTooLarge = operand.exponent >= 32;
  if (operand.exponent > 63) shl64(operand.lo, operand.hi, operand.exponent - 63);
  else {
    roundToInteger(0, ROUNDING.ZERO);
    out.lo = integer.lo;
  }
  const low = operand.sign === 1 ? -out.lo | 0 : out.lo;
  const isInvalid = isTooLarge || isOutside(32);
  if (isInvalid) env.flags |= FP_EXCEPTION.INVALID_OP;
  else if (integer.isInexact) env.flags |= FP_EXCEPTION.INEXACT;
  out.lo = low;
  out.hi = 0;
  return !isInvalid && !integer.isInexact;
}
