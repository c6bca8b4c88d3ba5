/**
 * Vector operations of the builder. Definitions compose rows from these; those that WebAssembly's SIMD has are operations
 * of their own, so that translated code maps them one to one. `sizes`: the elements, in bits, that an operation knows.
 */

/** Bits of a vector element. */
export type Lane = 8 | 16 | 32 | 64;

export interface VecOpInfo {
  readonly operands: 1 | 2 | 3;
  readonly sizes: readonly Lane[];
}

const op = (operands: VecOpInfo['operands'], ...sizes: readonly Lane[]): VecOpInfo => ({ operands, sizes });
const ALL = [8, 16, 32, 64] as const;
const BHS = [8, 16, 32] as const;

function table<K extends string>(ops: Readonly<Record<K, VecOpInfo>>): Readonly<Record<K, VecOpInfo>> {
  return ops;
}

export const VECTOR_OPS = table({
  and: op(2, ...ALL),
  or: op(2, ...ALL),
  xor: op(2, ...ALL),
  not: op(1, ...ALL),
  /** a & ~b. */
  bic: op(2, ...ALL),
  /** Bits of b where a has ones, of c where it has zeros. */
  select: op(3, ...ALL),
  /** Modulo the element. */
  add: op(2, ...ALL),
  sub: op(2, ...ALL),
  mul: op(2, ...ALL),
  abs: op(1, ...ALL),
  smin: op(2, ...ALL),
  smax: op(2, ...ALL),
  umin: op(2, ...ALL),
  umax: op(2, ...ALL),
  /** Comparisons give all ones or zero: equal, greater, greater or equal; signed and unsigned. */
  eq: op(2, ...ALL),
  gts: op(2, ...ALL),
  ges: op(2, ...ALL),
  gtu: op(2, ...ALL),
  geu: op(2, ...ALL),
  /** Shifts by the signed low byte of each element of b: left, or right where it is negative; with `r` rounding. */
  sshl: op(2, ...ALL),
  ushl: op(2, ...ALL),
  srshl: op(2, ...ALL),
  urshl: op(2, ...ALL),
  clz: op(1, ...BHS),
  /** Bits that are set; the bits reversed. */
  cnt: op(1, 8),
  rbit: op(1, 8),
  /** Elements of the low or, with `2`, the high half, extended to twice their size. */
  sxtl: op(1, ...BHS),
  uxtl: op(1, ...BHS),
  sxtl2: op(1, ...BHS),
  uxtl2: op(1, ...BHS),
  /** Byte b[i] of a, and 0 where b[i] is beyond its sixteen. */
  swizzle: op(2, 8),
  /** Polynomial products over {0,1}: the low byte; or of the low half's elements, twice as wide. */
  pmul: op(2, 8),
  pmull: op(2, 8, 64),
  /** UnsignedRecipEstimate and UnsignedRSqrtEstimate. */
  urecpe: op(1, 32),
  ursqrte: op(1, 32),
  /** Bytes through the S-boxes of AES, of its inverse and of SM4. */
  aesSub: op(1, 8),
  aesInvSub: op(1, 8),
  sm4Sub: op(1, 8),
});

/** Operations that saturate, see `EmitVector.vsat`. */
export const SATURATING_OPS = table({
  sqadd: op(2, ...ALL),
  uqadd: op(2, ...ALL),
  sqsub: op(2, ...ALL),
  uqsub: op(2, ...ALL),
  /** A signed a and an unsigned b, to signed; an unsigned a and a signed b, to unsigned. */
  suqadd: op(2, ...ALL),
  usqadd: op(2, ...ALL),
  /** As `sshl` and its siblings; `sqshlu` takes signed elements to unsigned ones, to the left only. */
  sqshl: op(2, ...ALL),
  uqshl: op(2, ...ALL),
  sqrshl: op(2, ...ALL),
  uqrshl: op(2, ...ALL),
  sqshlu: op(2, ...ALL),
  /** The high half of 2ab, with `r` rounded; rounded, and added to or subtracted from c. */
  sqdmulh: op(2, 16, 32),
  sqrdmulh: op(2, 16, 32),
  sqrdmlah: op(3, 16, 32),
  sqrdmlsh: op(3, 16, 32),
  /** 2ab of the lowest elements, twice as wide. */
  sqdmull: op(2, 16, 32),
  /** From elements of twice the size to the lowest ones: signed to signed, unsigned to unsigned, signed to unsigned. */
  sqxtn: op(1, ...BHS),
  uqxtn: op(1, ...BHS),
  sqxtun: op(1, ...BHS),
});

export type VecOp = keyof typeof VECTOR_OPS;
export type SatOp = keyof typeof SATURATING_OPS;
/** Left; right with copies of the sign; right with zeros. */
export type VecShift = 'shl' | 'sshr' | 'ushr';
