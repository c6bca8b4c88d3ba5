// @ts-check
/**
 * `npm run check:harness`: the experiment as a program. A part of it with one worker, with two, and called off in the middle and gone on with comes
 * to the same document but for host times; the report has nothing from elsewhere; workers that die are said to; what a user asks wrongly
 * is one line and status 2, and writes nothing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkerDeath } from '../../apps/harness/dist/experiment/pool.js';
import { startThread } from '../../apps/harness/dist/experiment/threads.js';

const PROGRAM = fileURLToPath(new URL('../../apps/harness/dist/main.js', import.meta.url));
/** Eleven prefixes of the ladder. */
const PART = ['--experiment', 'start', '--only', 'generic/vhe/p1'];
/** Cells that an interrupted run has at least finished. */
const FINISHED = 3;

const folder = mkdtempSync(join(tmpdir(), 'harness-'));
let passed = 0;
let failed = 0;

/** @param {boolean} ok @param {string} what @param {string} [said] */
function record(ok, what, said = '') {
  if (ok) passed++;
  else {
    failed++;
    process.stdout.write(`FAILED ${what}\n${said === '' ? '' : `  ${said.trim().replaceAll('\n', '\n  ')}\n`}`);
  }
}

/** @param {readonly string[]} args */
function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { status, stdout, said: `${stdout}${stderr}`, stderr };
}

/** A document without what differs from run to run. @param {string} out */
function documentOf(out) {
  const { started: _started, host: _host, ...rest } = JSON.parse(readFileSync(join(out, 'harness.json'), 'utf8'));
  return JSON.stringify(rest);
}

/** Interrupts a run when some cells are there. @param {string} out @returns {Promise<{ status: number | null, said: string }>} */
function interrupted(out) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...PART, '--workers', '2', '--out', out], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said += String(text)));
    const store = join(out, 'cells.jsonl');
    const timer = setInterval(() => {
      if (!existsSync(store) || readFileSync(store, 'utf8').split('\n').length <= FINISHED) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 20);
    child.on('exit', (status) => {
      clearInterval(timer);
      resolve({ status, said });
    });
  });
}

try {
  const [one, two, resumed] = ['one', 'two', 'resumed'].map((name) => join(folder, name));
  if (one === undefined || two === undefined || resumed === undefined) throw new Error('no folders');
  const first = run([...PART, '--workers', '1', '--out', one]);
  record(first.status === 0, 'one worker: status 0', first.said);
  record(run([...PART, '--workers', '2', '--out', two]).status === 0, 'two workers: status 0');
  record(documentOf(one) === documentOf(two), 'one and two workers: the same document');

  const stopped = await interrupted(resumed);
  record(stopped.status === 130 && /^worldswitch: interrupted at [^\n]*the same command goes on[^\n]*\n$/.test(stopped.said), 'interrupted: status 130 and one line', stopped.said);
  record(!existsSync(join(resumed, 'harness.json')), 'interrupted: no document');
  const again = run([...PART, '--out', resumed, '--json']);
  const { host, summary } = JSON.parse(again.stdout);
  record(host.reused >= FINISHED && host.reused < summary.cells, 'gone on: what was finished is not run again', `${String(host.reused)} of ${String(summary.cells)}`);
  record(documentOf(resumed) === documentOf(one), 'gone on: the same document as in one go');
  record(JSON.parse(run([...PART, '--out', resumed, '--json']).stdout).host.reused === summary.cells, 'a finished run measures nothing');

  const report = readFileSync(join(one, 'report.html'), 'utf8');
  record(!/(?:src|href|@import|url)\s*[=(]\s*["']?(?:https?:|\/|\.)/.test(report), 'the report loads nothing');
  record(readFileSync(join(one, 'cells.csv'), 'utf8').split('\r\n').length === summary.cells + 2, 'the table has a line for each cell');

  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const [args, advice] of /** @type {const} */ ([
    [['--experiment', 'qick'], 'did you mean quick?'], [['--machine', 'seatle'], 'did you mean seattle?'], [['--steps', 'finale'], 'use base, final'], [['--fulll'], 'did you mean --full?'],
    [['--workers', '0'], 'from 1 to'], [['--quick', '--full'], 'one experiment at a time'], [['--only', 'nothing'], 'no cell'], [['--out', join(file, 'below')], 'no such file'],
  ])) {
    const { status, stdout, stderr } = run(args);
    record(status === 2 && stdout === '' && stderr.split('\n').length === 2 && stderr.includes(advice), `${args.join(' ')}: one line, status 2`, stderr);
  }
  record(run(['--help']).stdout.includes('npm run harness -- --quick'), '--help has an example');

  for (const [text, reason] of /** @type {const} */ ([['process.exit(3)', 'status 3'], ['import("node:worker_threads").then(({parentPort}) => parentPort.on("message", () => { throw new Error("planted"); }))', 'planted']])) {
    const thread = startThread(new URL(`data:text/javascript,${encodeURIComponent(text)}`), 1);
    const death = await thread.run({ kind: 'ladder', benchmark: 'hvc', machine: 'generic', mode: 'vhe', prefix: 0 }).catch((/** @type {unknown} */ error) => error);
    record(death instanceof WorkerDeath && death.message.includes(reason), `a worker that dies is noticed: ${reason}`, String(death));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
