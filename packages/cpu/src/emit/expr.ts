/**
 * Expressions of one region: nodes in typed arrays, with constants folded as they are made. A node is pure; what has an
 * effect or an order is a statement of the recorder. Nodes live until `resetNodes`.
 *
 * Operations between {@link W.i32Eqz} and {@link W.i64Extend32S} are WebAssembly's own opcodes; the others are {@link NODE}.
 */
import { InvariantError } from '../invariant.ts';
import type { Val, Width } from './builder.ts';
import { add64, out, sar64, shl64, shr64, sub64 } from './int64.ts';
import { W } from './wasm.ts';

/** Operations beside WebAssembly's unary and binary ones. Operands are in a, b, c of the node. */
export const NODE = {
  /** The words a and b. */
  CONST: 0x100,
  /** Register a; b is the statement reserved by `let`, or -1. */
  REG: 0x101,
  /** Temporary a of the width's type. */
  TEMP: 0x102,
  /** c ? a : b. */
  SELECT: 0x103,
  /** Condition a on the current flags; the flags as bits 3:0. */
  HOLDS: 0x104,
  NZCV: 0x105,
  UDIV: 0x106,
  SDIV: 0x107,
  UMULH: 0x108,
  SMULH: 0x109,
  /** NZCV of a + b + c, operands extended to 64 bits. */
  ADC_FLAGS: 0x10a,
  RBIT: 0x10b,
  /** a: accumulator, b: value as 64 bits, c: bytes | castagnoli << 4. */
  CRC32: 0x10c,
  /** Whether the monitor holds address a for b bytes. */
  MONITOR_HOLDS: 0x10d,
  /** The cell of the PE block at offset a, of the node's width. */
  CELL: 0x10e,
  /** V register a. */
  VREG: 0x10f,
  /** The bits of floating-point node a. */
  FLOAT_BITS: 0x110,
  /** a + b * c of numbers as bits, with one rounding; a NaN where the helper cannot say. */
  FMA: 0x111,
  /** b if a, otherwise 0; b is not computed then. */
  AND_THEN: 0x112,

  // Leaves of a builder whose operands are opaque.
  /** Immediate field a of the word; and the address of the instruction. */
  FIELD: 0x200,
  PC: 0x201,
  /** A mask of DecodeBitMasks: a: N | 2 for tmask, b: field imms, c: field immr. */
  BIT_MASK: 0x202,
  /** Whether the condition that node a gives holds. */
  HOLDS_FIELD: 0x203,
} as const;

/** An operation of WebAssembly's SIMD: its opcode is added to this; a lane or a table of lanes is c. */
export const SIMD_NODE = 0x400;
/** A floating-point instruction: its opcode is added to this. */
export const FLOAT_NODE = 0x600;
/** Widths of nodes of 128 bits, and of numbers. */
export const VECTOR = 2;
export const SINGLE = 3;
export const DOUBLE = 4;

/** More nodes than any region of one page needs: region forming stops before. */
export const NODE_LIMIT = 1 << 16;

/** Whether a WebAssembly opcode takes one operand. */
export function isUnary(op: number): boolean {
  return op === W.i32Eqz || op === W.i64Eqz || op === W.i32Clz || op === W.i64Clz || op >= W.i32WrapI64;
}

export abstract class ExprStore {
  readonly op = new Uint16Array(NODE_LIMIT);
  readonly a = new Int32Array(NODE_LIMIT);
  readonly b = new Int32Array(NODE_LIMIT);
  readonly c = new Int32Array(NODE_LIMIT);
  readonly wide = new Uint8Array(NODE_LIMIT);
  nodes = 0;

  /** Evaluates once, here. */
  abstract let(v: Val): Val;

  resetNodes(): void {
    this.nodes = 0;
  }

  protected node(op: number, wide: number, a = 0, b = 0, c = 0): Val {
    const at = this.nodes++;
    if (at >= NODE_LIMIT) throw new InvariantError('a region has more expressions than a page can need');
    this.op[at] = op;
    this.wide[at] = wide;
    this.a[at] = a;
    this.b[at] = b;
    this.c[at] = c;
    return at as Val;
  }

