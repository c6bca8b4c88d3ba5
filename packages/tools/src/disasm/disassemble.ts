/** The disassembler: words to text in the preferred form, with targets as symbols where these are known. */
import { decoderFor, FeatureSet, type Decoder, type Row } from '@worldswitch/cpu/arch';
import type { FormatContext } from '../syntax/codec.ts';
import { formatInstruction } from '../syntax/instructions.ts';
import { SymbolIndex, type AddressSymbol } from './symbols.ts';

/** What an unallocated word is printed as. */
export const UNALLOCATED_TEXT = 'udf-or-unallocated';

export interface DisassembleOptions {
  /** Address of the first word: 0 unless given. */
  readonly address?: bigint;
  /** Features whose encodings exist: all unless given. */
  readonly features?: FeatureSet;
  /** Symbols for targets. */
  readonly symbols?: SymbolIndex | readonly AddressSymbol[];
}

export interface DisassembledWord {
  readonly address: bigint;
  readonly word: number;
  /** Null for an unallocated word. */
  readonly row: Row | null;
  readonly text: string;
}

/** Disassembles word by word; make one for many words. */
export class Disassembler {
  readonly #decoder: Decoder;
  readonly #context: { address: bigint; symbol: FormatContext['symbol'] };

  constructor(options: Omit<DisassembleOptions, 'address'> = {}) {
    this.#decoder = decoderFor(options.features ?? FeatureSet.ALL);
    const symbols = options.symbols ?? [];
    const index = symbols instanceof SymbolIndex ? symbols : new SymbolIndex(symbols);
    this.#context = { address: 0n, symbol: (address) => index.describe(address) };
  }

  /** The row of a word, or null where it is unallocated. */
  row(word: number): Row | null {
    return this.#decoder.row(word);
  }

  /** The text of a word at an address. */
  text(word: number, address: bigint): string {
    const row = this.#decoder.row(word);
    if (row === null) return UNALLOCATED_TEXT;
    return this.format(row, word, address);
  }

  /** The text of a word whose row is known. */
  format(row: Row, word: number, address: bigint): string {
    this.#context.address = address;
    return formatInstruction(row, word, this.#context);
  }

  /** A word with its row and text. */
  word(word: number, address: bigint): DisassembledWord {
    const row = this.#decoder.row(word);
    return { address, word: word >>> 0, row, text: row === null ? UNALLOCATED_TEXT : this.format(row, word, address) };
  }
}

/** Disassembles one word. */
export function disassembleWord(word: number, options: DisassembleOptions = {}): DisassembledWord {
  return new Disassembler(options).word(word, options.address ?? 0n);
}

/** Disassembles little-endian words; up to three bytes that are left over at the end are not a word, and are ignored. */
export function disassemble(bytes: Uint8Array, options: DisassembleOptions = {}): DisassembledWord[] {
  const disassembler = new Disassembler(options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const base = options.address ?? 0n;
  return Array.from({ length: bytes.byteLength >> 2 }, (_, index) => disassembler.word(view.getUint32(index * 4, true), base + BigInt(index * 4)));
}
