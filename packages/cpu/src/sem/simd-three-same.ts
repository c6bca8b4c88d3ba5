/** Advanced SIMD three same, vector and scalar, with the integer rows of three-register extension. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Vec } from '../emit/builder.ts';
import type { SatOp, VecOp } from '../emit/vector-ops.ts';
import {
  absoluteDifference, constant, laneOf, lanesOf, pairs, pairwiseLong, plain, saturating, setScalar, setVector, zero,
  type Accumulating, type Binary, type Halved, type Sized, type Three, type Vector,
} from './simd-common.ts';
import type { Semantics } from './semantics.ts';

// ---- Forms ---------------------------------------------------------------------------------------------------------

function three(op: Binary): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn), e.v(i.Rm)));
  };
}

function accumulate(op: Accumulating): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn), e.v(i.Rm), e.v(i.Rd)));
  };
}

function scalar(op: Binary): (e: Emit, i: Three & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), op(e, laneOf(i.size), 1, e.v(i.Rn), e.v(i.Rm)));
}

function scalarAccumulate(op: Accumulating): (e: Emit, i: Three & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), op(e, laneOf(i.size), 1, e.v(i.Rn), e.v(i.Rm), e.v(i.Rd)));
}

function doubleword(op: Binary): (e: Emit, i: Three) => void {
  return (e, i) => setScalar(e, i.Rd, 64, op(e, 64, 1, e.v(i.Rn), e.v(i.Rm)));
}

function logical(op: (e: Emit, n: Vec, m: Vec) => Vec): (e: Emit, i: Three & Halved) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, op(e, e.v(i.Rn), e.v(i.Rm)));
}

function bitwiseSelect(op: (e: Emit, n: Vec, m: Vec, d: Vec) => Vec): (e: Emit, i: Three & Halved) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, op(e, e.v(i.Rn), e.v(i.Rm), e.v(i.Rd)));
}

// ---- Operations ----------------------------------------------------------------------------------------------------

/** (a + b) >> 1 without losing the carry: the halves, and the low bit that `carry` says. */
function halvingAdd(isSigned: boolean, carry: 'and' | 'or'): Binary {
  const right = isSigned ? 'sshr' : 'ushr';
  return (e, size, _, a, b) => {
    const one = e.imm(1, 32);
    const halves = e.vop('add', size, e.vshift(right, size, a, one), e.vshift(right, size, b, one));
    return e.vop('add', size, halves, e.vop('and', size, e.vop(carry, size, a, b), constant(e, size, 1)));
  };
}

/** (a - b) >> 1: a borrow where a is even and b odd. */
function halvingSub(isSigned: boolean): Binary {
  const right = isSigned ? 'sshr' : 'ushr';
  return (e, size, _, a, b) => {
    const one = e.imm(1, 32);
    const halves = e.vop('sub', size, e.vshift(right, size, a, one), e.vshift(right, size, b, one));
    return e.vop('sub', size, halves, e.vop('and', size, e.vop('bic', size, b, a), constant(e, size, 1)));
  };
}

/** The operation between the elements of each pair of the two operands together. */
function pairwise(op: VecOp): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    const [n, m] = [e.v(i.Rn), e.v(i.Rm)];
    setVector(e, i.Rd, i.Q, e.vop(op, size, pairs(e, size, i.Q, n, m, 0), pairs(e, size, i.Q, n, m, 1)));
  };
}

/** The result of `op` added to the destination, or subtracted from it. */
export function added(op: Binary, how: 'add' | 'sub' = 'add'): Accumulating {
  return (e, size, lanes, a, b, d) => e.vop(how, size, d, op(e, size, lanes, a, b));
}

const test: Binary = (e, size, _, a, b) => e.vop('not', size, e.vop('eq', size, e.vop('and', size, a, b), zero(e)));

export function roundingDoubling(op: SatOp): Accumulating {
  return (e, size, lanes, a, b, d) => e.vsat(op, size, lanes, a, b, d);
}

/** Products of bytes added four by four; which of the operands are signed. A product of mixed signs fits 16 signed bits. */
export function dotProduct(e: Emit, a: Vec, b: Vec, aSigned: boolean, bSigned: boolean): Vec {
  const product = (part: 'low' | 'high'): Vec => {
    const op = (isSigned: boolean): VecOp => (part === 'low' ? (isSigned ? 'sxtl' : 'uxtl') : isSigned ? 'sxtl2' : 'uxtl2');
    return pairwiseLong(e, aSigned || bSigned, 16, e.vop('mul', 16, e.vop(op(aSigned), 8, a), e.vop(op(bSigned), 8, b)));
  };
  const [low, high] = [product('low'), product('high')];
  return e.vop('add', 32, pairs(e, 32, 1, low, high, 0), pairs(e, 32, 1, low, high, 1));
}

function dot(aSigned: boolean, bSigned: boolean): (e: Emit, i: Three & Halved) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, e.vop('add', 32, e.v(i.Rd), dotProduct(e, e.v(i.Rn), e.v(i.Rm), aSigned, bSigned)));
}

/** Two rows of eight bytes times two columns: element 2i + j is row i by column j. */
function matrix(aSigned: boolean, bSigned: boolean): (e: Emit, i: Three) => void {
  return (e, i) => {
    const m = e.v(i.Rm);
    const byRow = (row: number): Vec => dotProduct(e, e.splat(64, e.lane(e.v(i.Rn), 64, row)), m, aSigned, bSigned);
    const [first, second] = [byRow(0), byRow(1)];
    const sums = e.vop('add', 32, pairs(e, 32, 1, first, second, 0), pairs(e, 32, 1, first, second, 1));
    e.setV(i.Rd, e.vop('add', 32, e.v(i.Rd), sums));
  };
}

