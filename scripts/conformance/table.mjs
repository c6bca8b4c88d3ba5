// @ts-check
/** The results of the conformance suite as a table: Markdown, which reads as text too. */
import { PROGRAMS, SUITES } from './programs.mjs';

/** @typedef {import('./judge.mjs').Judged} Judged */
/** @typedef {import('./judge.mjs').Cell} Cell */

/** @param {readonly Judged[]} results */
export function countCells(results) {
  const count = { pass: 0, fail: 0, na: 0, checks: 0 };
  for (const { cells } of results) {
    for (const { status, checks } of cells) {
      count[status]++;
      count.checks += checks;
    }
  }
  return count;
}

/** Cells of a column in few words: one alone by its status, prefixes by how many. @param {readonly Cell[]} cells */
function shown(cells) {
  const of = (/** @type {Cell['status']} */ status) => cells.filter((cell) => cell.status === status);
  const [passed, failed, not] = [of('pass'), of('fail'), of('na')];
  if (cells.every(({ prefix }) => prefix === undefined)) return failed.length > 0 ? 'FAIL' : not.length > 0 ? 'n/a' : `pass (${String(passed[0]?.checks ?? 0)})`;
  return [passed.length > 0 ? String(passed.length) : '', failed.length > 0 ? `**${String(failed.length)} FAIL**` : '', not.length > 0 ? `${String(not.length)} n/a` : ''].filter((part) => part !== '').join(', ');
}

/** Ranges where they can be: `0-32, 40`. @param {readonly number[]} numbers */
function ranges(numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(', ');
}

/** Reasons of cells with a status, a line each. @param {readonly Judged[]} results @param {Cell['status']} status */
export function reasons(results, status) {
  return results.flatMap(({ suite, name, cells }) => {
    /** @type {Map<string, Map<string, number[]>>} */
    const byWhy = new Map();
    for (const { column, prefix, why = '' } of cells.filter((cell) => cell.status === status)) {
      const columns = byWhy.get(why) ?? new Map();
      byWhy.set(why, columns.set(column, [...(columns.get(column) ?? []), ...(prefix === undefined ? [] : [prefix])]));
    }
    return [...byWhy].map(([why, columns]) => {
      const where = [...columns.keys()].join(', ');
      const prefixes = ranges([...new Set([...columns.values()].flat())].sort((a, b) => a - b));
      return `${suite} ${name}: ${where}${prefixes === '' ? '' : `, prefixes ${prefixes}`}: ${why}`;
    });
  });
}

/** @param {readonly Judged[]} results @param {string} head what was run, when it matters: a line */
export function markdown(results, head) {
  const count = countCells(results);
  const parts = [
    '# The conformance suite',
    head,
    `**${String(count.pass)} cells passed, ${String(count.fail)} failed, ${String(count.na)} not applicable** (${String(count.checks)} checks, ${String(results.length)} programs).`,
    'What a program is for: `npm run conformance -- --list`. Who says what is right stands in its row: *QEMU* ran the same program in the same call; *the manual* decides lines in which QEMU is known to differ, each explained beside the program; *by hand* is an expectation that was derived from the manual; a *committed trace* is what the guest saw, read before it was committed, which every plan, schedule and interrupt controller must repeat, with one digest of all that the guest owns.',
  ];
  for (const [suite, about] of Object.entries(SUITES)) {
    const rows = results.filter((one) => one.suite === suite);
    if (rows.length === 0) continue;
    const columns = [...new Set(rows.flatMap(({ cells }) => cells.map(({ column }) => column)))];
    const unit = suite === 'hypervised' ? 'A cell counts prefixes of the series (0 to 40).' : 'In parentheses: checks.';
    parts.push(`## ${suite}`, `${about[0]?.toUpperCase() ?? ''}${about.slice(1)}. ${unit}`);
    const lines = rows.map(({ name, oracle, cells }) => `| ${name} | ${columns.map((column) => shown(cells.filter((one) => one.column === column))).join(' | ')} | ${oracle} |`);
    parts.push([`| program | ${columns.join(' | ')} | right is |`, `|---|${columns.map(() => '---|').join('')}---|`, ...lines].join('\n'));
  }
  const list = (/** @type {string} */ title, /** @type {string[]} */ lines) => (lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')]);
  parts.push(...list('Failed', reasons(results, 'fail')), ...list('Not applicable', reasons(results, 'na')));
  return `${parts.join('\n\n')}\n`;
}

/** What is in the suite, a line a program. */
export function listing() {
  return PROGRAMS.map(({ suite, name, needs, oracle, purpose }) => `${suite.padEnd(11)} ${name.padEnd(30)} ${purpose}${needs.length > 0 ? ` [needs ${needs.join(', ')}]` : ''} [right: ${oracle}]\n`).join('');
}
