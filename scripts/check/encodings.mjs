// @ts-check
/**
 * `npm run check:encodings -- [--quick] [--seed N] [--seconds N] [--workers N] [--word 0xW]`: every word of the 2^32 executed or
 * classified, in a sandbox at EL0, EL1 and EL2. Executed are all words of system space, every row with all forms and telling
 * operands, and random words for `--seconds`; the others are classified by the decoder, which says whether a row defines
 * them. Never an error of JavaScript, never a hang. `--word` replays one. `--quick`: a sample of each.
 */
import { parseArgs } from 'node:util';
import { disassembleWord } from '../../packages/tools/dist/index.js';
import { runWorkers } from './lib/pool.mjs';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, seed: { type: 'string', default: '1' }, seconds: { type: 'string' }, workers: { type: 'string', default: '2' }, word: { type: 'string' } },
});
const quick = values.quick === true;
const workers = values.word === undefined ? Math.max(1, Number(values.workers) || 1) : 1;
const seconds = Number(values.seconds ?? (quick ? '2' : '300'));
const words = values.word === undefined ? [] : [Number(values.word) | 0];
/** A word that takes longer than this hangs. */
const HANG_SECONDS = 60;

const beat = new SharedArrayBuffer(8 * workers);
const beats = new Int32Array(beat);
let last = Array.from(beats);
const watch = setInterval(() => {
  for (let worker = 0; worker < workers; worker++) {
    const count = beats[2 * worker + 1] ?? 0;
    if (count > 0 && count === last[2 * worker + 1]) {
      const word = hex(beats[2 * worker] ?? 0);
      process.stdout.write(`${word} hangs: npm run check:encodings -- --word ${word}\n0 passed, 1 failed\n`);
      process.exit(1);
    }
  }
  last = Array.from(beats);
}, 1000 * HANG_SECONDS);

const started = performance.now();
/** @type {import('./encodings/worker.mjs').Result[]} */
const results = await runWorkers(new URL('encodings/worker.mjs', import.meta.url), workers, { seed: Number(values.seed), quick, seconds, words, beat }, () => undefined);
clearInterval(watch);

const sum = (/** @type {(result: import('./encodings/worker.mjs').Result) => number} */ of) => results.reduce((total, result) => total + of(result), 0);
const number = (/** @type {number} */ value) => value.toLocaleString('en');
for (const finding of results.flatMap((result) => result.findings)) {
  const word = finding.slice(0, 10);
  process.stdout.write(`${finding} (${disassembleWord(Number(word) | 0).text}); npm run check:encodings -- --word ${word}\n`);
}
/** @type {Map<string, number>} */
const outcomes = new Map();
for (const { outcomes: some } of results) for (const [outcome, count] of some) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
const unimplemented = [...outcomes].filter(([outcome]) => outcome.startsWith('unimplemented'));
for (const [outcome, count] of [...outcomes].filter(([outcome]) => !outcome.startsWith('unimplemented')).sort()) process.stdout.write(`  ${outcome.padEnd(20)} ${number(count)}\n`);
process.stdout.write(`  ${'unimplemented'.padEnd(20)} ${number(unimplemented.reduce((total, [, count]) => total + count, 0))} of ${number(unimplemented.length)} rows, each with its PC, EL and row\n`);
const classes = [0, 1, 2, 3].map((kind) => sum((result) => result.classes[kind] ?? 0));
const executed = sum((result) => result.executed);
const failed = sum((result) => result.findingsCount);
process.stdout.write(`classified: ${['with a definition', 'without one', 'UNDEFINED by a row', 'unallocated'].map((name, kind) => `${number(classes[kind] ?? 0)} ${name}`).join(', ')}\n`);
process.stdout.write(`seed ${String(values.seed)}: ${number(executed)} executed at three ELs, ${number(sum((result) => result.classified))} of ${number(2 ** 32)} words classified, in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${String(executed - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {number} word */
function hex(word) {
  return `0x${(word >>> 0).toString(16).padStart(8, '0')}`;
}
