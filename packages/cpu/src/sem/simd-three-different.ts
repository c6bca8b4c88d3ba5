/** Advanced SIMD three different, and by element, vector and scalar. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Lane, Vec, VReg } from '../emit/builder.ts';
import {
  absoluteDifference, constant, half, laneOf, lanesOf, pairs, plain, saturating, setNarrow, setScalar, setVector, twice, widen,
  type Accumulating, type Binary, type Halved, type Sized, type Three, type Two, type Vector,
} from './simd-common.ts';
import { added, dotProduct, roundingDoubling } from './simd-three-same.ts';
import type { Semantics } from './semantics.ts';

// ---- Three different -----------------------------------------------------------------------------------------------

/** Elements of both operands extended. */
function long(isSigned: boolean, op: Binary): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, op(e, twice(size), 64 / size, widen(e, isSigned, size, i.Q, e.v(i.Rn)), widen(e, isSigned, size, i.Q, e.v(i.Rm))));
  };
}

function longAccumulate(isSigned: boolean, op: Accumulating): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    const [n, m] = [widen(e, isSigned, size, i.Q, e.v(i.Rn)), widen(e, isSigned, size, i.Q, e.v(i.Rm))];
    e.setV(i.Rd, op(e, twice(size), 64 / size, n, m, e.v(i.Rd)));
  };
}

/** Elements of the second operand extended. */
function wide(isSigned: boolean, op: Binary): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, op(e, twice(size), 64 / size, e.v(i.Rn), widen(e, isSigned, size, i.Q, e.v(i.Rm))));
  };
}

/** The high halves of sums or differences, rounded or not. */
function highNarrow(op: 'add' | 'sub', rounding: boolean): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    const exact = e.vop(op, twice(size), e.v(i.Rn), e.v(i.Rm));
    const rounded = rounding ? e.vop('add', twice(size), exact, constant(e, twice(size), 2 ** (size - 1))) : exact;
    setNarrow(e, i.Rd, i.Q, pairs(e, size, 1, rounded, rounded, 1));
  };
}

type Product = (e: Emit, size: Lane, lanes: number, a: Vec, b: Vec, rd: VReg) => Vec;

const doublingProduct: Product = (e, size, lanes, a, b) => e.vsat('sqdmull', size, lanes, a, b);

function doublingAccumulate(op: 'sqadd' | 'sqsub'): Product {
  return (e, size, lanes, a, b, rd) => e.vsat(op, twice(size), lanes, e.v(rd), e.vsat('sqdmull', size, lanes, a, b));
}

function doublingLong(product: Product): (e: Emit, i: Three & Vector) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, product(e, size, 64 / size, half(e, i.Q, e.v(i.Rn)), half(e, i.Q, e.v(i.Rm)), i.Rd));
  };
}

function scalarDoublingLong(product: Product): (e: Emit, i: Three & Sized) => void {
  return (e, i) => setScalar(e, i.Rd, twice(laneOf(i.size)), product(e, laneOf(i.size), 1, e.v(i.Rn), e.v(i.Rm), i.Rd));
}

export const threeDifferentSemantics: Semantics<typeof simdVector> = {
  SADDL_simd: long(true, plain('add')),
  SADDW_simd: wide(true, plain('add')),
  SSUBL_simd: long(true, plain('sub')),
  SSUBW_simd: wide(true, plain('sub')),
  ADDHN_simd: highNarrow('add', false),
  SABAL_simd: longAccumulate(true, added(absoluteDifference(true))),
  SUBHN_simd: highNarrow('sub', false),
  SABDL_simd: long(true, absoluteDifference(true)),
  SMLAL_simd: longAccumulate(true, added(plain('mul'))),
  SQDMLAL_simd: doublingLong(doublingAccumulate('sqadd')),
  SMLSL_simd: longAccumulate(true, added(plain('mul'), 'sub')),
  SQDMLSL_simd: doublingLong(doublingAccumulate('sqsub')),
  SMULL_simd: long(true, plain('mul')),
  SQDMULL_simd: doublingLong(doublingProduct),
  PMULL_simd: (e, i) => e.setV(i.Rd, e.vop('pmull', laneOf(i.size), half(e, i.Q, e.v(i.Rn)), half(e, i.Q, e.v(i.Rm)))),
  UADDL_simd: long(false, plain('add')),
  UADDW_simd: wide(false, plain('add')),
  USUBL_simd: long(false, plain('sub')),
  USUBW_simd: wide(false, plain('sub')),
  RADDHN_simd: highNarrow('add', true),
  UABAL_simd: longAccumulate(false, added(absoluteDifference(false))),
  RSUBHN_simd: highNarrow('sub', true),
  UABDL_simd: long(false, absoluteDifference(false)),
  UMLAL_simd: longAccumulate(false, added(plain('mul'))),
  UMLSL_simd: longAccumulate(false, added(plain('mul'), 'sub')),
  UMULL_simd: long(false, plain('mul')),
};

export const scalarThreeDifferentSemantics: Semantics<typeof simdScalar> = {
  SQDMLAL_sisd: scalarDoublingLong(doublingAccumulate('sqadd')),
  SQDMLSL_sisd: scalarDoublingLong(doublingAccumulate('sqsub')),
  SQDMULL_sisd: scalarDoublingLong(doublingProduct),
};

// ---- By element ----------------------------------------------------------------------------------------------------

/** Halfwords are indexed by H:L:M, and Rm has four bits; words by H:L, and M is the highest bit of Rm. */
type Indexed = Two & Sized & { readonly Rm: VReg; readonly L: number; readonly M: number; readonly H: number };

