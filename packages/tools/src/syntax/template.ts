/**
 * Syntax templates of the instruction table, compiled against their row: one object that formats the operands of a
 * word and parses them back. The language is described in `insn/row.ts` of the cpu package.
 */
import { NAME_LISTS, OPERAND_KINDS, type InsnField, type Pattern } from '@worldswitch/cpu/arch';
import type { FormatContext, OperandCodec, Placeholder, PlaceholderArg, WordBuilder } from './codec.ts';
import { codecFor } from './codecs.ts';
import type { Cursor } from './cursor.ts';

/** One spelling of a mnemonic, and the field bits that it stands for. */
export interface Mnemonic {
  readonly text: string;
  readonly mask: number;
  readonly value: number;
}

type Part =
  | { readonly kind: 'text'; readonly text: string; readonly tokens: readonly LiteralToken[] }
  | { readonly kind: 'operand'; readonly codec: OperandCodec }
  | { readonly kind: 'optional'; readonly parts: readonly Part[] };

/** A word or a punctuation character that the source must have. */
interface LiteralToken {
  readonly text: string;
  readonly isName: boolean;
}

export class Template {
  readonly mnemonics: readonly Mnemonic[];
  /** The mnemonic's pieces: text, or a choice by a field. */
  readonly #mnemonicPieces: readonly (string | { readonly field: InsnField; readonly names: readonly string[] })[];
  readonly #parts: readonly Part[];

