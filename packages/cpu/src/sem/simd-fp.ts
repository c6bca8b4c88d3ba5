/** Floating-point arithmetic on vectors (DDI 0487, "Data processing, Advanced SIMD"). `_h` rows have no `sz`: half precision. */
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Imm, Val, Vec, VReg } from '../emit/builder.ts';
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';
import {
  CONVERT, elementIndex, evens, firstsOfPairs, fractionBits, immhWidth, lanesOf, negatePairHalf, odds, secondsOfPairs, sizeWidth, swapPairs, szWidth, zero,
  type Element, type OpByWidth,
} from './fp-parts.ts';
import type { Semantics } from './semantics.ts';

interface One {
  readonly Q: number;
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
    e.setV(i.Rd, e.vfp(op, w, lanesOf(w, i.Q), e.v(i.Rn)));
  };
}

function binary(op: FpOp): (e: Emit, i: Two) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    e.setV(i.Rd, e.vfp(op, w, lanesOf(w, i.Q), e.v(i.Rn), e.v(i.Rm)));
  };
}

/** With zero, which comes first where `reversed`. */
function compareZero(op: FpOp, reversed = false): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    const zeros = e.splat(w, zero(e, w));
    const n = e.v(i.Rn);
    e.setV(i.Rd, reversed ? e.vfp(op, w, lanesOf(w, i.Q), zeros, n) : e.vfp(op, w, lanesOf(w, i.Q), n, zeros));
  };
}

/** A conversion from or to integers of the same width. */
function ofWidth(ops: OpByWidth): (e: Emit, i: One) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    e.setV(i.Rd, e.vfp(ops[w], w, lanesOf(w, i.Q), e.v(i.Rn)));
  };
}

function fixedPoint(ops: OpByWidth): (e: Emit, i: { readonly Q: number; readonly immh: number; readonly immb: Imm; readonly Rn: VReg; readonly Rd: VReg }) => void {
  return (e, i) => {
    const w = immhWidth(i.immh);
    const fbits = fractionBits(e, i.immh, i.immb, w === 64 ? 64 : 32);
    e.setV(i.Rd, e.vfp(ops[w], w, lanesOf(w, i.Q), e.v(i.Rn), e.splat(w, fbits)));
  };
}

/** Rd + n * m in each element, n negated where asked. */
function accumulate(e: Emit, i: Two, w: FpWidth, negate: boolean, m: Vec): void {
  const lanes = lanesOf(w, i.Q);
  const n = e.v(i.Rn);
  e.setV(i.Rd, e.vfp('mulAdd', w, lanes, e.v(i.Rd), negate ? e.vfp('neg', w, lanes, n) : n, m));
}

function fused(negate: boolean): (e: Emit, i: Two) => void {
  return (e, i) => accumulate(e, i, szWidth(i.sz), negate, e.v(i.Rm));
}

/** The element of Rm that the word names, in all elements. */
function repeated(e: Emit, i: ByElement, w: FpWidth): Vec {
  return e.splat(w, e.lane(e.v(i.Rm), w, elementIndex(i)));
}

function byElement(op: FpOp): (e: Emit, i: ByElement) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    e.setV(i.Rd, e.vfp(op, w, lanesOf(w, i.Q), e.v(i.Rn), repeated(e, i, w)));
  };
}

function fusedByElement(negate: boolean): (e: Emit, i: ByElement) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    accumulate(e, i, w, negate, repeated(e, i, w));
  };
}

/** Neighbours of Rn, then of Rm. */
function pairwise(op: FpOp): (e: Emit, i: Two) => void {
  return (e, i) => {
    const w = szWidth(i.sz);
    const n = e.v(i.Rn);
    const m = e.v(i.Rm);
    e.setV(i.Rd, e.vfp(op, w, lanesOf(w, i.Q), evens(e, w, i.Q, n, m), odds(e, w, i.Q, n, m)));
  };
}

