/**
 * WebAssembly's floating-point instructions (WebAssembly Core Specification, "Numeric Instructions"), and which of them the
 * builder's operations are. Numbers cross as their bits; this file knows what an instruction takes and gives.
 */
import { I32, I64 } from './wasm.ts';

export const F32 = 0x7d;
export const F64 = 0x7c;

/** Opcodes; saturating conversions to integers stand behind a prefix and are {@link SATURATING} plus their number. */
export const SATURATING = 0x100;

/** By width of the operands: single and double. */
const pair = (single: number, double: number): { readonly 32: number; readonly 64: number } => ({ 32: single, 64: double });

export const F = {
  eq: pair(0x5b, 0x61), ne: pair(0x5c, 0x62), lt: pair(0x5d, 0x63), gt: pair(0x5e, 0x64), le: pair(0x5f, 0x65), ge: pair(0x60, 0x66),
  ceil: pair(0x8d, 0x9b), floor: pair(0x8e, 0x9c), trunc: pair(0x8f, 0x9d), nearest: pair(0x90, 0x9e), sqrt: pair(0x91, 0x9f),
  add: pair(0x92, 0xa0), sub: pair(0x93, 0xa1), mul: pair(0x94, 0xa2), div: pair(0x95, 0xa3), min: pair(0x96, 0xa4), max: pair(0x97, 0xa5),
  demote: 0xb6, promote: 0xbb,
  /** Bits of a number, and the number of bits. */
  bits: pair(0xbc, 0xbd), ofBits: pair(0xbe, 0xbf),
} as const;

/** Conversions from integers: by width of the integer, signedness, width of the result. */
export function convertOp(from: 32 | 64, signed: boolean, to: 32 | 64): number {
  return (to === 32 ? 0xb2 : 0xb7) + (from === 64 ? 2 : 0) + (signed ? 0 : 1);
}

/** Conversions to integers, which must be in range for the result to count. */
export function truncateOp(from: 32 | 64, signed: boolean, to: 32 | 64): number {
  return SATURATING + (to === 64 ? 4 : 0) + (from === 64 ? 2 : 0) + (signed ? 0 : 1);
}

export interface FloatOp {
  /** Value type of the operands and of the result. */
  readonly takes: number;
  readonly gives: number;
  readonly operands: 1 | 2;
}

const float = (single: boolean): number => (single ? F32 : F64);

export function floatOp(opcode: number): FloatOp {
  if (opcode >= SATURATING) {
    const at = opcode - SATURATING;
    return { takes: float((at & 2) === 0), gives: (at & 4) === 0 ? I32 : I64, operands: 1 };
  }
  if (opcode <= F.ge[64]) return { takes: float(opcode < F.eq[64]), gives: I32, operands: 2 };
  if (opcode <= F.max[64]) {
    const single = opcode <= F.max[32];
    const at = opcode - (single ? F.sqrt[32] : F.sqrt[64]);
    return { takes: float(single), gives: float(single), operands: at <= 0 ? 1 : 2 };
  }
  if (opcode === F.demote) return { takes: F64, gives: F32, operands: 1 };
  if (opcode === F.promote) return { takes: F32, gives: F64, operands: 1 };
  const toSingle = opcode < F.demote;
  return { takes: ((opcode - (toSingle ? 0xb2 : 0xb7)) & 2) === 0 ? I32 : I64, gives: float(toSingle), operands: 1 };
}