function element(e: Emit, i: Indexed): Vec {
  const size = laneOf(i.size);
  const value = i.size === 1 ? e.lane(e.v(i.Rm), 16, (i.H << 2) | (i.L << 1) | i.M) : e.lane(e.v((i.Rm + 16 * i.M) as VReg), 32, (i.H << 1) | i.L);
  return e.splat(size, value);
}

function byElement(op: Binary): (e: Emit, i: Indexed & Halved) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn), element(e, i)));
  };
}

function byElementAccumulate(op: Accumulating): (e: Emit, i: Indexed & Halved) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    setVector(e, i.Rd, i.Q, op(e, size, lanesOf(size, i.Q), e.v(i.Rn), element(e, i), e.v(i.Rd)));
  };
}

function longByElement(isSigned: boolean, op: Accumulating): (e: Emit, i: Indexed & Halved) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, op(e, twice(size), 64 / size, widen(e, isSigned, size, i.Q, e.v(i.Rn)), widen(e, isSigned, size, 0, element(e, i)), e.v(i.Rd)));
  };
}

function longProductByElement(isSigned: boolean): (e: Emit, i: Indexed & Halved) => void {
  return (e, i) => {
    const size = laneOf(i.size);
    e.setV(i.Rd, e.vop('mul', twice(size), widen(e, isSigned, size, i.Q, e.v(i.Rn)), widen(e, isSigned, size, 0, element(e, i))));
  };
}

function doublingLongByElement(product: Product): (e: Emit, i: Indexed & Halved) => void {
  return (e, i) => e.setV(i.Rd, product(e, laneOf(i.size), 64 / laneOf(i.size), half(e, i.Q, e.v(i.Rn)), element(e, i), i.Rd));
}

function scalarByElement(op: Binary): (e: Emit, i: Indexed) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), op(e, laneOf(i.size), 1, e.v(i.Rn), element(e, i)));
}

function scalarByElementAccumulate(op: Accumulating): (e: Emit, i: Indexed) => void {
  return (e, i) => setScalar(e, i.Rd, laneOf(i.size), op(e, laneOf(i.size), 1, e.v(i.Rn), element(e, i), e.v(i.Rd)));
}

function scalarDoublingByElement(product: Product): (e: Emit, i: Indexed) => void {
  return (e, i) => setScalar(e, i.Rd, twice(laneOf(i.size)), product(e, laneOf(i.size), 1, e.v(i.Rn), element(e, i), i.Rd));
}

/** The element is four bytes, indexed by H:L. */
function dotByElement(aSigned: boolean, bSigned: boolean): (e: Emit, i: Three & Halved & { readonly H: number; readonly L: number }) => void {
  return (e, i) => {
    const bytes = e.splat(32, e.lane(e.v(i.Rm), 32, (i.H << 1) | i.L));
    setVector(e, i.Rd, i.Q, e.vop('add', 32, e.v(i.Rd), dotProduct(e, e.v(i.Rn), bytes, aSigned, bSigned)));
  };
}

export const byElementSemantics: Semantics<typeof simdVector> = {
  SMLAL_elt_simd: longByElement(true, added(plain('mul'))),
  SQDMLAL_elt_simd: doublingLongByElement(doublingAccumulate('sqadd')),
  SMLSL_elt_simd: longByElement(true, added(plain('mul'), 'sub')),
  SQDMLSL_elt_simd: doublingLongByElement(doublingAccumulate('sqsub')),
  MUL_elt_simd: byElement(plain('mul')),
  SMULL_elt_simd: longProductByElement(true),
  SQDMULL_elt_simd: doublingLongByElement(doublingProduct),
  SQDMULH_elt_simd: byElement(saturating('sqdmulh')),
  SQRDMULH_elt_simd: byElement(saturating('sqrdmulh')),
  SDOT_elt_simd: dotByElement(true, true),
  SUDOT_elt_simd: dotByElement(true, false),
  USDOT_elt_simd: dotByElement(false, true),
  MLA_elt_simd: byElementAccumulate(added(plain('mul'))),
  UMLAL_elt_simd: longByElement(false, added(plain('mul'))),
  MLS_elt_simd: byElementAccumulate(added(plain('mul'), 'sub')),
  UMLSL_elt_simd: longByElement(false, added(plain('mul'), 'sub')),
  UMULL_elt_simd: longProductByElement(false),
  SQRDMLAH_elt_simd: byElementAccumulate(roundingDoubling('sqrdmlah')),
  UDOT_elt_simd: dotByElement(false, false),
  SQRDMLSH_elt_simd: byElementAccumulate(roundingDoubling('sqrdmlsh')),
};

export const scalarByElementSemantics: Semantics<typeof simdScalar> = {
  SQDMLAL_elt_sisd: scalarDoublingByElement(doublingAccumulate('sqadd')),
  SQDMLSL_elt_sisd: scalarDoublingByElement(doublingAccumulate('sqsub')),
  SQDMULL_elt_sisd: scalarDoublingByElement(doublingProduct),
  SQDMULH_elt_sisd: scalarByElement(saturating('sqdmulh')),
  SQRDMULH_elt_sisd: scalarByElement(saturating('sqrdmulh')),
  SQRDMLAH_elt_sisd: scalarByElementAccumulate(roundingDoubling('sqrdmlah')),
  SQRDMLSH_elt_sisd: scalarByElementAccumulate(roundingDoubling('sqrdmlsh')),
};
