/** What definitions of Advanced SIMD share: forms to sizes, how results reach a register, and permutations as byte tables. */
import type { Emit, Imm, Lane, Val, Vec, VReg } from '../emit/builder.ts';
import type { SatOp, VecOp } from '../emit/vector-ops.ts';

export interface Two {
  readonly Rd: VReg;
  readonly Rn: VReg;
}
export type Three = Two & { readonly Rm: VReg };
export interface Sized {
  readonly size: number;
}
export interface Halved {
  readonly Q: number;
}
export type Vector = Sized & Halved;

/** Of elements of `size` bits, of which the lowest `lanes` count: the others may become anything. */
export type Unary = (e: Emit, size: Lane, lanes: number, a: Vec) => Vec;
export type Binary = (e: Emit, size: Lane, lanes: number, a: Vec, b: Vec) => Vec;
/** With what the destination held. */
export type Accumulating = (e: Emit, size: Lane, lanes: number, a: Vec, b: Vec, d: Vec) => Vec;

export function laneOf(size: number): Lane {
  return (8 << size) as Lane;
}

export function twice(size: Lane): Lane {
  return (2 * size) as Lane;
}

export function lanesOf(size: Lane, Q: number): number {
  return (64 << Q) / size;
}

/** The register that is `n` behind: V31 is followed by V0. */
export function following(r: VReg, n: number): VReg {
  return ((r + n) & 31) as VReg;
}

export function zero(e: Emit): Vec {
  return e.vecOf(e.imm(0));
}

/** A small constant in every element. */
export function constant(e: Emit, size: Lane, value: number): Vec {
  return e.splat(size, e.imm(value, size === 64 ? 64 : 32));
}

// ---- Results -------------------------------------------------------------------------------------------------------

/** Q chooses 128 bits, or 64 with zeros above. */
export function setVector(e: Emit, r: VReg, Q: number, v: Vec): void {
  e.setV(r, Q === 1 ? v : e.low64(v));
}

export function setScalar(e: Emit, r: VReg, size: Lane, v: Vec): void {
  e.setV(r, e.vecOf(e.lane(v, size, 0)));
}

/** The low doubleword of `v`: to the low half with zeros above, or (`2`) to the high half, the low one kept. */
export function setNarrow(e: Emit, r: VReg, Q: number, v: Vec): void {
  e.setV(r, Q === 1 ? e.vec(e.lane(e.v(r), 64, 0), e.lane(v, 64, 0)) : e.low64(v));
}

/** The half that a long form (`2` or not) takes its elements from, extended. */
export function widen(e: Emit, isSigned: boolean, size: Lane, Q: number, v: Vec): Vec {
  return e.vop(isSigned ? (Q === 1 ? 'sxtl2' : 'sxtl') : Q === 1 ? 'uxtl2' : 'uxtl', size, v);
}

export const HIGH_HALF = Uint8Array.from({ length: 16 }, (_, i) => 8 + (i & 7));

/** The same half, in the low doubleword. */
export function half(e: Emit, Q: number, v: Vec): Vec {
  return Q === 1 ? e.shuffle(v, v, HIGH_HALF) : v;
}

// ---- Operations ----------------------------------------------------------------------------------------------------

export function plain(op: VecOp): Binary & Unary {
  return (e: Emit, size: Lane, _: number, a: Vec, b?: Vec) => e.vop(op, size, a, b);
}

export function saturating(op: SatOp): Binary & Unary {
  return (e: Emit, size: Lane, lanes: number, a: Vec, b?: Vec) => e.vsat(op, size, lanes, a, b);
}

/** |a - b| modulo the element. */
export function absoluteDifference(isSigned: boolean): Binary {
  return (e, size, _, a, b) => e.vop('sub', size, e.vop(isSigned ? 'smax' : 'umax', size, a, b), e.vop(isSigned ? 'smin' : 'umin', size, a, b));
}

/** The elements of each pair added, as one of twice the size. */
export function pairwiseLong(e: Emit, isSigned: boolean, size: Lane, v: Vec): Vec {
  const wide = twice(size);
  const right = isSigned ? 'sshr' : 'ushr';
  const count = e.imm(size, 32);
  return e.vop('add', wide, e.vshift(right, wide, e.vshift('shl', wide, v, count), count), e.vshift(right, wide, v, count));
}

export function rotateLeft(e: Emit, size: Lane, v: Vec, n: number): Vec {
  return e.vop('or', size, e.vshift('shl', size, v, e.imm(n, 32)), e.vshift('ushr', size, v, e.imm(size - n, 32)));
}

// ---- Shifts by immediate -------------------------------------------------------------------------------------------

export interface ShiftImmediate {
  readonly immh: number;
  readonly immb: Imm;
}

/** The element that the highest set bit of immh names. */
export function shiftLane(i: ShiftImmediate): Lane {
  return laneOf(31 - Math.clz32(i.immh));
}

export function rightCount(e: Emit, i: ShiftImmediate): Val {
  return e.sub(e.imm(2 * shiftLane(i) - (i.immh << 3), 32), e.imm(i.immb, 32));
}

export function leftCount(e: Emit, i: ShiftImmediate): Val {
  return e.sub(e.imm(i.immb, 32), e.imm(shiftLane(i) - (i.immh << 3), 32));
}

// ---- Permutations --------------------------------------------------------------------------------------------------

/** Where element `index` of a result comes from: element `from` of the two operands together, `lanes` of each. */
export type Permutation = (index: number, lanes: number) => number;

/** Tables for `shuffle`, by size and Q. */
export type PermutationTables = readonly Uint8Array[];

export function permutationTables(permutation: Permutation): PermutationTables {
  return Array.from({ length: 8 }, (_, form) => {
    const bytes = 1 << (form >> 1);
    const lanes = (8 << (form & 1)) / bytes;
    return Uint8Array.from({ length: 16 }, (__, i) => {
      const index = Math.floor(i / bytes);
      if (index >= lanes) return i;
      const from = permutation(index, lanes);
      return (from < lanes ? 0 : 16) + (from % lanes) * bytes + (i % bytes);
    });
  });
}

export function permuted(e: Emit, tables: PermutationTables, size: number, Q: number, a: Vec, b: Vec): Vec {
  return e.shuffle(a, b, tables[2 * size + Q]!);
}

const uzp = (part: number): PermutationTables => permutationTables((index) => 2 * index + part);
const zip = (part: number): PermutationTables => permutationTables((index, lanes) => ((index & 1) === 1 ? lanes : 0) + (index >> 1) + (part * lanes) / 2);
const trn = (part: number): PermutationTables => permutationTables((index, lanes) => ((index & 1) === 1 ? lanes : 0) + (index & ~1) + part);

export const UZP1 = uzp(0);
export const UZP2 = uzp(1);
export const ZIP1 = zip(0);
export const ZIP2 = zip(1);
export const TRN1 = trn(0);
export const TRN2 = trn(1);

/** log2 of the element's bytes. */
export function log2Bytes(size: Lane): number {
  return 28 - Math.clz32(size);
}

/** The even and the odd elements of two vectors, for what works on pairs. */
export function pairs(e: Emit, size: Lane, Q: number, a: Vec, b: Vec, part: 0 | 1): Vec {
  return permuted(e, part === 0 ? UZP1 : UZP2, log2Bytes(size), Q, a, b);
}
