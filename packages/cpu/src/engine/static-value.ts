/**
 * What an expression over immediate fields and the address comes to for one word: the constant part of tier 0's builder.
 * An expression is turned into closures once a form, and called once a record; results go to `out` of `emit/int64.ts`.
 */
import type { InsnField } from '../arch/insn/pattern.ts';
import { decodeBitMasks } from '../emit/bit-masks.ts';
import type { Val } from '../emit/builder.ts';
import { NODE, type ExprStore } from '../emit/expr.ts';
import { add64, out, sar64, shl64, shr64, sub64 } from '../emit/int64.ts';
import { W } from '../emit/wasm.ts';
import { InvariantError } from '../invariant.ts';

/** Leaves the value for `word` at a PC in `out`; narrow values in its low word. */
export type StaticValue = (word: number, pcLo: number, pcHi: number) => void;

type Binary = (aLo: number, aHi: number, bLo: number, bHi: number) => void;

function halves(op: (a: number, b: number) => number): Binary {
  return (aLo, aHi, bLo, bHi) => {
    out.lo = op(aLo, bLo);
    out.hi = op(aHi, bHi);
  };
}

function low(op: (a: number, b: number) => number): Binary {
  return (aLo, _aHi, bLo) => {
    out.lo = op(aLo, bLo) | 0;
    out.hi = 0;
  };
}

const and = halves((a, b) => a & b);
const or = halves((a, b) => a | b);
const xor = halves((a, b) => a ^ b);

const BINARY: Readonly<Record<number, Binary>> = {
  [W.i32Add]: low((a, b) => a + b), [W.i32Sub]: low((a, b) => a - b), [W.i32And]: and, [W.i32Or]: or, [W.i32Xor]: xor,
  [W.i32Shl]: low((a, b) => a << b), [W.i32ShrU]: low((a, b) => a >>> b), [W.i32ShrS]: low((a, b) => a >> b),
  [W.i64Add]: add64, [W.i64Sub]: sub64, [W.i64And]: and, [W.i64Or]: or, [W.i64Xor]: xor,
  [W.i64Shl]: (lo, hi, n) => shl64(lo, hi, n & 63),
  [W.i64ShrU]: (lo, hi, n) => shr64(lo, hi, n & 63),
  [W.i64ShrS]: (lo, hi, n) => sar64(lo, hi, n & 63),
};

/** What a unary operation makes of the low word, and whether that is sign-extended. */
const UNARY: Readonly<Record<number, readonly [bits: number, signed: boolean]>> = {
  [W.i32WrapI64]: [32, false], [W.i64ExtendI32U]: [32, false], [W.i64ExtendI32S]: [32, true], [W.i64Extend32S]: [32, true],
  [W.i64Extend16S]: [16, true], [W.i64Extend8S]: [8, true],
};

export function staticValue(store: ExprStore, node: Val, fields: readonly InsnField[]): StaticValue {
  const a = store.a[node]!;
  const b = store.b[node]!;
  const op = store.op[node]!;
  switch (op) {
    case NODE.CONST: return () => put(a, b);
    case NODE.FIELD: return (word) => put(field(fields[a]!, word), 0);
    case NODE.PC: return (_, pcLo, pcHi) => put(pcLo, pcHi);
    case NODE.BIT_MASK: return bitMask(a, fields[b]!, fields[store.c[node]!]!, store.wide[node] === 1);
    default:
  }
  const first = staticValue(store, a as Val, fields);
  const extension = UNARY[op];
  if (extension !== undefined) return extended(first, ...extension);
  const binary = BINARY[op];
  if (binary === undefined) throw new InvariantError(`operation ${op.toString(16)} on immediates`);
  const second = staticValue(store, b as Val, fields);
  return (word, pcLo, pcHi) => {
    first(word, pcLo, pcHi);
    const { lo, hi } = out;
    second(word, pcLo, pcHi);
    binary(lo, hi, out.lo, out.hi);
  };
}

function put(lo: number, hi: number): void {
  out.lo = lo;
  out.hi = hi;
}

function field({ mask, lsb }: InsnField, word: number): number {
  return (word & mask) >>> lsb;
}

function bitMask(options: number, imms: InsnField, immr: InsnField, isWide: boolean): StaticValue {
  const top = (options & 2) !== 0;
  return (word) => {
    const { tLo, tHi, wLo, wHi } = decodeBitMasks(options & 1, field(imms, word), field(immr, word));
    put(top ? tLo : wLo, isWide ? (top ? tHi : wHi) : 0);
  };
}

function extended(value: StaticValue, bits: number, signed: boolean): StaticValue {
  return (word, pcLo, pcHi) => {
    value(word, pcLo, pcHi);
    const lo = (out.lo << (32 - bits)) >> (32 - bits);
    put(lo, signed ? lo >> 31 : 0);
  };
}
