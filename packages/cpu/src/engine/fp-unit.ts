/** The floating-point unit of a PE: operations on bits under its FPCR, with the cumulative flags in its FPSR. */
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';
import { out } from '../emit/int64.ts';
import {
  DOUBLE, fixedToFp, fpAbs, fpAbsDifference, fpAdd, fpCompare, fpCompareEQ, fpCompareGE, fpCompareGT, fpConvert, fpDiv, FpEnvironment, fpMax, fpMaxNum,
  fpMin, fpMinNum, fpMul, fpMulAdd, fpMulAddH, fpMulX, fpNeg, fpNegMul, fpRecipEstimate, fpRecipStepFused, fpRecpX, fpRoundInt, fpRoundIntN,
  fpRSqrtEstimate, fpRSqrtStepFused, fpSqrt, fpSub, fpToFixed, fpToFixedJs, HALF, ROUNDING, SINGLE,
  FAST, fastCompare, type FastFunction, type Format, type Rounding,
} from '../fp/index.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { raiseFpFlags } from '../state/fp-state.ts';
import { PE } from './layout.ts';

/** Computes on operands of the format given first; those that it does not take are ignored. The result is in `out`. */
type FpFunction = (f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number) => void;
type Comparison = (f: Format, env: FpEnvironment, aLo: number, aHi: number, bLo: number, bHi: number) => boolean;

export class FpUnit {
  /** The result of {@link operate}: two words, zero-extended. */
  readonly result = new Int32Array(2);
  readonly #state: CpuState;
  readonly #env = new FpEnvironment();

  constructor(state: CpuState) {
    this.#state = state;
  }

