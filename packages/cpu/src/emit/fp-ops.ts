/** Floating-point operations of the builder: operands and result. What they compute is `engine/fp-unit.ts`'s business. */

/** Bits of a floating-point number. */
export type FpWidth = 16 | 32 | 64;

export interface FpOpInfo {
  readonly operands: 1 | 2 | 3;
  /** Bits of the result; `same` as the operands'. */
  readonly result: 'same' | 16 | 32 | 64;
}

function table<K extends string>(ops: Readonly<Record<K, FpOpInfo>>): Readonly<Record<K, FpOpInfo>> {
  return ops;
}

export const FP_OPS = table({
  abs: { operands: 1, result: 'same' },
  neg: { operands: 1, result: 'same' },
});

export type FpOp = keyof typeof FP_OPS;

/** Bits of the result of `op` on operands of `width` bits. */
export function fpResultWidth(op: FpOp, width: FpWidth): FpWidth {
  const { result } = FP_OPS[op];
  return result === 'same' ? width : result;
}
