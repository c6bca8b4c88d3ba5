// @ts-check
/** Our side of `check:fp`: the definition of a row, run by Eval on a PE block of its own. */
import { DEFINITIONS } from '../../../packages/cpu/dist/sem/index.js';
import { operandPlan, operandsOf } from '../../../packages/cpu/dist/sem/semantics.js';
import { Eval } from '../../../packages/cpu/dist/engine/eval.js';
import { PE } from '../../../packages/cpu/dist/engine/layout.js';
import { CpuState } from '../../../packages/cpu/dist/state/cpu-state.js';
import { setFpcr, setFpsr } from '../../../packages/cpu/dist/state/fp-state.js';
import { OPERAND } from './operands.mjs';

/** Words of a result as the harness writes it: V0, X0, NZCV, FPSR. */
export const RESULT = { V0: 0, X0: 4, NZCV: 6, FPSR: 7, WORDS: 8 };

export class Core {
  #state = new CpuState(new ArrayBuffer(0x2_0000), 0x1_0000);
  #eval = new Eval(this.#state, /** @type {any} */ ({}));

  /**
   * Runs the word on each operand; results one after the other. @param {import('./forms.mjs').Form} form @param {number} fpcr
   * @param {number} fpsr what FPSR is before each @param {Int32Array} operands @param {Int32Array} results
   */
  run({ row, word }, fpcr, fpsr, operands, results) {
    const state = this.#state;
    const evaluator = this.#eval;
    const { i32, word: base } = state;
    const define = DEFINITIONS[row.index];
    if (define === null || define === undefined) throw new Error(`${row.id} has no definition`);
    const named = operandsOf(operandPlan(row), word);
    const v = base + (PE.V >>> 2);
    setFpcr(state, fpcr);
    for (let at = 0, to = 0; at < operands.length; at += OPERAND.WORDS, to += RESULT.WORDS) {
      for (let i = 0; i < 16; i++) i32[v + i] = operands[at + i] ?? 0;
      state.set64(PE.X, 0, 0);
      state.set64(PE.X + 8, operands[at + OPERAND.X1] ?? 0, operands[at + OPERAND.X1 + 1] ?? 0);
      state.nzcv = 0;
      setFpsr(state, fpsr);
      evaluator.begin();
      define(evaluator, named);
      evaluator.end();
      for (let i = 0; i < 4; i++) results[to + i] = i32[v + i] ?? 0;
      results[to + RESULT.X0] = state.lo(PE.X);
      results[to + RESULT.X0 + 1] = state.hi(PE.X);
      results[to + RESULT.NZCV] = state.nzcv << 28;
      results[to + RESULT.FPSR] = state.get32(PE.FPSR);
    }
  }
}
