/**
 * Code for conditions on lazy flags. Flags are (kind, a, b) in locals; where the kind is known when code is made, a
 * condition is a comparison of the operands; where it is not, the runtime's helper computes NZCV.
 */
import { W, type CodeWriter } from '../emit/wasm.ts';
import { LOCAL, type Frame } from './frame.ts';
import { HELPER } from './helpers.ts';
import { FLAGS } from './layout.ts';

/** What is known of the flags at a point of the code. */
export interface KnownFlags {
  /** A kind of `FLAGS`, or -1. */
  readonly kind: number;
  /** After CCMP and CCMN: the NZCV that holds when they did not compare; otherwise -1. */
  readonly otherwise: number;
}

export const UNKNOWN_FLAGS: KnownFlags = { kind: -1, otherwise: -1 };

/** Comparison of SUB by condition pair (EQ, CS, ..., GT), 32 and 64 bits; 0: not one comparison. */
const SUB_COMPARISONS: readonly (readonly [number, number])[] = [
  [W.i32Eq, W.i64Eq], [W.i32GeU, W.i64GeU], [0, 0], [0, 0], [W.i32GtU, W.i64GtU], [W.i32GeS, W.i64GeS], [W.i32GtS, W.i64GtS],
];

/** Pairs of conditions that are each other's opposite. */
export const PAIR = { EQ: 0, CS: 1, MI: 2, VS: 3, HI: 4, GE: 5, GT: 6 } as const;

export class FlagsCode {
  readonly #code: CodeWriter;
  #frame!: Frame;
  known: KnownFlags = UNKNOWN_FLAGS;

  constructor(code: CodeWriter) {
    this.#code = code;
  }

  begin(frame: Frame): void {
    this.#frame = frame;
  }

  /** Leaves 1 or 0 on the stack: whether `cond` (below AL) holds. */
  condition(cond: number): void {
    const { kind, otherwise } = this.known;
    const code = this.#code;
    const pair = cond >> 1;
    const inverted = (cond & 1) === 1;
    if (otherwise < 0) {
      this.#holds(pair, kind, this.#frame.flagsA, this.#frame.flagsB, inverted);
      return;
    }
    // CCMP: the comparison where it was made, otherwise a constant.
    this.#holds(pair, kind, this.#frame.comparedA, this.#frame.comparedB, inverted);
    const constant = pairHolds(pair, otherwise) !== inverted;
    code.get(LOCAL.COMPARED);
    if (constant) code.op(W.i32Eqz);
    code.op(constant ? W.i32Or : W.i32And);
  }

  /** Leaves NZCV as bits 3:0 on the stack. */
  nzcv(): void {
    const code = this.#code;
    if (this.known.kind === FLAGS.LITERAL && this.known.otherwise < 0) {
      code.get(this.#frame.flagsA);
      code.op(W.i32WrapI64);
      return;
    }
    code.get(LOCAL.FLAGS_KIND);
    code.get(this.#frame.flagsA);
    code.get(this.#frame.flagsB);
    code.call(HELPER.flags);
  }

  #holds(pair: number, kind: number, a: number, b: number, inverted: boolean): void {
    const done = kind < 0 || kind === FLAGS.LITERAL ? false : this.#compare(pair, kind, a, b);
    if (!done) {
      this.#generic(pair, kind, a, b);
    }
    if (inverted) this.#code.op(W.i32Eqz);
  }

  /** One comparison; false if the kind does not offer one. */
  #compare(pair: number, kind: number, a: number, b: number): boolean {
    if (kind === FLAGS.SUB32 || kind === FLAGS.SUB64) return this.#compareSub(pair, kind === FLAGS.SUB64 ? 1 : 0, a, b);
    if (kind === FLAGS.ADD32 || kind === FLAGS.ADD64) return this.#compareAdd(pair, kind === FLAGS.ADD64 ? 1 : 0, a, b);
    this.#compareLogic(pair, kind === FLAGS.LOGIC64 ? 1 : 0, a);
    return true;
  }

  #compareSub(pair: number, wide: 0 | 1, a: number, b: number): boolean {
    const code = this.#code;
    if (pair === PAIR.VS) return false;
    this.#operand(a, wide);
    this.#operand(b, wide);
    if (pair === PAIR.MI) {
      code.op(wide === 1 ? W.i64Sub : W.i32Sub);
      this.#negative(wide);
    } else code.op(SUB_COMPARISONS[pair]![wide]);
    return true;
  }

