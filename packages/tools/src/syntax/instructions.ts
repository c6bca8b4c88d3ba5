/**
 * The instruction table as text: every row and alias with its compiled template, by row for the disassembler and by
 * mnemonic for the assembler. Templates are compiled when first asked for.
 */
import { ALIASES, ROWS, type Alias, type Row } from '@worldswitch/cpu/arch';
import { aliasCondition, type AliasCondition } from './alias-condition.ts';
import type { FormatContext } from './codec.ts';
import { WordBuilder } from './codec.ts';
import { Cursor, type Failure, type Symbols } from './cursor.ts';
import type { Token } from '../asm/lexer.ts';
import { Template } from './template.ts';

/** A row or an alias, with how it is written. */
export class Form {
  readonly row: Row;
  readonly alias: Alias | null;
  readonly id: string;
  readonly fixedMask: number;
  readonly fixedValue: number;
  #template: Template | null = null;
  #condition: AliasCondition | null = null;

  constructor(row: Row, alias: Alias | null) {
    this.row = row;
    this.alias = alias;
    this.id = alias?.id ?? row.id;
    this.fixedMask = row.pattern.mask | (alias?.fixed.mask ?? 0);
    this.fixedValue = row.pattern.value | (alias?.fixed.value ?? 0);
  }

  get template(): Template {
    return (this.#template ??= new Template(this.alias?.syntax ?? this.row.syntax, this.row.pattern, this.id));
  }

  /** Whether the disassembler writes `word`, a word of the row, in this form. */
  isPreferred(word: number): boolean {
    if (this.alias === null) return true;
    if ((word & this.fixedMask) !== this.fixedValue) return false;
    this.#condition ??= aliasCondition(this.alias.preferred, this.row.pattern, this.id);
    return this.#condition(word);
  }
}

const formsByRow: readonly Form[][] = ROWS.map((row) => [new Form(row, null)]);
const aliasForms: readonly Form[] = ALIASES.map((entry) => new Form(entry.base, entry));
for (const form of [...aliasForms].reverse()) formsByRow[form.row.index]!.unshift(form);

/** The forms of a row: aliases by preference, the row itself last. */
export function formsOf(row: Row): readonly Form[] {
  return formsByRow[row.index]!;
}

/** The form in which the disassembler writes `word`. */
export function preferredForm(row: Row, word: number): Form {
  const forms = formsOf(row);
  return forms.find((form) => form.isPreferred(word)) ?? forms[forms.length - 1]!;
}

/** The word as text. */
export function formatInstruction(row: Row, word: number, context: FormatContext, separator = ' '): string {
  return preferredForm(row, word).template.format(word, context, separator);
}

interface Candidate {
  readonly form: Form;
  readonly mask: number;
  readonly value: number;
}

let candidates: ReadonlyMap<string, readonly Candidate[]> | null = null;

/** Every form by mnemonic, in the order in which the assembler tries them: rows, then aliases in the order of the table. */
function candidatesOf(mnemonic: string): readonly Candidate[] | undefined {
  candidates ??= buildCandidates();
  return candidates.get(mnemonic);
}

function buildCandidates(): Map<string, Candidate[]> {
  const byMnemonic = new Map<string, Candidate[]>();
  for (const forms of [formsByRow.map((forms) => forms[forms.length - 1]!), aliasForms]) {
    for (const form of forms) {
      for (const { text, mask, value } of form.template.mnemonics) {
        if ((value & form.fixedMask & mask) !== (form.fixedValue & mask & form.fixedMask)) continue;
        const candidate = { form, mask: form.fixedMask | mask, value: form.fixedValue | value };
        const list = byMnemonic.get(text);
        if (list === undefined) byMnemonic.set(text, [candidate]);
        else list.push(candidate);
      }
    }
  }
  return byMnemonic;
}

/** All mnemonics, for messages that suggest one. */
export function knownMnemonics(): string[] {
  candidates ??= buildCandidates();
  return [...candidates.keys()];
}

export type Encoded =
  /** `usesAddress`: the word is right at this address only. */
  { readonly word: number; readonly form: Form; readonly usesAddress: boolean } | { readonly failure: Failure | null };

const builder = new WordBuilder();

/**
 * Encodes the instruction whose mnemonic is `tokens[position]`. The first form that takes the operands wins; otherwise
 * the failure that got furthest is returned, or null when there is no such mnemonic.
 */
export function encodeInstruction(tokens: readonly Token[], position: number, address: bigint, symbols: Symbols): Encoded {
  const list = candidatesOf(tokens[position]!.lower);
  if (list === undefined) return { failure: null };
  const cursor = new Cursor(tokens, position + 1, address, symbols);
  for (const { form, mask, value } of list) {
    cursor.position = position + 1;
    builder.reset(mask, value);
    if (!form.template.parse(cursor, builder)) continue;
    const { row } = form;
    const word = (builder.word | (row.pattern.shouldValue & ~builder.known)) >>> 0;
    if (row.excluded.some((cube) => (word & cube.mask) === cube.value)) {
      cursor.failWhole(position, 'no such encoding: these operands are reserved together');
      continue;
    }
    return { word, form, usesAddress: cursor.usesAddress };
  }
  return { failure: cursor.failure };
}

