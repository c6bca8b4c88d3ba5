/**
 * Floating-point arithmetic in tier 1 (execution-engine, "Floating point and SIMD"): native where FPCR has its default
 * values, FPSR.IXC is set already and the result is one of which nothing else depends. All other cases are Eval's: NaNs,
 * infinities, results that may be subnormal or have been rounded up from that, and whatever has no instruction here.
 */
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';
import type { Val } from '../emit/builder.ts';
import { convertOp, F, truncateOp } from '../emit/floats.ts';
import { PE } from './layout.ts';
import type { Recorder } from './record.ts';

type Width = 32 | 64;

const FRACTION_BITS = { 32: 23, 64: 52 } as const;
const EXPONENT_MAX = { 32: 0xff, 64: 0x7ff } as const;

const BINARY: Readonly<Partial<Record<string, 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max'>>> = {
  add: 'add', sub: 'sub', mul: 'mul', nmul: 'mul', div: 'div', abd: 'sub', max: 'max', min: 'min', maxnm: 'max', minnm: 'min',
};
const COMPARISONS: Readonly<Partial<Record<string, 'eq' | 'ge' | 'gt'>>> = { cmeq: 'eq', cmge: 'ge', cmgt: 'gt' };
/** FPCR has round to nearest, and FPSR.IXC is set: FRINTI and FRINTX are FRINTN. */
const ROUNDINGS: Readonly<Partial<Record<string, 'nearest' | 'ceil' | 'floor' | 'trunc'>>> = {
  rintn: 'nearest', rintp: 'ceil', rintm: 'floor', rintz: 'trunc', rinti: 'nearest', rintx: 'nearest',
};

export class FpInlining {
  readonly #e: Recorder;
  /** The instruction at hand has asked whether the fast path may be taken. */
  #asked = false;

  constructor(recorder: Recorder) {
    this.#e = recorder;
  }

  begin(): void {
    this.#asked = false;
  }

  /** The result, or null where Eval is to compute it. */
  operate(op: FpOp, width: FpWidth, a: Val, b: Val, c: Val): Val | null {
    const e = this.#e;
    const name: string = op;
    if (name === 'abs') return e.and(a, e.not(this.#sign(width)));
    if (name === 'neg') return e.xor(a, this.#sign(width));
    if (width === 16 || name.endsWith('16')) return null;
    const binary = BINARY[name];
    if (binary !== undefined) return this.#binary(name, binary, width, a, b);
    const comparison = COMPARISONS[name];
    if (comparison !== undefined) return this.#mask(width, this.#compared(comparison, width, a, b));
    const rounding = ROUNDINGS[name];
    if (rounding !== undefined) return this.#rounded(rounding, width, a);
    if (name === 'sqrt') return this.#checked(width, e.float(F.sqrt[width], width, a), [[a]]);
    if (name === 'mulAdd') return this.#fused(width, a, b, c);
    return this.#convert(name, width, a);
  }

  /** NZCV in bits 3:0. */
  compare(width: FpWidth, a: Val, b: Val, when?: Val): Val | null {
    if (width === 16) return null;
    const e = this.#e;
    this.#ask();
    const unordered = e.or(e.float(F.ne[width], 32, a, a), e.float(F.ne[width], 32, b, b));
    e.stepIf(when === undefined ? unordered : e.and(unordered, when));
    const less = e.select(e.float(F.lt[width], 32, a, b), e.imm(0b1000, 32), e.imm(0b0010, 32));
    return e.select(e.float(F.eq[width], 32, a, b), e.imm(0b0110, 32), less);
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#e.stepIf(this.#e.eq(this.#e.cell(PE.FP_FAST, 32), this.#e.imm(0, 32)));
  }

  #sign(width: FpWidth): Val {
    return width === 64 ? this.#e.imm64(0, -0x8000_0000) : this.#e.imm(2 ** (width - 1), 32);
  }

  #exponent(width: Width, v: Val): Val {
    const e = this.#e;
    return e.and(e.shr(v, e.imm(FRACTION_BITS[width], width)), e.imm(EXPONENT_MAX[width], width));
  }

  #isZero(width: Width, v: Val): Val {
    const e = this.#e;
    return e.eq(e.shl(v, e.imm(1, width)), e.imm(0, width));
  }