  constructor(syntax: string, pattern: Pattern, owner: string) {
    const space = mnemonicEnd(syntax);
    this.#mnemonicPieces = mnemonicPieces(syntax.slice(0, space), pattern, owner);
    this.mnemonics = expandMnemonics(this.#mnemonicPieces);
    this.#parts = compileParts(syntax.slice(space).trimStart(), pattern, owner, false);
  }

  mnemonic(word: number): string {
    let text = '';
    for (const piece of this.#mnemonicPieces) text += typeof piece === 'string' ? piece : (piece.names[(word & piece.field.mask) >>> piece.field.lsb] ?? '?');
    return text;
  }

  /** The whole instruction as text, mnemonic and operands separated by `separator`. */
  format(word: number, context: FormatContext, separator: string): string {
    const operands = formatParts(this.#parts, word, context) ?? '';
    const mnemonic = this.mnemonic(word);
    return operands === '' ? mnemonic : mnemonic + separator + operands;
  }

  /** Reads the operands; the whole statement must be consumed. */
  parse(cursor: Cursor, word: WordBuilder): boolean {
    return parseParts(this.#parts, cursor, word) && (cursor.atEnd() || cursor.fail('expected the end of the instruction'));
  }
}

function mnemonicEnd(syntax: string): number {
  let depth = 0;
  for (let i = 0; i < syntax.length; i++) {
    if (syntax[i] === '{') depth++;
    else if (syntax[i] === '}') depth--;
    else if (syntax[i] === ' ' && depth === 0) return i;
  }
  return syntax.length;
}

function fieldOf(pattern: Pattern, name: string, owner: string): InsnField {
  const field = pattern.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new TypeError(`${owner}: the pattern has no field ${name}`);
  return field;
}

function mnemonicPieces(text: string, pattern: Pattern, owner: string): (string | { field: InsnField; names: readonly string[] })[] {
  return text
    .split(/(\{[^}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const choice = /^\{(\w+)(?::(.*)|@(\w+))\}$/.exec(piece);
      if (choice === null) return piece;
      const field = fieldOf(pattern, choice[1] ?? '', owner);
      const lists: Readonly<Record<string, readonly string[]>> = NAME_LISTS;
      const names = choice[2] === undefined ? lists[choice[3] ?? ''] : choice[2].split(',');
      if (names?.length !== 2 ** field.width) throw new TypeError(`${owner}: ${piece} must name ${String(2 ** field.width)} values`);
      return { field, names };
    });
}

/** Every spelling with the bits it decides. A value spelt `!` does not exist in this syntax. */
function expandMnemonics(pieces: readonly (string | { readonly field: InsnField; readonly names: readonly string[] })[]): Mnemonic[] {
  let spellings: Mnemonic[] = [{ text: '', mask: 0, value: 0 }];
  for (const piece of pieces) {
    spellings =
      typeof piece === 'string'
        ? spellings.map((spelling) => ({ ...spelling, text: spelling.text + piece }))
        : spellings.flatMap((spelling) =>
            piece.names
              .map((name, value) => ({ text: spelling.text + name, mask: spelling.mask | piece.field.mask, value: spelling.value | (value << piece.field.lsb) }))
              .filter((_, value) => piece.names[value] !== '!'),
          );
  }
  return spellings;
}

/** Splits template text at `<...>` and `{...}`. */
function compileParts(text: string, pattern: Pattern, owner: string, optional: boolean): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '<') {
      const end = text.indexOf('>', at);
      parts.push({ kind: 'operand', codec: codecFor(new RowPlaceholder(text.slice(at + 1, end), pattern, owner, optional)) });
      at = end + 1;
    } else if (text[at] === '{') {
      let depth = 0;
      let end = at;
      do {
        if (text[end] === '{') depth++;
        if (text[end] === '}') depth--;
        end++;
      } while (depth > 0);
      parts.push({ kind: 'optional', parts: compileParts(text.slice(at + 1, end - 1), pattern, owner, true) });
      at = end;
    } else {
      let end = at;
      while (end < text.length && text[end] !== '<' && text[end] !== '{') end++;
      const literal = text.slice(at, end);
      parts.push({ kind: 'text', text: literal, tokens: (literal.match(/[\w.]+|[^\s\w.]/g) ?? []).map((token) => ({ text: token, isName: /^\w/.test(token) })) });
      at = end;
    }
  }
  return parts;
}

class RowPlaceholder implements Placeholder {
  readonly text: string;
  readonly owner: string;
  readonly optional: boolean;
  readonly args: readonly PlaceholderArg[];
  readonly fixedValue: number;
  readonly #pattern: Pattern;

  constructor(text: string, pattern: Pattern, owner: string, optional: boolean) {
    this.text = text;
    this.owner = owner;
    this.optional = optional;
    this.fixedValue = pattern.value;
    this.#pattern = pattern;
    const parsed = /^(\w+)(?:\(([^)]*)\))?/.exec(text);
    const kinds: Readonly<Record<string, { readonly fields: readonly string[] }>> = OPERAND_KINDS;
    const names = parsed?.[2] === undefined ? (kinds[parsed?.[1] ?? '']?.fields ?? []) : parsed[2].split(/[\s,]+/);
    this.args = names.map((name) => {
      const [, field, scale, scaleField, preset] = /^(\w+)(?:\*(\d+)(?:<<(\w+))?)?(?:=(\d+))?$/.exec(name) ?? [];
      return {
        name: field ?? '',
        scale: scale === undefined ? 1 : Number(scale),
        scaleField: scaleField === undefined ? null : this.field(scaleField),
        preset: preset === undefined ? null : Number(preset),
      };
    });
  }

  field(name: string): InsnField {
    return fieldOf(this.#pattern, name, `${this.owner} <${this.text}>`);
  }

  hasField(name: string): boolean {
    return this.#pattern.fields.some((field) => field.name === name);
  }
}

/** The parts' text, or null when an operand of an optional group has its default. */
function formatParts(parts: readonly Part[], word: number, context: FormatContext): string | null {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      text += part.text;
    } else if (part.kind === 'operand') {
      const operand = part.codec.format(word, context);
      if (operand === null) return null;
      text += operand;
    } else {
      text += formatParts(part.parts, word, context) ?? '';
    }
  }
  return text;
}

function parseParts(parts: readonly Part[], cursor: Cursor, word: WordBuilder): boolean {
  for (const part of parts) {
    if (part.kind === 'text') {
      for (const token of part.tokens) {
        if (!(token.isName ? cursor.name(token.text) : cursor.punct(token.text))) return false;
      }
    } else if (part.kind === 'operand') {
      if (!part.codec.parse(cursor, word)) return false;
    } else {
      const { position } = cursor;
      const { word: savedWord, known } = word;
      if (parseParts(part.parts, cursor, word)) continue;
      cursor.position = position;
      word.word = savedWord;
      word.known = known;
      if (!omitParts(part.parts, word)) return false;
    }
  }
  return true;
}

/** Gives every operand of a left-out group its default. */
function omitParts(parts: readonly Part[], word: WordBuilder): boolean {
  return parts.every((part) => {
    if (part.kind === 'text') return true;
    if (part.kind === 'optional') return omitParts(part.parts, word);
    return part.codec.omit === undefined || part.codec.omit(word);
  });
}
