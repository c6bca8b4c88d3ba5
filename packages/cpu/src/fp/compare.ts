/** Comparisons, maximum and minimum (DDI 0487, shared/functions/float). */
import { out } from '../emit/int64.ts';
import { FP_EXCEPTION, type FpEnvironment } from './environment.ts';
import { fpInfinity, fpZero, type Format } from './format.ts';
import { FP_TYPE, fpProcessNaNs, fpUnpack, Unpacked } from './unpack.ts';

const first = new Unpacked();
const second = new Unpacked();

/** How two numbers compare, none of them a NaN. */
function order(): -1 | 0 | 1 {
  if (first.isZero && second.isZero) return 0;
  if (first.isZero || second.isZero || first.sign !== second.sign) {
    const positive = first.isZero ? second.sign === 1 : first.sign === 0;
    return positive ? 1 : -1;
  }
  const magnitude = first.exponent - second.exponent || (first.hi >>> 0) - (second.hi >>> 0) || (first.lo >>> 0) - (second.lo >>> 0);
  if (magnitude === 0) return 0;
  return magnitude > 0 === (first.sign === 0) ? 1 : -1;
}

/** Unpacks both operands; whether they are unordered, which is invalid for a signalling NaN, or for any when `signalling`. */
function isUnordered(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number, signalling: boolean): boolean {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (!first.isNaN && !second.isNaN) return false;
  if (signalling || first.type === FP_TYPE.SNAN || second.type === FP_TYPE.SNAN) env.flags |= FP_EXCEPTION.INVALID_OP;
  return true;
}

/** FPCompare: NZCV in bits 3:0. */
export function fpCompare(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number, signalling: boolean): number {
  if (isUnordered(f, env, aLo, aHi, bLo, bHi, signalling)) return 0b0011;
  const relation = order();
  if (relation === 0) return 0b0110;
  return relation < 0 ? 0b1000 : 0b0010;
}

/** FPCompareEQ: quiet. */
export function fpCompareEQ(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return !isUnordered(f, env, aLo, aHi, bLo, bHi, false) && order() === 0;
}

/** FPCompareGE and FPCompareGT: any NaN is invalid. */
export function fpCompareGE(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return !isUnordered(f, env, aLo, aHi, bLo, bHi, true) && order() >= 0;
}

export function fpCompareGT(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return !isUnordered(f, env, aLo, aHi, bLo, bHi, true) && order() > 0;
}

/** FPMax and FPMin. */
export function fpMax(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  extreme(f, env, aLo, aHi, bLo, bHi, true);
}

export function fpMin(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  extreme(f, env, aLo, aHi, bLo, bHi, false);
}

function extreme(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number, max: boolean): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (fpProcessNaNs(first, second, f, env)) return;
  const relation = order();
  const chosen = (max ? relation > 0 : relation < 0) ? first : second;
  if (chosen.isZero) {
    // Of two zeros the maximum is negative only if both are, the minimum if one is. A denormal operand may have become one.
    fpZero(f, max ? first.sign & second.sign : first.sign | second.sign);
  } else {
    out.lo = chosen.rawLo;
    out.hi = chosen.rawHi;
  }
}

/** FPMaxNum and FPMinNum: a quiet NaN beside a number counts as missing. */
export function fpMaxNum(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  extremeNumber(f, env, aLo, aHi, bLo, bHi, true);
}

export function fpMinNum(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  extremeNumber(f, env, aLo, aHi, bLo, bHi, false);
}

function extremeNumber(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number, max: boolean): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  const isFirstMissing = first.type === FP_TYPE.QNAN;
  const isSecondMissing = second.type === FP_TYPE.QNAN;
  if (isFirstMissing === isSecondMissing) extreme(f, env, aLo, aHi, bLo, bHi, max);
  else {
    // The infinity that never wins.
    fpInfinity(f, max ? 1 : 0);
    const { lo, hi } = out;
    if (isFirstMissing) extreme(f, env, lo, hi, bLo, bHi, max);
    else extreme(f, env, aLo, aHi, lo, hi, max);
  }
}
