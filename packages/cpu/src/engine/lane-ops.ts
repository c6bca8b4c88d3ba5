/** What vector operations do to one element of 8 to 32 bits. Elements of 64 bits are wide-ops.ts's. */
import { reverse32 } from '../emit/int64.ts';
import type { SatOp, VecOp } from '../emit/vector-ops.ts';
import { unsignedRecipEstimate, unsignedRSqrtEstimate } from '../fp/index.ts';
import { AES_INVERSE_S_BOX, AES_S_BOX, SM4_S_BOX } from './s-boxes.ts';

/** Set by an operation that saturates an element. */
export const saturation = { happened: false };

/** The result counts modulo the element. Operands are signed or unsigned as the entry says. */
export interface LaneOp {
  readonly signed: boolean;
  readonly compute: (a: number, b: number, bits: number, c: number) => number;
}

const signed = (compute: LaneOp['compute']): LaneOp => ({ signed: true, compute });
const unsigned = (compute: LaneOp['compute']): LaneOp => ({ signed: false, compute });

/** Into -2^(bits-1) to 2^(bits-1)-1. */
export function saturateSigned(value: number, bits: number): number {
  const limit = 2 ** (bits - 1);
  if (value >= -limit && value < limit) return value;
  saturation.happened = true;
  return value < 0 ? -limit : limit - 1;
}

/** Into 0 to 2^bits-1. */
export function saturateUnsigned(value: number, bits: number): number {
  const limit = 2 ** bits;
  if (value >= 0 && value < limit) return value;
  saturation.happened = true;
  return value < 0 ? 0 : limit - 1;
}

/** All ones or zero. */
function mask(holds: boolean): number {
  return holds ? -1 : 0;
}

/** The signed low byte of an element: by how much to shift. */
export function shiftCount(b: number): number {
  return (b << 24) >> 24;
}

/** An element shifted by an element, as an integer without bounds. Exact, for it has at most 32 significant bits before a right shift drops some. */
function shifted(a: number, b: number, rounding: boolean): number {
  const count = shiftCount(b);
  if (count >= 0) return a * 2 ** count;
  return Math.floor((rounding ? a + 2 ** (-count - 1) : a) / 2 ** -count);
}

/** The same modulo 2^32, of which the element keeps its low bits. */
function shiftedModulo(a: number, b: number, rounding: boolean): number {
  return shiftCount(b) >= 32 ? 0 : shifted(a, b, rounding);
}

/**
 * The high half of 2ab * `sign` + `rounding`, without bounds. Of 32 bits a is taken in halves, so that each product is exact in a
 * double: 2ab = (high * b) * 2^17 + low * b * 2.
 */
function doublingHigh(a: number, b: number, sign: 1 | -1, rounding: number, bits: number): number {
  if (bits === 16) return Math.floor((2 * sign * a * b + rounding) / 2 ** 16);
  const low = Math.floor((2 * sign * (a & 0xffff) * b + rounding) / 2 ** 17);
  return Math.floor((sign * (a >> 16) * b + low) / 2 ** 15);
}

function bitCount(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The product of polynomials over {0,1} of eight coefficients each. */
export function polynomialProduct(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) if (((b >> bit) & 1) !== 0) product ^= a << bit;
  return product;
}

export const LANE_OPS: Readonly<Partial<Record<VecOp | SatOp, LaneOp>>> = {
  and: signed((a, b) => a & b),
  or: signed((a, b) => a | b),
  xor: signed((a, b) => a ^ b),
  not: signed((a) => ~a),
  bic: signed((a, b) => a & ~b),
  select: signed((a, b, _, c) => (a & b) | (~a & c)),
  add: signed((a, b) => a + b),
  sub: signed((a, b) => a - b),
  mul: signed((a, b) => Math.imul(a, b)),
  abs: signed((a) => Math.abs(a)),
  smin: signed((a, b) => Math.min(a, b)),
  smax: signed((a, b) => Math.max(a, b)),
  umin: unsigned((a, b) => Math.min(a, b)),
  umax: unsigned((a, b) => Math.max(a, b)),
  eq: signed((a, b) => mask(a === b)),
  gts: signed((a, b) => mask(a > b)),
  ges: signed((a, b) => mask(a >= b)),
  gtu: unsigned((a, b) => mask(a > b)),
  geu: unsigned((a, b) => mask(a >= b)),
  sshl: signed((a, b) => shiftedModulo(a, b, false)),
  ushl: unsigned((a, b) => shiftedModulo(a, b, false)),
  srshl: signed((a, b) => shiftedModulo(a, b, true)),
  urshl: unsigned((a, b) => shiftedModulo(a, b, true)),
  clz: unsigned((a, _, bits) => Math.clz32(a) - (32 - bits)),
  cnt: unsigned((a) => bitCount(a)),
  rbit: unsigned((a) => reverse32(a) >>> 24),
  pmul: unsigned((a, b) => polynomialProduct(a, b)),
  urecpe: unsigned((a) => unsignedRecipEstimate(a | 0)),
  ursqrte: unsigned((a) => unsignedRSqrtEstimate(a | 0)),
  aesSub: unsigned((a) => AES_S_BOX[a]!),
  aesInvSub: unsigned((a) => AES_INVERSE_S_BOX[a]!),
  sm4Sub: unsigned((a) => SM4_S_BOX[a]!),

  sqadd: signed((a, b, bits) => saturateSigned(a + b, bits)),
  uqadd: unsigned((a, b, bits) => saturateUnsigned(a + b, bits)),
  sqsub: signed((a, b, bits) => saturateSigned(a - b, bits)),
  uqsub: unsigned((a, b, bits) => saturateUnsigned(a - b, bits)),
  suqadd: signed((a, b, bits) => saturateSigned(a + (b < 0 ? b + 2 ** bits : b), bits)),
  usqadd: unsigned((a, b, bits) => saturateUnsigned(a + (b >= 2 ** (bits - 1) ? b - 2 ** bits : b), bits)),
  sqshl: signed((a, b, bits) => saturateSigned(shifted(a, b, false), bits)),
  uqshl: unsigned((a, b, bits) => saturateUnsigned(shifted(a, b, false), bits)),
  sqrshl: signed((a, b, bits) => saturateSigned(shifted(a, b, true), bits)),
  uqrshl: unsigned((a, b, bits) => saturateUnsigned(shifted(a, b, true), bits)),
  sqshlu: signed((a, b, bits) => saturateUnsigned(shifted(a, b, false), bits)),
  sqdmulh: signed((a, b, bits) => saturateSigned(doublingHigh(a, b, 1, 0, bits), bits)),
  sqrdmulh: signed((a, b, bits) => saturateSigned(doublingHigh(a, b, 1, 2 ** (bits - 1), bits), bits)),
  sqrdmlah: signed((a, b, bits, c) => saturateSigned(c + doublingHigh(a, b, 1, 2 ** (bits - 1), bits), bits)),
  sqrdmlsh: signed((a, b, bits, c) => saturateSigned(c + doublingHigh(a, b, -1, 2 ** (bits - 1), bits), bits)),
};
