/**
 * Estimates of reciprocals and of reciprocal square roots, exact to the bit: eight bits of a table that an integer algorithm
 * of the manual defines (DDI 0487, shared/functions/float).
 */
import { FP_EXCEPTION, type FpEnvironment } from './environment.ts';
import { fpDefaultNaN, fpInfinity, fpMaxNormal, fpZero, put, type Format } from './format.ts';
import { overflowsToInfinity } from './round.ts';
import { fpProcessNaN, fpUnpack, Unpacked } from './unpack.ts';

const operand = new Unpacked();

/** RecipEstimate: `a` is 256 to 511, for 0.5 to 1.0; so is the result, for 1.0 to 2.0. */
function recipEstimate(a: number): number {
  return (Math.trunc(2 ** 19 / (2 * a + 1)) + 1) >> 1;
}

/** RecipSqrtEstimate: `a` is 128 to 511, for 0.25 to 1.0; the result is 256 to 511. */
function recipSqrtEstimate(a: number): number {
  const doubled = a < 256 ? 2 * a + 1 : 2 * (a | 1);
  let b = 512;
  while (doubled * (b + 1) * (b + 1) < 2 ** 28) b++;
  return (b + 1) >> 1;
}

const RECIP = Uint16Array.from({ length: 512 }, (_, a) => (a < 256 ? 0 : recipEstimate(a)));
const RECIP_SQRT = Uint16Array.from({ length: 512 }, (_, a) => (a < 128 ? 0 : recipSqrtEstimate(a)));

/** A number by its exponent field; `significand` / 2^`bits` is its fraction. */
function putEstimate(f: Format, sign: number, exponent: number, significand: number, bits: number): void {
  put(f, (sign === 1 ? f.signMask : 0) | (exponent << f.topFractionBits) | (significand << (f.topFractionBits - bits)), 0);
}

/** FPRecipEstimate. */
export function fpRecipEstimate(f: Format, env: FpEnvironment, lo: number, hi: number): void {
  fpUnpack(operand, f, env, lo, hi);
  const { sign, exponent } = operand;
  if (operand.isNaN) fpProcessNaN(operand, f, env);
  else if (operand.isInfinity) fpZero(f, sign);
  else if (operand.isZero) {
    env.flags |= FP_EXCEPTION.DIVIDE_BY_ZERO;
    fpInfinity(f, sign);
  } else if (exponent < f.minimumExponent - 2) {
    // The reciprocal overflows.
    env.flags |= FP_EXCEPTION.OVERFLOW | FP_EXCEPTION.INEXACT;
    if (overflowsToInfinity(env.rounding, sign)) fpInfinity(f, sign);
    else fpMaxNormal(f, sign);
  } else if ((f.bits === 16 ? env.fz16 : env.fz) && exponent >= f.bias - 1) {
    // The reciprocal is denormal.
    env.flags |= FP_EXCEPTION.UNDERFLOW;
    fpZero(f, sign);
  } else reciprocal(f);
}

/** The estimate of a number in range; of a very large one it is denormal, and the leading 1 is in the fraction. */
function reciprocal(f: Format): void {
  const field = 2 * f.bias - 1 - (operand.exponent + f.bias);
  const estimate = RECIP[operand.hi >>> 23]!;
  if (field > 0) putEstimate(f, operand.sign, field, estimate & 0xff, 8);
  else putEstimate(f, operand.sign, 0, estimate, field === 0 ? 9 : 10);
}

/** FPRSqrtEstimate. */
export function fpRSqrtEstimate(f: Format, env: FpEnvironment, lo: number, hi: number): void {
  fpUnpack(operand, f, env, lo, hi);
  if (operand.isNaN) fpProcessNaN(operand, f, env);
  else if (operand.isZero) {
    env.flags |= FP_EXCEPTION.DIVIDE_BY_ZERO;
    fpInfinity(f, operand.sign);
  } else if (operand.sign === 1) {
    env.flags |= FP_EXCEPTION.INVALID_OP;
    fpDefaultNaN(f);
  } else if (operand.isInfinity) fpZero(f, 0);
  else {
    // An even exponent of the number over [0.25, 1): the fraction has nine bits or, one place lower, eight.
    const isOdd = ((operand.exponent + f.bias) & 1) !== 0;
    const scaled = operand.hi >>> (isOdd ? 24 : 23);
    const field = (3 * f.bias - 1 - (operand.exponent + f.bias)) >> 1;
    putEstimate(f, 0, field, RECIP_SQRT[scaled]! & 0xff, 8);
  }
}

/** FPRecpX: the exponent inverted, of a zero or a denormal number the largest. */
export function fpRecpX(f: Format, env: FpEnvironment, lo: number, hi: number): void {
  fpUnpack(operand, f, env, lo, hi);
  if (operand.isNaN) {
    fpProcessNaN(operand, f, env);
    return;
  }
  const top = f.bits === 64 ? hi : lo;
  const exponent = (top >>> f.topFractionBits) & f.exponentOnes;
  const inverted = exponent === 0 ? f.exponentOnes - 1 : ~exponent & f.exponentOnes;
  put(f, (top & f.signMask) | (inverted << f.topFractionBits), 0);
}

/** UnsignedRecipEstimate: of 0.5 to 1.0 in 32 bits; all ones below. */
export function unsignedRecipEstimate(value: number): number {
  return value >>> 31 === 0 ? -1 : RECIP[value >>> 23]! << 23;
}

/** UnsignedRSqrtEstimate: of 0.25 to 1.0 in 32 bits; all ones below. */
export function unsignedRSqrtEstimate(value: number): number {
  return value >>> 30 === 0 ? -1 : RECIP_SQRT[value >>> 23]! << 23;
}
