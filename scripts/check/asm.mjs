// @ts-check
/**
 * `npm run check:asm -- [--words N] [--seed N] [--quick]`: for every row and alias, 200 random choices of operands, written
 * by us, assembled by us and by GNU as: the same bytes. And assemble(disassemble(word)) = word for every allocated word of
 * the N that check:decode draws, as far as its should-be bits are as they should be. asm-explained.mjs says where not.
 */
import { ROWS } from '../../packages/cpu/dist/arch/index.js';
import { EXPLAINED } from './asm-explained.mjs';
import { readArguments } from './lib/arguments.mjs';
import { ExplainedList } from './lib/explained.mjs';
import { findTools } from './lib/oracles.mjs';
import { runWorkers } from './lib/pool.mjs';

const { words, seed, quick, workers } = readArguments({ words: 5_000_000, quickWords: 200_000 });
const { versions } = findTools();
const perForm = quick ? 20 : 200;
const started = performance.now();
const number = (/** @type {number} */ value) => value.toLocaleString('en');

/** @type {import('./lib/asm-worker.mjs').Result[]} */
const results = await runWorkers(new URL('lib/asm-worker.mjs', import.meta.url), workers, { words, seed, perForm }, ({ progress }) => {
  if (process.stderr.isTTY) process.stderr.write(progress === 'forms' ? 'forms ' : '.');
});
if (process.stderr.isTTY) process.stderr.write('\n');

const list = new ExplainedList(EXPLAINED, ROWS);
/** @type {Map<string, import('./lib/asm-worker.mjs').Finding>} */
const findings = new Map();
for (const result of results) {
  result.matches.forEach((count, i) => (list.matches[i] = (list.matches[i] ?? 0) + count));
  for (const [key, { count, example }] of result.findings) findings.set(key, { count: count + (findings.get(key)?.count ?? 0), example });
}
const sum = (/** @type {'forms' | 'lines' | 'unnamed' | 'words'} */ what) => results.reduce((total, result) => total + result[what], 0);
const cases = sum('lines') + sum('words');
const listFindings = list.findings(cases, !quick && words >= 5_000_000);
const failed = [...findings.values()].reduce((total, { count }) => total + count, listFindings.length);

process.stdout.write(`check:asm  seed ${String(seed)}, ${versions[2] ?? ''}\n`);
process.stdout.write(`${number(sum('lines'))} lines of ${number(sum('forms'))} rows and aliases, assembled by us and by GNU as, ${number(sum('unnamed'))} of them by number because it does not know the name\n`);
process.stdout.write(`${number(sum('words'))} allocated words of ${number(words)} drawn, disassembled and assembled\n`);
for (const [key, { count, example }] of [...findings].sort(([a], [b]) => (a < b ? -1 : 1))) process.stdout.write(`${key}: ${number(count)} times, ${example}\n`);
for (const finding of listFindings) process.stdout.write(`${finding}\n`);
process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0)} s; ${number(EXPLAINED.length)} explained entries cover ${number(list.matches.reduce((a, b) => a + b, 0))} of ${number(cases)} cases\n`);
process.stdout.write(`${String(cases - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
