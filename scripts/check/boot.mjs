// @ts-check
/**
 * `npm run check:boot -- [--quick] [NAME…]`: Debian's arm64 kernels, as `npm run guests` fetched them, boot on our machine to
 * our init, whose self-test passes, and power off: at EL1 and EL2, with GICv2 and GICv3, with 1, 2 and 4 PEs. At EL2 the
 * kernel's own KVM must say that it works in the mode that the machine is for. `--quick`: one boot at EL1, one at EL2.
 * NAME…: only the boots whose name contains one of these. Run one at a time: `npm run check:boot -- cloud-el1-gic3-1`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../lib/workspace.mjs';

const DISK_BYTES = 8 * 1024 * 1024;
/** More than any of the boots needs: one that hangs ends. */
const MAX_INSTRUCTIONS = 20_000_000_000;
const TESTS = 10;

/** @typedef {{ args: readonly string[], append?: string, kvm: RegExp | null }} Mode how the machine is started, and what KVM says */
/** @type {Readonly<Record<string, Mode>>} */
const MODES = {
  el1: { args: ['--el', '1'], kvm: /HYP mode not available/ },
  vhe: { args: ['--el', '2'], kvm: /VHE mode initialized successfully/ },
  nvhe: { args: ['--el', '2', '--vhe', 'off'], kvm: /Hyp mode initialized successfully/ },
  'vhe-as-nvhe': { args: ['--el', '2'], append: 'kvm-arm.mode=nvhe', kvm: /Hyp mode initialized successfully/ },
};
const QUICK = ['cloud-el1-gic3-1', 'cloud-vhe-gic3-1'];

/** @typedef {{ name: string, kernel: string, mode: string, gic: number, pes: number }} Boot */

/** @returns {Boot[]} */
function allBoots() {
  const boots = [];
  for (const kernel of ['cloud', 'generic']) {
    for (const mode of Object.keys(MODES)) {
      for (const gic of [2, 3]) for (const pes of [1, 2, 4]) boots.push({ name: `${kernel}-${mode}-gic${String(gic)}-${String(pes)}`, kernel, mode, gic, pes });
    }
  }
  return boots;
}

/** @param {readonly string[]} args @returns {Promise<{ status: number | null, stderr: string }>} */
function worldswitch(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'apps', 'cli', 'dist', 'main.js'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.on('exit', (status) => resolve({ status, stderr }));
  });
}

/** What went wrong with a boot; null where nothing did. @param {Boot} boot @param {string} folder */
async function check({ kernel, mode, gic, pes, name }, folder) {
  const guest = join(root, '.cache', 'guests', kernel);
  const how = MODES[mode];
  if (how === undefined) throw new Error(`no mode ${mode}`);
  const disk = join(folder, `${name}.img`);
  writeFileSync(disk, '');
  truncateSync(disk, DISK_BYTES);
  const consoleFile = join(folder, `${name}.txt`);
  const stats = join(folder, `${name}.json`);
  const append = ['console=ttyAMA0', `pes=${String(pes)}`, ...(how.append === undefined ? [] : [how.append])].join(' ');
  const started = performance.now();
  const { status, stderr } = await worldswitch([
    'run', join(guest, 'Image'), '--initrd', join(guest, 'initrd'), '--append', append, '--drive', disk, '--gic', String(gic), '--smp', String(pes), ...how.args,
    '--console', consoleFile, '--stats', stats, '--max-instructions', String(MAX_INSTRUCTIONS),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const text = existsSync(consoleFile) ? readFileSync(consoleFile, 'latin1') : '';
  const last = text.trim().split('\n').at(-1) ?? '';
  if (status !== 0) return { problem: `status ${String(status)}: ${stderr.trim() || last}`, seconds, millions: 0 };
  const document = JSON.parse(readFileSync(stats, 'utf8'));
  const millions = document.instructions.total / 1e6;
  const problems = [
    document.stop === 'poweroff' ? null : `it stopped by ${String(document.stop)}`,
    text.includes(`init: ${String(TESTS)} passed, 0 failed`) ? null : `the self-test: ${text.split('\n').filter((line) => /^test: .*: (?!ok)|^init: \d+ passed/.test(line.trim())).join('; ') || last}`,
    how.kvm === null || how.kvm.test(text) ? null : `KVM did not say ${how.kvm.source}`,
  ].filter((problem) => problem !== null);
  return { problem: problems.length === 0 ? null : problems.join('; '), seconds, millions };
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const boots = allBoots().filter(({ name }) => (positionals.length > 0 ? positionals.some((part) => name.includes(part)) : values.quick !== true || QUICK.includes(name)));
const missing = ['cloud', 'generic'].filter((kernel) => boots.some((boot) => boot.kernel === kernel) && !existsSync(join(root, '.cache', 'guests', kernel, 'initrd')));
process.stdout.write(`check:boot  ${String(boots.length)} boots\n`);
if (missing.length > 0) {
  process.stdout.write(`no guests (${missing.join(', ')}): npm run guests fetches them\n0 passed, ${String(Math.max(1, boots.length))} failed\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-boot-'));
let passed = 0;
let failed = 0;
const queue = [...boots];
async function work() {
  for (let boot = queue.shift(); boot !== undefined; boot = queue.shift()) {
    const { problem, seconds, millions } = await check(boot, folder);
    if (problem === null) passed++;
    else failed++;
    process.stdout.write(`${boot.name}: ${problem ?? `ok, ${millions.toFixed(0)} M instructions, ${seconds.toFixed(1)} s`}\n`);
  }
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), boots.length) }, work));
if (failed === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`consoles are in ${folder}\n`);
process.stdout.write(`${String(passed)} passed, ${String(failed + (boots.length === 0 ? 1 : 0))} failed\n`);
process.exitCode = failed > 0 || boots.length === 0 ? 1 : 0;
