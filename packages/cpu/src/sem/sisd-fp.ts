/** Floating-point arithmetic on scalars in SIMD encodings (DDI 0487, "Data processing, Advanced SIMD scalar"). `_h` rows have no `sz`. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { Emit, Imm, Val, VReg } from '../emit/builder.ts';
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';
import { CONVERT, elementIndex, fractionBits, immhWidth, number, setNumber, szWidth, zero, type Element, type OpByWidth } from './fp-parts.ts';
import type { Semantics } from './semantics.ts';

interface One {
  readonly sz?: number;
  readonly Rn: VReg;
  readonly Rd: VReg;
}

interface Two extends One {
  readonly Rm: VReg;
}

type ByElement = Two & Element;

function unary(op: FpOp): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w)));
  };
}

function binary(op: FpOp): (e: Emit, i: Two) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w), number(e, i.Rm, w)));
  };
}

/** With zero, which comes first where `reversed`. */
function compareZero(op: FpOp, reversed = false): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    const n = number(e, i.Rn, w);
    setNumber(e, i.Rd, reversed ? e.fp(op, w, zero(e, w), n) : e.fp(op, w, n, zero(e, w)));
  };
}

/** A conversion from or to integers of the same width. */
function ofWidth(ops: OpByWidth): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    setNumber(e, i.Rd, e.fp(ops[w], w, number(e, i.Rn, w)));
  };
}

function fixedPoint(ops: OpByWidth): (e: Emit, i: { readonly immh: number; readonly immb: Imm; readonly Rn: VReg; readonly Rd: VReg }) => void {
  return (e, i) => {
    const w = immhWidth(i.immh);
    setNumber(e, i.Rd, e.fp(ops[w], w, number(e, i.Rn, w), fractionBits(e, i.immh, i.immb, 32)));
  };
}

/** The element of Rm that the word names. */
function element(e: Emit, i: ByElement, w: FpWidth): Val {
  return e.lane(e.v(i.Rm), w, elementIndex(i));
}

function byElement(op: FpOp): (e: Emit, i: ByElement) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    setNumber(e, i.Rd, e.fp(op, w, number(e, i.Rn, w), element(e, i, w)));
  };
}

/** Rd + Rn * element, Rn negated where asked. */
function fusedByElement(negate: boolean): (e: Emit, i: ByElement) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    const n = number(e, i.Rn, w);
    setNumber(e, i.Rd, e.fp('mulAdd', w, number(e, i.Rd, w), negate ? e.fp('neg', w, n) : n, element(e, i, w)));
  };
}

/** The two lowest elements of Rn. */
function pairwise(op: FpOp): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    const n = e.v(i.Rn);
    setNumber(e, i.Rd, e.fp(op, w, e.lane(n, w, 0), e.lane(n, w, 1)));
  };
}