  #compareAdd(pair: number, wide: 0 | 1, a: number, b: number): boolean {
    if (pair > PAIR.MI) return false;
    const code = this.#code;
    this.#operand(a, wide);
    this.#operand(b, wide);
    code.op(wide === 1 ? W.i64Add : W.i32Add);
    if (pair === PAIR.EQ) code.op(wide === 1 ? W.i64Eqz : W.i32Eqz);
    else if (pair === PAIR.MI) this.#negative(wide);
    else {
      this.#operand(a, wide);
      code.op(wide === 1 ? W.i64LtU : W.i32LtU);
    }
    return true;
  }

  /** C and V are 0. */
  #compareLogic(pair: number, wide: 0 | 1, a: number): void {
    const code = this.#code;
    if (pair === PAIR.CS || pair === PAIR.VS || pair === PAIR.HI) {
      code.i32(0);
      return;
    }
    this.#operand(a, wide);
    if (pair === PAIR.EQ) code.op(wide === 1 ? W.i64Eqz : W.i32Eqz);
    else if (pair === PAIR.MI) this.#negative(wide);
    else {
      this.#zero(wide);
      if (pair === PAIR.GE) code.op(wide === 1 ? W.i64GeS : W.i32GeS);
      else code.op(wide === 1 ? W.i64GtS : W.i32GtS);
    }
  }

  #operand(local: number, wide: 0 | 1): void {
    this.#code.get(local);
    if (wide === 0) this.#code.op(W.i32WrapI64);
  }

  #zero(wide: 0 | 1): void {
    if (wide === 1) this.#code.i64(0, 0);
    else this.#code.i32(0);
  }

  #negative(wide: 0 | 1): void {
    this.#zero(wide);
    this.#code.op(wide === 1 ? W.i64LtS : W.i32LtS);
  }

  /** From NZCV: through {@link LOCAL.ENTRY}, which is free here. */
  #generic(pair: number, kind: number, a: number, b: number): void {
    const code = this.#code;
    if (kind === FLAGS.LITERAL) {
      code.get(a);
      code.op(W.i32WrapI64);
    } else {
      if (kind < 0) code.get(LOCAL.FLAGS_KIND);
      else code.i32(kind);
      code.get(a);
      code.get(b);
      code.call(HELPER.flags);
    }
    code.set(LOCAL.ENTRY);
    code.i32(CONDITION_TRUTH[pair]!);
    code.get(LOCAL.ENTRY);
    code.op(W.i32ShrU);
    code.i32(1);
    code.op(W.i32And);
  }
}

/** ConditionHolds for a pair of conditions, without inversion. */
function pairHolds(pair: number, nzcv: number): boolean {
  return ((CONDITION_TRUTH[pair]! >>> nzcv) & 1) === 1;
}

/** By pair: bit `NZCV` of 16 says whether it holds. */
export const CONDITION_TRUTH: readonly number[] = [0, 1, 2, 3, 4, 5, 6].map((pair) => {
  let table = 0;
  for (let nzcv = 0; nzcv < 16; nzcv++) {
    const n = (nzcv & 8) !== 0;
    const z = (nzcv & 4) !== 0;
    const c = (nzcv & 2) !== 0;
    const v = (nzcv & 1) !== 0;
    const holds = [z, c, n, v, c && !z, n === v, n === v && !z][pair]!;
    if (holds) table |= 1 << nzcv;
  }
  return table;
});
