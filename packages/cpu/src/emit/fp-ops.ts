/**
 * Floating-point operations of the builder: operands and result. What they compute is `engine/fp-unit.ts`'s business.
 * All of them work under FPCR and add to the cumulative flags of FPSR; `abs` and `neg` touch the sign and nothing else.
 */

/** Bits of a floating-point number, or of the integer in its place. */
export type FpWidth = 16 | 32 | 64;

export interface FpOpInfo {
  readonly operands: 1 | 2 | 3;
  /** Bits of the result; `same` as the operands'. */
  readonly result: 'same' | FpWidth;
}

const op = (operands: FpOpInfo['operands'], result: FpOpInfo['result'] = 'same'): FpOpInfo => ({ operands, result });

function table<K extends string>(ops: Readonly<Record<K, FpOpInfo>>): Readonly<Record<K, FpOpInfo>> {
  return ops;
}

/** The same operation with each width of result: `name16`, `name32`, `name64`. */
function byResult<N extends string>(operands: FpOpInfo['operands'], ...names: readonly N[]): Readonly<Record<`${N}${FpWidth}`, FpOpInfo>> {
  const widths = [16, 32, 64] as const;
  return Object.fromEntries(names.flatMap((name) => widths.map((width) => [`${name}${String(width)}`, op(operands, width)]))) as Record<`${N}${FpWidth}`, FpOpInfo>;
}

export const FP_OPS = table({
  abs: op(1),
  neg: op(1),

  add: op(2),
  sub: op(2),
  /** The absolute value of the difference. */
  abd: op(2),
  mul: op(2),
  /** The product negated; the product where infinity times zero is two. */
  nmul: op(2),
  mulx: op(2),
  div: op(2),
  sqrt: op(1),
  /** a + b * c with one rounding; the same of a single-precision a and half-precision b and c. */
  mulAdd: op(3),
  mulAddH: op(3, 32),

  max: op(2),
  min: op(2),
  maxnm: op(2),
  minnm: op(2),
  /** All ones where a = b, a >= b, a > b; likewise of absolute values. */
  cmeq: op(2),
  cmge: op(2),
  cmgt: op(2),
  acge: op(2),
  acgt: op(2),

  recpe: op(1),
  recps: op(2),
  recpx: op(1),
  rsqrte: op(1),
  rsqrts: op(2),

  /** To integral values: to nearest with ties to even, up, down, to zero, ties away, by FPCR, and by FPCR with Inexact. */
  rintn: op(1),
  rintp: op(1),
  rintm: op(1),
  rintz: op(1),
  rinta: op(1),
  rinti: op(1),
  rintx: op(1),
  /** To integral values that fit in 32 or 64 bits, to zero or by FPCR. */
  rint32z: op(1),
  rint32x: op(1),
  rint64z: op(1),
  rint64x: op(1),

  /** To another format, by FPCR; of a double to single, to odd. */
  ...byResult(1, 'cvt'),
  cvtxn: op(1, 32),
  /** To integers, signed or unsigned, by the named rounding; with the number of fraction bits as second operand. */
  ...byResult(1, 'cvtns', 'cvtnu', 'cvtps', 'cvtpu', 'cvtms', 'cvtmu', 'cvtzs', 'cvtzu', 'cvtas', 'cvtau'),
  ...byResult(2, 'fixzs', 'fixzu'),
  /** From integers, of the operand's width; with the number of fraction bits as second operand. */
  ...byResult(1, 'scvtf', 'ucvtf'),
  ...byResult(2, 'sfixf', 'ufixf'),
  /** FJCVTZS: the 32 bits, and NZCV in bits 3:0. */
  jcvt: op(1, 32),
  jcvtFlags: op(1, 32),
});

export type FpOp = keyof typeof FP_OPS;

/** Bits of the result of `op` on operands of `width` bits. */
export function fpResultWidth(op: FpOp, width: FpWidth): FpWidth {
  const { result } = FP_OPS[op];
  return result === 'same' ? width : result;
}
