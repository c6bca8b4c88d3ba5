/** What an instruction word means to the engine: row, definition, operands; remembered by word. */
import type { Decoder } from '../arch/insn/decoder.ts';
import type { Row } from '../arch/insn/row.ts';
import type { StepAction } from '../emit/builder.ts';
import { actionOf, operandPlan, operandsOf, type AnyDefinition, type OperandPlan } from '../sem/semantics.ts';

/** `row` is null where the word is unallocated, `define` where nothing executes it. */
export interface DecodedWord {
  readonly word: number;
  readonly row: Row | null;
  readonly define: AnyDefinition | null;
  readonly operands: Readonly<Record<string, number>>;
  /** What it does, where that is one step and nothing else. */
  readonly action: StepAction | null;
}

const CACHE_SIZE = 8192;
const NO_OPERANDS: Readonly<Record<string, number>> = {};

export class WordDecoder {
  readonly #decoder: Decoder;
  readonly #definitions: readonly (AnyDefinition | null)[];
  readonly #plans: (OperandPlan | undefined)[];
  readonly #cache: (DecodedWord | undefined)[] = new Array<DecodedWord | undefined>(CACHE_SIZE);

  /** `definitions` by row index; null where a row has none. */
  constructor(decoder: Decoder, definitions: readonly (AnyDefinition | null)[]) {
    this.#decoder = decoder;
    this.#definitions = definitions;
    this.#plans = new Array<OperandPlan | undefined>(decoder.rows.length);
  }

  decode(word: number): DecodedWord {
    const at = (word ^ (word >>> 13)) & (CACHE_SIZE - 1);
    const known = this.#cache[at];
    if (known?.word === word) return known;
    const index = this.#decoder.decode(word);
    const row = this.#decoder.rows[index] ?? null;
    const define = this.#definitions[index] ?? null;
    const operands = row === null ? NO_OPERANDS : operandsOf((this.#plans[index] ??= operandPlan(row)), word);
    const decoded: DecodedWord = { word, row, define, operands, action: define === null ? null : actionOf(define, operands) };
    this.#cache[at] = decoded;
    return decoded;
  }
}
