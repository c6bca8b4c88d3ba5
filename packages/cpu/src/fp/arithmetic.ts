/**
 * Addition, multiplication and their fusions (DDI 0487, shared/functions/float). Operands are pairs of words in the format
 * given first; results go to `out` of emit/int64.ts, exceptions to the environment's flags.
 */
import { out } from '../emit/int64.ts';
import { FP_EXCEPTION, ROUNDING, type FpEnvironment } from './environment.ts';
import { fpAbs, fpDefaultNaN, fpInfinity, fpNeg, fpOnePointFive, fpTwo, fpZero, HALF, SINGLE, type Format } from './format.ts';
import { fpRound } from './round.ts';
import { FP_TYPE, fpProcessNaNs, fpProcessNaNs3, fpUnpack, Unpacked } from './unpack.ts';
import { Wide } from './wide.ts';

const addend = new Unpacked();
const first = new Unpacked();
const second = new Unpacked();
const sum = new Wide();
const other = new Wide();

function invalid(f: Format, env: FpEnvironment): void {
  env.flags |= FP_EXCEPTION.INVALID_OP;
  fpDefaultNaN(f);
}

/** The sum, rounded, and divided by 2^`halvings`; an exact zero that arithmetic made is negative only towards minus infinity. */
function roundSum(f: Format, env: FpEnvironment, halvings = 0): void {
  if (sum.isZero) fpZero(f, env.rounding === ROUNDING.NEGINF ? 1 : 0);
  else fpRound(f, env, env.rounding, sum.sign, sum.exponent - halvings, sum.lo, sum.hi);
}

/** The sum of two operands of which at least one is finite and none a NaN or an infinity. */
function roundFiniteSum(f: Format, env: FpEnvironment): void {
  if (first.isZero) {
    sum.set(second);
    roundSum(f, env);
    return;
  }
  sum.set(first);
  if (!second.isZero) {
    other.set(second);
    sum.add(other);
  }
  roundSum(f, env);
}

/** FPAdd. */
export function fpAdd(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (!fpProcessNaNs(first, second, f, env)) addNumbers(f, env);
}

/** FPSub: the NaN that is the result keeps its sign. */
export function fpSub(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (fpProcessNaNs(first, second, f, env)) return;
  second.sign ^= 1;
  addNumbers(f, env);
}

function addNumbers(f: Format, env: FpEnvironment): void {
  if (first.isInfinity && second.isInfinity && first.sign !== second.sign) invalid(f, env);
  else if (first.isInfinity) fpInfinity(f, first.sign);
  else if (second.isInfinity) fpInfinity(f, second.sign);
  else if (first.isZero && second.isZero && first.sign === second.sign) fpZero(f, first.sign);
  else roundFiniteSum(f, env);
}

/** FABD: FPAbs of FPSub. */
export function fpAbsDifference(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpSub(f, env, aLo, aHi, bLo, bHi);
  fpAbs(f, out.lo, out.hi);
}

/** Whether the product is an infinity times a zero. */
function isInfinityTimesZero(): boolean {
  return (first.isInfinity && second.isZero) || (first.isZero && second.isInfinity);
}

/** FPMul. */
export function fpMul(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (fpProcessNaNs(first, second, f, env)) return;
  if (isInfinityTimesZero()) invalid(f, env);
  else multiplyNumbers(f, env);
}

/** FPMulX: infinity times zero is two. */
export function fpMulX(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(first, f, env, aLo, aHi);
  fpUnpack(second, f, env, bLo, bHi);
  if (fpProcessNaNs(first, second, f, env)) return;
  if (isInfinityTimesZero()) fpTwo(f, first.sign ^ second.sign);
  else multiplyNumbers(f, env);
}

function multiplyNumbers(f: Format, env: FpEnvironment): void {
  const sign = first.sign ^ second.sign;
  if (first.isInfinity || second.isInfinity) fpInfinity(f, sign);
  else if (first.isZero || second.isZero) fpZero(f, sign);
  else {
    sum.setProduct(first, second);
    roundSum(f, env);
  }
}

/** FNMUL: FPNeg of FPMul. */
export function fpNegMul(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpMul(f, env, aLo, aHi, bLo, bHi);
  fpNeg(f, out.lo, out.hi);
}

/** FPMulAdd: `c` + a * b with one rounding. Each operand may be negated, NaNs included, by the caller. */
export function fpMulAdd(f: Format, env: FpEnvironment, cLo: number, cHi: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  mulAdd(f, f, env, cLo, cHi, aLo, aHi, bLo, bHi);
}

/** FPMulAddH: a single-precision addend, half-precision factors. */
export function fpMulAddH(env: FpEnvironment, c: number, a: number, b: number): void {
  mulAdd(SINGLE, HALF, env, c, 0, a, 0, b, 0);
}

function mulAdd(f: Format, g: Format, env: FpEnvironment, cLo: number, cHi: number, aLo: number, aHi: number, bLo: number, bHi: number): void {
  fpUnpack(addend, f, env, cLo, cHi);
  fpUnpack(first, g, env, aLo, aHi);
  fpUnpack(second, g, env, bLo, bHi);
  const isNaN = fpProcessNaNs3(addend, first, second, f, g, env);
  // A quiet NaN to add hides everything but this.
  if (addend.type === FP_TYPE.QNAN && isInfinityTimesZero()) invalid(f, env);
  else if (!isNaN) mulAddNumbers(f, env);
}

function mulAddNumbers(f: Format, env: FpEnvironment): void {
  const sign = first.sign ^ second.sign;
  const isInfinite = first.isInfinity || second.isInfinity;
  if (isInfinityTimesZero() || (addend.isInfinity && isInfinite && addend.sign !== sign)) invalid(f, env);
  else if (addend.isInfinity) fpInfinity(f, addend.sign);
  else if (isInfinite) fpInfinity(f, sign);
  else if (first.isZero || second.isZero) {
    if (addend.isZero && addend.sign === sign) {
      fpZero(f, sign);
      return;
    }
    sum.set(addend);
    roundSum(f, env);
  } else {
    sum.setProduct(first, second);
    if (!addend.isZero) {
      other.set(addend);
      sum.add(other);
    }
    roundSum(f, env);
  }
}

/** FPRecipStepFused: 2 - a * b with one rounding. */
export function fpRecipStepFused(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  if (unpackStep(f, env, aLo, aHi, bLo, bHi)) return;
  if (isInfinityTimesZero()) fpTwo(f, 0);
  else stepNumbers(f, env, 2, 0);
}

/** FPRSqrtStepFused: (3 - a * b) / 2 with one rounding. */
export function fpRSqrtStepFused(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): void {
  if (unpackStep(f, env, aLo, aHi, bLo, bHi)) return;
  if (isInfinityTimesZero()) fpOnePointFive(f, 0);
  else stepNumbers(f, env, 3, 1);
}

/** The operands of a step, the first negated before all else; whether one was a NaN. */
function unpackStep(f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  fpNeg(f, aLo, aHi);
  fpUnpack(first, f, env, out.lo, out.hi);
  fpUnpack(second, f, env, bLo, bHi);
  return fpProcessNaNs(first, second, f, env);
}

/** (constant + a * b) / 2^halvings. */
function stepNumbers(f: Format, env: FpEnvironment, constant: number, halvings: number): void {
  if (first.isInfinity || second.isInfinity) {
    fpInfinity(f, first.sign ^ second.sign);
    return;
  }
  sum.setInteger(constant);
  if (!first.isZero && !second.isZero) {
    other.setProduct(first, second);
    sum.add(other);
  }
  roundSum(f, env, halvings);
}
