/** Advanced SIMD two-register miscellaneous, across lanes and scalar pairwise, without floating point. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Lane, Vec } from '../emit/builder.ts';
import type { SatOp, VecOp } from '../emit/vector-ops.ts';
import {
  constant, laneOf, lanesOf, pairs, pairwiseLong, plain, setNarrow, setScalar, setVector, twice, widen, zero,
  type Halved, type Sized, type Two, type Unary, type Vector,
} from './simd-common.ts';
import type { Semantics } from './semantics.ts';

function two(op: Unary): (e: Emit, i: Two & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn)));
  };
}

function ofSize(size: Lane, op: Unary): (e: Emit, i: Two & Halved) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn)));
}

function scalar(op: Unary): (e: Emit, i: Two & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), op(e, laneOf(i.size), 1, e.v(i.Rn)));
}

function doubleword(op: Unary): (e: Emit, i: Two) => void {
  return (e, i) => setScalar(e, i.Rd, 64, op(e, 64, 1, e.v(i.Rn)));
}

// ---- Operations ----------------------------------------------------------------------------------------------------

/** Elements of `bytes` bytes reversed within each container. */
function reversed(container: 2 | 4 | 8): readonly Uint8Array[] {
  return [1, 2, 4].map((bytes) => Uint8Array.from({ length: 16 }, (_, i) => (i & -container) + (container - bytes - (i & (container - 1) & -bytes)) + (i & (bytes - 1))));
}

const REV16 = reversed(2);
const REV32 = reversed(4);
const REV64 = reversed(8);

function reverse(tables: readonly Uint8Array[]): (e: Emit, i: Two & Vector) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, e.shuffle(e.v(i.Rn), e.v(i.Rn), tables[i.size]!));
}

function compareZero(op: VecOp): Unary {
  return (e, size, _, a) => e.vop(op, size, a, zero(e));
}

/** 0 compared with the element. */
function zeroCompared(op: VecOp): Unary {
  return (e, size, _, a) => e.vop(op, size, zero(e), a);
}

const negate: Unary = (e, size, _, a) => e.vop('sub', size, zero(e), a);
const negateSaturating: Unary = (e, size, lanes, a) => e.vsat('sqsub', size, lanes, zero(e), a);
const absoluteSaturating: Unary = (e, size, lanes, a) => e.vop('smax', size, a, negateSaturating(e, size, lanes, a));

/** Bits that differ from the one above them end the run of signs; the sign itself does not count. */
const leadingSigns: Unary = (e, size, _, a) => {
  const changes = e.vop('xor', size, a, e.vshift('sshr', size, a, e.imm(1, 32)));
  return e.vop('sub', size, e.vop('clz', size, changes), constant(e, size, 1));
};

function addLongPairs(isSigned: boolean): (e: Emit, i: Two & Vector) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, pairwiseLong(e, isSigned, laneOf(i.size), e.v(i.Rn)));
}

function accumulateLongPairs(isSigned: boolean): (e: Emit, i: Two & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, e.vop('add', twice(size), e.v(i.Rd), pairwiseLong(e, isSigned, size, e.v(i.Rn))));
  };
}

function accumulateSaturating(op: SatOp): (e: Emit, i: Two & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, e.vsat(op, size, lanesOf(size, i.Q), e.v(i.Rd), e.v(i.Rn)));
  };
}

function scalarAccumulateSaturating(op: SatOp): (e: Emit, i: Two & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), e.vsat(op, laneOf(i.size), 1, e.v(i.Rd), e.v(i.Rn)));
}

function narrowSaturating(op: SatOp): (e: Emit, i: Two & Vector) => void {
  return (e, i) => setNarrow(e, i.Rd, i.Q, e.vsat(op, laneOf(i.size), 64 / laneOf(i.size), e.v(i.Rn)));
}

function scalarNarrowSaturating(op: SatOp): (e: Emit, i: Two & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), e.vsat(op, laneOf(i.size), 1, e.v(i.Rn)));
}

// ---- Across lanes --------------------------------------------------------------------------------------------------

/** Element k of the result is element k + `count`, for folding a vector in half. */
const FOLDS: readonly Uint8Array[] = [1, 2, 4, 8].map((bytes) => Uint8Array.from({ length: 16 }, (_, i) => (i + bytes) & 15));

/** The operation among the lowest `lanes` elements, in element 0. */
function folded(e: Emit, op: VecOp, size: Lane, lanes: number, v: Vec): Vec {
  let result = v;
  for (let count = lanes / 2; count >= 1; count /= 2) result = e.vop(op, size, result, e.shuffle(result, result, FOLDS[28 - Math.clz32(count * size)]!));
  return result;
}

