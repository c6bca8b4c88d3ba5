/** `disasm`: words from a file, from the command line or from the standard input, one row each. */
import type { FeatureSet, Row } from '@worldswitch/cpu/arch';
import { Disassembler, isElf, readElf, SymbolIndex, UNALLOCATED_TEXT, type ElfFile, type ImageSection } from '@worldswitch/tools';
import { isMistake, mistake, type Context, type Document, type Mistake, type Outcome, type RowStream } from '../command.ts';
import { readInput } from '../files.ts';
import { hex, hexAddress, hexWord, readAddress, readArch } from '../numbers.ts';
import { rowStatus } from '../row-status.ts';
import { hexWords } from '../word-stream.ts';

export interface DisasmRow {
  readonly address: string;
  readonly word: string;
  /** The row of the instruction table; null for an unallocated word and for data. */
  readonly row: string | null;
  readonly text: string;
  readonly feature: string | null;
  readonly status: 'implemented' | 'unimplemented' | 'undefined' | 'unallocated' | 'data';
  /** The symbol at this address, where labels were asked for. */
  readonly label?: string;
}

export interface DisasmDocument extends Document {
  readonly source: string;
  readonly rows: RowStream<DisasmRow>;
}

/** Words of one run, at addresses that follow one another. */
export interface Words {
  readonly address: bigint;
  readonly words: Uint32Array;
  /** Whether the word of this index is data; asked in order. */
  readonly isData?: (index: number) => boolean;
  readonly symbols?: SymbolIndex;
}

/** `e_type` of an object file that is not linked. */
const RELOCATABLE = 1;

/** Words that become rows in one step. */
const CHUNK = 8192;

export async function run(context: Context): Promise<Outcome> {
  const { values, operands } = context;
  const features = readArch(values.text('arch'));
  if (isMistake(features)) return features;
  const given = values.text('base');
  const base = given === null ? null : readAddress(given, '--base');
  if (base !== null && typeof base !== 'bigint') return base;
  if (values.has('labels') && (values.has('words') || values.has('stdin'))) return mistake('--labels: only an ELF file has symbols: leave it out');
  if (values.has('words') && values.has('stdin')) return mistake('disasm takes --words or --stdin, not both');
  if (values.has('words')) return wordOperands(operands, base ?? 0n, features);
  if (values.has('stdin')) return standardInput(context, base ?? 0n, features);
  return file(context, base, features);
}

function document(source: string, rows: RowStream<DisasmRow>): { readonly document: DisasmDocument } {
  const result: DisasmDocument = { schema: 'worldswitch.disasm/1', source, rows };
  return { document: result };
}

function wordOperands(operands: readonly string[], base: bigint, features: FeatureSet): Outcome {
  if (operands.length === 0) return mistake('disasm --words needs words: worldswitch disasm --words 0xd53c1100');
  const words = operands.map((text) => (/^(0x)?[0-9a-f]{1,8}$/i.test(text) ? parseInt(text, 16) : -1));
  const wrong = words.indexOf(-1);
  if (wrong >= 0) return mistake(`${operands[wrong] ?? ''} is no word: 32 bits in hexadecimal are expected, such as 0xd53c1100`);
  return document('words', rowsOf(oneRun({ address: base, words: Uint32Array.from(words) }), features));
}

function standardInput({ io, operands }: Context, base: bigint, features: FeatureSet): Outcome {
  if (operands.length > 0) return mistake(`disasm --stdin takes no file, but got ${operands.join(' ')}`);
  return document('stdin', rowsOf(hexWords(io.stdin, base), features));
}

async function file(context: Context, base: bigint | null, features: FeatureSet): Promise<Outcome> {
  const [path, ...more] = context.operands;
  if (path === undefined) return mistake('disasm needs a file, --words or --stdin: worldswitch disasm FILE');
  if (more.length > 0) return mistake(`disasm takes one file, but also got ${more.join(' ')} (for words: --words)`);
  const bytes = await readInput(context, path);
  if (isMistake(bytes)) return bytes;
  if (!isElf(bytes)) {
    if (context.values.has('labels')) return mistake(`--labels: only an ELF file has symbols, which ${path} is not: leave it out`);
    if (base === null) return mistake(`${path}: it is not an ELF file; for a flat binary give the address of its first byte: --base 0x40080000`);
    return { ...document(path, rowsOf(oneRun({ address: base, words: wordsOf(bytes) }), features)), ...noteOf([leftOut(path, bytes)]) };
  }
  if (base !== null) return mistake(`--base: ${path} says itself where it goes: leave it out`);
  const result = readElf(bytes);
  if (!result.ok) return mistake(`${path}: at offset ${hex(result.error.offset)}: ${result.error.message}: check that the file is complete`);
  const runs = codeOf(result.elf);
  const note = noteOf(result.elf.sections.filter(({ flags }) => flags.exec).map(({ name, bytes: contents }) => leftOut(`${path}: ${name}`, contents)));
  if (runs.length === 0) return mistake(`${path}: nothing in it is executable: for a part of memory, disassemble a flat binary with --base`);
  return { ...document(path, rowsOf(runsOf(runs), features, context.values.has('labels'))), ...note };
}