/** Reduce of the pseudocode: neighbours, then neighbours of what came out. Rows without Q have four singles. */
function across(op: FpOp): (e: Emit, i: { readonly Q?: number; readonly Rn: VReg; readonly Rd: VReg }) => void {
  return (e, i) => {
    const w = i.Q === undefined ? 32 : 16;
    let v = e.v(i.Rn);
    for (let lanes = lanesOf(w, i.Q ?? 1) / 2; lanes >= 1; lanes /= 2) v = e.vfp(op, w, lanes, evens(e, w, 1, v, v), odds(e, w, 1, v, v));
    e.setV(i.Rd, v);
  };
}

/** Writes a result of 64 bits to the lower half, and zeros above it, or to the upper half alone. */
function setHalf(e: Emit, r: VReg, upper: number, v: Vec): void {
  e.setV(r, upper === 1 ? e.withLane(e.v(r), 64, 1, e.lane(v, 64, 0)) : v);
}

/** FMLAL and FMLSL: products of halves from one end of the vectors, added to singles. */
function accumulateLong(e: Emit, i: Two, upper: boolean, negate: boolean, factor: (lane: number) => Val): void {
  const lanes = lanesOf(32, i.Q);
  const n = e.v(i.Rn);
  const d = e.v(i.Rd);
  let result = i.Q === 1 ? d : e.low64(d);
  for (let lane = 0; lane < lanes; lane++) {
    const at = upper ? lanes + lane : lane;
    const half = e.lane(n, 16, at);
    result = e.withLane(result, 32, lane, e.fp('mulAddH', 32, e.lane(d, 32, lane), negate ? e.fp('neg', 16, half) : half, factor(at)));
  }
  e.setV(i.Rd, result);
}

function fusedLong(upper: boolean, negate: boolean): (e: Emit, i: Two) => void {
  return (e, i) => {
    const m = e.v(i.Rm);
    accumulateLong(e, i, upper, negate, (at) => e.lane(m, 16, at));
  };
}

function fusedLongByElement(upper: boolean, negate: boolean): (e: Emit, i: ByElement) => void {
  return (e, i) => {
    const factor = e.let(e.lane(e.v(i.Rm), 16, elementIndex(i)));
    accumulateLong(e, i, upper, negate, () => factor);
  };
}

/** FCMLA: half of a complex product, turned by `rot` quarters, added to Rd. */
function complexMulAdd(e: Emit, i: { readonly Q: number; readonly rot: number; readonly Rn: VReg; readonly Rd: VReg }, w: FpWidth, m: Vec): void {
  const n = e.v(i.Rn);
  const isOdd = (i.rot & 1) === 1;
  let second = isOdd ? swapPairs(e, w, m) : m;
  if (i.rot === 1 || i.rot === 2) second = negatePairHalf(e, w, 0, second);
  if (i.rot === 2 || i.rot === 3) second = negatePairHalf(e, w, 1, second);
  e.setV(i.Rd, e.vfp('mulAdd', w, lanesOf(w, i.Q), e.v(i.Rd), isOdd ? secondsOfPairs(e, w, n) : firstsOfPairs(e, w, n), second));
}

