// @ts-check
/**
 * `npm run bench:boot -- [--rounds N] [MODE…]`: how long Debian's cloud kernel takes to the first line of its init, on our machine
 * and on QEMU in turns, from the start of the process: at EL1, at EL2 with VHE and without; the least of the rounds counts, by the
 * clock and of processor time, all threads, which says more where the machine has other work. The
 * most memory that our process has had; and from a snapshot taken in init, how long to what the guest prints next. Then the same kernel
 * as a guest of our hypervisor, in turns with itself at EL1 (`guest-vhe`, `guest-nvhe`). Last, what a program that sleeps for 60 s takes.
 * Needs `npm run guests` and Debian's cross compiler. Prints figures beside their targets and fails for none.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { argumentsHere, argumentsOfQemu, WORLDSWITCH } from '../check/boot/linux.mjs';
import { common, startedByInit } from '../guests/archives.mjs';
import { cpioArchive } from '../guests/cpio.mjs';
import { buildInit, buildSleep } from '../guests/programs.mjs';

const MIB = 1 << 20;
const FIRST_LINE = 'init: started';
/** Init has loaded its modules and tests. */
const IN_INIT = 'test: processors';
const TARGET = { seconds: 5, ratio: 3, restored: 0.5, mib: 512 + 300, asleep: 1, guest: 1.5 };
/** Boots as a guest, by the mode of our hypervisor. */
const GUESTS = { 'guest-vhe': 'vhe', 'guest-nvhe': 'nvhe' };
const SLEEP = 60;

/** @typedef {{ seconds: number, processor: number, peak: number }} Measured what it took, by the clock and of processors, and the most memory so far in MiB */
/** Ticks of a second in /proc/PID/stat. */
const TICKS = 100;

const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '3' } }, allowPositionals: true });
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-bench-'));
try {
  for (const mode of positionals.length > 0 ? positionals : ['el1', 'vhe', 'nvhe', ...Object.keys(GUESTS)]) await (mode in GUESTS ? benchGuest(/** @type {keyof typeof GUESTS} */ (mode)) : bench(mode));
  await sleep();
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string} mode */
async function bench(mode) {
  const boot = { name: mode, kernel: 'cloud', mode, gic: 3, pes: 1, initrd: 'initrd' };
  const here = ['run', ...argumentsHere(boot, folder)];
  const [ours, qemu] = [/** @type {Measured[]} */ ([]), /** @type {Measured[]} */ ([])];
  for (let round = 0; round < rounds; round++) {
    ours.push(await until(FIRST_LINE, process.execPath, [WORLDSWITCH, ...here]));
    qemu.push(await until(FIRST_LINE, 'qemu-system-aarch64', argumentsOfQemu(boot, folder)));
  }
  const [least, theirs] = [leastOf(ours), leastOf(qemu)];
  print(`${mode}: to "${FIRST_LINE}"`, `${least.toFixed(2)} s (target ${String(TARGET.seconds)}), QEMU ${theirs.toFixed(2)} s, ratio ${(least / theirs).toFixed(2)} (target ${String(TARGET.ratio)})`);
  const [spent, theySpent] = [ours, qemu].map((measured) => Math.min(...measured.map(({ processor }) => processor)));
  print('  processor time', `${(spent ?? 0).toFixed(2)} s, QEMU ${(theySpent ?? 0).toFixed(2)} s`);
  print('  most memory', `${Math.max(...ours.map(({ peak }) => peak)).toFixed(0)} MiB (target ${String(TARGET.mib)})`);
  const snapshot = join(folder, `${mode}.snapshot`);
  execFileSync(process.execPath, [WORLDSWITCH, ...here, '--until', IN_INIT, '--snapshot', snapshot], { stdio: 'ignore' });
  const restored = [];
  for (let round = 0; round < rounds; round++) restored.push(await until('\n', process.execPath, [WORLDSWITCH, 'run', '--restore', snapshot]));
  print('  restored, to the next line', `${leastOf(restored).toFixed(2)} s (target ${String(TARGET.restored)}), a snapshot of ${(statSync(snapshot).size / MIB).toFixed(1)} MiB`);
}

