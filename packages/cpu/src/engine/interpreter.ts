/**
 * Executes single instructions through Eval: fetch, decode (remembered by word), definition. Interrupts, exceptions and
 * the budget are `run.ts`'s business; this file knows one instruction.
 */
import type { Decoder } from '../arch/insn/decoder.ts';
import type { Row } from '../arch/insn/row.ts';
import { UNKNOWN_SYNDROME } from '../arch/esr.ts';
import { operandPlan, operandsOf, type AnyDefinition, type OperandPlan } from '../sem/semantics.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { Eval } from './eval.ts';
import { PE } from './layout.ts';
import type { EvalHost } from './parts.ts';

/** What became of an instruction. `exception`: in the PE's slot. `native`: the PC is in native text. `unimplemented`: no definition. */
export type StepResult = 'retired' | 'exception' | 'native' | 'unimplemented';

interface DecodedWord {
  readonly word: number;
  readonly row: Row | null;
  readonly define: AnyDefinition | null;
  readonly operands: Readonly<Record<string, number>>;
}

const CACHE_SIZE = 8192;
const NO_OPERANDS: Readonly<Record<string, number>> = {};

export class Interpreter {
  readonly #state: CpuState;
  readonly #host: EvalHost;
  readonly #eval: Eval;
  readonly #decoder: Decoder;
  readonly #definitions: readonly (AnyDefinition | null)[];
  readonly #plans: (OperandPlan | undefined)[];
  readonly #cache: (DecodedWord | undefined)[] = new Array<DecodedWord | undefined>(CACHE_SIZE);

  /** `definitions` by row index; null where a row has none. */
  constructor(state: CpuState, host: EvalHost, evaluate: Eval, decoder: Decoder, definitions: readonly (AnyDefinition | null)[]) {
    this.#state = state;
    this.#host = host;
    this.#eval = evaluate;
    this.#decoder = decoder;
    this.#definitions = definitions;
    this.#plans = new Array<OperandPlan | undefined>(decoder.rows.length);
  }

  /** Executes the instruction at the PC. */
  step(): StepResult {
    const state = this.#state;
    const { memory, exception } = this.#host;
    if (!memory.fetch(state.lo(PE.PC), state.hi(PE.PC))) return memory.nativeAddress >= 0 ? 'native' : 'exception';
    const decoded = this.decode(memory.word);
    const { define } = decoded;
    if (define === null) {
      if (decoded.row !== null && decoded.row.undefinedBecause === null) return 'unimplemented';
      exception.sync(UNKNOWN_SYNDROME);
      return 'exception';
    }
    this.#eval.begin();
    define(this.#eval, decoded.operands);
    return this.#eval.end() ? 'retired' : 'exception';
  }

  /** The word with its row, definition and operands. */
  decode(word: number): DecodedWord {
    const at = (word ^ (word >>> 13)) & (CACHE_SIZE - 1);
    const known = this.#cache[at];
    if (known?.word === word) return known;
    const index = this.#decoder.decode(word);
    const row = this.#decoder.rows[index] ?? null;
    const decoded: DecodedWord = {
      word,
      row,
      define: this.#definitions[index] ?? null,
      operands: row === null ? NO_OPERANDS : operandsOf((this.#plans[index] ??= operandPlan(row)), word),
    };
    this.#cache[at] = decoded;
    return decoded;
  }
}
