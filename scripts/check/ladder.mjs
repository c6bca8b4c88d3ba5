// @ts-check
/**
 * `npm run check:ladder -- [--quick] [--workers N] [FILTER]`: guest programs (ladder/programs.mjs) under all 41 prefixes, every
 * step off by itself, and `fixed`, in both modes, with GICv2 and GICv3, scheduled out never and at every exit: what a guest can
 * see, and everything that it owns at the end, is the same. A program that meets a defect of the series that lives on runs with
 * its fix, and must differ without it as the list says.
 */
import { parseArgs } from 'node:util';
import { planCells } from './ladder/cells.mjs';
import { PROGRAMS } from './ladder/programs.mjs';
import { runWorkers } from './lib/pool.mjs';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' }, workers: { type: 'string' } }, allowPositionals: true });
const quick = values.quick === true;
const workers = Math.max(1, Number(values.workers ?? '2'));
const started = performance.now();

/** @type {import('./lib/ladder-worker.mjs').Result[]} */
const results = await runWorkers(new URL('lib/ladder-worker.mjs', import.meta.url), workers, { quick, filter: positionals[0] ?? '' }, ({ progress }) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const runs = results.reduce((sum, result) => sum + result.runs, 0);
const findings = results.flatMap((result) => result.findings);
for (const finding of findings.slice(0, 40)) process.stdout.write(`FAILED ${finding}\n`);
const chosen = PROGRAMS.filter(({ name }) => name.includes(positionals[0] ?? '')).length;
process.stdout.write(`${String(chosen)} programs, ${String(planCells(quick, undefined).length)} different plans, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${String(runs - Math.min(runs, findings.length))} passed, ${String(findings.length)} failed\n`);
process.exitCode = findings.length === 0 && runs > 0 ? 0 : 1;
