// @ts-check
/**
 * `npm run check:decode-all -- [--workers N]`: every one of the 2^32 words through the decoder. None may throw, and each row
 * must decode exactly as many words as the cubes of the table say, which are proven not to overlap: so each word has one
 * row or none. Prints the count of each row, the time and the rate.
 */
import { parseArgs } from 'node:util';
import { ROWS } from '../../packages/cpu/dist/arch/index.js';
import { overlaps, wordCounts } from '../../packages/cpu/dist/arch/insn/overlap.js';
import { runWorkers } from './lib/pool.mjs';

const { values } = parseArgs({ options: { workers: { type: 'string', default: '2' } } });
const workers = Math.max(1, Number(values.workers) || 1);
const number = (/** @type {number} */ value) => value.toLocaleString('en');

let failed = 0;
for (const { rows, word } of overlaps(ROWS)) {
  failed++;
  process.stdout.write(`two rows take 0x${word.toString(16).padStart(8, '0')}: ${rows[0].id} and ${rows[1].id}\n`);
}

const started = performance.now();
let chunks = 0;
/** @type {import('./lib/decode-all-worker.mjs').Result[]} */
const results = await runWorkers(new URL('lib/decode-all-worker.mjs', import.meta.url), workers, {}, () => {
  chunks++;
  if (process.stderr.isTTY) process.stderr.write(`\r${String(chunks)} of 64`);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const seconds = (performance.now() - started) / 1000;

const counted = ROWS.map((_, row) => results.reduce((sum, { counts }) => sum + (counts[row + 1] ?? 0), 0));
const expected = wordCounts(ROWS);
let group = '';
ROWS.forEach((row, i) => {
  if (row.group !== group) process.stdout.write(`${(group = row.group)}\n`);
  const count = counted[i] ?? 0;
  const isWrong = count !== expected[i];
  if (isWrong) failed++;
  process.stdout.write(`  ${row.id.padEnd(28)} ${number(count).padStart(13)}${isWrong ? `  but the cubes say ${number(expected[i] ?? 0)}` : ''}\n`);
});

const allocated = counted.reduce((a, b) => a + b, 0);
const total = allocated + results.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0);
if (total !== 2 ** 32) {
  failed++;
  process.stdout.write(`${number(total)} words were decoded, not 2^32\n`);
}
const busy = results.reduce((sum, result) => sum + result.seconds, 0);
process.stdout.write(`\nno seed: ${number(total)} words, all there are; ${number(allocated)} allocated, ${number(total - allocated)} not\n`);
process.stdout.write(`${seconds.toFixed(1)} s with ${String(workers)} workers, ${(2 ** 32 / busy / 1e6).toFixed(1)} M words/s each\n`);
process.stdout.write(`${String(ROWS.length + 2 - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