function across(op: VecOp): (e: Emit, i: Two & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setScalar(e, i.Rd, size, folded(e, op, size, lanesOf(size, i.Q), e.v(i.Rn)));
  };
}

function addLongAcross(isSigned: boolean): (e: Emit, i: Two & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    const wide = twice(size);
    const low = widen(e, isSigned, size, 0, e.v(i.Rn));
    const sums = i.Q === 1 ? e.vop('add', wide, low, widen(e, isSigned, size, 1, e.v(i.Rn))) : low;
    setScalar(e, i.Rd, wide, folded(e, 'add', wide, 64 / size, sums));
  };
}

export const twoSemantics: Semantics<typeof simdVector> = {
  REV64_simd: reverse(REV64),
  REV16_simd: (e, i) => setVector(e, i.Rd, i.Q, e.shuffle(e.v(i.Rn), e.v(i.Rn), REV16[0]!)),
  SADDLP_simd: addLongPairs(true),
  SUQADD_simd: accumulateSaturating('suqadd'),
  CLS_simd: two(leadingSigns),
  CNT_simd: ofSize(8, plain('cnt')),
  SADALP_simd: accumulateLongPairs(true),
  SQABS_simd: two(absoluteSaturating),
  CMGT_zero_simd: two(compareZero('gts')),
  CMEQ_zero_simd: two(compareZero('eq')),
  CMLT_zero_simd: two(zeroCompared('gts')),
  ABS_simd: two(plain('abs')),
  XTN_simd: (e, i) => setNarrow(e, i.Rd, i.Q, pairs(e, laneOf(i.size), 1, e.v(i.Rn), e.v(i.Rn), 0)),
  SQXTN_simd: narrowSaturating('sqxtn'),
  URECPE_simd: ofSize(32, plain('urecpe')),
  REV32_simd: reverse(REV32),
  UADDLP_simd: addLongPairs(false),
  USQADD_simd: accumulateSaturating('usqadd'),
  CLZ_simd: two(plain('clz')),
  UADALP_simd: accumulateLongPairs(false),
  SQNEG_simd: two(negateSaturating),
  CMGE_zero_simd: two(compareZero('ges')),
  CMLE_zero_simd: two(zeroCompared('ges')),
  NEG_simd: two(negate),
  SQXTUN_simd: narrowSaturating('sqxtun'),
  SHLL_simd: (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, e.vshift('shl', twice(size), widen(e, false, size, i.Q, e.v(i.Rn)), e.imm(size, 32)));
  },
  UQXTN_simd: narrowSaturating('uqxtn'),
  NOT_simd: ofSize(64, plain('not')),
  RBIT_simd: ofSize(8, plain('rbit')),
  URSQRTE_simd: ofSize(32, plain('ursqrte')),

  SADDLV_simd: addLongAcross(true),
  SMAXV_simd: across('smax'),
  SMINV_simd: across('smin'),
  ADDV_simd: across('add'),
  UADDLV_simd: addLongAcross(false),
  UMAXV_simd: across('umax'),
  UMINV_simd: across('umin'),
};

export const scalarTwoSemantics: Semantics<typeof simdScalar> = {
  SUQADD_sisd: scalarAccumulateSaturating('suqadd'),
  SQABS_sisd: scalar(absoluteSaturating),
  CMGT_zero_sisd: doubleword(compareZero('gts')),
  CMEQ_zero_sisd: doubleword(compareZero('eq')),
  CMLT_zero_sisd: doubleword(zeroCompared('gts')),
  ABS_sisd: doubleword(plain('abs')),
  SQXTN_sisd: scalarNarrowSaturating('sqxtn'),
  USQADD_sisd: scalarAccumulateSaturating('usqadd'),
  SQNEG_sisd: scalar(negateSaturating),
  CMGE_zero_sisd: doubleword(compareZero('ges')),
  CMLE_zero_sisd: doubleword(zeroCompared('ges')),
  NEG_sisd: doubleword(negate),
  SQXTUN_sisd: scalarNarrowSaturating('sqxtun'),
  UQXTN_sisd: scalarNarrowSaturating('uqxtn'),
  ADDP_sisd: (e, i) => e.setV(i.Rd, e.vecOf(e.add(e.lane(e.v(i.Rn), 64, 0), e.lane(e.v(i.Rn), 64, 1)))),
};
