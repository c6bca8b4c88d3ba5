/** Instruction words from the table: a row by its name, and its fields. */
import { rowById } from '../src/arch/insn/index.ts';
import { InvariantError } from '../src/invariant.ts';

/** The word of row `id`; fields that are not given are 0. */
export function encode(id: string, fields: Readonly<Record<string, number>> = {}): number {
  const { pattern } = rowById(id);
  let word = pattern.value | pattern.shouldValue;
  for (const [name, value] of Object.entries(fields)) {
    const field = pattern.fields.find((candidate) => candidate.name === name);
    if (field === undefined || value < 0 || value >= 2 ** field.width) throw new InvariantError(`${id} has no ${name} of ${String(value)}`);
    word |= value << field.lsb;
  }
  return word;
}
