/**
 * Executes single instructions through Eval: fetch, decode, definition. Interrupts, exceptions and
 * the budget are `run.ts`'s business; this file knows one instruction.
 */
import type { Decoder } from '../arch/insn/decoder.ts';
import { ILLEGAL_STATE_SYNDROME, UNKNOWN_SYNDROME } from '../arch/esr.ts';
import type { AnyDefinition } from '../sem/semantics.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import type { Eval } from './eval.ts';
import { MODE } from './layout.ts';
import type { EvalHost } from './parts.ts';
import { WordDecoder, type DecodedWord } from './word-decoder.ts';

/** What became of an instruction. `exception`: in the PE's slot. `native`: the PC is in native text. `unimplemented`: no definition. */
export type StepResult = 'retired' | 'exception' | 'native' | 'unimplemented';

// Constants of this module: see `CpuState`.
const { IL } = PSTATE;
const { FP_ENABLED } = MODE;

export class Interpreter {
  readonly #state: CpuState;
  readonly #host: EvalHost;
  readonly #eval: Eval;
  readonly #words: WordDecoder;

  /** `definitions` by row index; null where a row has none. */
  constructor(state: CpuState, host: EvalHost, evaluate: Eval, decoder: Decoder, definitions: readonly (AnyDefinition | null)[]) {
    this.#state = state;
    this.#host = host;
    this.#eval = evaluate;
    this.#words = new WordDecoder(decoder, definitions);
  }

  /** Executes the instruction at the PC. */
  step(): StepResult {
    const state = this.#state;
    const { memory } = this.#host;
    if (!memory.fetch(state.pcLo, state.pcHi)) return memory.nativeAddress >= 0 ? 'native' : 'exception';
    return this.execute(memory.word);
  }

  /** Executes `word` as the instruction at the PC, as if it had been fetched. */
  execute(word: number): StepResult {
    const state = this.#state;
    const { exception } = this.#host;
    // After faults of the fetch, before anything that the word says.
    if ((state.pstate & IL) !== 0) {
      exception.sync(ILLEGAL_STATE_SYNDROME);
      return 'exception';
    }
    const decoded = this.#words.decode(word);
    const { action, define } = decoded;
    if (action !== null) {
      this.#eval.begin();
      this.#eval.step(action);
      return this.#eval.end() ? 'retired' : 'exception';
    }
    if (define === null) {
      if (decoded.row !== null && decoded.row.undefinedBecause === null) return 'unimplemented';
      exception.sync(UNKNOWN_SYNDROME);
      return 'exception';
    }
    if (decoded.row!.usesFpSimd && (state.mode & FP_ENABLED) === 0) {
      this.#host.stepper.trapFpSimd();
      return 'exception';
    }
    this.#eval.begin();
    define(this.#eval, decoded.operands);
    return this.#eval.end() ? 'retired' : 'exception';
  }

  /** The word with its row, definition and operands. */
  decode(word: number): DecodedWord {
    return this.#words.decode(word);
  }
}
