/** FPUnpack, and what becomes of NaN operands (DDI 0487, shared/functions/float). */
import { out, shl64 } from '../emit/int64.ts';
import { FP_EXCEPTION, type FpEnvironment } from './environment.ts';
import { fpDefaultNaN, fpInfinity, put, type Format } from './format.ts';

/** FPType; denormal numbers are finite ones like all others. */
export const FP_TYPE = { ZERO: 0, FINITE: 1, INFINITY: 2, QNAN: 3, SNAN: 4 } as const;

/** The exponent of an infinity: greater than any that arithmetic makes of finite numbers. */
const INFINITE = 1 << 20;

/**
 * An operand taken apart. A finite value is `hi:lo` / 2^63 * 2^exponent with the highest bit of `hi` set; infinities have
 * the significand of 1 and an exponent above all others, zeros none.
 */
export class Unpacked {
  type: number = FP_TYPE.ZERO;
  sign = 0;
  exponent = 0;
  lo = 0;
  hi = 0;
  /** The operand as it came. */
  rawLo = 0;
  rawHi = 0;

  get isNaN(): boolean {
    return this.type >= FP_TYPE.QNAN;
  }

  get isInfinity(): boolean {
    return this.type === FP_TYPE.INFINITY;
  }

  get isZero(): boolean {
    return this.type === FP_TYPE.ZERO;
  }
}

/** FPUnpack: without the alternative half-precision format. */
export function fpUnpack(u: Unpacked, f: Format, env: FpEnvironment, lo: number, hi: number): void {
  unpackBase(u, f, env, lo, hi, f.bits === 16 ? env.fz16 : env.fz, false);
}

/** FPUnpackCV: as conversions between formats do it; half precision is never flushed. */
export function fpUnpackCv(u: Unpacked, f: Format, env: FpEnvironment, lo: number, hi: number): void {
  unpackBase(u, f, env, lo, hi, f.bits !== 16 && env.fz, env.ahp);
}

function unpackBase(u: Unpacked, f: Format, env: FpEnvironment, lo: number, hi: number, flush: boolean, ahp: boolean): void {
  const top = f.bits === 64 ? hi : lo;
  const fraction = top & f.fractionMask;
  const low = f.bits === 64 ? lo : 0;
  const exponent = (top >>> f.topFractionBits) & f.exponentOnes;
  u.rawLo = lo;
  u.rawHi = hi;
  u.sign = (top & f.signMask) === 0 ? 0 : 1;
  if (exponent === 0) {
    unpackSmall(u, f, env, fraction, low, flush);
  } else if (exponent === f.exponentOnes && !(ahp && f.bits === 16)) {
    if ((fraction | low) === 0) {
      u.type = FP_TYPE.INFINITY;
      u.exponent = INFINITE;
      u.hi = 1 << 31;
      u.lo = 0;
    } else u.type = (fraction & f.quietMask) === 0 ? FP_TYPE.SNAN : FP_TYPE.QNAN;
  } else {
    u.type = FP_TYPE.FINITE;
    u.exponent = exponent - f.bias;
    const shift = 31 - f.topFractionBits;
    u.hi = (1 << 31) | (fraction << shift) | (low >>> (32 - shift));
    u.lo = low << shift;
  }
}

/** Zeros and denormal numbers; flushing the latter raises Input Denormal, except of half precision. */
function unpackSmall(u: Unpacked, f: Format, env: FpEnvironment, fraction: number, low: number, flush: boolean): void {
  if ((fraction | low) === 0 || flush) {
    if ((fraction | low) !== 0 && f.bits !== 16) env.flags |= FP_EXCEPTION.INPUT_DENORM;
    u.type = FP_TYPE.ZERO;
    u.exponent = -INFINITE;
    u.hi = 0;
    u.lo = 0;
    return;
  }
  // As if the fraction were all of the significand: `zeros` are above its highest bit.
  const zeros = fraction === 0 ? 32 + Math.clz32(low) : Math.clz32(fraction);
  shl64(low, fraction, zeros);
  u.type = FP_TYPE.FINITE;
  u.hi = out.hi;
  u.lo = out.lo;
  u.exponent = f.minimumExponent + 31 - f.topFractionBits - zeros;
}

/** FPProcessNaN: `u` is a NaN of format `f`. */
export function fpProcessNaN(u: Unpacked, f: Format, env: FpEnvironment): void {
  if (u.type === FP_TYPE.SNAN) env.flags |= FP_EXCEPTION.INVALID_OP;
  if (env.dn) fpDefaultNaN(f);
  else if (f.bits === 64) put(f, u.rawHi | f.quietMask, u.rawLo);
  else put(f, u.rawLo | f.quietMask, 0);
}

/** FPProcessNaNs: whether one was a NaN, which is then the result. The first signalling one, then the first quiet one. */
export function fpProcessNaNs(a: Unpacked, b: Unpacked, f: Format, env: FpEnvironment): boolean {
  if (a.type === FP_TYPE.SNAN) fpProcessNaN(a, f, env);
  else if (b.type === FP_TYPE.SNAN) fpProcessNaN(b, f, env);
  else if (a.type === FP_TYPE.QNAN) fpProcessNaN(a, f, env);
  else if (b.type === FP_TYPE.QNAN) fpProcessNaN(b, f, env);
  else return false;
  return true;
}

/**
 * FPProcessNaNs3 and FPProcessNaNs3H: of an addend of format `f` and two factors of format `g`. A NaN of the narrower
 * format keeps the upper bits of its payload.
 */
export function fpProcessNaNs3(addend: Unpacked, a: Unpacked, b: Unpacked, f: Format, g: Format, env: FpEnvironment): boolean {
  const kind = addend.type === FP_TYPE.SNAN || a.type === FP_TYPE.SNAN || b.type === FP_TYPE.SNAN ? FP_TYPE.SNAN : FP_TYPE.QNAN;
  if (addend.type === kind) {
    fpProcessNaN(addend, f, env);
    return true;
  }
  const factor = a.type === kind ? a : b;
  if (factor.type !== kind) return false;
  fpProcessNaN(factor, g, env);
  if (f !== g && !env.dn) fpConvertNaN(factor, g, f);
  else if (f !== g) fpDefaultNaN(f);
  return true;
}

/** FPConvertNaN: a quiet NaN of format `to` with the upper bits of the payload. */
export function fpConvertNaN(u: Unpacked, from: Format, to: Format): void {
  const top = from.bits === 64 ? u.rawHi : u.rawLo;
  const low = from.bits === 64 ? u.rawLo : 0;
  fpInfinity(to, u.sign);
  const infinity = to.bits === 64 ? out.hi : out.lo;
  // The fraction, its highest bit at bit 63.
  const up = 32 - from.topFractionBits;
  const hi = ((top & from.fractionMask) << up) | (low >>> (32 - up));
  const lo = low << up;
  const down = 32 - to.topFractionBits;
  put(to, infinity | (hi >>> down) | to.quietMask, (hi << (32 - down)) | (lo >>> down));
}
