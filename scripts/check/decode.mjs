// @ts-check
/**
 * `npm run check:decode -- [--words N] [--seed N] [--quick]`: our decoder and disassembler against llvm-mc and objdump, word
 * by word: is it allocated, for each feature set; and what is its text. lib/cases.mjs says which words are drawn,
 * lib/normalise.mjs what counts as the same text, decode-explained.mjs where we differ and why.
 */
import { ROWS } from '../../packages/cpu/dist/arch/index.js';
import { EXPLAINED } from './decode-explained.mjs';
import { readArguments } from './lib/arguments.mjs';
import { planBatches } from './lib/cases.mjs';
import { ExplainedList } from './lib/explained.mjs';
import { findTools } from './lib/oracles.mjs';
import { runWorkers } from './lib/pool.mjs';

const { words, seed, quick, workers } = readArguments({ words: 5_000_000, quickWords: 200_000 });
const { llvmMc, versions } = findTools();
const started = performance.now();
const batches = planBatches(words).length;
const wholeSystem = words >= 2 ** 20;

const number = (/** @type {number} */ value) => value.toLocaleString('en');
process.stdout.write(`check:decode  seed ${String(seed)}, ${number(words)} words, ${number(ROWS.length)} rows\n${versions.slice(0, 2).join(', ')}\n`);
process.stdout.write(wholeSystem ? 'with every MRS, MSR, SYS, SYSL, hint and barrier word of two registers Rt\n' : 'with a random quarter of words from the system space\n');

let done = 0;
/** @type {import('./lib/decode-worker.mjs').Result[]} */
const results = await runWorkers(new URL('lib/decode-worker.mjs', import.meta.url), workers, { words, seed, llvmMc, wholeSystem }, () => {
  done++;
  if (process.stderr.isTTY) process.stderr.write(`\r${String(done)} of ${String(batches)} batches`);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const list = new ExplainedList(EXPLAINED, ROWS);
/** @type {Map<string, import('./lib/decode-worker.mjs').Finding>} */
const findings = new Map();
for (const result of results) {
  result.matches.forEach((count, i) => (list.matches[i] = (list.matches[i] ?? 0) + count));
  for (const [key, finding] of result.findings) {
    const known = findings.get(key);
    findings.set(key, known === undefined ? finding : { ...known, count: known.count + finding.count, sets: new Set([...known.sets, ...finding.sets]) });
  }
}

let cases = 0;
let failed = 0;
for (const part of /** @type {const} */ (['allocation', 'text'])) {
  process.stdout.write(`\n${part}\n`);
  for (const key of Object.keys(results[0]?.[part] ?? {})) {
    const sum = { cases: 0, allocated: 0, differ: 0, explained: 0, later: 0 };
    for (const result of results) {
      for (const name of /** @type {(keyof typeof sum)[]} */ (Object.keys(sum))) sum[name] += result[part][key]?.[name] ?? 0;
    }
    cases += sum.cases;
    failed += sum.differ;
    const details =
      part === 'text'
        ? `${(100 * (1 - (sum.differ + sum.explained) / Math.max(sum.cases, 1))).toFixed(4)} % equal`
        : `${number(sum.allocated)} allocated${sum.later > 0 ? `, ${number(sum.later)} newer than v8.5` : ''}`;
    process.stdout.write(`  ${key.padEnd(30)} ${number(sum.cases).padStart(10)} words, ${details}, ${number(sum.explained)} explained, ${number(sum.differ)} differ\n`);
  }
}

const listFindings = list.findings(cases, !quick && words >= 5_000_000);
failed += listFindings.length;
if (failed > 0) process.stdout.write('\n');
for (const [key, { count, sets, example }] of [...findings].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const where = sets.size === 1 ? [...sets].join() : `${String(sets.size)} feature sets from ${[...sets][0] ?? ''}`;
  process.stdout.write(`${key}: ${number(count)} times in ${where}, ${example}\n`);
}
for (const finding of listFindings) process.stdout.write(`${finding}\n`);
process.stdout.write(`\n${((performance.now() - started) / 1000).toFixed(0)} s; ${number(EXPLAINED.length)} explained entries cover ${number(list.matches.reduce((a, b) => a + b, 0))} of ${number(cases)} comparisons\n`);
process.stdout.write(`${String(cases - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