  protected constant(lo: number, hi: number, wide: number): Val {
    return this.node(NODE.CONST, wide, lo | 0, wide === 1 ? hi | 0 : 0);
  }

  isConst(v: Val): boolean {
    return this.op[v] === NODE.CONST;
  }

  /** Whether `v` is the constant `n`, sign-extended. */
  #is(v: Val, n: number): boolean {
    return this.op[v] === NODE.CONST && this.a[v] === n && (this.wide[v] === 0 || this.b[v] === n >> 31);
  }

  imm(n: number, w: Width = 64): Val {
    return this.constant(n, 0, w === 64 ? 1 : 0);
  }

  // ---- Arithmetic --------------------------------------------------------------------------------------------------

  #binary(op32: number, op64: number, a: Val, b: Val): Val {
    const wide = this.wide[a]!;
    return this.node(wide === 1 ? op64 : op32, wide, a, b);
  }

  #folded(wide: number): Val {
    return this.constant(out.lo, out.hi, wide);
  }

  add(a: Val, b: Val): Val {
    if (this.isConst(a) && this.isConst(b)) {
      add64(this.a[a]!, this.b[a]!, this.a[b]!, this.b[b]!);
      return this.#folded(this.wide[a]!);
    }
    if (this.#is(b, 0)) return a;
    if (this.#is(a, 0)) return b;
    return this.#binary(W.i32Add, W.i64Add, a, b);
  }

  sub(a: Val, b: Val): Val {
    if (this.isConst(a) && this.isConst(b)) {
      sub64(this.a[a]!, this.b[a]!, this.a[b]!, this.b[b]!);
      return this.#folded(this.wide[a]!);
    }
    return this.#is(b, 0) ? a : this.#binary(W.i32Sub, W.i64Sub, a, b);
  }

  mul(a: Val, b: Val): Val {
    return this.#binary(W.i32Mul, W.i64Mul, a, b);
  }

  umulh(a: Val, b: Val): Val {
    return this.node(NODE.UMULH, 1, a, b);
  }

  smulh(a: Val, b: Val): Val {
    return this.node(NODE.SMULH, 1, a, b);
  }

  udiv(a: Val, b: Val): Val {
    return this.node(NODE.UDIV, this.wide[a]!, this.let(a), this.let(b));
  }

  sdiv(a: Val, b: Val): Val {
    return this.node(NODE.SDIV, this.wide[a]!, this.let(a), this.let(b));
  }

  // ---- Logic -------------------------------------------------------------------------------------------------------

  and(a: Val, b: Val): Val {
    if (this.isConst(a)) return this.isConst(b) ? this.constant(this.a[a]! & this.a[b]!, this.b[a]! & this.b[b]!, this.wide[a]!) : this.and(b, a);
    if (this.#is(b, -1)) return a;
    if (this.#is(b, 0)) return b;
    return this.#maskedRotation(a, b) ?? this.#binary(W.i32And, W.i64And, a, b);
  }

  /** A rotation of which the mask keeps one side only is a shift: what UBFX, LSL and BFI come to. */
  #maskedRotation(a: Val, mask: Val): Val | null {
    const { op } = this;
    if (!this.isConst(mask) || (op[a] !== W.i32Rotr && op[a] !== W.i64Rotr)) return null;
    const count = this.b[a]! as Val;
    if (!this.isConst(count)) return null;
    const wide = this.wide[a]!;
    const width = wide === 1 ? 64 : 32;
    const right = this.a[count]! & (width - 1);
    const low = this.#ones(width - right, wide);
    const value = this.a[a]! as Val;
    if (this.#covers(low, mask)) return this.#maskUnless(this.#shiftBy('shr', value, right), mask, low);
    const high = this.not(this.#ones(width - right, wide));
    return this.#covers(high, mask) ? this.#maskUnless(this.#shiftBy('shl', value, width - right), mask, high) : null;
  }

  #maskUnless(value: Val, mask: Val, implied: Val): Val {
    if (this.a[mask] === this.a[implied] && this.b[mask] === this.b[implied]) return value;
    return this.#binary(W.i32And, W.i64And, value, mask);
  }

  #covers(outer: Val, inner: Val): boolean {
    return (this.a[inner]! & ~this.a[outer]!) === 0 && (this.b[inner]! & ~this.b[outer]!) === 0;
  }

  /** `count` ones from bit 0. */
  #ones(count: number, wide: number): Val {
    if (count >= (wide === 1 ? 64 : 32)) return this.constant(-1, -1, wide);
    shl64(1, 0, count);
    sub64(out.lo, out.hi, 1, 0);
    return this.#folded(wide);
  }

  or(a: Val, b: Val): Val {
    if (this.isConst(a)) return this.isConst(b) ? this.constant(this.a[a]! | this.a[b]!, this.b[a]! | this.b[b]!, this.wide[a]!) : this.or(b, a);
    return this.#is(b, 0) ? a : this.#binary(W.i32Or, W.i64Or, a, b);
  }

  xor(a: Val, b: Val): Val {
    if (this.isConst(a)) return this.isConst(b) ? this.constant(this.a[a]! ^ this.a[b]!, this.b[a]! ^ this.b[b]!, this.wide[a]!) : this.xor(b, a);
    return this.#is(b, 0) ? a : this.#binary(W.i32Xor, W.i64Xor, a, b);
  }

  not(a: Val): Val {
    return this.xor(a, this.constant(-1, -1, this.wide[a]!));
  }

  // ---- Shifts ------------------------------------------------------------------------------------------------------

  shl(a: Val, n: Val): Val {
    if (!this.isConst(n)) return this.#binary(W.i32Shl, W.i64Shl, a, n);
    return this.#shiftBy('shl', a, this.a[n]!);
  }

  shr(a: Val, n: Val): Val {
    if (!this.isConst(n)) return this.#binary(W.i32ShrU, W.i64ShrU, a, n);
    return this.#shiftedBack(a, n, W.i32Shl, W.i64Shl) ?? this.#shiftBy('shr', a, this.a[n]!);
  }

  sar(a: Val, n: Val): Val {
    if (!this.isConst(n)) return this.#binary(W.i32ShrS, W.i64ShrS, a, n);
    return this.#extension(a, n) ?? this.#shiftBy('sar', a, this.a[n]!);
  }

  #shiftBy(kind: 'shl' | 'shr' | 'sar', a: Val, amount: number): Val {
    const wide = this.wide[a]!;
    const n = amount & (wide === 1 ? 63 : 31);
    if (n === 0) return a;
    if (this.isConst(a)) return this.#shiftedConstant(kind, a, n);
    const ops = kind === 'shl' ? [W.i32Shl, W.i64Shl] : kind === 'shr' ? [W.i32ShrU, W.i64ShrU] : [W.i32ShrS, W.i64ShrS];
    return this.node(ops[wide]!, wide, a, this.constant(n, 0, wide));
  }

  #shiftedConstant(kind: 'shl' | 'shr' | 'sar', a: Val, n: number): Val {
    const lo = this.a[a]!;
    const hi = this.b[a]!;
    if (this.wide[a] === 0) return this.constant(kind === 'shl' ? lo << n : kind === 'shr' ? lo >>> n : lo >> n, 0, 0);
    if (kind === 'shl') shl64(lo, hi, n);
    else if (kind === 'shr') shr64(lo, hi, n);
    else sar64(lo, hi, n);
    return this.#folded(1);
  }

  /** (x << m) >> n with n >= m and a narrow result is a shift and a mask: UBFX, UXTB. */
  #shiftedBack(a: Val, n: Val, shl32: number, shl64Op: number): Val | null {
    const wide = this.wide[a]!;
    if (this.op[a] !== (wide === 1 ? shl64Op : shl32) || !this.isConst(this.b[a]! as Val)) return null;
    const width = wide === 1 ? 64 : 32;
    const left = this.a[this.b[a]!]!;
    const right = this.a[n]! & (width - 1);
    if (right < left || width - right > 31) return null;
    return this.#binary(W.i32And, W.i64And, this.#shiftBy('shr', this.a[a]! as Val, right - left), this.#ones(width - right, wide));
  }

  /** (x << n) >> n, arithmetic, by a whole number of bytes, is a sign extension: SXTB, SXTH, SXTW. */
  #extension(a: Val, n: Val): Val | null {
    const wide = this.wide[a]!;
    if (this.op[a] !== (wide === 1 ? W.i64Shl : W.i32Shl)) return null;
    const count = this.b[a]! as Val;
    const width = wide === 1 ? 64 : 32;
    const right = this.a[n]! & (width - 1);
    if (!this.isConst(count) || this.a[count] !== right) return null;
    const op = extensionOp(width - right, wide);
    return op === 0 ? null : this.node(op, wide, this.a[a]);
  }

  ror(a: Val, n: Val): Val {
    return this.isConst(n) && (this.a[n]! & (this.wide[a] === 1 ? 63 : 31)) === 0 ? a : this.#binary(W.i32Rotr, W.i64Rotr, a, n);
  }

  clz(a: Val): Val {
    const wide = this.wide[a]!;
    return this.node(wide === 1 ? W.i64Clz : W.i32Clz, wide, a);
  }

  rbit(a: Val): Val {
    return this.node(NODE.RBIT, this.wide[a]!, a);
  }

  /** Swaps bytes, then 16-bit halves, then words, as far as the group goes. */
  rev(a: Val, bytes: 2 | 4 | 8): Val {
    const wide = this.wide[a]!;
    const swapped = this.#swap(a, 8, 0x00ff_00ff);
    if (bytes === 2) return swapped;
    if (wide === 0) return this.ror(swapped, this.constant(16, 0, 0));
    const words = this.#swap(swapped, 16, 0x0000_ffff);
    return bytes === 4 ? words : this.ror(words, this.constant(32, 0, 1));
  }

  /** Exchanges neighbouring groups of `by` bits; `mask` selects the lower ones. */
  #swap(a: Val, by: number, mask: number): Val {
    const wide = this.wide[a]!;
    const value = this.let(a);
    const lower = this.constant(mask, mask, wide);
    return this.or(this.and(this.#shiftBy('shr', value, by), lower), this.#shiftBy('shl', this.and(value, lower), by));
  }

  // ---- Widths ------------------------------------------------------------------------------------------------------

  /** The value as 64 bits, zero-extended, or as its low 32 bits. */
  protected widen(a: Val): Val {
    if (this.wide[a] === 1) return a;
    return this.isConst(a) ? this.constant(this.a[a]!, 0, 1) : this.node(W.i64ExtendI32U, 1, a);
  }

  protected narrow(a: Val): Val {
    if (this.wide[a] === 0) return a;
    if (this.isConst(a)) return this.constant(this.a[a]!, 0, 0);
    // A register is read at either width: the copy keeps the statement that `let` reserved.
    if (this.op[a] === NODE.REG && this.b[a]! < 0) return this.node(NODE.REG, 0, this.a[a], -1);
    return this.node(W.i32WrapI64, 0, a);
  }

  zext(a: Val, bits: number, to: Width): Val {
    const source = bits <= 32 ? this.narrow(a) : a;
    const masked = bits >= (bits <= 32 ? 32 : 64) ? source : this.and(source, this.#ones(bits, this.wide[source]!));
    return to === 64 ? this.widen(masked) : this.narrow(masked);
  }

  sext(a: Val, bits: number, to: Width): Val {
    const wide = to === 64 ? 1 : 0;
    const width = to;
    const source = to === 64 ? this.widen(a) : this.narrow(a);
    if (bits >= width) return source;
    const op = extensionOp(bits, wide);
    if (op !== 0 && !this.isConst(source)) return this.node(op, wide, source);
    return this.#shiftBy('sar', this.#shiftBy('shl', source, width - bits), width - bits);
  }

  crc32(acc: Val, value: Val, bytes: 1 | 2 | 4 | 8, castagnoli: boolean): Val {
    return this.node(NODE.CRC32, 0, acc, this.widen(value), bytes | (castagnoli ? 16 : 0));
  }

  // ---- Comparisons -------------------------------------------------------------------------------------------------

  eq(a: Val, b: Val): Val {
    if (this.isConst(a) && !this.isConst(b)) return this.eq(b, a);
    if (this.isConst(b)) {
      if (this.isConst(a)) return this.constant(this.a[a] === this.a[b] && this.b[a] === this.b[b] ? 1 : 0, 0, 0);
      const bit = this.#testedBit(a);
      if (bit !== null && this.#is(b, 0)) return this.isZero(bit);
      if (bit !== null && this.#is(b, 1)) return this.not01(this.isZero(bit));
      if (this.#is(b, 0)) return isComparison(this.op[a]!) ? this.not01(a) : this.isZero(a);
    }
    return this.node(this.wide[a] === 1 ? W.i64Eq : W.i32Eq, 0, a, b);
  }

  /** (x >> n) & 1 as x & (1 << n): what TBZ asks. */
  #testedBit(a: Val): Val | null {
    if (this.op[a] !== W.i64And || !this.#is(this.b[a]! as Val, 1)) return null;
    const shifted = this.a[a]! as Val;
    if (this.op[shifted] !== W.i64ShrU) return null;
    const count = this.b[shifted]! as Val;
    if (!this.isConst(count)) return null;
    const n = this.a[count]!;
    const value = this.a[shifted]! as Val;
    return n < 31 ? this.and(this.narrow(value), this.constant(1 << n, 0, 0)) : this.and(value, this.#shiftBy('shl', this.imm(1), n));
  }

  protected isZero(a: Val): Val {
    return this.node(this.wide[a] === 1 ? W.i64Eqz : W.i32Eqz, 0, a);
  }

  /** The opposite of a condition. */
  protected not01(a: Val): Val {
    const op = this.op[a]!;
    if (op === W.i32Eqz || op === W.i64Eqz) {
      const inner = this.a[a]! as Val;
      return this.node(op === W.i64Eqz ? W.i64Ne : W.i32Ne, 0, inner, this.constant(0, 0, this.wide[inner]!));
    }
    if (op === NODE.HOLDS) return this.node(NODE.HOLDS, 0, this.a[a]! ^ 1);
    return this.node(W.i32Eqz, 0, a);
  }

  ltu(a: Val, b: Val): Val {
    return this.node(this.wide[a] === 1 ? W.i64LtU : W.i32LtU, 0, a, b);
  }

  lts(a: Val, b: Val): Val {
    return this.node(this.wide[a] === 1 ? W.i64LtS : W.i32LtS, 0, a, b);
  }

  select(c: Val, a: Val, b: Val): Val {
    const wide = this.wide[a]!;
    if (this.#is(a, 1) && this.#is(b, 0)) return wide === 1 ? this.widen(c) : c;
    if (this.#is(a, 0) && this.#is(b, 1)) return wide === 1 ? this.widen(this.not01(c)) : this.not01(c);
    return this.node(NODE.SELECT, wide, a, b, c);
  }
}

function isComparison(op: number): boolean {
  return op === NODE.HOLDS || op === NODE.MONITOR_HOLDS || (op >= W.i32Eqz && op <= W.i64GeU);
}

/** The sign extension from `bits`, or 0 where WebAssembly has none. */
function extensionOp(bits: number, wide: number): number {
  if (bits === 8) return wide === 1 ? W.i64Extend8S : W.i32Extend8S;
  if (bits === 16) return wide === 1 ? W.i64Extend16S : W.i32Extend16S;
  return bits === 32 && wide === 1 ? W.i64Extend32S : 0;
}
