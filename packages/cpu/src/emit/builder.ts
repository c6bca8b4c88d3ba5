/**
 * The builder that semantic definitions speak to. A definition emits operations; it never computes on numbers itself, so
 * the same text is evaluated by Eval at once and compiled by tier 1 (execution-engine, "The builder").
 *
 * Rules, checked by `lint.ts`: memory before writes and one check of the whole range; branching in TypeScript on forms
 * only; no throw; 3 to 15 lines; named like the row.
 */
import type { FpOp, FpWidth } from './fp-ops.ts';
import type { Lane, SatOp, VecOp, VecShift } from './vector-ops.ts';

export type { Lane };

/** A value being computed: a slot number of the builder at hand. Its width is 32 or 64 bits; conditions are 32-bit 0 or 1. */
export type Val = number & { readonly __val: unique symbol };

/** A general register operand: 0 to 30, {@link ZR} or {@link SP}, resolved by the row's syntax. */
export type Reg = number & { readonly __reg: unique symbol };

/** A vector operand: the number of a V register, 0 to 31. The same field is a {@link Reg} in other rows; lint tells them apart. */
export type VReg = number & { readonly __vreg: unique symbol };

/** A 128-bit value being computed: a slot number of the builder at hand, of another kind than {@link Val}'s. */
export type Vec = number & { readonly __vec: unique symbol };

/** An immediate field, unsigned as it stands in the word. */
export type Imm = number & { readonly __imm: unique symbol };

export const ZR = 31 as Reg;
export const SP = 32 as Reg;

export type Width = 32 | 64;

/** The byte offset that a branch field of `bits` bits stands for. */
export function branchOffset(words: Imm, bits: number): number {
  return (words << (32 - bits)) >> (30 - bits);
}

/** One access: `size` in bytes of each element, 16 only in vector accesses. */
export interface Access {
  readonly size: 1 | 2 | 4 | 8 | 16;
  /** Sign-extend the loaded value, to 32 or to 64 bits. */
  readonly signed?: Width;
  /** Fault when not naturally aligned to the whole access, whatever SCTLR.A says (exclusives, acquire, release, atomics). */
  readonly aligned?: boolean;
  /** LDTR and STTR: as EL0 would. */
  readonly unprivileged?: boolean;
  /** Acquire or release semantics; ordering is trivially kept, but the access counts and prices as such. */
  readonly ordered?: boolean;
  /** An exclusive or atomic access, for pricing. */
  readonly exclusive?: boolean;
  /** Whether a stage-2 abort reports a valid syndrome: one general register, no write-back, not exclusive. */
  readonly isv?: boolean;
}

/** What only Eval does: system registers, exceptions, maintenance. Tier 1 leaves STEP. */
export type StepAction =
  | { readonly kind: 'mrs'; readonly register: number; readonly rt: Reg }
  | { readonly kind: 'msr'; readonly register: number; readonly rt: Reg }
  | { readonly kind: 'msr-imm'; readonly field: string; readonly imm: number }
  | { readonly kind: 'sys' | 'sysl'; readonly operation: number; readonly rt: Reg }
  | { readonly kind: 'svc' | 'hvc' | 'smc' | 'brk' | 'hlt'; readonly imm: number }
  | { readonly kind: 'eret' | 'wfi' | 'wfe' | 'sev' | 'sevl' | 'yield' | 'esb' | 'isb' | 'undefined' };

/**
 * V registers. An operation works on all 128 bits whatever the arrangement; the forms of 64 bits and the scalars end with
 * {@link EmitVector.low64} or {@link EmitVector.vecOf}, which zero the rest of the register as the architecture does.
 */
export interface EmitVector {
  v(r: VReg): Vec;
  setV(r: VReg, v: Vec): void;
  /** An element, zero-extended: a 32-bit value for elements of 8 to 32 bits, a 64-bit value for one of 64. */
  lane(v: Vec, size: Lane, index: number): Val;
  withLane(v: Vec, size: Lane, index: number, element: Val): Vec;
  /** The low `size` bits of a value in every element. */
  splat(size: Lane, element: Val): Vec;
  /** From two doublewords; from one value of 32 or 64 bits, zero above it; the low doubleword, zero above it. */
  vec(lo: Val, hi: Val): Vec;
  vecOf(v: Val): Vec;
  low64(v: Vec): Vec;
  /** Byte i of the result is byte `indices[i]` of `a` (0 to 15) or `b` (16 to 31). The table is a constant of the form. */
  shuffle(a: Vec, b: Vec, indices: Readonly<Uint8Array>): Vec;
  /** Element-wise, without effects: see `VECTOR_OPS`. */
  vop(op: VecOp, size: Lane, a: Vec, b?: Vec, c?: Vec): Vec;
  /** Shifts each element by `n`, 0 to `size` inclusive: a shift by all bits leaves zeros, or copies of the sign. */
  vshift(op: VecShift, size: Lane, a: Vec, n: Val): Vec;
  /** Element-wise with saturation, on the lowest `lanes` elements, zero above them; one that saturates sets FPSR.QC. */
  vsat(op: SatOp, size: Lane, lanes: number, a: Vec, b?: Vec, c?: Vec): Vec;
  /** `count` vectors of `bytes` bytes each that follow each other at `va`, zero-extended; one check for all, of at most 64 bytes. */
  loadV(va: Val, count: 1 | 2 | 3 | 4, bytes: VecBytes, access: Access): readonly Vec[];
  storeV(va: Val, vectors: readonly Vec[], bytes: VecBytes, access: Access): void;
}

/** How much of a register an access moves. */
export type VecBytes = 1 | 2 | 4 | 8 | 16;

