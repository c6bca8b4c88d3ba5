/**
 * Conditions on the lazy flags of the PE block, where their kind is not known: comparisons, subtractions and logical
 * results are answered in place, the others through the helper that computes NZCV.
 */
import { W, I32, type CodeWriter } from '../emit/wasm.ts';
import { CONDITION_TRUTH, PAIR } from './flags-code.ts';
import { LOCAL, PE_LOCAL, type Frame } from './frame.ts';
import { HELPER } from './helpers.ts';
import { FLAGS, PE } from './layout.ts';

const COMPARISONS: Readonly<Record<number, number>> = {
  [PAIR.EQ]: W.i64Eq, [PAIR.CS]: W.i64GeU, [PAIR.HI]: W.i64GtU, [PAIR.GE]: W.i64GeS, [PAIR.GT]: W.i64GtS,
};
const SUBTRACTIONS = (1 << FLAGS.SUB32) | (1 << FLAGS.SUB64);
const LOGICAL = (1 << FLAGS.LOGIC32) | (1 << FLAGS.LOGIC64);

export class MemoryFlags {
  readonly #code: CodeWriter;
  #frame!: Frame;

  constructor(code: CodeWriter) {
    this.#code = code;
  }

  begin(frame: Frame): void {
    this.#frame = frame;
  }

  /** Leaves 1 or 0 on the stack: whether `cond` (below AL) holds. Uses the locals of CCMP and {@link LOCAL.FLAGS_KIND}. */
  condition(cond: number): void {
    const code = this.#code;
    const pair = cond >> 1;
    // A logical result is compared with 0 as if by subtraction, which gives it a carry: not for CS and HI.
    const quick = pair === PAIR.VS ? 0 : SUBTRACTIONS | (pair === PAIR.CS || pair === PAIR.HI ? 0 : LOGICAL);
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.FLAGS_KIND);
    code.set(LOCAL.FLAGS_KIND);
    if (quick !== 0) {
      code.i32(quick);
      code.get(LOCAL.FLAGS_KIND);
      code.op(W.i32ShrU);
      code.i32(1);
      code.op(W.i32And);
      code.open(W.if, I32);
      this.#compare(pair);
      code.op(W.else);
    }
    this.#fromNzcv(pair);
    if (quick !== 0) code.op(W.end);
    if ((cond & 1) === 1) code.op(W.i32Eqz);
  }

  /** Narrow operands move to the top half, where every comparison comes out the same. */
  #compare(pair: number): void {
    const code = this.#code;
    const { comparedA, comparedB } = this.#frame;
    code.get(LOCAL.FLAGS_KIND);
    code.i32(1);
    code.op(W.i32And);
    code.i32(5);
    code.op(W.i32Shl);
    code.op(W.i64ExtendI32U);
    code.set(comparedB);
    this.#operand(PE.FLAGS_A);
    code.get(comparedB);
    code.op(W.i64Shl);
    code.set(comparedA);
    if (pair === PAIR.CS || pair === PAIR.HI) this.#operand(PE.FLAGS_B);
    else {
      code.i64(0, 0);
      this.#operand(PE.FLAGS_B);
      code.get(LOCAL.FLAGS_KIND);
      code.i32(FLAGS.LOGIC32);
      code.op(W.i32GeU);
      code.op(W.select);
    }
    code.get(comparedB);
    code.op(W.i64Shl);
    code.set(comparedB);
    code.get(comparedA);
    code.get(comparedB);
    if (pair === PAIR.MI) {
      code.op(W.i64Sub);
      code.i64(0, 0);
      code.op(W.i64LtS);
    } else code.op(COMPARISONS[pair]!);
  }

  #fromNzcv(pair: number): void {
    const code = this.#code;
    code.i32(CONDITION_TRUTH[pair]!);
    this.nzcv();
    code.op(W.i32ShrU);
    code.i32(1);
    code.op(W.i32And);
  }

  /** Leaves NZCV as bits 3:0 on the stack. */
  nzcv(): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.FLAGS_KIND);
    this.#operand(PE.FLAGS_A);
    this.#operand(PE.FLAGS_B);
    code.call(HELPER.flags);
  }

  #operand(offset: number): void {
    this.#code.get(PE_LOCAL);
    this.#code.memory(W.i64Load, offset);
  }
}
