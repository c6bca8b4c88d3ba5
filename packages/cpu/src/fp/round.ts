/** FPRound and its variants: an exact value, or one with a sticky bit, to a format (DDI 0487, shared/functions/float). */
import { out, shl64, shr64 } from '../emit/int64.ts';
import { FP_EXCEPTION, ROUNDING, type FpEnvironment, type Rounding } from './environment.ts';
import { fpInfinity, fpMaxNormal, fpZero, put, type Format } from './format.ts';

/**
 * Whether a magnitude is rounded up, by what lies below its last bit: `fraction` is those bits from the half on (all 32
 * of the first word), `rest` is non-zero when more follow.
 */
export function roundsUp(rounding: Rounding, sign: number, isOdd: boolean, fraction: number, rest: number): boolean {
  if ((fraction | rest) === 0) return false;
  switch (rounding) {
    case ROUNDING.TIEEVEN: return fraction < 0 && ((fraction << 1) !== 0 || rest !== 0 || isOdd);
    case ROUNDING.TIEAWAY: return fraction < 0;
    case ROUNDING.POSINF: return sign === 0;
    case ROUNDING.NEGINF: return sign === 1;
    default: return false;
  }
}

/** The integer part of `hi:lo` / 2^shift, 0 <= shift, and the 64 bits that follow it; filled by {@link splitAt}. */
export const parts = { lo: 0, hi: 0, fraction: 0, rest: 0 };

/** Splits `hi:lo` above its lowest `shift` bits; bits far below count as a rest. */
export function splitAt(lo: number, hi: number, shift: number): void {
  if (shift === 0) {
    parts.lo = lo;
    parts.hi = hi;
    parts.fraction = 0;
    parts.rest = 0;
  } else if (shift < 64) {
    shr64(lo, hi, shift);
    parts.lo = out.lo;
    parts.hi = out.hi;
    shl64(lo, hi, 64 - shift);
    parts.fraction = out.hi;
    parts.rest = out.lo;
  } else {
    parts.lo = 0;
    parts.hi = 0;
    parts.fraction = shift === 64 ? hi : 0;
    parts.rest = shift === 64 ? lo : hi | lo;
  }
}

/**
 * FPRound: `hi:lo` / 2^63 * 2^exponent, the highest bit of `hi` set, the lowest of `lo` sticky. Half precision is IEEE's.
 * A result that is tiny before rounding is flushed under FZ, or FZ16 for half precision.
 */
export function fpRound(f: Format, env: FpEnvironment, rounding: Rounding, sign: number, exponent: number, lo: number, hi: number): void {
  const flush = f.bits === 16 ? env.fz16 : env.fz;
  if (flush && exponent < f.minimumExponent) {
    env.flags |= FP_EXCEPTION.UNDERFLOW;
    fpZero(f, sign);
  } else roundBase(f, env, rounding, sign, exponent, lo, hi, false);
}

/** FPRoundCV: as conversions do it; half precision is never flushed, and is the alternative one under AHP. */
export function fpRoundCv(f: Format, env: FpEnvironment, rounding: Rounding, sign: number, exponent: number, lo: number, hi: number): void {
  if (f.bits === 16) roundBase(f, env, rounding, sign, exponent, lo, hi, env.ahp);
  else fpRound(f, env, rounding, sign, exponent, lo, hi);
}

function roundBase(f: Format, env: FpEnvironment, rounding: Rounding, sign: number, exponent: number, lo: number, hi: number, ahp: boolean): void {
  const biased = Math.max(exponent - f.minimumExponent + 1, 0);
  const limit = f.exponentOnes + (ahp ? 1 : 0);
  if (biased > limit) {
    overflow(f, env, rounding, sign, ahp);
    return;
  }
  splitAt(lo, hi, 63 - f.fractionBits + (biased === 0 ? f.minimumExponent - exponent : 0));
  const isInexact = (parts.fraction | parts.rest) !== 0;
  if (isInexact && biased === 0) env.flags |= FP_EXCEPTION.UNDERFLOW;
  let low = parts.lo;
  let top = parts.hi;
  if (roundsUp(rounding, sign, (low & 1) !== 0, parts.fraction, parts.rest)) {
    low = (low + 1) | 0;
    if (low === 0) top++;
  } else if (isInexact && rounding === ROUNDING.ODD) low |= 1;
  // The highest bit of a normal significand, or a carry out of it, adds one to the exponent field.
  const field = Math.max(biased - 1, 0) << f.topFractionBits;
  if (f.bits === 64) top += field;
  else low += field;
  if ((f.bits === 64 ? top : low) >>> f.topFractionBits >= limit) {
    overflow(f, env, rounding, sign, ahp);
    return;
  }
  if (isInexact) env.flags |= FP_EXCEPTION.INEXACT;
  if (f.bits === 64) put(f, top | (sign << 31), low);
  else put(f, low | (sign === 1 ? f.signMask : 0), 0);
}

/** Too large: infinity or the largest number by the rounding mode. The alternative half precision saturates, and that is invalid. */
function overflow(f: Format, env: FpEnvironment, rounding: Rounding, sign: number, ahp: boolean): void {
  if (ahp) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    put(f, (sign === 1 ? f.signMask : 0) | (f.signMask - 1), 0);
    return;
  }
  env.flags |= FP_EXCEPTION.OVERFLOW | FP_EXCEPTION.INEXACT;
  if (overflowsToInfinity(rounding, sign)) fpInfinity(f, sign);
  else fpMaxNormal(f, sign);
}

export function overflowsToInfinity(rounding: Rounding, sign: number): boolean {
  switch (rounding) {
    case ROUNDING.TIEEVEN: return true;
    case ROUNDING.POSINF: return sign === 0;
    case ROUNDING.NEGINF: return sign === 1;
    default: return false;
  }
}
