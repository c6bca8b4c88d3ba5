/** Division and square root, digit by digit: two bits more than the fraction, and a sticky one (DDI 0487, shared/functions/float). */
import { out, shl64, sub64 } from '../emit/int64.ts';
import { FP_EXCEPTION, type FpEnvironment } from './environment.ts';
import { fpDefaultNaN, fpInfinity, fpZero, type Format } from './format.ts';
import { fpRound } from './round.ts';
import { fpProcessNaN, fpProcessNaNs, fpUnpack, Unpacked } from './unpack.ts';

const first = new Unpacked();
const second = new Unpacked();

/** FPDiv. */
export function fpDiv(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (fpProcessNaNs(first, second, f, env)) return;
  const sign = first.sign ^ second.sign;
  if ((first.isInfinity && second.isInfinity) || (first.isZero && second.isZero)) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    fpDefaultNaN(f);
  } else if (first.isInfinity || second.isZero) {
    if (!first.isInfinity) env.flags |= FP_EXCEPTION.DIVIDE_BY_ZERO;
    fpInfinity(f, sign);
  } else if (first.isZero || second.isInfinity) fpZero(f, sign);
  else divideSignificands(f, env, sign);
}

function divideSignificands(f: Format, env: FpEnvironment, sign: number): void {
  const bLo = second.lo;
  const bHi = second.hi;
  let lo = first.lo;
  let hi = first.hi;
  let exponent = first.exponent - second.exponent;
  // The first digit is 1: the dividend is doubled where it is below the divisor. Its bit 64 is then in `carry`.
  let carry = isBelow(lo, hi, bLo, bHi) ? 1 : 0;
  if (carry === 1) {
    exponent--;
    hi = (hi << 1) | (lo >>> 31);
    lo <<= 1;
  }
  let quotientLo = 0;
  let quotientHi = 0;
  const digits = f.fractionBits + 3;
  for (let i = 0; i < digits; i++) {
    quotientHi = (quotientHi << 1) | (quotientLo >>> 31);
    quotientLo <<= 1;
    if (carry === 1 || !isBelow(lo, hi, bLo, bHi)) {
      sub64(lo, hi, bLo, bHi);
      ({ lo, hi } = out);
      quotientLo |= 1;
    }
    carry = hi >>> 31;
    hi = (hi << 1) | (lo >>> 31);
    lo <<= 1;
  }
  roundDigits(f, env, sign, exponent, quotientLo, quotientHi, digits, carry | lo | hi);
}

/** Rounds a result of `digits` bits, the first of them 1, with what remains. */
function roundDigits(f: Format, env: FpEnvironment, sign: number, exponent: number, lo: number, hi: number, digits: number, remainder: number): void {
  shl64(lo, hi, 64 - digits);
  fpRound(f, env, env.rounding, sign, exponent, remainder === 0 ? out.lo : out.lo | 1, out.hi);
}

function isBelow(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi === bHi ? aLo >>> 0 < bLo >>> 0 : aHi >>> 0 < bHi >>> 0;
}

/** FPSqrt. */
export function fpSqrt(f: Format, env: FpEnvironment, aLo: number, aHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  if (first.isNaN) fpProcessNaN(first, f, env);
  else if (first.isZero) fpZero(f, first.sign);
  else if (first.sign === 1) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    fpDefaultNaN(f);
  } else if (first.isInfinity) fpInfinity(f, 0);
  else rootOfSignificand(f, env);
}

/** Each digit takes two bits of the radicand; an odd exponent gives it one bit more before the point. */
function rootOfSignificand(f: Format, env: FpEnvironment): void {
  const isOdd = (first.exponent & 1) !== 0;
  let { lo, hi } = first;
  let remainderLo = 0;
  let remainderHi = 0;
  let rootLo = 0;
  let rootHi = 0;
  const digits = f.fractionBits + 3;
  for (let i = 0; i < digits; i++) {
    const bits = i === 0 && !isOdd ? 1 : 2;
    remainderHi = (remainderHi << bits) | (remainderLo >>> (32 - bits));
    remainderLo = (remainderLo << bits) | (hi >>> (32 - bits));
    hi = (hi << bits) | (lo >>> (32 - bits));
    lo <<= bits;
    // Whether 4 * root + 1 can be subtracted.
    const trialLo = (rootLo << 2) | 1;
    const trialHi = (rootHi << 2) | (rootLo >>> 30);
    rootHi = (rootHi << 1) | (rootLo >>> 31);
    rootLo <<= 1;
    if (!isBelow(remainderLo, remainderHi, trialLo, trialHi)) {
      sub64(remainderLo, remainderHi, trialLo, trialHi);
      remainderLo = out.lo;
      remainderHi = out.hi;
      rootLo |= 1;
    }
  }
  roundDigits(f, env, 0, first.exponent >> 1, rootLo, rootHi, digits, remainderLo | remainderHi | lo | hi);
}