  #binary(name: string, op: 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max', width: Width, a: Val, b: Val): Val {
    const e = this.#e;
    this.#ask();
    const result = e.float(F[op][width], width, a, b);
    if (op === 'min' || op === 'max') {
      e.stepIf(e.float(F.ne[width], 32, result, result));
      return result;
    }
    if (op === 'mul' || op === 'div') this.#check(width, result, op === 'mul' ? [[a], [b]] : [[a]]);
    else e.stepIf(e.eq(this.#exponent(width, result), e.imm(EXPONENT_MAX[width], width)));
    if (name === 'nmul') return e.xor(result, this.#sign(width));
    return name === 'abd' ? e.and(result, e.not(this.#sign(width))) : result;
  }

  #checked(width: Width, result: Val, zeros: readonly (readonly Val[])[]): Val {
    this.#ask();
    this.#check(width, result, zeros);
    return result;
  }

  /**
   * Eval's, unless the exponent is neither 0, nor all ones, nor the smallest of a normal number; or the result is a zero
   * that an operand which is one makes exact: one of `zeros`.
   */
  #check(width: Width, result: Val, zeros: readonly (readonly Val[])[]): void {
    const e = this.#e;
    const inRange = e.ltu(e.sub(this.#exponent(width, result), e.imm(2, width)), e.imm(EXPONENT_MAX[width] - 2, width));
    let exact = e.imm(0, 32);
    for (const [operand] of zeros) exact = e.or(exact, this.#isZero(operandWidth(e, operand!), operand!));
    e.stepIf(e.andThen(e.eq(inRange, e.imm(0, 32)), e.eq(e.and(this.#isZero(width, result), exact), e.imm(0, 32))));
  }

  #compared(op: 'eq' | 'ge' | 'gt', width: Width, a: Val, b: Val): Val {
    const e = this.#e;
    this.#ask();
    e.stepIf(e.or(e.float(F.ne[width], 32, a, a), e.float(F.ne[width], 32, b, b)));
    return e.float(F[op][width], 32, a, b);
  }

  #mask(width: Width, holds: Val): Val {
    const e = this.#e;
    return e.select(holds, width === 64 ? e.imm64(-1, -1) : e.imm(-1, 32), e.imm(0, width));
  }

  #rounded(op: 'nearest' | 'ceil' | 'floor' | 'trunc', width: Width, a: Val): Val {
    const e = this.#e;
    this.#ask();
    e.stepIf(e.float(F.ne[width], 32, a, a));
    return e.float(F[op][width], width, a);
  }

  /** a + b * c with one rounding; the helper gives a NaN where it cannot say. */
  #fused(width: Width, a: Val, b: Val, c: Val): Val {
    const e = this.#e;
    this.#ask();
    const result = e.fusedMultiplyAdd(width, a, b, c);
    e.stepIf(e.eq(this.#exponent(width, result), e.imm(EXPONENT_MAX[width], width)));
    return result;
  }

  // ---- Conversions -------------------------------------------------------------------------------------------------

  #convert(name: string, width: Width, a: Val): Val | null {
    const e = this.#e;
    const [, kind, to] = /^(cvt|scvtf|ucvtf|cvt[npmz][su])(32|64)$/.exec(name) ?? [];
    if (kind === undefined) return null;
    const toWidth: Width = to === '64' ? 64 : 32;
    if (kind === 'scvtf' || kind === 'ucvtf') {
      this.#ask();
      return e.float(convertOp(width, kind === 'scvtf', toWidth), toWidth, a);
    }
    if (kind === 'cvt') return this.#toFormat(width, toWidth, a);
    return this.#toInteger(kind.charAt(3), kind.endsWith('s'), width, toWidth, a);
  }

  #toFormat(width: Width, to: Width, a: Val): Val | null {
    const e = this.#e;
    if (width === to) return null;
    if (to === 32) return this.#checked(32, e.float(F.demote, 32, a), [[a]]);
    this.#ask();
    e.stepIf(e.float(F.ne[32], 32, a, a));
    return e.float(F.promote, 64, a);
  }

  /** In range after rounding: compared with the bounds, which both formats have exactly. */
  #toInteger(rounding: string, signed: boolean, width: Width, to: Width, a: Val): Val {
    const e = this.#e;
    this.#ask();
    const op = rounding === 'n' ? 'nearest' : rounding === 'p' ? 'ceil' : rounding === 'm' ? 'floor' : 'trunc';
    const integral = e.float(F[op][width], width, a);
    const bits = signed ? to - 1 : to;
    const below = e.float(F.lt[width], 32, integral, this.#powerOfTwo(width, bits, 0));
    const above = e.float(F.ge[width], 32, integral, signed ? this.#powerOfTwo(width, bits, 1) : e.imm(0, width));
    e.stepIf(e.eq(e.and(below, above), e.imm(0, 32)));
    return e.float(truncateOp(width, signed, to), to, integral);
  }

  /** Bits of 2^n, negated if `sign`. */
  #powerOfTwo(width: Width, n: number, sign: 0 | 1): Val {
    const e = this.#e;
    return width === 64 ? e.imm64(0, (((1023 + n) << 20) | (sign << 31)) | 0) : e.imm(((127 + n) << 23) | (sign << 31), 32);
  }
}

function operandWidth(e: Recorder, v: Val): Width {
  return e.wide[v] === 1 ? 64 : 32;
}