export const sisdFpSemantics: Semantics<typeof simdScalar> = {
  FMULX_sisd_h: binary('mulx'),
  FCMEQ_reg_sisd_h: binary('cmeq'),
  FRECPS_sisd_h: binary('recps'),
  FRSQRTS_sisd_h: binary('rsqrts'),
  FCMGE_reg_sisd_h: binary('cmge'),
  FACGE_sisd_h: binary('acge'),
  FABD_sisd_h: binary('abd'),
  FCMGT_reg_sisd_h: binary('cmgt'),
  FACGT_sisd_h: binary('acgt'),
  FMULX_sisd: binary('mulx'),
  FCMEQ_reg_sisd: binary('cmeq'),
  FRECPS_sisd: binary('recps'),
  FRSQRTS_sisd: binary('rsqrts'),
  FCMGE_reg_sisd: binary('cmge'),
  FACGE_sisd: binary('acge'),
  FABD_sisd: binary('abd'),
  FCMGT_reg_sisd: binary('cmgt'),
  FACGT_sisd: binary('acgt'),

  FMAXNMP_sisd_h: pairwise('maxnm'),
  FADDP_sisd_h: pairwise('add'),
  FMAXP_sisd_h: pairwise('max'),
  FMINNMP_sisd_h: pairwise('minnm'),
  FMINP_sisd_h: pairwise('min'),
  FMAXNMP_sisd: pairwise('maxnm'),
  FADDP_sisd: pairwise('add'),
  FMAXP_sisd: pairwise('max'),
  FMINNMP_sisd: pairwise('minnm'),
  FMINP_sisd: pairwise('min'),

  FMLA_elt_sisd_h: fusedByElement(false),
  FMLS_elt_sisd_h: fusedByElement(true),
  FMUL_elt_sisd_h: byElement('mul'),
  FMLA_elt_sisd: fusedByElement(false),
  FMLS_elt_sisd: fusedByElement(true),
  FMUL_elt_sisd: byElement('mul'),
  FMULX_elt_sisd_h: byElement('mulx'),
  FMULX_elt_sisd: byElement('mulx'),

  FCMGT_zero_sisd_h: compareZero('cmgt'),
  FCMEQ_zero_sisd_h: compareZero('cmeq'),
  FCMLT_zero_sisd_h: compareZero('cmgt', true),
  FCMGE_zero_sisd_h: compareZero('cmge'),
  FCMLE_zero_sisd_h: compareZero('cmge', true),
  FCMGT_zero_sisd: compareZero('cmgt'),
  FCMEQ_zero_sisd: compareZero('cmeq'),
  FCMLT_zero_sisd: compareZero('cmgt', true),
  FCMGE_zero_sisd: compareZero('cmge'),
  FCMLE_zero_sisd: compareZero('cmge', true),

  FRECPE_sisd_h: unary('recpe'),
  FRECPX_sisd_h: unary('recpx'),
  FRSQRTE_sisd_h: unary('rsqrte'),
  FRECPE_sisd: unary('recpe'),
  FRECPX_sisd: unary('recpx'),
  FRSQRTE_sisd: unary('rsqrte'),

  FCVTNS_sisd_h: ofWidth(CONVERT.cvtns),
  FCVTMS_sisd_h: ofWidth(CONVERT.cvtms),
  FCVTAS_sisd_h: ofWidth(CONVERT.cvtas),
  SCVTF_int_sisd_h: ofWidth(CONVERT.scvtf),
  FCVTPS_sisd_h: ofWidth(CONVERT.cvtps),
  FCVTZS_int_sisd_h: ofWidth(CONVERT.cvtzs),
  FCVTNU_sisd_h: ofWidth(CONVERT.cvtnu),
  FCVTMU_sisd_h: ofWidth(CONVERT.cvtmu),
  FCVTAU_sisd_h: ofWidth(CONVERT.cvtau),
  UCVTF_int_sisd_h: ofWidth(CONVERT.ucvtf),
  FCVTPU_sisd_h: ofWidth(CONVERT.cvtpu),
  FCVTZU_int_sisd_h: ofWidth(CONVERT.cvtzu),
  FCVTNS_sisd: ofWidth(CONVERT.cvtns),
  FCVTMS_sisd: ofWidth(CONVERT.cvtms),
  FCVTAS_sisd: ofWidth(CONVERT.cvtas),
  SCVTF_int_sisd: ofWidth(CONVERT.scvtf),
  FCVTPS_sisd: ofWidth(CONVERT.cvtps),
  FCVTZS_int_sisd: ofWidth(CONVERT.cvtzs),
  FCVTNU_sisd: ofWidth(CONVERT.cvtnu),
  FCVTMU_sisd: ofWidth(CONVERT.cvtmu),
  FCVTAU_sisd: ofWidth(CONVERT.cvtau),
  UCVTF_int_sisd: ofWidth(CONVERT.ucvtf),
  FCVTPU_sisd: ofWidth(CONVERT.cvtpu),
  FCVTZU_int_sisd: ofWidth(CONVERT.cvtzu),

  SCVTF_fix_sisd: fixedPoint(CONVERT.sfixf),
  FCVTZS_fix_sisd: fixedPoint(CONVERT.fixzs),
  UCVTF_fix_sisd: fixedPoint(CONVERT.ufixf),
  FCVTZU_fix_sisd: fixedPoint(CONVERT.fixzu),

  FCVTXN_sisd: (e, i) => setNumber(e, i.Rd, e.fp('cvtxn', 64, number(e, i.Rn, 64))),
};
