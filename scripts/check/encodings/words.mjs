// @ts-check
/** Which words are executed: all of system space, each row with every form and telling operands, and random ones. */
import { ROWS } from '../../../packages/cpu/dist/arch/index.js';

export const SYSTEM_FIRST = 0xd500_0000;
export const SYSTEM_COUNT = 0x40_0000;

/** Combinations of forms and operands of a row; above it they are drawn. */
const MOST_OF_A_ROW = 4096;
const QUICK_OF_A_ROW = 32;

/** Values that a field takes: all of a form, the ends and some between of everything else. @param {{ name: string, width: number }} field @param {readonly string[]} forms */
function valuesOf({ name, width }, forms) {
  const most = 2 ** width - 1;
  if (forms.includes(name) && width <= 5) return Array.from({ length: most + 1 }, (_, value) => value);
  if (/^R/.test(name)) return [0, 2, 3, 30, 31].filter((value) => value <= most);
  return [...new Set([0, 1, most >> 1, (most >> 1) + 1, most - 1, most])].filter((value) => value >= 0);
}

/** The words of one row that are executed. @param {import('../../../packages/cpu/dist/arch/index.js').Row} row @param {() => number} random @param {boolean} [quick] */
export function* wordsOfRow(row, random, quick = false) {
  const most = quick ? QUICK_OF_A_ROW : MOST_OF_A_ROW;
  const { fields, value, mask, shouldMask, shouldValue } = row.pattern;
  const lists = fields.map((field) => valuesOf(field, row.forms));
  const all = lists.reduce((product, list) => product * list.length, 1);
  const fixed = value | (shouldValue & shouldMask & ~mask);
  for (let n = 0; n < Math.min(all, most); n++) {
    let index = all <= most ? n : Math.floor((random() >>> 0) / 2 ** 32 * all);
    let word = fixed;
    fields.forEach((field, at) => {
      const list = lists[at] ?? [0];
      word |= (list[index % list.length] ?? 0) << field.lsb;
      index = Math.floor(index / list.length);
    });
    yield word | 0;
  }
}

export { ROWS };
