/** Every way in which a word can be written: the row's own syntax and its aliases. */
import type { Row } from '@worldswitch/cpu/arch';
import { formsOf, preferredForm } from '../syntax/instructions.ts';

export interface WordForm {
  /** The row's or the alias's identifier. */
  readonly id: string;
  readonly isAlias: boolean;
  /** The syntax template of the table. */
  readonly syntax: string;
  /** The word in this form; null where the form cannot write it. */
  readonly text: string | null;
  /** Whether the disassembler writes the word so. */
  readonly isPreferred: boolean;
}

/** The forms of a word's row, aliases first; those that cannot write this word have no text. */
export function describeForms(row: Row, word: number, address = 0n): WordForm[] {
  const preferred = preferredForm(row, word);
  return formsOf(row).map((form) => ({
    id: form.id,
    isAlias: form.alias !== null,
    syntax: form.alias?.syntax ?? form.row.syntax,
    text: form === preferred || form.alias === null ? form.template.format(word, { address, symbol: () => null }, ' ') : null,
    isPreferred: form === preferred,
  }));
}
