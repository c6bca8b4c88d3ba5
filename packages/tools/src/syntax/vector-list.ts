/** Register lists of vectors: `{v0.16b-v3.16b}`, `{v31.4s, v0.4s}`, `{v0.b}`. Numbers wrap from v31 to v0. */
import type { Cursor } from './cursor.ts';
import { readVector } from './register-codecs.ts';

/** The list as binutils prints it: a range from three registers on, unless it wraps. */
export function formatVectorList(first: number, count: number, arrangement: string): string {
  const suffix = `.${arrangement.toLowerCase()}`;
  const last = (first + count - 1) & 31;
  if (count > 2 && last > first) return `{v${String(first)}${suffix}-v${String(last)}${suffix}}`;
  let text = `{v${String(first)}${suffix}`;
  for (let i = 1; i < count; i++) text += `, v${String((first + i) & 31)}${suffix}`;
  return `${text}}`;
}

export interface VectorList {
  readonly first: number;
  readonly count: number;
  /** In capitals. */
  readonly arrangement: string;
}

/** Reads a list at the cursor; null with a failure recorded when there is none. */
export function readVectorList(cursor: Cursor): VectorList | null {
  const fail = (message: string): null => {
    cursor.fail(message);
    return null;
  };
  if (!cursor.punct('{')) return null;
  const first = readVector(cursor);
  if (first === null) return fail('expected a vector register with an arrangement, such as v0.4s');
  cursor.position++;
  let count = 1;
  const isRange = cursor.peek(0).text === '-';
  while (cursor.peek(0).text === (isRange ? '-' : ',')) {
    cursor.position++;
    const next = readVector(cursor);
    if (next === null) return fail('expected a vector register with an arrangement, such as v0.4s');
    if (next.arrangement !== first.arrangement) return fail('expected the same arrangement throughout the list');
    if (isRange ? next.number <= first.number : next.number !== ((first.number + count) & 31)) return fail('the registers of a list have consecutive numbers');
    count = isRange ? next.number - first.number + 1 : count + 1;
    cursor.position++;
    if (isRange) break;
  }
  return cursor.punct('}') ? { first: first.number, count, arrangement: first.arrangement } : null;
}