/** Says that there are bytes behind the last whole word; null where there are none. */
function leftOut(where: string, bytes: Uint8Array): string | null {
  const count = bytes.length % 4;
  return count === 0 ? null : `${where}: the last ${count === 1 ? 'byte is' : `${String(count)} bytes are`} no word, and left out\n`;
}

function noteOf(lines: readonly (string | null)[]): { readonly diagnostics?: string } {
  const text = lines.filter((line) => line !== null).join('');
  return text === '' ? {} : { diagnostics: text };
}

/** The executable sections, or the executable segments of a file without sections. */
function codeOf(elf: ElfFile): Words[] {
  const sections = elf.sections.filter(({ flags, bytes }) => flags.exec && bytes.length >= 4);
  const all = SymbolIndex.of(elf);
  // The sections of a relocatable file all begin at 0, so each has its own symbols.
  const symbolsOf = (section: ImageSection): SymbolIndex => (elf.type === RELOCATABLE ? SymbolIndex.of(elf, elf.sections.indexOf(section)) : all);
  if (sections.length > 0) return sections.map((section) => ({ address: section.address, words: wordsOf(section.bytes), isData: dataIn(elf, section), symbols: symbolsOf(section) }));
  return elf.segments.filter(({ exec, bytes }) => exec && bytes.length >= 4).map(({ address, bytes }) => ({ address, words: wordsOf(bytes) }));
}

/** By the mapping symbols `$x` and `$d`: which words of the section are data. */
function dataIn(elf: ElfFile, section: ImageSection): (index: number) => boolean {
  const number = elf.sections.indexOf(section);
  const marks = elf.symbols
    .filter((symbol) => symbol.section === number && /^\$[xd](?:\.|$)/.test(symbol.name))
    .map(({ name, value }) => ({ index: Number(value - section.address) / 4, isData: name.startsWith('$d') }))
    .sort((a, b) => a.index - b.index);
  let next = 0;
  let isData = false;
  return (index) => {
    for (; next < marks.length && marks[next]!.index <= index; next++) isData = marks[next]!.isData;
    return isData;
  };
}

/** Little-endian words; up to three bytes at the end that are no word are left out. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length >> 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < words.length; index++) words[index] = view.getUint32(index * 4, true);
  return words;
}

async function* oneRun(words: Words): AsyncIterable<Words> {
  await Promise.resolve();
  yield words;
}

async function* runsOf(runs: readonly Words[]): AsyncIterable<Words> {
  await Promise.resolve();
  yield* runs;
}

async function* rowsOf(runs: AsyncIterable<Words | Mistake>, features: FeatureSet, hasLabels = false): RowStream<DisasmRow> {
  let maker = new RowMaker(features, null, hasLabels);
  for await (const run of runs) {
    if (isMistake(run)) {
      yield run;
      return;
    }
    if (run.symbols !== undefined) maker = new RowMaker(features, run.symbols, hasLabels);
    for (let start = 0; start < run.words.length; start += CHUNK) yield maker.rows(run, start, Math.min(start + CHUNK, run.words.length));
  }
}

/** Makes rows of words; what depends only on the row of the table is worked out once. */
class RowMaker {
  readonly #disassembler: Disassembler;
  readonly #labels: SymbolIndex | null;
  readonly #facts: { readonly feature: string | null; readonly status: DisasmRow['status'] }[] = [];

  constructor(features: FeatureSet, symbols: SymbolIndex | null, hasLabels: boolean) {
    this.#disassembler = new Disassembler({ features, ...(symbols === null ? {} : { symbols }) });
    this.#labels = hasLabels ? symbols : null;
  }

  rows({ address: base, words, isData }: Words, from: number, to: number): DisasmRow[] {
    const rows: DisasmRow[] = [];
    for (let index = from; index < to; index++) {
      const address = BigInt.asUintN(64, base + BigInt(index * 4));
      const word = words[index]!;
      const row = isData?.(index) === true ? this.#data(word, address) : this.#instruction(word, address);
      const label = this.#labels?.at(address) ?? null;
      rows.push(label === null ? row : { ...row, label });
    }
    return rows;
  }

  #data(word: number, address: bigint): DisasmRow {
    return { address: hexAddress(address), word: hexWord(word), row: null, text: `.word ${hexWord(word)}`, feature: null, status: 'data' };
  }

  #instruction(word: number, address: bigint): DisasmRow {
    const row = this.#disassembler.row(word);
    if (row === null) return { address: hexAddress(address), word: hexWord(word), row: null, text: UNALLOCATED_TEXT, feature: null, status: 'unallocated' };
    const { feature, status } = (this.#facts[row.index] ??= factsOf(row));
    return { address: hexAddress(address), word: hexWord(word), row: row.id, text: this.#disassembler.format(row, word, address), feature, status };
  }
}

function factsOf(row: Row): { readonly feature: string | null; readonly status: DisasmRow['status'] } {
  return { feature: row.feature === null ? null : `FEAT_${row.feature}`, status: rowStatus(row) };
}
