// @ts-check
/**
 * Lists of explained differences (design/command-line.md): an entry is narrower than a row, cites the manual, must match
 * something in a full run, and all entries of a check together cover less than 0.5 % of its cases.
 */
import { aliasCondition } from '../../../packages/tools/dist/syntax/alias-condition.js';

/**
 * @typedef {import('../../../packages/cpu/dist/arch/index.js').Row} Row
 *
 * @typedef {object} Explained
 * @property {string} kind what differs: `allocation`, `text`, ...
 * @property {string} tool whose answer differs from ours
 * @property {string | null} row our row, or null where we have none
 * @property {string} when a condition as those of aliases in the table (`Rt=Rt2`, `Rd=11111 | Rn=11111`); `should!` for
 *   should-be bits that are not as they should be; for words without a row, patterns of 32 characters 0, 1 and x
 * @property {string} [sets] for allocation by feature set: a regular expression over the names of the sets
 * @property {string} section the manual's section or pseudocode function
 * @property {string} why
 */

/** The largest part of its cases that a check may explain. */
export const SHARE_LIMIT = 0.005;

/** @param {string} when @param {Row | undefined} row @param {string} owner @returns {(word: number) => boolean} */
function condition(when, row, owner) {
  if (row === undefined) {
    const cubes = when.split('|').map((alternative) => {
      const text = alternative.replace(/\s/g, '');
      if (!/^[01x]{32}$/.test(text) || text.replace(/x/g, '').length === 0) throw new Error(`${owner}: not a pattern of 32 bits: ${alternative}`);
      return { mask: parseInt(text.replace(/[01]/g, '1').replace(/x/g, '0'), 2) | 0, value: parseInt(text.replace(/x/g, '0'), 2) | 0 };
    });
    return (word) => cubes.some(({ mask, value }) => (word & mask) === value);
  }
  const { shouldMask, shouldValue } = row.pattern;
  if (when === 'should!') return (word) => (word & shouldMask) !== shouldValue;
  return aliasCondition(when, row.pattern, owner);
}

export class ExplainedList {
  /** @type {{ entry: Explained, holds: (word: number) => boolean, sets: RegExp | null }[]} */
  #entries;
  /** Matches by position in the list. @type {number[]} */
  matches;
  /** @type {Map<string, number[]>} */
  #index = new Map();

  /** @param {readonly Explained[]} entries @param {readonly Row[]} rows */
  constructor(entries, rows) {
    this.#entries = entries.map((entry, i) => {
      const owner = `explained entry ${String(i)} (${entry.row ?? 'no row'})`;
      const row = entry.row === null ? undefined : rows.find(({ id }) => id === entry.row);
      if (entry.row !== null && row === undefined) throw new Error(`${owner}: no such row`);
      if (entry.when === '' || entry.section === '' || entry.why === '') throw new Error(`${owner}: names no condition, section or reason`);
      const key = ExplainedList.#key(entry.kind, entry.tool, entry.row);
      this.#index.set(key, [...(this.#index.get(key) ?? []), i]);
      return { entry, holds: condition(entry.when, row, owner), sets: entry.sets === undefined ? null : new RegExp(entry.sets) };
    });
    this.matches = entries.map(() => 0);
  }

  /** @param {string} kind @param {string} tool @param {string | null} row */
  static #key(kind, tool, row) {
    return `${kind} ${tool} ${row ?? '-'}`;
  }

  /** Whether an entry explains the difference; counts it. @param {string} kind @param {string} tool @param {string | null} row @param {number} word @param {string} [set] */
  explains(kind, tool, row, word, set = '') {
    for (const i of this.#index.get(ExplainedList.#key(kind, tool, row)) ?? []) {
      const item = this.#entries[i];
      if (item === undefined || !item.holds(word) || (item.sets !== null && !item.sets.test(set))) continue;
      this.matches[i] = (this.matches[i] ?? 0) + 1;
      return true;
    }
    return false;
  }

  /** Findings about the list itself. @param {number} cases @param {boolean} full @returns {string[]} */
  findings(cases, full) {
    const found = [];
    if (full) {
      this.#entries.forEach(({ entry }, i) => {
        if (this.matches[i] === 0) found.push(`explained entry never matched: ${entry.kind} ${entry.tool} ${entry.row ?? 'no row'} ${entry.when}`);
      });
    }
    const covered = this.matches.reduce((sum, count) => sum + count, 0);
    if (covered > SHARE_LIMIT * cases) found.push(`the explained entries cover ${String(covered)} of ${String(cases)} cases, more than 0.5 %`);
    return found;
  }
}
