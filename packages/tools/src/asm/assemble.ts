/**
 * The assembler: GNU syntax in, an executable image out. One pass over the lines fixes every offset, since an A64
 * instruction always has four bytes; then sections get their addresses and what depends on them is encoded.
 */
import { FeatureSet } from '@worldswitch/cpu/arch';
import type { ImageSymbol } from '../image/image.ts';
import { Assembly, type LateData } from './assembly.ts';
import { fitsInteger, integerRange } from './data-directives.ts';
import { DiagnosticList, type Diagnostic } from './diagnostics.ts';
import { runDirective } from './directives.ts';
import { assembleInstruction, encodeLate } from './instructions.ts';
import { placeSections } from './layout.ts';
import { tokenize, type Token } from './lexer.ts';
import type { Program, SourceRange } from './program.ts';
import type { Section } from './section.ts';
import { emptyLiteralPool } from './section-directives.ts';
import { assign } from './symbol-directives.ts';
import type { SymbolEntry } from './symbols.ts';

export interface AssembleOptions {
  /** The name of the source in messages. */
  readonly file?: string;
  /** Where the first section begins: 0x40080000 unless given. */
  readonly base?: bigint;
  /** The symbol where execution begins; `_start`, or the first instruction where there is none, unless given. */
  readonly entry?: string;
  /** Features of the instructions that are accepted until `.arch` or `.cpu` says otherwise: all unless given. */
  readonly features?: FeatureSet;
}

