// @ts-check
/**
 * `npm run check:fuzz -- [--cases N] [--seed N] [--case N] [--only NAME] [--quick]`: mutated images (ELF, Linux Image, compressed), device trees and
 * snapshots are given to small machines and to `worldswitch run`: each is refused with a typed error, or runs to an end or to
 * a limit of instructions; never an error of JavaScript, never a hang. 20,000 cases unless told otherwise, `--quick` 2,000.
 * A case follows from its number and the seed; `--case N` does one again and says what it was. `--only NAME`: only what is
 * called so, for example `as it is`: snapshots that are not mutated, after which two machines must do the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

/** Longest time that a case may take, in milliseconds: on a loaded host too. */
const HANG = 60_000;
const LOOK = 1000;

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string', default: '1' }, case: { type: 'string' }, only: { type: 'string', default: '' }, quick: { type: 'boolean' } } });
const seed = Number(values.seed);
const single = values.case === undefined ? null : Number(values.case);
const cases = single === null ? Number(values.cases ?? (values.quick === true ? '2000' : '20000')) : 1;
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-fuzz-'));
const started = performance.now();

/** @typedef {{ finding: string, case: number } | { at: number } | { counts: Record<string, number> }} Message */
const findings = new Map();
/** @type {Record<string, number>} */
const counts = {};
const first = single ?? 0;
const workers = Math.min(2, availableParallelism(), cases);
await Promise.all(Array.from({ length: workers }, async (_, worker) => {
  const to = first + Math.floor((cases * (worker + 1)) / workers);
  // Goes on behind a case that hung.
  for (let next = first + Math.floor((cases * worker) / workers); next < to; ) next = await runFrom(next, to);
}));
rmSync(folder, { recursive: true });
for (const [number, finding] of findings) process.stdout.write(`case ${String(number)}: ${String(finding)}\n  again: npm run check:fuzz -- --seed ${String(seed)} --case ${String(number)}${values.only === '' ? '' : ` --only '${values.only}'`}\n`);
for (const [kind, count] of Object.entries(counts).sort()) process.stdout.write(`  ${kind}: ${String(count)}\n`);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`seed ${String(seed)}: ${String(cases)} cases in ${seconds.toFixed(1)} s, ${(cases / seconds).toFixed(0)} a second\n`);
process.stdout.write(`${String(cases - findings.size)} passed, ${String(findings.size)} failed\n`);
process.exitCode = findings.size > 0 ? 1 : 0;

/** The first case that is not done: behind the last, or behind one that hung. @param {number} from @param {number} to @returns {Promise<number>} */
function runFrom(from, to) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('fuzz/worker.mjs', import.meta.url), { workerData: { from, to, seed, folder, only: values.only, verbose: single !== null } });
    let at = from;
    // Until the first case begins, the worker prepares itself.
    let since = Infinity;
    const watch = setInterval(() => {
      if (performance.now() - since < HANG) return;
      findings.set(at, `takes more than ${String(HANG / 1000)} s`);
      clearInterval(watch);
      void worker.terminate().then(() => resolve(at + 1));
    }, LOOK);
    worker.on('message', (/** @type {Message} */ message) => {
      since = performance.now();
      if ('at' in message) at = message.at;
      else if ('finding' in message) findings.set(message.case, message.finding);
      else {
        for (const [kind, count] of Object.entries(message.counts)) counts[kind] = (counts[kind] ?? 0) + count;
        clearInterval(watch);
        resolve(to);
      }
    });
    worker.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}