export const simdFpSemantics: Semantics<typeof simdVector> = {
  FMAXNM_simd_h: binary('maxnm'),
  FADD_simd_h: binary('add'),
  FMULX_simd_h: binary('mulx'),
  FCMEQ_reg_simd_h: binary('cmeq'),
  FMAX_simd_h: binary('max'),
  FRECPS_simd_h: binary('recps'),
  FMINNM_simd_h: binary('minnm'),
  FSUB_simd_h: binary('sub'),
  FMIN_simd_h: binary('min'),
  FRSQRTS_simd_h: binary('rsqrts'),
  FMUL_simd_h: binary('mul'),
  FCMGE_reg_simd_h: binary('cmge'),
  FACGE_simd_h: binary('acge'),
  FDIV_simd_h: binary('div'),
  FABD_simd_h: binary('abd'),
  FCMGT_reg_simd_h: binary('cmgt'),
  FACGT_simd_h: binary('acgt'),
  FMAXNM_simd: binary('maxnm'),
  FADD_simd: binary('add'),
  FMULX_simd: binary('mulx'),
  FCMEQ_reg_simd: binary('cmeq'),
  FMAX_simd: binary('max'),
  FRECPS_simd: binary('recps'),
  FMINNM_simd: binary('minnm'),
  FSUB_simd: binary('sub'),
  FMIN_simd: binary('min'),
  FRSQRTS_simd: binary('rsqrts'),
  FMUL_simd: binary('mul'),
  FCMGE_reg_simd: binary('cmge'),
  FACGE_simd: binary('acge'),
  FDIV_simd: binary('div'),
  FABD_simd: binary('abd'),
  FCMGT_reg_simd: binary('cmgt'),
  FACGT_simd: binary('acgt'),

  FMLA_simd_h: fused(false),
  FMLS_simd_h: fused(true),
  FMLA_simd: fused(false),
  FMLS_simd: fused(true),

  FMAXNMP_simd_h: pairwise('maxnm'),
  FADDP_simd_h: pairwise('add'),
  FMAXP_simd_h: pairwise('max'),
  FMINNMP_simd_h: pairwise('minnm'),
  FMINP_simd_h: pairwise('min'),
  FMAXNMP_simd: pairwise('maxnm'),
  FADDP_simd: pairwise('add'),
  FMAXP_simd: pairwise('max'),
  FMINNMP_simd: pairwise('minnm'),
  FMINP_simd: pairwise('min'),

  FMLA_elt_simd_h: fusedByElement(false),
  FMLS_elt_simd_h: fusedByElement(true),
  FMUL_elt_simd_h: byElement('mul'),
  FMLA_elt_simd: fusedByElement(false),
  FMLS_elt_simd: fusedByElement(true),
  FMUL_elt_simd: byElement('mul'),
  FMULX_elt_simd_h: byElement('mulx'),
  FMULX_elt_simd: byElement('mulx'),

  FCMGT_zero_simd_h: compareZero('cmgt'),
  FCMEQ_zero_simd_h: compareZero('cmeq'),
  FCMLT_zero_simd_h: compareZero('cmgt', true),
  FCMGE_zero_simd_h: compareZero('cmge'),
  FCMLE_zero_simd_h: compareZero('cmge', true),
  FCMGT_zero_simd: compareZero('cmgt'),
  FCMEQ_zero_simd: compareZero('cmeq'),
  FCMLT_zero_simd: compareZero('cmgt', true),
  FCMGE_zero_simd: compareZero('cmge'),
  FCMLE_zero_simd: compareZero('cmge', true),

  FRINTN_simd_h: unary('rintn'),
  FRINTM_simd_h: unary('rintm'),
  FABS_simd_h: unary('abs'),
  FRINTP_simd_h: unary('rintp'),
  FRINTZ_simd_h: unary('rintz'),
  FRECPE_simd_h: unary('recpe'),
  FRINTA_simd_h: unary('rinta'),
  FRINTX_simd_h: unary('rintx'),
  FNEG_simd_h: unary('neg'),
  FRINTI_simd_h: unary('rinti'),
  FRSQRTE_simd_h: unary('rsqrte'),
  FSQRT_simd_h: unary('sqrt'),
  FRINTN_simd: unary('rintn'),
  FRINTM_simd: unary('rintm'),
  FRINT32Z_simd: unary('rint32z'),
  FRINT64Z_simd: unary('rint64z'),
  FABS_simd: unary('abs'),
  FRINTP_simd: unary('rintp'),
  FRINTZ_simd: unary('rintz'),
  FRECPE_simd: unary('recpe'),
  FRINTA_simd: unary('rinta'),
  FRINTX_simd: unary('rintx'),
  FRINT32X_simd: unary('rint32x'),
  FRINT64X_simd: unary('rint64x'),
  FNEG_simd: unary('neg'),
  FRINTI_simd: unary('rinti'),
  FRSQRTE_simd: unary('rsqrte'),
  FSQRT_simd: unary('sqrt'),

  FCVTNS_simd_h: ofWidth(CONVERT.cvtns),
  FCVTMS_simd_h: ofWidth(CONVERT.cvtms),
  FCVTAS_simd_h: ofWidth(CONVERT.cvtas),
  SCVTF_int_simd_h: ofWidth(CONVERT.scvtf),
  FCVTPS_simd_h: ofWidth(CONVERT.cvtps),
  FCVTZS_int_simd_h: ofWidth(CONVERT.cvtzs),
  FCVTNU_simd_h: ofWidth(CONVERT.cvtnu),
  FCVTMU_simd_h: ofWidth(CONVERT.cvtmu),
  FCVTAU_simd_h: ofWidth(CONVERT.cvtau),
  UCVTF_int_simd_h: ofWidth(CONVERT.ucvtf),
  FCVTPU_simd_h: ofWidth(CONVERT.cvtpu),
  FCVTZU_int_simd_h: ofWidth(CONVERT.cvtzu),
  FCVTNS_simd: ofWidth(CONVERT.cvtns),
  FCVTMS_simd: ofWidth(CONVERT.cvtms),
  FCVTAS_simd: ofWidth(CONVERT.cvtas),
  SCVTF_int_simd: ofWidth(CONVERT.scvtf),
  FCVTPS_simd: ofWidth(CONVERT.cvtps),
  FCVTZS_int_simd: ofWidth(CONVERT.cvtzs),
  FCVTNU_simd: ofWidth(CONVERT.cvtnu),
  FCVTMU_simd: ofWidth(CONVERT.cvtmu),
  FCVTAU_simd: ofWidth(CONVERT.cvtau),
  UCVTF_int_simd: ofWidth(CONVERT.ucvtf),
  FCVTPU_simd: ofWidth(CONVERT.cvtpu),
  FCVTZU_int_simd: ofWidth(CONVERT.cvtzu),

  SCVTF_fix_simd: fixedPoint(CONVERT.sfixf),
  FCVTZS_fix_simd: fixedPoint(CONVERT.fixzs),
  UCVTF_fix_simd: fixedPoint(CONVERT.ufixf),
  FCVTZU_fix_simd: fixedPoint(CONVERT.fixzu),

  FMAXNMV_simd_h: across('maxnm'),
  FMAXV_simd_h: across('max'),
  FMINNMV_simd_h: across('minnm'),
  FMINV_simd_h: across('min'),
  FMAXNMV_simd: across('maxnm'),
  FMAXV_simd: across('max'),
  FMINNMV_simd: across('minnm'),
  FMINV_simd: across('min'),

  FCVTN_simd: (e, i) => {
    const from = i.sz === 1 ? 64 : 32;
    setHalf(e, i.Rd, i.Q, e.vfp(i.sz === 1 ? 'cvt32' : 'cvt16', from, 128 / from, e.v(i.Rn)));
  },
  FCVTXN_simd: (e, i) => setHalf(e, i.Rd, i.Q, e.vfp('cvtxn', 64, 2, e.v(i.Rn))),
  FCVTL_simd: (e, i) => {
    const from = i.sz === 1 ? 32 : 16;
    e.setV(i.Rd, e.vfp(i.sz === 1 ? 'cvt64' : 'cvt32', from, 64 / from, e.vecOf(e.lane(e.v(i.Rn), 64, i.Q))));
  },

  FMLAL_simd: fusedLong(false, false),
  FMLSL_simd: fusedLong(false, true),
  FMLAL2_simd: fusedLong(true, false),
  FMLSL2_simd: fusedLong(true, true),
  FMLAL_elt_simd: fusedLongByElement(false, false),
  FMLSL_elt_simd: fusedLongByElement(false, true),
  FMLAL2_elt_simd: fusedLongByElement(true, false),
  FMLSL2_elt_simd: fusedLongByElement(true, true),

  FCMLA_simd: (e, i) => complexMulAdd(e, i, sizeWidth(i.size), e.v(i.Rm)),
  FCMLA_elt_simd: (e, i) => {
    const m = e.v(i.Rm);
    const pair = i.size === 1 ? e.splat(32, e.lane(m, 32, (i.H << 1) | i.L)) : e.splat(64, e.lane(m, 64, i.H));
    complexMulAdd(e, i, sizeWidth(i.size), pair);
  },
  FCADD_simd: (e, i) => {
    const w = sizeWidth(i.size);
    e.setV(i.Rd, e.vfp('add', w, lanesOf(w, i.Q), e.v(i.Rn), negatePairHalf(e, w, i.rot === 0 ? 0 : 1, swapPairs(e, w, e.v(i.Rm)))));
  },
};