export type AssembleResult =
  | { readonly ok: true; readonly program: Program; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export const DEFAULT_BASE = 0x4008_0000n;
const DEFAULT_ENTRY = '_start';

/** Assembles a source. User mistakes are diagnostics, all of the file at once; nothing is thrown for them. */
export function assemble(source: string, options: AssembleOptions = {}): AssembleResult {
  const lines = source.split('\n');
  const diagnostics = new DiagnosticList(options.file ?? 'input.s', lines);
  const assembly = new Assembly(diagnostics, options.features ?? FeatureSet.ALL);
  const ranges = readLines(assembly, lines);
  if (assembly.isAbandoned) return { ok: false, diagnostics: diagnostics.sorted() };
  const placed = placeSections(assembly.sections, options.base ?? DEFAULT_BASE);
  const lastLine: Token = { kind: 'end', text: '', lower: '', column: 0, value: 0n };
  if (placed === null) {
    assembly.error(lastLine, 'the program does not fit between its base and the end of the address space');
    return { ok: false, diagnostics: diagnostics.sorted() };
  }
  assembly.symbols.placeSections((section) => section.address);
  encodeWaiting(assembly);
  const symbols = imageSymbols(assembly, placed);
  const entry = entryPoint(assembly, placed, options.entry, lastLine);
  const sorted = diagnostics.sorted();
  if (diagnostics.errors > 0) return { ok: false, diagnostics: sorted };
  return { ok: true, program: { file: options.file ?? 'input.s', lines, ranges: renumbered(ranges, assembly.sections, placed), entry, sections: placed, symbols }, warnings: sorted };
}

// ---- The lines -----------------------------------------------------------------------------------------------------------

function readLines(assembly: Assembly, lines: readonly string[]): SourceRange[] {
  const ranges: SourceRange[] = [];
  /** The line and column where a block comment is open. */
  let comment: { readonly line: number; readonly token: Token } | null = null;
  for (let index = 0; index < lines.length && !assembly.isFinished; index++) {
    const line = lines[index]!;
    assembly.line = index + 1;
    let start = 0;
    if (comment !== null) {
      start = line.indexOf('*/') + 2;
      if (start < 2) continue;
      comment = null;
    }
    const tokens = tokenize(line, start);
    // A line that begins with # is a comment: the preprocessor leaves such lines.
    if (tokens[0]!.text === '#') continue;
    const last = tokens[tokens.length - 1]!;
    if (last.text === '/*') comment = { line: assembly.line, token: last };
    readStatements(assembly, tokens, ranges);
  }
  if (comment !== null) {
    assembly.line = comment.line;
    assembly.error(comment.token, 'the comment is not closed: expected */');
  }
  emptyPools(assembly, ranges, lines.length);
  return ranges;
}

function emptyPools(assembly: Assembly, ranges: SourceRange[], line: number): void {
  assembly.line = line;
  const end: Token = { kind: 'end', text: '', lower: '', column: 0, value: 0n };
  for (const section of assembly.sections) {
    if (section.literals.isEmpty) continue;
    const offset = section.size;
    assembly.section = section;
    assembly.advance();
    emptyLiteralPool(assembly, end);
    ranges.push({ line, section: assembly.sections.indexOf(section), offset, length: section.size - offset });
  }
}

function readStatements(assembly: Assembly, tokens: readonly Token[], ranges: SourceRange[]): void {
  let at = 0;
  while (!assembly.isFinished) {
    const { section } = assembly;
    const { size } = section;
    if (assembly.skipUntil !== null) skip(assembly, tokens, at);
    else readStatement(assembly, tokens, at);
    if (section.size !== size) ranges.push({ line: assembly.line, section: assembly.sections.indexOf(section), offset: size, length: section.size - size });
    while (tokens[at]!.kind !== 'end' && tokens[at]!.text !== ';') at++;
    if (tokens[at]!.kind === 'end') return;
    at++;
  }
}

function skip(assembly: Assembly, tokens: readonly Token[], at: number): void {
  if (tokens[at]!.lower === assembly.skipUntil) assembly.skipUntil = null;
}

/** One statement: labels, then an assignment, a directive or an instruction. */
function readStatement(assembly: Assembly, tokens: readonly Token[], from: number): void {
  let at = from;
  while (tokens[at + 1]?.text === ':' && isLabel(tokens[at]!)) {
    assembly.defineLabel(tokens[at]!);
    at += 2;
  }
  const token = tokens[at]!;
  if (token.kind === 'end' || token.text === ';') return;
  assembly.advance();
  if (token.kind !== 'name') {
    assembly.error(token, token.kind === 'bad' && token.text.startsWith('"') ? 'the string is not closed' : 'expected a label, a directive or an instruction');
    return;
  }
  if (tokens[at + 1]!.text === '=') assignment(assembly, tokens, at);
  else if (token.text.startsWith('.')) runDirective(assembly, assembly.cursor(tokens, at));
  else assembleInstruction(assembly, tokens, at);
}

function isLabel({ kind, text }: Token): boolean {
  return kind === 'name' || (kind === 'number' && /^[0-9]{1,9}$/.test(text));
}

/** `name = expression`; `. = expression` is `.org`. */
function assignment(assembly: Assembly, tokens: readonly Token[], at: number): void {
  const name = tokens[at]!;
  if (name.text === '.') {
    const org: Token = { ...name, kind: 'name', text: '.org', lower: '.org', column: name.column, value: 0n };
    runDirective(assembly, assembly.cursor([org, ...tokens.slice(at + 2)], 0));
    return;
  }
  const cursor = assembly.cursor(tokens, at + 2);
  assign(assembly, cursor, name, true);
  if (!cursor.atEnd() && cursor.failure === null) assembly.error(cursor.token, 'expected the end of the assignment');
}

// ---- What waited for addresses -------------------------------------------------------------------------------------------

function encodeWaiting(assembly: Assembly): void {
  for (const item of assembly.late) {
    const { section, offset, sequence } = item;
    assembly.line = item.line;
    assembly.section = section;
    assembly.symbols.place = { section, offset, sequence };
    if (item.kind === 'instruction') encodeLate(assembly, item, section.address + BigInt(offset));
    else evaluateLate(assembly, item);
  }
}

function evaluateLate(assembly: Assembly, { section, offset, size, tokens, position }: LateData): void {
  const token = tokens[position]!;
  const value = lateValue(assembly, tokens, position);
  if (value === null) return;
  if (fitsInteger(value, size)) section.putBigInteger(offset, size, value);
  else assembly.error(token, `value out of range: ${integerRange(size)}`);
}

/** The value of an expression now that addresses are known; null (reported) where it has none. */
function lateValue(assembly: Assembly, tokens: readonly Token[], position: number): bigint | null {
  const cursor = assembly.cursor(tokens, position);
  const value = cursor.expression();
  const failure = cursor.failure;
  if (value !== null && (cursor.atEnd() || cursor.token.text === ',')) return value;
  if (value !== null || failure === null) assembly.error(cursor.token, "expected ',' or the end of the statement");
  else assembly.error(failure.token, assembly.explain(failure));
  return null;
}

// ---- The image -----------------------------------------------------------------------------------------------------------

/** The symbols of the image: all but local ones that begin with `.L`, and the mapping symbols. */
function imageSymbols(assembly: Assembly, sections: readonly Section[]): ImageSymbol[] {
  const symbols: ImageSymbol[] = [];
  sections.forEach((section, index) => {
    if (!section.flags.exec) return;
    for (const { offset, kind } of section.marks) symbols.push({ name: `$${kind}`, value: section.address + BigInt(offset), size: 0n, binding: 'local', type: 'notype', section: index });
  });
  for (const symbol of assembly.symbols.all()) {
    const definition = symbol.definitions[symbol.definitions.length - 1];
    if (definition === undefined || (symbol.binding === 'local' && symbol.name.startsWith('.L'))) continue;
    const value = assembly.symbols.valueOf(definition);
    const { name, binding, type } = symbol;
    if (value === null) {
      reportWithoutValue(assembly, symbol);
      continue;
    }
    const section = definition.kind === 'label' ? sections.indexOf(definition.place.section) : null;
    symbols.push({ name, value: BigInt.asUintN(64, value), size: sizeOf(assembly, symbol), binding, type, section });
  }
  return symbols;
}

function reportWithoutValue(assembly: Assembly, { line, definitions }: SymbolEntry): void {
  const definition = definitions[definitions.length - 1];
  if (definition?.kind !== 'expression') return;
  const cursor = assembly.cursor(definition.tokens, definition.position);
  const value = cursor.expression();
  assembly.line = line;
  if (value === null) assembly.error(cursor.failure?.token ?? cursor.token, 'the value depends on symbols that have none, or on itself');
}

function sizeOf(assembly: Assembly, { size }: SymbolEntry): bigint {
  if (size === null) return 0n;
  assembly.line = size.line;
  assembly.symbols.place = size.place;
  const value = lateValue(assembly, size.tokens, size.position);
  if (value === null) return 0n;
  if (value >= 0n && value < 1n << 64n) return value;
  assembly.error(size.tokens[size.position]!, 'the size is out of range: 0 to 2^64 - 1');
  return 0n;
}

function entryPoint(assembly: Assembly, sections: readonly Section[], name: string | undefined, at: Token): bigint {
  const symbol = assembly.symbols.get(name ?? DEFAULT_ENTRY);
  const definition = symbol?.definitions[symbol.definitions.length - 1];
  const value = definition === undefined ? null : assembly.symbols.valueOf(definition);
  if (value !== null) return BigInt.asUintN(64, value);
  if (name !== undefined) {
    assembly.line = 1;
    assembly.error(at, `no symbol ${name} to start at${assembly.suggestion(name, () => assembly.symbols.definedNames())}`);
  }
  return sections[0]?.address ?? 0n;
}

function renumbered(ranges: readonly SourceRange[], from: readonly Section[], to: readonly Section[]): SourceRange[] {
  const index = from.map((section) => to.indexOf(section));
  return ranges.map((range) => ({ ...range, section: index[range.section] ?? 0 }));
}