  /** Computes `op` on operands of two words each; those that it does not take are ignored. */
  operate(op: FpOp, width: FpWidth, aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number): void {
    if (this.#state.get32(PE.FP_FAST) !== 0 && width !== 16 && this.#isFast(op, width === 64, aLo, aHi, bLo, bHi, cLo, cHi)) return;
    this.#begin();
    FUNCTIONS[op](formatOf(width), this.#env, aLo, aHi, bLo, bHi, cLo, cHi);
    this.result[0] = out.lo;
    this.result[1] = out.hi;
    this.#end();
  }

  /** By the host's arithmetic, where that gives the same; whether it did. */
  #isFast(op: FpOp, isDouble: boolean, aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number): boolean {
    const fast = FAST_FUNCTIONS[op];
    if (fast?.(isDouble, aLo, aHi, bLo, bHi, cLo, cHi) !== true) return false;
    this.result[0] = out.lo;
    this.result[1] = out.hi;
    return true;
  }

  /** NZCV in bits 3:0 of comparing two numbers; `signalling`: quiet NaNs are invalid operations too. */
  compare(width: FpWidth, aLo: number, aHi: number, bLo: number, bHi: number, signalling: boolean): number {
    if (this.#state.get32(PE.FP_FAST) !== 0 && width !== 16) {
      const nzcv = fastCompare(width === 64, aLo, aHi, bLo, bHi);
      if (nzcv >= 0) return nzcv;
    }
    this.#begin();
    const nzcv = fpCompare(formatOf(width), this.#env, aLo, aHi, bLo, bHi, signalling);
    this.#end();
    return nzcv;
  }

  #begin(): void {
    const fpcr = this.#state.get32(PE.FPCR);
    if (fpcr !== this.#env.fpcr) this.#env.control(fpcr);
    this.#env.flags = 0;
  }

  #end(): void {
    if (this.#env.flags !== 0) raiseFpFlags(this.#state, this.#env.flags);
  }
}

function formatOf(width: number): Format {
  return width === 64 ? DOUBLE : width === 32 ? SINGLE : HALF;
}

/** All ones or zeros as wide as the format. */
function mask(compare: Comparison): FpFunction {
  return (f, env, aLo, aHi, bLo, bHi) => {
    const ones = compare(f, env, aLo, aHi, bLo, bHi) ? -1 : 0;
    out.lo = f.bits === 16 ? ones & 0xffff : ones;
    out.hi = f.bits === 64 ? ones : 0;
  };
}

/** A comparison of absolute values. */
function ofMagnitudes(compare: Comparison): Comparison {
  return (f, env, aLo, aHi, bLo, bHi) => {
    fpAbs(f, aLo, aHi);
    const { lo, hi } = out;
    fpAbs(f, bLo, bHi);
    return compare(f, env, lo, hi, out.lo, out.hi);
  };
}

/** To an integral value; without a mode by FPCR. */
function integral(rounding: Rounding | null, exact = false): FpFunction {
  return (f, env, lo, hi) => {
    fpRoundInt(f, env, lo, hi, rounding ?? env.rounding, exact);
  };
}

function integralWithin(intsize: 32 | 64, rounding: Rounding | null): FpFunction {
  return (f, env, lo, hi) => {
    fpRoundIntN(f, env, lo, hi, rounding ?? env.rounding, intsize);
  };
}

function convert(to: Format, rounding: Rounding | null = null): FpFunction {
  return (f, env, lo, hi) => {
    fpConvert(to, f, env, lo, hi, rounding ?? env.rounding);
  };
}

const FAST_FUNCTIONS: Readonly<Partial<Record<FpOp, FastFunction>>> = FAST;

const WIDTHS = [16, 32, 64] as const;

function byWidth<N extends string>(name: N, make: (width: FpWidth) => FpFunction): Readonly<Record<`${N}${FpWidth}`, FpFunction>> {
  return Object.fromEntries(WIDTHS.map((width) => [`${name}${String(width)}`, make(width)])) as Record<`${N}${FpWidth}`, FpFunction>;
}

/** To integers of each width. */
function toInteger<N extends string>(name: N, unsigned: boolean, rounding: Rounding): Readonly<Record<`${N}${FpWidth}`, FpFunction>> {
  return byWidth(name, (width) => (f, env, lo, hi) => {
    fpToFixed(f, env, lo, hi, 0, unsigned, rounding, width);
  });
}

/** To fixed point, with the fraction bits as second operand, towards zero. */
function toFixedPoint<N extends string>(name: N, unsigned: boolean): Readonly<Record<`${N}${FpWidth}`, FpFunction>> {
  return byWidth(name, (width) => (f, env, lo, hi, fbits) => {
    fpToFixed(f, env, lo, hi, fbits, unsigned, ROUNDING.ZERO, width);
  });
}

/** From integers as wide as the operand to each format. */
function fromInteger<N extends string>(name: N, unsigned: boolean): Readonly<Record<`${N}${FpWidth}`, FpFunction>> {
  return byWidth(name, (width) => (f, env, lo, hi) => {
    fixedToFp(formatOf(width), env, lo, hi, 0, unsigned, env.rounding, f.bits);
  });
}

function fromFixedPoint<N extends string>(name: N, unsigned: boolean): Readonly<Record<`${N}${FpWidth}`, FpFunction>> {
  return byWidth(name, (width) => (f, env, lo, hi, fbits) => {
    fixedToFp(formatOf(width), env, lo, hi, fbits, unsigned, env.rounding, f.bits);
  });
}

const FUNCTIONS: Readonly<Record<FpOp, FpFunction>> = {
  abs: (f, _env, lo, hi) => {
    fpAbs(f, lo, hi);
  },
  neg: (f, _env, lo, hi) => {
    fpNeg(f, lo, hi);
  },
  add: fpAdd,
  sub: fpSub,
  abd: fpAbsDifference,
  mul: fpMul,
  nmul: fpNegMul,
  mulx: fpMulX,
  div: fpDiv,
  sqrt: fpSqrt,
  mulAdd: fpMulAdd,
  mulAddH: (_f, env, c, _cHi, a, _aHi, b) => {
    fpMulAddH(env, c, a, b);
  },
  max: fpMax,
  min: fpMin,
  maxnm: fpMaxNum,
  minnm: fpMinNum,
  cmeq: mask(fpCompareEQ),
  cmge: mask(fpCompareGE),
  cmgt: mask(fpCompareGT),
  acge: mask(ofMagnitudes(fpCompareGE)),
  acgt: mask(ofMagnitudes(fpCompareGT)),
  recpe: fpRecipEstimate,
  recps: fpRecipStepFused,
  recpx: fpRecpX,
  rsqrte: fpRSqrtEstimate,
  rsqrts: fpRSqrtStepFused,
  rintn: integral(ROUNDING.TIEEVEN),
  rintp: integral(ROUNDING.POSINF),
  rintm: integral(ROUNDING.NEGINF),
  rintz: integral(ROUNDING.ZERO),
  rinta: integral(ROUNDING.TIEAWAY),
  rinti: integral(null),
  rintx: integral(null, true),
  rint32z: integralWithin(32, ROUNDING.ZERO),
  rint32x: integralWithin(32, null),
  rint64z: integralWithin(64, ROUNDING.ZERO),
  rint64x: integralWithin(64, null),
  ...byWidth('cvt', (width) => convert(formatOf(width))),
  cvtxn: convert(SINGLE, ROUNDING.ODD),
  ...toInteger('cvtns', false, ROUNDING.TIEEVEN),
  ...toInteger('cvtnu', true, ROUNDING.TIEEVEN),
  ...toInteger('cvtps', false, ROUNDING.POSINF),
  ...toInteger('cvtpu', true, ROUNDING.POSINF),
  ...toInteger('cvtms', false, ROUNDING.NEGINF),
  ...toInteger('cvtmu', true, ROUNDING.NEGINF),
  ...toInteger('cvtzs', false, ROUNDING.ZERO),
  ...toInteger('cvtzu', true, ROUNDING.ZERO),
  ...toInteger('cvtas', false, ROUNDING.TIEAWAY),
  ...toInteger('cvtau', true, ROUNDING.TIEAWAY),
  ...toFixedPoint('fixzs', false),
  ...toFixedPoint('fixzu', true),
  ...fromInteger('scvtf', false),
  ...fromInteger('ucvtf', true),
  ...fromFixedPoint('sfixf', false),
  ...fromFixedPoint('ufixf', true),
  jcvt: (_f, env, lo, hi) => {
    fpToFixedJs(env, lo, hi);
  },
  jcvtFlags: (_f, env, lo, hi) => {
    out.lo = fpToFixedJs(env, lo, hi) ? 0b0100 : 0;
    out.hi = 0;
  },
};
