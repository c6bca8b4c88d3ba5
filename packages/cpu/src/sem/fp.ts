/** Scalar floating-point arithmetic, comparison and conversion (DDI 0487, "Data processing, scalar floating-point"). */
import type { fp } from '../arch/insn/fp.ts';
import type { Emit, Imm, Reg, Val, VReg } from '../emit/builder.ts';
import type { FpOp } from '../emit/fp-ops.ts';
import { ftypeWidth } from './fp-move.ts';
import { CONVERT, number, setNumber, szWidth, zero, type OpByWidth } from './fp-parts.ts';
import { width } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

interface One {
  readonly ftype: number;
  readonly Rn: VReg;
  readonly Rd: VReg;
}

interface Two extends One {
  readonly Rm: VReg;
}

interface Compared {
  readonly ftype: number;
  readonly Rn: VReg;
}

function unary(op: FpOp): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w)));
  };
}

/** FRINT32 and FRINT64, which know no half precision. */
function unarySz(op: FpOp): (e: Emit, i: Omit<One, 'ftype'> & { readonly sz: number }) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w)));
  };
}

function binary(op: FpOp): (e: Emit, i: Two) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w), number(e, i.Rm, w)));
  };
}

/** Ra + Rn * Rm; the addend and the first factor negated as asked, also where they are NaNs. */
function fused(negateAddend: boolean, negateFactor: boolean): (e: Emit, i: Two & { readonly Ra: VReg }) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    const addend = number(e, i.Ra, w);
    const factor = number(e, i.Rn, w);
    setNumber(e, i.Rd, e.fp('mulAdd', w, negateAddend ? e.fp('neg', w, addend) : addend, negateFactor ? e.fp('neg', w, factor) : factor, number(e, i.Rm, w)));
  };
}

/** To an integer in a general register, by the operation for its width. */
function toInteger(ops: OpByWidth): (e: Emit, i: { readonly sf: number; readonly ftype: number; readonly Rn: VReg; readonly Rd: Reg }) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    e.setX(i.Rd, e.fp(ops[width(i.sf)], w, number(e, i.Rn, w)));
  };
}

function toFixed(ops: OpByWidth): (e: Emit, i: { readonly sf: number; readonly ftype: number; readonly scale: Imm; readonly Rn: VReg; readonly Rd: Reg }) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    e.setX(i.Rd, e.fp(ops[width(i.sf)], w, number(e, i.Rn, w), scaleBits(e, i.scale)));
  };
}

/** From an integer in a general register, by the operation for the width of the result. */
function fromInteger(ops: OpByWidth): (e: Emit, i: { readonly sf: number; readonly ftype: number; readonly Rn: Reg; readonly Rd: VReg }) => void {
  return (e, i) => {
    const w = width(i.sf);
    setNumber(e, i.Rd, e.fp(ops[ftypeWidth(i.ftype)], w, e.x(i.Rn, w)));
  };
}

function fromFixed(ops: OpByWidth): (e: Emit, i: { readonly sf: number; readonly ftype: number; readonly scale: Imm; readonly Rn: Reg; readonly Rd: VReg }) => void {
  return (e, i) => {
    const w = width(i.sf);
    setNumber(e, i.Rd, e.fp(ops[ftypeWidth(i.ftype)], w, e.x(i.Rn, w), scaleBits(e, i.scale)));
  };
}

/** Fraction bits: 64 less `scale`. */
function scaleBits(e: Emit, scale: Imm): Val {
  return e.sub(e.imm(64, 32), e.imm(scale, 32));
}

function compare(signalling: boolean): (e: Emit, i: Compared & { readonly Rm: VReg }) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    e.flagsLiteral(e.fpCompare(w, number(e, i.Rn, w), number(e, i.Rm, w), signalling));
  };
}

function compareZero(signalling: boolean): (e: Emit, i: Compared) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    e.flagsLiteral(e.fpCompare(w, number(e, i.Rn, w), zero(e, w), signalling));
  };
}

