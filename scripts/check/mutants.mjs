// @ts-check
/**
 * `npm run check:mutants -- [--quick] [--write] [NAME…]`: defects planted one at a time in a copy of the built packages, each of which the check
 * that is named beside it must find. A text that is not there once, and a check that fails without the defect or passes with
 * it, is a finding. `core` names those of mutants/core.mjs, `hyp` those of the hypervisor in mutants/hyp.mjs, with rewrites of
 * plans that the verifier must reject; mutants/bugs.mjs says which bugs of the catalogue they are, and `--write` writes
 * docs/conformance/world-switch-bugs.md. All of them take most of an hour; `--quick` takes a few whose checks are short, and all plans.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bugTable, UNPLANTED, wrongRows } from './mutants/bugs.mjs';
import { CORE } from './mutants/core.mjs';
import { judgePlans, PLANTED } from './mutants/hyp.mjs';

/** @typedef {import('./mutants/core.mjs').Row} Row */

/** Checks whose last word is a filter, of which they take several. */
const FILTERED = ['api', 'gic', 'ladder', 'system'];

/** One of each kind of check that is short. */
const QUICK = ['elr-of-hvc', 'priority-mask', 'events-before-init', 'serror-not-injected', 'user-space-touches-the-host'];

/** Milliseconds that a check has, on a machine that others use too. */
const LONGEST = 120_000;

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' }, write: { type: 'boolean' } }, allowPositionals: true });
const top = fileURLToPath(new URL('../../', import.meta.url));
const tree = `${top}.cache/mutants/`;
const wanted = values.quick === true ? [...QUICK, ...positionals] : positionals;
const isChosen = (/** @type {string} */ name, /** @type {string} */ group) => wanted.length === 0 || wanted.includes(name) || wanted.includes(group);
const chosen = [...CORE.filter(([name]) => isChosen(name, 'core')), ...PLANTED.filter(([name]) => isChosen(name, 'hyp'))];
const rejections = judgePlans();
const plans = rejections.filter(({ name }) => values.quick === true || isChosen(name, 'hyp'));
const table = new URL('../../docs/conformance/world-switch-bugs.md', import.meta.url);
if (values.write === true) writeFileSync(table, bugTable(rejections));

copyTree();
process.stdout.write(`check:mutants  ${String(chosen.length)} of ${String(CORE.length + PLANTED.length)} defects, ${String(plans.length)} plans\n\n`);
const clean = cleanChecks(chosen.map(([, , , , check]) => check));
const total = chosen.length + plans.length;
let failed = total === 0 ? 1 : 0;
for (const { name, rules } of plans) {
  if (rules.length === 0) failed++;
  process.stdout.write(`${name}: ${rules.length === 0 ? 'the verifier lets it pass' : `rejected by ${rules.join(', ')}`}\n`);
}
for (const row of wrongRows()) {
  failed++;
  process.stdout.write(`${row}\n`);
}
if (readFileSync(table, 'utf8') !== bugTable(rejections)) {
  failed++;
  process.stdout.write('docs/conformance/world-switch-bugs.md is not what the tables say: npm run check:mutants -- --write\n');
}
process.stdout.write(`observable, and not planted: ${UNPLANTED.join(' ')}\n\n`);
for (const row of chosen) {
  const finding = judge(row);
  if (finding !== null) failed++;
  process.stdout.write(`${row[0]}: ${finding ?? `found by check:${row[4].join(' ')}`}\n`);
}
process.stdout.write(`\n${String(total - Math.min(failed, total))} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** What is wrong with the mutant or its check; null where the check finds the defect. @param {Row} row */
function judge([, file, find, replace, check]) {
  const path = `${tree}packages/${file}`;
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) return `the text is not there once: ${find}`;
  const key = check.join(' ');
  if (!clean.has(key)) return `check:${key} fails without the defect`;
  writeFileSync(path, text.replace(find, () => replace));
  const verdict = runCheck(check);
  writeFileSync(path, text);
  return verdict === 'failed' ? null : `check:${key} ${verdict === 'passed' ? 'passes' : 'breaks'} with the defect`;
}

/** The checks that pass without a defect: those that differ in their filter are run at once. @param {readonly (readonly string[])[]} checks */
function cleanChecks(checks) {
  /** @type {Map<string, Map<string, readonly string[]>>} */
  const groups = new Map();
  for (const check of checks) {
    const head = FILTERED.includes(check[0] ?? '') ? check.slice(0, -1) : check;
    const group = groups.get(head.join('\0')) ?? new Map();
    group.set(check.join(' '), check.slice(head.length));
    groups.set(head.join('\0'), group);
  }
  const passing = [...groups].filter(([head, group]) => runCheck([...head.split('\0'), ...[...group.values()].flat()]) === 'passed');
  return new Set(passing.flatMap(([, group]) => [...group.keys()]));
}

/** By the last line, so that a check that dies is not taken for one that finds. @param {readonly string[]} check */
function runCheck([name, ...options]) {
  const { stdout, signal } = spawnSync(process.execPath, [`${tree}scripts/check/${String(name)}.mjs`, ...options], { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 26, timeout: LONGEST });
  const [, passed, findings] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? [];
  // A guest that gets nowhere without retiring an instruction is found by that.
  if (signal !== null) return 'failed';
  if (passed === undefined) return 'broken';
  return findings === '0' ? 'passed' : 'failed';
}

/** The scripts and the built packages, with their links among each other. */
function copyTree() {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  cpSync(`${top}scripts`, `${tree}scripts`, { recursive: true });
  cpSync(`${top}package.json`, `${tree}package.json`);
  for (const place of ['packages', 'apps'].flatMap((group) => readdirSync(`${top}${group}`).map((name) => `${group}/${name}`))) {
    for (const part of ['dist', 'package.json', 'node_modules/@worldswitch', 'node_modules/worldswitch']) {
      const from = `${top}${place}/${part}`;
      if (existsSync(from)) cpSync(from, `${tree}${place}/${part}`, { recursive: true, verbatimSymlinks: true });
    }
  }
}