/** @param {keyof typeof GUESTS} mode */
async function benchGuest(mode) {
  const boot = { name: mode, kernel: 'cloud', mode: 'el1', gic: 3, pes: 1, initrd: 'initrd', memory: '256M' };
  const [alone, guest] = [/** @type {Measured[]} */ ([]), /** @type {Measured[]} */ ([])];
  for (let round = 0; round < rounds; round++) {
    alone.push(await until(FIRST_LINE, process.execPath, [WORLDSWITCH, 'run', ...argumentsHere(boot, folder)]));
    guest.push(await until(FIRST_LINE, process.execPath, [WORLDSWITCH, 'run', ...argumentsHere({ ...boot, args: ['--kvm', GUESTS[mode], '--steps', 'final'] }, folder)]));
  }
  const [without, least] = [leastOf(alone), leastOf(guest)];
  print(`${mode}: to "${FIRST_LINE}"`, `${least.toFixed(2)} s, without the hypervisor ${without.toFixed(2)} s, ratio ${(least / without).toFixed(2)} (target ${String(TARGET.guest)})`);
}

async function sleep() {
  const initrd = join(folder, 'initrd-sleep');
  writeFileSync(initrd, cpioArchive([...common(buildInit()), startedByInit(['/sleep', String(SLEEP)]), { name: 'sleep', bytes: buildSleep() }]));
  const args = ['run', ...argumentsHere({ name: 'sleep', kernel: 'cloud', mode: 'el1', gic: 3, pes: 1, initrd }, folder)];
  const asleep = [];
  for (let round = 0; round < rounds; round++) asleep.push(await until('sleep: ends', process.execPath, [WORLDSWITCH, ...args], 'sleep: begins'));
  print(`sleep ${String(SLEEP)}`, `${leastOf(asleep).toFixed(2)} s (target ${String(TARGET.asleep)})`);
}

/** @param {readonly Measured[]} rounds */
function leastOf(rounds) {
  return Math.min(...rounds.map(({ seconds }) => seconds));
}

/** Seconds until a process prints `text`, from its start or from where it prints `from`; it is ended then. @param {string} text @param {string} command @param {readonly string[]} args @param {string} [from] @returns {Promise<Measured>} */
function until(text, command, args, from) {
  let before = performance.now();
  let begun = from === undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Measured | null} */
    let measured = null;
    let output = '';
    child.stdout.on('data', (bytes) => {
      output += bytes.toString('latin1');
      if (!begun && output.includes(/** @type {string} */ (from))) {
        begun = true;
        before = performance.now();
      }
      if (measured !== null || !output.includes(text)) return;
      measured = { seconds: (performance.now() - before) / 1000, processor: processorTimeOf(child.pid), peak: peakOf(child.pid) };
      child.kill('SIGKILL');
    });
    child.stderr.on('data', (bytes) => (output += bytes.toString('latin1')));
    child.on('error', reject);
    child.on('close', () => {
      if (measured === null) reject(new Error(`${command} ended without "${text}": ${output.slice(-400)}`));
      else resolve(measured);
    });
  });
}

/** The most memory that a process has had, in MiB; 0 where the system does not say. @param {number | undefined} pid */
function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(processFile(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** Seconds in user and system mode; 0 where the system does not say. @param {number | undefined} pid */
function processorTimeOf(pid) {
  const [, user, system] = /\) \S+(?: \S+){10} (\d+) (\d+)/.exec(processFile(pid, 'stat')) ?? [];
  return (Number(user ?? 0) + Number(system ?? 0)) / TICKS;
}

/** @param {number | undefined} pid @param {string} name */
function processFile(pid, name) {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} what @param {string} figures */
function print(what, figures) {
  process.stdout.write(`${what.padEnd(32)} ${figures}\n`);
}
