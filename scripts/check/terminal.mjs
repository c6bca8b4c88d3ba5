// @ts-check
/**
 * `npm run check:terminal`: `worldswitch run` at a real terminal, which script(1) makes. A shell prints the terminal's settings before
 * and after, so that what a run leaves behind is seen: keys reach guests and their answers come back, Ctrl-A X and signals end a run
 * with status 130, the settings are as they were, and a guest that waits for keys costs no processor time. Needs stty and /proc.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, writeElf } from '../../packages/tools/dist/index.js';
import { root } from '../lib/workspace.mjs';

const WORLDSWITCH = join(root, 'apps', 'cli', 'dist', 'main.js');
const PATIENCE = 60_000;
const TICKS_PER_SECOND = 100;

/** Waits with WFI for the UART's receive interrupt and sends what comes. */
const WAITING = `
_start: mov x3, #0x09000000
        mov x6, #0x08000000
        mov w5, #1
        str w5, [x6]
        mov w5, #2
        str w5, [x6, #0x104]
        mov x7, #0x08010000
        mov w5, #0xff
        str w5, [x7, #4]
        mov w5, #1
        str w5, [x7]
        mov w5, #0x10
        str w5, [x3, #0x38]
        mov w5, #'>'
        str w5, [x3]
1:      wfi
2:      ldr w4, [x3, #0x18]
        tbnz w4, #4, 1b
        ldr w5, [x3]
        str w5, [x3]
        b 2b
`;
const LOOP = '_start: b .\n';

const folder = mkdtempSync(join(tmpdir(), 'worldswitch-terminal-'));
let passed = 0;
let failed = 0;

/** @param {string} name @param {boolean} ok @param {string} seen */
function record(name, ok, seen) {
  if (ok) passed++;
  else failed++;
  process.stdout.write(`${name}: ${ok ? 'ok' : `failed: ${JSON.stringify(seen)}`}\n`);
}

/** @param {string} name @param {string} source */
function build(name, source) {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(`${name} does not assemble`);
  const path = join(folder, name);
  writeFileSync(path, writeElf(assembled.program));
  return path;
}

/**
 * Runs a guest at a terminal; `act` gets who types and waits, and the process's number.
 * @param {readonly string[]} args
 * @param {(type: (keys: string) => void, printed: (pattern: RegExp) => Promise<void>, pid: () => number) => Promise<void>} act
 * @returns {Promise<{ text: string, status: string, isRestored: boolean }>}
 */
async function atTerminal(args, act) {
  const pidFile = join(folder, 'pid');
  const command = [process.execPath, WORLDSWITCH, 'run', ...args].map((word) => `'${word}'`).join(' ');
  const shell = `stty -a | tail -n +2 | tr '\\n' ' '; echo; sh -c 'echo $$ >${pidFile}; exec "$@"' sh ${command}; echo status=$?; stty -a | tail -n +2 | tr '\\n' ' '; echo`;
  const child = spawn('script', ['-qfec', shell, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, SHELL: '/bin/sh' } });
  let text = '';
  child.stdout.on('data', (bytes) => (text += bytes.toString('latin1')));
  const closed = new Promise((resolve) => child.on('close', resolve));
  let seen = 0;
  const printed = async (/** @type {RegExp} */ pattern) => {
    const until = Date.now() + PATIENCE;
    while (!pattern.test(text.slice(seen)) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    seen = text.length;
  };
  await printed(/\n/);
  await act((keys) => void child.stdin.write(keys, 'latin1'), printed, () => Number(readFileSync(pidFile, 'utf8')));
  const timer = setTimeout(() => child.kill(), PATIENCE);
  await closed;
  clearTimeout(timer);
  const settings = text.split(/\r?\n/).filter((line) => line.startsWith('intr ='));
  return { text, status: /status=(\d+)/.exec(text)?.[1] ?? 'none', isRestored: settings.length === 2 && settings[0] === settings[1] };
}

/** Processor time of a process so far, in seconds (proc(5)). @param {number} pid */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const waiting = [build('waiting', WAITING), '--gic', '2', '--memory', '2M'];
const loop = [build('loop', LOOP), '--memory', '2M'];

for (const mode of [[], ['--kvm', 'vhe']]) {
  let spent = 0;
  const { text, status, isRestored } = await atTerminal([...waiting, ...mode], async (type, printed, pid) => {
    await printed(/>/);
    type('hello');
    await printed(/hello/);
    const before = processorTime(pid());
    await new Promise((resolve) => setTimeout(resolve, 1000));
    spent = processorTime(pid()) - before;
    type('\u0003');
    await printed(/\u0003/);
    type('\u0001h');
    await printed(/Ctrl-A X/);
    type('\u0001x');
  });
  const name = mode.length === 0 ? 'bare' : mode.join(' ');
  record(`${name}: keys reach the guest, and Ctrl-C with them`, />hello\u0003/.test(text), text);
  record(`${name}: while the guest waits nothing is computed`, spent < 0.3, `${String(spent)} s of processor time in a second`);
  record(`${name}: Ctrl-A X ends with 130`, status === '130' && /interrupted after/.test(text), text);
  record(`${name}: the terminal is as it was`, isRestored, text);
}
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGINT'])) {
  const { text, status, isRestored } = await atTerminal(waiting, async (_type, printed, pid) => {
    await printed(/>/);
    process.kill(pid(), signal);
  });
  record(`${signal}: status 130, a line, and the terminal is as it was`, status === '130' && isRestored && /interrupted after/.test(text), text);
}
const looping = await atTerminal(loop, async (type, printed) => {
  await printed(/virtual time.*MIPS/);
  type('\u0003');
});
record('a silent guest: a line says how far it is, and Ctrl-C ends it', looping.status === '130' && looping.isRestored && /instructions, .* MIPS/.test(looping.text), looping.text);

rmSync(folder, { recursive: true });
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
