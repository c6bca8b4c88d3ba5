// @ts-check
/**
 * `npm run check:guest-boot -- [--quick] [NAME…]`: a Debian kernel, as `npm run guests` fetched it, boots as a guest of our
 * hypervisor to our init, whose self-test passes, and powers off: under both modes, before and after the series, with a GICv2, a
 * GICv3, and a GICv2 guest on a GICv3, with one and two vCPUs. Within one pair of interrupt controllers and one number of vCPUs the
 * console and the guest's digest are the same in all of them (clock `retired`), but for what {@link LATE_TRAPS} says. `--quick`: one
 * boot. NAME…: only the boots whose name contains one of these.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../lib/workspace.mjs';

const DISK_BYTES = 8 * 1024 * 1024;
/** More than any of the boots needs: one that hangs ends. */
const MAX_INSTRUCTIONS = 6_000_000_000;
const TESTS = 10;
const QUICK = ['vhe-final-gic3-1'];
/**
 * VHE with the series as merged: MDCR_EL2 is written at load only, before anything was computed for it (step 33; in the set `fixed` it
 * is mended). A kernel that writes debug and PMU registers before its vCPU was first scheduled out does not trap there, and is
 * that many exceptions ahead ever after. What it prints is the same, at other times.
 */
const LATE_TRAPS = 'vhe-final';

/** @typedef {{ name: string, group: string, args: readonly string[], vcpus: number }} Boot */

/** @returns {Boot[]} */
function allBoots() {
  const gics = /** @type {const} */ ([['gic3', '3', '3'], ['gic2', '2', '2'], ['gic2-on-3', '3', '2']]);
  return gics.flatMap(([gic, host, guest]) =>
    [1, 2].flatMap((vcpus) =>
      ['vhe', 'nvhe'].flatMap((mode) =>
        (mode === 'vhe' ? ['fixed', 'base', 'final'] : ['final', 'base']).map((steps) => ({
          name: `${mode}-${steps}-${gic}-${String(vcpus)}`,
          group: `${gic}-${String(vcpus)}`,
          args: ['--kvm', mode, '--steps', steps, '--host-gic', host, '--gic', guest, '--smp', String(vcpus)],
          vcpus,
        })),
      ),
    ),
  );
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

/** @param {string} text */
const withoutTimes = (text) => text.replace(/^\[ *\d+\.\d+\]/gm, '');

/** @typedef {{ problem: string | null, console: string, digest: string | null, millions: number }} Result */

/** @param {Boot} boot @param {string} folder @returns {Promise<Result>} */
async function check({ name, args, vcpus }, folder) {
  const guest = join(root, '.cache', 'guests', 'cloud');
  const [disk, consoleFile, stats] = ['img', 'txt', 'json'].map((end) => join(folder, `${name}.${end}`));
  writeFileSync(String(disk), '');
  truncateSync(String(disk), DISK_BYTES);
  const { status, stderr } = await worldswitch([
    'run', join(guest, 'Image'), '--initrd', join(guest, 'initrd'), '--append', `console=ttyAMA0 pes=${String(vcpus)}`, '--drive', String(disk), '--memory', '256M', '--clock', 'retired', ...args,
    '--console', String(consoleFile), '--stats', String(stats), '--max-instructions', String(MAX_INSTRUCTIONS),
  ]);
  const text = existsSync(String(consoleFile)) ? readFileSync(String(consoleFile), 'latin1') : '';
  const last = text.trim().split('\n').at(-1) ?? '';
  if (status !== 0) return { problem: `status ${String(status)}: ${stderr.trim() || last}`, console: text, digest: null, millions: 0 };
  const document = JSON.parse(readFileSync(String(stats), 'utf8'));
  const problems = [
    document.stop === 'poweroff' ? null : `it stopped by ${String(document.stop)}`,
    text.includes(`init: ${String(TESTS)} passed, 0 failed`) ? null : `the self-test: ${text.split('\n').filter((line) => /^test: .*: (?!ok)|^init: \d+ passed/.test(line.trim())).join('; ') || last}`,
  ].filter((problem) => problem !== null);
  return { problem: problems.length === 0 ? null : problems.join('; '), console: text, digest: document.guestDigest, millions: document.instructions.total / 1e6 };
}

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const boots = allBoots().filter(({ name }) => (positionals.length > 0 ? positionals.some((part) => name.includes(part)) : values.quick !== true || QUICK.includes(name)));
process.stdout.write(`check:guest-boot  ${String(boots.length)} boots\n`);
if (!existsSync(join(root, '.cache', 'guests', 'cloud', 'initrd'))) {
  process.stdout.write(`no guest: npm run guests fetches it\n0 passed, ${String(Math.max(1, boots.length))} failed\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'worldswitch-guest-boot-'));
let passed = 0;
let failed = boots.length === 0 ? 1 : 0;
/** @type {Map<string, Result & { name: string }>} */
const first = new Map();
for (const boot of boots) {
  const started = performance.now();
  const result = await check(boot, folder);
  const other = first.get(boot.group);
  let { problem } = result;
  if (problem === null && other === undefined) first.set(boot.group, { ...result, name: boot.name });
  else if (problem === null && other !== undefined) {
    if (boot.name.startsWith(LATE_TRAPS) !== other.name.startsWith(LATE_TRAPS)) {
      if (withoutTimes(result.console) !== withoutTimes(other.console)) problem = `its console is not that of ${other.name}, times apart`;
    } else if (result.console !== other.console) problem = `its console is not that of ${other.name}`;
    else if (result.digest !== other.digest) problem = `its guestDigest is not that of ${other.name}`;
  }
  if (problem === null) passed++;
  else failed++;
  process.stdout.write(`${boot.name}: ${problem ?? `ok, ${result.millions.toFixed(0)} M instructions, digest ${String(result.digest).slice(0, 12)}, ${((performance.now() - started) / 1000).toFixed(1)} s`}\n`);
}
if (failed === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`consoles are in ${folder}\n`);
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