function conditionalCompare(signalling: boolean): (e: Emit, i: Compared & { readonly Rm: VReg; readonly cond: Imm; readonly nzcv: Imm }) => void {
  return (e, i) => {
    const w = ftypeWidth(i.ftype);
    const holds = e.let(e.holds(i.cond));
    e.flagsLiteral(e.select(holds, e.fpCompare(w, number(e, i.Rn, w), number(e, i.Rm, w), signalling, holds), e.imm(i.nzcv, 32)));
  };
}

export const fpSemantics: Semantics<typeof fp> = {
  SCVTF_float_fix: fromFixed(CONVERT.sfixf),
  UCVTF_float_fix: fromFixed(CONVERT.ufixf),
  FCVTZS_float_fix: toFixed(CONVERT.fixzs),
  FCVTZU_float_fix: toFixed(CONVERT.fixzu),
  SCVTF_float_int: fromInteger(CONVERT.scvtf),
  UCVTF_float_int: fromInteger(CONVERT.ucvtf),
  FCVTNS_float: toInteger(CONVERT.cvtns),
  FCVTNU_float: toInteger(CONVERT.cvtnu),
  FCVTAS_float: toInteger(CONVERT.cvtas),
  FCVTAU_float: toInteger(CONVERT.cvtau),
  FCVTPS_float: toInteger(CONVERT.cvtps),
  FCVTPU_float: toInteger(CONVERT.cvtpu),
  FCVTMS_float: toInteger(CONVERT.cvtms),
  FCVTMU_float: toInteger(CONVERT.cvtmu),
  FCVTZS_float_int: toInteger(CONVERT.cvtzs),
  FCVTZU_float_int: toInteger(CONVERT.cvtzu),
  FJCVTZS: (e, i) => {
    const operand = e.let(number(e, i.Rn, 64));
    e.setX(i.Rd, e.fp('jcvt', 64, operand));
    e.flagsLiteral(e.fp('jcvtFlags', 64, operand));
  },

  FABS_float: unary('abs'),
  FNEG_float: unary('neg'),
  FSQRT_float: unary('sqrt'),
  FCVT_float: (e, i) => {
    const from = ftypeWidth(i.ftype);
    setNumber(e, i.Rd, e.fp(CONVERT.cvt[ftypeWidth(i.opc)], from, number(e, i.Rn, from)));
  },
  FRINTN_float: unary('rintn'),
  FRINTP_float: unary('rintp'),
  FRINTM_float: unary('rintm'),
  FRINTZ_float: unary('rintz'),
  FRINTA_float: unary('rinta'),
  FRINTX_float: unary('rintx'),
  FRINTI_float: unary('rinti'),
  FRINT32Z_float: unarySz('rint32z'),
  FRINT32X_float: unarySz('rint32x'),
  FRINT64Z_float: unarySz('rint64z'),
  FRINT64X_float: unarySz('rint64x'),

  FCMP_float: compare(false),
  FCMP_zero_float: compareZero(false),
  FCMPE_float: compare(true),
  FCMPE_zero_float: compareZero(true),
  FCCMP_float: conditionalCompare(false),
  FCCMPE_float: conditionalCompare(true),
  FCSEL_float: (e, i) => {
    const w = ftypeWidth(i.ftype);
    setNumber(e, i.Rd, e.select(e.holds(i.cond), number(e, i.Rn, w), number(e, i.Rm, w)));
  },

  FMUL_float: binary('mul'),
  FDIV_float: binary('div'),
  FADD_float: binary('add'),
  FSUB_float: binary('sub'),
  FMAX_float: binary('max'),
  FMIN_float: binary('min'),
  FMAXNM_float: binary('maxnm'),
  FMINNM_float: binary('minnm'),
  FNMUL_float: binary('nmul'),

  FMADD_float: fused(false, false),
  FMSUB_float: fused(false, true),
  FNMADD_float: fused(true, true),
  FNMSUB_float: fused(true, false),
};
