// @ts-check
/**
 * `npm run conformance -- [--quick] [--only NAME…] [--driver qemu|MODULE] [--list] [--json] [--out FILE] [--workers N]`: every guest program
 * as one suite (conformance/programs.mjs), over modes, interrupt controllers and prefixes of the series, with a table of what passed,
 * failed and was not applicable. `--list` says what each program is for. `--only` takes programs whose suite or name contains NAME.
 * `--driver` holds another core to the programs of one core: `qemu`, or an ES module that exports `createDriver()`, which makes
 * a `CpuTestDriver` of @worldswitch/machine/testing (examples/own-core). `--out` writes the table as Markdown (docs/conformance/suite.md is one), `--json` prints
 * every cell. `--quick` takes every seventh program, with few prefixes. Ends with `N passed, N failed`, which are cells.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findTools } from './check/lib/programs.mjs';
import { runWorkers } from './check/lib/pool.mjs';
import { PROGRAMS } from './conformance/programs.mjs';
import { countCells, listing, markdown, reasons } from './conformance/table.mjs';

const QUICK_PREFIXES = [0, 28, 33, 40];
const QUICK_SHARE = 7;
const OF_ONE_CORE = ['lockstep', 'core'];

/** The user's mistake: a line, and status 2. @param {string} message @returns {never} */
function refuse(message) {
  process.stderr.write(`conformance: ${message}\n`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: { quick: { type: 'boolean' }, only: { type: 'string', multiple: true }, driver: { type: 'string' }, list: { type: 'boolean' }, json: { type: 'boolean' }, out: { type: 'string' }, workers: { type: 'string' } },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { quick = false, only = [], driver, list = false, json = false, out, workers = '2' } = readOptions();
if (list) {
  process.stdout.write(listing());
  process.exit();
}
const count = Number(workers);
if (!Number.isInteger(count) || count < 1 || count > 64) refuse(`--workers takes 1 to 64, not ${workers}`);
const module = driver === undefined || driver === 'qemu' ? driver : resolve(process.env['INIT_CWD'] ?? '.', driver);
if (module !== undefined && module !== 'qemu' && !existsSync(module)) refuse(`no module ${driver ?? ''}: --driver takes qemu or a file that exports createDriver()`);
const places = PROGRAMS.flatMap((program, at) => (isWanted(program, at) ? [at] : []));
if (places.length === 0) refuse(`no program is called ${only.join(' or ')}; --list names them`);
const file = out === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', out);
if (file !== undefined) write(`${file}.part`, '');

const emulator = findTools();
const commit = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).stdout.trim();
const started = performance.now();
let done = 0;
const parts = await runWorkers(new URL('conformance/worker.mjs', import.meta.url), Math.min(count, places.length), { programs: places, driver: module, prefixes: quick ? QUICK_PREFIXES : undefined }, ({ progress }) => {
  done++;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${String(done)}/${String(places.length)} ${progress}, ${((((performance.now() - started) / 1000) * (places.length - done)) / done).toFixed(0)} s left`);
}).catch((error) => refuse(error instanceof Error ? error.message : String(error)));
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
const order = new Map(places.map((place, at) => [`${PROGRAMS[place]?.suite ?? ''} ${PROGRAMS[place]?.name ?? ''}`, at]));
const results = parts.flatMap((part) => /** @type {import('./conformance/judge.mjs').Judged[]} */ (part)).sort((a, b) => (order.get(`${a.suite} ${a.name}`) ?? 0) - (order.get(`${b.suite} ${b.name}`) ?? 0));

const cells = countCells(results);
const head = `Written by \`npm run conformance --${quick ? ' --quick' : ''}${driver === undefined ? '' : ` --driver ${driver}`} --out FILE\` at commit ${commit === '' ? 'unknown' : commit}, with ${emulator.replace(/ \(.*/, '')}.`;
const table = markdown(results, head);
if (file !== undefined) {
  write(`${file}.part`, table);
  renameSync(`${file}.part`, file);
}
if (json) process.stdout.write(`${JSON.stringify({ schema: 'worldswitch.conformance/1', commit, emulator, count: cells, results }, null, 1)}\n`);
else process.stdout.write(file === undefined ? table : [...reasons(results, 'fail').map((line) => `FAILED ${line}\n`)].join(''));
if (!json) {
  process.stdout.write(`\n${String(results.length)} programs, ${String(cells.checks)} checks, ${String(cells.na)} cells not applicable, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
  process.stdout.write(`${String(cells.pass)} passed, ${String(cells.fail)} failed\n`);
}
process.exitCode = cells.fail === 0 && cells.pass > 0 ? 0 : 1;

/** @param {import('./conformance/programs.mjs').Listed} program @param {number} at */
function isWanted({ suite, name }, at) {
  if (driver !== undefined && !OF_ONE_CORE.includes(suite)) return false;
  if (only.length > 0) return only.some((text) => `${suite} ${name}`.includes(text));
  return !quick || at % QUICK_SHARE === 0;
}

/** @param {string} path @param {string} text */
function write(path, text) {
  try {
    writeFileSync(path, text);
  } catch (error) {
    rmSync(path, { force: true });
    refuse(`cannot write ${out ?? ''}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
