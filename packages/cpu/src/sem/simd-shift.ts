/** Advanced SIMD shift by immediate, vector and scalar, without floating point. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Lane, Val, Vec } from '../emit/builder.ts';
import type { SatOp } from '../emit/vector-ops.ts';
import {
  constant, lanesOf, leftCount, pairs, rightCount, setNarrow, setScalar, setVector, shiftLane, twice, widen, type Halved, type ShiftImmediate, type Two,
} from './simd-common.ts';
import type { Semantics } from './semantics.ts';

type Scalar = Two & ShiftImmediate;
type Vector = Scalar & Halved;
/** What a shift makes of the source and, where it keeps some of it, of the destination. */
type Shift = (e: Emit, size: Lane, lanes: number, a: Vec, i: Scalar) => Vec;

function vector(op: Shift): (e: Emit, i: Vector) => void {
  return (e, i) => {
    const size = shiftLane(i);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn), i));
  };
}

function scalar(op: Shift): (e: Emit, i: Scalar) => void {
  return (e, i) => setScalar(e, i.Rd, shiftLane(i), op(e, shiftLane(i), 1, e.v(i.Rn), i));
}

/** Right by 1 to the element's bits; rounding adds the last bit shifted out. */
function right(e: Emit, isSigned: boolean, rounding: boolean, size: Lane, a: Vec, count: Val): Vec {
  const result = e.vshift(isSigned ? 'sshr' : 'ushr', size, a, count);
  if (!rounding) return result;
  const last = e.vop('and', size, e.vshift('ushr', size, a, e.sub(count, e.imm(1, 32))), constant(e, size, 1));
  return e.vop('add', size, result, last);
}

function shiftRight(isSigned: boolean, rounding: boolean): Shift {
  return (e, size, _, a, i) => right(e, isSigned, rounding, size, a, rightCount(e, i));
}

function accumulate(isSigned: boolean, rounding: boolean): Shift {
  return (e, size, _, a, i) => e.vop('add', size, e.v(i.Rd), right(e, isSigned, rounding, size, a, rightCount(e, i)));
}

const shiftLeft: Shift = (e, size, _, a, i) => e.vshift('shl', size, a, leftCount(e, i));

/** Bits that the shift does not fill keep what the destination has: its ones shifted alike are the mask. */
const insertLeft: Shift = (e, size, _, a, i) => {
  const count = leftCount(e, i);
  return e.vop('select', size, e.vshift('shl', size, ones(e), count), e.vshift('shl', size, a, count), e.v(i.Rd));
};

const insertRight: Shift = (e, size, _, a, i) => {
  const count = rightCount(e, i);
  return e.vop('select', size, e.vshift('ushr', size, ones(e), count), e.vshift('ushr', size, a, count), e.v(i.Rd));
};

function ones(e: Emit): Vec {
  return e.vop('not', 64, e.vecOf(e.imm(0)));
}

function saturatingLeft(op: SatOp): Shift {
  return (e, size, lanes, a, i) => {
    const count = leftCount(e, i);
    return e.vsat(op, size, lanes, a, e.splat(size, size === 64 ? e.zext(count, 32, 64) : count));
  };
}

// ---- Narrow and long -----------------------------------------------------------------------------------------------

function narrow(rounding: boolean): (e: Emit, i: Vector) => void {
  return (e, i) => {
    const size = shiftLane(i);
    const shifted = right(e, false, rounding, twice(size), e.v(i.Rn), rightCount(e, i));
    setNarrow(e, i.Rd, i.Q, pairs(e, size, 1, shifted, shifted, 0));
  };
}

function narrowSaturating(op: SatOp, rounding: boolean): (e: Emit, i: Vector) => void {
  return (e, i) => {
    const size = shiftLane(i);
    setNarrow(e, i.Rd, i.Q, e.vsat(op, size, 64 / size, right(e, op !== 'uqxtn', rounding, twice(size), e.v(i.Rn), rightCount(e, i))));
  };
}

function scalarNarrowSaturating(op: SatOp, rounding: boolean): (e: Emit, i: Scalar) => void {
  return (e, i) => {
    const size = shiftLane(i);
    setScalar(e, i.Rd, size, e.vsat(op, size, 1, right(e, op !== 'uqxtn', rounding, twice(size), e.v(i.Rn), rightCount(e, i))));
  };
}

function long(isSigned: boolean): (e: Emit, i: Vector) => void {
  return (e, i) => {
    const size = shiftLane(i);
    e.setV(i.Rd, e.vshift('shl', twice(size), widen(e, isSigned, size, i.Q, e.v(i.Rn)), leftCount(e, i)));
  };
}

export const shiftSemantics: Semantics<typeof simdVector> = {
  SSHR_simd: vector(shiftRight(true, false)),
  SSRA_simd: vector(accumulate(true, false)),
  SRSHR_simd: vector(shiftRight(true, true)),
  SRSRA_simd: vector(accumulate(true, true)),
  SHL_simd: vector(shiftLeft),
  SQSHL_imm_simd: vector(saturatingLeft('sqshl')),
  SHRN_simd: narrow(false),
  RSHRN_simd: narrow(true),
  SQSHRN_simd: narrowSaturating('sqxtn', false),
  SQRSHRN_simd: narrowSaturating('sqxtn', true),
  SSHLL_simd: long(true),
  USHR_simd: vector(shiftRight(false, false)),
  USRA_simd: vector(accumulate(false, false)),
  URSHR_simd: vector(shiftRight(false, true)),
  URSRA_simd: vector(accumulate(false, true)),
  SRI_simd: vector(insertRight),
  SLI_simd: vector(insertLeft),
  SQSHLU_simd: vector(saturatingLeft('sqshlu')),
  UQSHL_imm_simd: vector(saturatingLeft('uqshl')),
  SQSHRUN_simd: narrowSaturating('sqxtun', false),
  SQRSHRUN_simd: narrowSaturating('sqxtun', true),
  UQSHRN_simd: narrowSaturating('uqxtn', false),
  UQRSHRN_simd: narrowSaturating('uqxtn', true),
  USHLL_simd: long(false),
};

export const scalarShiftSemantics: Semantics<typeof simdScalar> = {
  SSHR_sisd: scalar(shiftRight(true, false)),
  SSRA_sisd: scalar(accumulate(true, false)),
  SRSHR_sisd: scalar(shiftRight(true, true)),
  SRSRA_sisd: scalar(accumulate(true, true)),
  SHL_sisd: scalar(shiftLeft),
  SQSHL_imm_sisd: scalar(saturatingLeft('sqshl')),
  SQSHRN_sisd: scalarNarrowSaturating('sqxtn', false),
  SQRSHRN_sisd: scalarNarrowSaturating('sqxtn', true),
  USHR_sisd: scalar(shiftRight(false, false)),
  USRA_sisd: scalar(accumulate(false, false)),
  URSHR_sisd: scalar(shiftRight(false, true)),
  URSRA_sisd: scalar(accumulate(false, true)),
  SRI_sisd: scalar(insertRight),
  SLI_sisd: scalar(insertLeft),
  SQSHLU_sisd: scalar(saturatingLeft('sqshlu')),
  UQSHL_imm_sisd: scalar(saturatingLeft('uqshl')),
  SQSHRUN_sisd: scalarNarrowSaturating('sqxtun', false),
  SQRSHRUN_sisd: scalarNarrowSaturating('sqxtun', true),
  UQSHRN_sisd: scalarNarrowSaturating('uqxtn', false),
  UQRSHRN_sisd: scalarNarrowSaturating('uqxtn', true),
};
