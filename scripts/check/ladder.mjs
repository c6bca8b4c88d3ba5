// @ts-check
/**
 * `npm run check:ladder -- [--quick] [--workers N] [--shard I/N] [--gic v2|v3|v2-on-v3] [--list] [--write] [FILTER…]`: guest programs (ladder/programs.mjs)
 * under all 41 prefixes, every step off by itself, and `fixed`, in both modes, with GICv2, GICv3 and a GICv2 on a GICv3, under every
 * schedule (ladder/lab.mjs): put and loaded at each exit, called off by signals, moved between PEs, interrupted every few
 * instructions, beside another VM. What a guest can see, and everything that it owns at the end, is the same, and the trace is the
 * one that is committed (ladder/traces.txt; `--write` writes it, to be read before it is committed). A program that meets a defect
 * of the series that lives on runs with its fix, and must differ without it as the list says. `--quick` takes few plans, one
 * schedule each.
 */
import { parseArgs } from 'node:util';
import { planCells } from './ladder/cells.mjs';
import { PROGRAMS } from './ladder/programs.mjs';
import { writeTraces } from './ladder/traces.mjs';
import { runWorkers } from './lib/pool.mjs';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, workers: { type: 'string' }, shard: { type: 'string' }, gic: { type: 'string' }, list: { type: 'boolean' }, write: { type: 'boolean' } },
  allowPositionals: true,
});
const quick = values.quick === true;
const [shard = 1, shards = 1] = (values.shard ?? '1/1').split('/').map(Number);
const programs = PROGRAMS.map(({ name }) => name)
  .filter((name) => positionals.length === 0 || positionals.some((filter) => name.includes(filter)))
  .filter((_, at) => at % shards === shard - 1);
if (values.list === true) {
  for (const { name, purpose } of PROGRAMS) process.stdout.write(`${name.padEnd(30)} ${purpose}\n`);
  process.exit();
}

const workers = Math.min(programs.length, Math.max(1, Number(values.workers ?? '2')));
const started = performance.now();
/** @type {import('./lib/ladder-worker.mjs').Result[]} */
const results = await runWorkers(new URL('lib/ladder-worker.mjs', import.meta.url), workers, { quick, programs, gics: values.gic === undefined ? ['v3', 'v2', 'v2-on-v3'] : [values.gic] }, ({ progress }) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const runs = results.reduce((sum, result) => sum + result.runs, 0);
const findings = results.flatMap((result) => result.findings);
for (const finding of findings.slice(0, 40)) process.stdout.write(`FAILED ${finding}\n`);
if (values.write === true) write();
process.stdout.write(`${String(programs.length)} programs, ${String(planCells(quick, undefined).length)} different plans, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${String(runs - Math.min(runs, findings.length))} passed, ${String(findings.length)} failed\n`);
process.exitCode = findings.length === 0 && runs > 0 ? 0 : 1;

/** The traces of all programs, in their order. */
function write() {
  /** @type {Map<string, Map<string, string>>} */
  const found = new Map(PROGRAMS.map(({ name }) => [name, new Map()]));
  for (const { traces } of results) for (const [name, model, text] of traces) found.get(name)?.set(model, text);
  writeTraces(found);
}