/** Floating-point arithmetic under FPCR, with the cumulative flags of FPSR; operations are named in `FP_OPS`. */
export interface EmitFp {
  /** Operands of 16 and 32 bits are 32-bit values, of 64 bits 64-bit values; so is the result by its own width. */
  fp(op: FpOp, width: FpWidth, a: Val, b?: Val, c?: Val): Val;
  /** On the lowest `lanes` elements; those of the result follow each other from the lowest, zero above them. */
  vfp(op: FpOp, width: FpWidth, lanes: number, a: Vec, b?: Vec, c?: Vec): Vec;
  /** NZCV of a comparison in bits 3:0; `signalling`: quiet NaNs are invalid operations too. Where `when` is 0 nothing is compared. */
  fpCompare(width: FpWidth, a: Val, b: Val, signalling: boolean, when?: Val): Val;
}

export interface Emit extends EmitVector, EmitFp {
  x(r: Reg, w?: Width): Val;
  /** A base register of an address: as `x`, with the stack pointer alignment check where SCTLR_ELx asks for it. */
  base(r: Reg): Val;
  /** A 32-bit value zeroes the top half; a write to ZR is dropped. */
  setX(r: Reg, v: Val): void;
  /** A non-negative integer below 2^32, zero-extended. */
  imm(n: number, w?: Width): Val;
  /** The masks of DecodeBitMasks for a logical immediate or a bitfield. */
  wmask(N: number, imms: Imm, immr: Imm, w: Width): Val;
  tmask(N: number, imms: Imm, immr: Imm, w: Width): Val;
  /** Evaluates `v` once, here. */
  let(v: Val): Val;

  add(a: Val, b: Val): Val;
  sub(a: Val, b: Val): Val;
  mul(a: Val, b: Val): Val;
  umulh(a: Val, b: Val): Val;
  smulh(a: Val, b: Val): Val;
  /** Division as A64 defines it: by zero gives 0, the overflow case gives the dividend. */
  udiv(a: Val, b: Val): Val;
  sdiv(a: Val, b: Val): Val;
  and(a: Val, b: Val): Val;
  or(a: Val, b: Val): Val;
  xor(a: Val, b: Val): Val;
  not(a: Val): Val;
  /** Shifts by `n` modulo the width. */
  shl(a: Val, n: Val): Val;
  shr(a: Val, n: Val): Val;
  sar(a: Val, n: Val): Val;
  ror(a: Val, n: Val): Val;
  clz(a: Val): Val;
  /** Reverses the bits; reverses the bytes within each group of `bytes`. */
  rbit(a: Val): Val;
  rev(a: Val, bytes: 2 | 4 | 8): Val;
  /** The low `bits` bits, zero- or sign-extended to `to` bits. */
  zext(a: Val, bits: number, to: Width): Val;
  sext(a: Val, bits: number, to: Width): Val;
  /** CRC-32 of `bytes` bytes of `value` onto `acc`: polynomial 0x04C11DB7, or Castagnoli's. */
  crc32(acc: Val, value: Val, bytes: 1 | 2 | 4 | 8, castagnoli: boolean): Val;

  eq(a: Val, b: Val): Val;
  ltu(a: Val, b: Val): Val;
  lts(a: Val, b: Val): Val;
  select(c: Val, a: Val, b: Val): Val;

  /** NZCV of a + b, of a - b, and of a logical result (C = V = 0); operands are kept lazily. */
  flagsAdd(a: Val, b: Val): void;
  flagsSub(a: Val, b: Val): void;
  flagsLogic(r: Val): void;
  /** a + b + carry (0 or 1): the sum, and NZCV when `set`. */
  adc(a: Val, b: Val, carry: Val, set: boolean): Val;
  /** NZCV from bits 3:0 of `v`. */
  flagsLiteral(v: Val): void;
  /** CCMP, CCMN: flags of the comparison when `cond` holds, `nzcv` otherwise. */
  flagsIf(cond: number, op: 'add' | 'sub', a: Val, b: Val, nzcv: Imm): void;
  /** NZCV as bits 3:0; and the carry alone. */
  nzcv(): Val;
  carry(): Val;
  /** Whether condition `cond` (0 to 15) holds on the current flags. */
  holds(cond: number): Val;

  load(va: Val, access: Access): Val;
  /** Two elements of `size` at `va` and `va + size`; one check for both. */
  load2(va: Val, access: Access): readonly [Val, Val];
  store(va: Val, v: Val, access: Access): void;
  store2(va: Val, a: Val, b: Val, access: Access): void;
  /** Checks the address for writing; stores only if `c`. */
  storeIf(c: Val, va: Val, v: Val, access: Access): void;
  storeIf2(c: Val, va: Val, a: Val, b: Val, access: Access): void;
  /** Reads, and stores `update` of what was read; one check, for writing. Returns what was read. */
  rmw(va: Val, access: Access, update: (old: Val) => Val): Val;
  rmw2(va: Val, access: Access, update: (low: Val, high: Val) => readonly [Val, Val]): readonly [Val, Val];
  monitorSet(va: Val, bytes: number): void;
  monitorHolds(va: Val, bytes: number): Val;
  monitorClear(): void;

  /** Address of this instruction. */
  pc(): Val;
  /** Branches to `to`; the hint tells calls and returns apart. */
  jump(to: Val, hint?: 'call' | 'return'): void;
  /** Branches by `words` instructions, a signed field of `bits` bits, when `c`. */
  branchIf(c: Val, words: Imm, bits: number): void;
  /** Branches by `words` instructions, a signed field of `bits` bits. */
  branch(words: Imm, bits: number, hint?: 'call'): void;

  step(action: StepAction): void;
  /** A barrier or a hint that does nothing here but count. */
  count(event: 'isb' | 'dsb' | 'dmb' | 'hint'): void;
}
