/**
 * The three binary formats as facts, and the special values in them. A value is a pair of words; half and single stand in
 * the low one, and the high one is 0. Results go to `out` of emit/int64.ts: read them before the next call.
 */
import { out } from '../emit/int64.ts';

export interface Format {
  readonly bits: 16 | 32 | 64;
  /** Bits of the exponent and of the fraction: E and F of the pseudocode. */
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** The exponent field of infinities and NaNs. */
  readonly exponentOnes: number;
  readonly bias: number;
  /** Exponent of the smallest normal number. */
  readonly minimumExponent: number;
  /** The same layout seen in the word that holds sign and exponent: the low word, or the high one of a double. */
  readonly topFractionBits: number;
  readonly signMask: number;
  readonly fractionMask: number;
  /** The bit of the fraction that tells a quiet NaN from a signalling one. */
  readonly quietMask: number;
}

function format(bits: 16 | 32 | 64, exponentBits: number): Format {
  const fractionBits = bits - 1 - exponentBits;
  const topFractionBits = bits === 64 ? fractionBits - 32 : fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  return {
    bits,
    exponentBits,
    fractionBits,
    exponentOnes: 2 ** exponentBits - 1,
    bias,
    minimumExponent: 1 - bias,
    topFractionBits,
    signMask: bits === 16 ? 0x8000 : 1 << 31,
    fractionMask: 2 ** topFractionBits - 1,
    quietMask: 1 << (topFractionBits - 1),
  };
}

export const HALF = format(16, 5);
export const SINGLE = format(32, 8);
export const DOUBLE = format(64, 11);

/** Writes a value whose word with sign and exponent is `top` and whose lower word, which only a double has, is `low`. */
export function put(f: Format, top: number, low: number): void {
  if (f.bits === 64) {
    out.hi = top;
    out.lo = low;
  } else {
    out.hi = 0;
    out.lo = top;
  }
}

/** FPZero. `sign` is 1 for negative. */
export function fpZero(f: Format, sign: number): void {
  put(f, sign === 1 ? f.signMask : 0, 0);
}

/** FPInfinity. */
export function fpInfinity(f: Format, sign: number): void {
  put(f, (sign === 1 ? f.signMask : 0) | (f.exponentOnes << f.topFractionBits), 0);
}

/** FPMaxNormal. */
export function fpMaxNormal(f: Format, sign: number): void {
  put(f, (sign === 1 ? f.signMask : 0) | ((f.exponentOnes - 1) << f.topFractionBits) | f.fractionMask, -1);
}

/** FPDefaultNaN. */
export function fpDefaultNaN(f: Format): void {
  put(f, (f.exponentOnes << f.topFractionBits) | f.quietMask, 0);
}

/** FPOnePointFive and FPTwo. */
export function fpOnePointFive(f: Format, sign: number): void {
  put(f, (sign === 1 ? f.signMask : 0) | (f.bias << f.topFractionBits) | f.quietMask, 0);
}

export function fpTwo(f: Format, sign: number): void {
  put(f, (sign === 1 ? f.signMask : 0) | ((f.bias + 1) << f.topFractionBits), 0);
}

/** FPNeg and FPAbs: the sign alone, also of a NaN. */
export function fpNeg(f: Format, lo: number, hi: number): void {
  if (f.bits === 64) put(f, hi ^ f.signMask, lo);
  else put(f, lo ^ f.signMask, 0);
}

export function fpAbs(f: Format, lo: number, hi: number): void {
  if (f.bits === 64) put(f, hi & ~f.signMask, lo);
  else put(f, lo & ~f.signMask, 0);
}