export const threeSameSemantics: Semantics<typeof simdVector> = {
  SHADD_simd: three(halvingAdd(true, 'and')),
  SQADD_simd: three(saturating('sqadd')),
  SRHADD_simd: three(halvingAdd(true, 'or')),
  SHSUB_simd: three(halvingSub(true)),
  SQSUB_simd: three(saturating('sqsub')),
  CMGT_reg_simd: three(plain('gts')),
  CMGE_reg_simd: three(plain('ges')),
  SSHL_simd: three(plain('sshl')),
  SQSHL_reg_simd: three(saturating('sqshl')),
  SRSHL_simd: three(plain('srshl')),
  SQRSHL_simd: three(saturating('sqrshl')),
  SMAX_simd: three(plain('smax')),
  SMIN_simd: three(plain('smin')),
  SABD_simd: three(absoluteDifference(true)),
  SABA_simd: accumulate(added(absoluteDifference(true))),
  ADD_simd: three(plain('add')),
  CMTST_simd: three(test),
  MLA_simd: accumulate(added(plain('mul'))),
  MUL_simd: three(plain('mul')),
  SMAXP_simd: pairwise('smax'),
  SMINP_simd: pairwise('smin'),
  SQDMULH_simd: three(saturating('sqdmulh')),
  ADDP_simd: pairwise('add'),
  AND_simd: logical((e, n, m) => e.vop('and', 64, n, m)),
  BIC_reg_simd: logical((e, n, m) => e.vop('bic', 64, n, m)),
  ORR_reg_simd: logical((e, n, m) => e.vop('or', 64, n, m)),
  ORN_simd: logical((e, n, m) => e.vop('or', 64, n, e.vop('not', 64, m))),
  UHADD_simd: three(halvingAdd(false, 'and')),
  UQADD_simd: three(saturating('uqadd')),
  URHADD_simd: three(halvingAdd(false, 'or')),
  UHSUB_simd: three(halvingSub(false)),
  UQSUB_simd: three(saturating('uqsub')),
  CMHI_simd: three(plain('gtu')),
  CMHS_simd: three(plain('geu')),
  USHL_simd: three(plain('ushl')),
  UQSHL_reg_simd: three(saturating('uqshl')),
  URSHL_simd: three(plain('urshl')),
  UQRSHL_simd: three(saturating('uqrshl')),
  UMAX_simd: three(plain('umax')),
  UMIN_simd: three(plain('umin')),
  UABD_simd: three(absoluteDifference(false)),
  UABA_simd: accumulate(added(absoluteDifference(false))),
  SUB_simd: three(plain('sub')),
  CMEQ_reg_simd: three(plain('eq')),
  MLS_simd: accumulate(added(plain('mul'), 'sub')),
  PMUL_simd: logical((e, n, m) => e.vop('pmul', 8, n, m)),
  UMAXP_simd: pairwise('umax'),
  UMINP_simd: pairwise('umin'),
  SQRDMULH_simd: three(saturating('sqrdmulh')),
  EOR_simd: logical((e, n, m) => e.vop('xor', 64, n, m)),
  BSL_simd: bitwiseSelect((e, n, m, d) => e.vop('select', 64, d, n, m)),
  BIT_simd: bitwiseSelect((e, n, m, d) => e.vop('select', 64, m, n, d)),
  BIF_simd: bitwiseSelect((e, n, m, d) => e.vop('select', 64, m, d, n)),

  SDOT_simd: dot(true, true),
  USDOT_simd: dot(false, true),
  UDOT_simd: dot(false, false),
  SQRDMLAH_simd: accumulate(roundingDoubling('sqrdmlah')),
  SQRDMLSH_simd: accumulate(roundingDoubling('sqrdmlsh')),
  SMMLA_simd: matrix(true, true),
  USMMLA_simd: matrix(false, true),
  UMMLA_simd: matrix(false, false),
};

export const scalarThreeSameSemantics: Semantics<typeof simdScalar> = {
  SQADD_sisd: scalar(saturating('sqadd')),
  SQSUB_sisd: scalar(saturating('sqsub')),
  CMGT_reg_sisd: doubleword(plain('gts')),
  CMGE_reg_sisd: doubleword(plain('ges')),
  SSHL_sisd: doubleword(plain('sshl')),
  SQSHL_reg_sisd: scalar(saturating('sqshl')),
  SRSHL_sisd: doubleword(plain('srshl')),
  SQRSHL_sisd: scalar(saturating('sqrshl')),
  ADD_sisd: doubleword(plain('add')),
  CMTST_sisd: doubleword(test),
  SQDMULH_sisd: scalar(saturating('sqdmulh')),
  UQADD_sisd: scalar(saturating('uqadd')),
  UQSUB_sisd: scalar(saturating('uqsub')),
  CMHI_sisd: doubleword(plain('gtu')),
  CMHS_sisd: doubleword(plain('geu')),
  USHL_sisd: doubleword(plain('ushl')),
  UQSHL_reg_sisd: scalar(saturating('uqshl')),
  URSHL_sisd: doubleword(plain('urshl')),
  UQRSHL_sisd: scalar(saturating('uqrshl')),
  SUB_sisd: doubleword(plain('sub')),
  CMEQ_reg_sisd: doubleword(plain('eq')),
  SQRDMULH_sisd: scalar(saturating('sqrdmulh')),
  SQRDMLAH_sisd: scalarAccumulate(roundingDoubling('sqrdmlah')),
  SQRDMLSH_sisd: scalarAccumulate(roundingDoubling('sqrdmlsh')),
};
