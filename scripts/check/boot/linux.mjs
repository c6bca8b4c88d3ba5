// @ts-check
/** Debian kernels of `npm run guests`, started on our machine or on QEMU, and what came of it. Knows no expectation. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../../lib/workspace.mjs';

const DISK_BYTES = 8 * 1024 * 1024;
/** More than any of the guests needs: one that hangs ends. */
const MAX_INSTRUCTIONS = 20_000_000_000;
export const GUESTS = join(root, '.cache', 'guests');
export const WORLDSWITCH = join(root, 'apps', 'cli', 'dist', 'main.js');

/**
 * How the machine is started, the QEMU that is nearest to it, and what the kernel's KVM then says.
 * @typedef {{ args: readonly string[], qemu: { cpu: string, virtualization: boolean }, append?: string, kvm: RegExp }} Mode
 */
/** @type {Readonly<Record<string, Mode>>} */
export const MODES = {
  el1: { args: ['--el', '1'], qemu: { cpu: 'cortex-a76', virtualization: false }, kvm: /HYP mode not available/ },
  vhe: { args: ['--el', '2'], qemu: { cpu: 'cortex-a76', virtualization: true }, kvm: /VHE mode initialized successfully/ },
  nvhe: { args: ['--el', '2', '--vhe', 'off'], qemu: { cpu: 'cortex-a57', virtualization: true }, kvm: /Hyp (nVHE )?mode initialized successfully/ },
  'vhe-as-nvhe': { args: ['--el', '2'], qemu: { cpu: 'cortex-a76', virtualization: true }, append: 'kvm-arm.mode=nvhe', kvm: /Hyp (nVHE )?mode initialized successfully/ },
};

/** @param {string} name @returns {Mode} */
export function modeOf(name) {
  const mode = MODES[name];
  if (mode === undefined) throw new Error(`no mode ${name}`);
  return mode;
}

/** `args`: in place of those of the mode, for our machine. @typedef {{ name: string, kernel: string, mode: string, gic: number, pes: number, initrd: string, memory?: string, append?: string, disk?: boolean, args?: readonly string[] }} Boot */
/** @typedef {{ status: number | null, stderr: string, console: string, seconds: number }} Outcome */

/** Boots on our machine; the run document is null where there is none. @param {Boot} boot @param {string} folder for its files @param {readonly string[]} [more] options of `run` */
export async function bootHere(boot, folder, more = []) {
  const consoleFile = join(folder, `${boot.name}.txt`);
  const stats = join(folder, `${boot.name}.json`);
  const args = ['run', ...argumentsHere(boot, folder), '--console', consoleFile, '--stats', stats, '--max-instructions', String(MAX_INSTRUCTIONS), ...more];
  const { status, stderr, seconds } = await started(process.execPath, [WORLDSWITCH, ...args]);
  const console = existsSync(consoleFile) ? readFileSync(consoleFile, 'latin1') : '';
  const document = status === 0 && existsSync(stats) ? JSON.parse(readFileSync(stats, 'utf8')) : null;
  return { status, stderr, seconds, console, document };
}

/** Boots the same on QEMU. @param {Boot} boot @param {string} folder @param {readonly string[]} [more] options of QEMU @returns {Promise<Outcome>} */
export async function bootOnQemu(boot, folder, more = []) {
  const { status, stderr, stdout, seconds } = await started('qemu-system-aarch64', [...argumentsOfQemu(boot, folder), ...more]);
  return { status, stderr, seconds, console: stdout };
}

/** What `run` takes for a boot. @param {Boot} boot @param {string} folder for its files @returns {string[]} */
export function argumentsHere({ name, kernel, mode, gic, pes, initrd, memory, append, disk, args }, folder) {
  const how = modeOf(mode);
  return [
    join(GUESTS, kernel, 'Image'), '--initrd', resolve(GUESTS, kernel, initrd), '--append', commandLine(how, append), '--gic', String(gic), '--smp', String(pes), ...(args ?? how.args),
    ...(memory === undefined ? [] : ['--memory', memory]), ...(disk === true ? ['--drive', emptyDisk(folder, name)] : []),
  ];
}

/** What QEMU takes for the same. @param {Boot} boot @param {string} folder for its files @returns {string[]} */
export function argumentsOfQemu({ name, kernel, mode, gic, pes, initrd, memory = '512M', append, disk }, folder) {
  const how = modeOf(mode);
  return [
    '-M', `virt,gic-version=${String(gic)}${how.qemu.virtualization ? ',virtualization=on' : ''}`, '-cpu', how.qemu.cpu, '-smp', String(pes), '-m', memory, '-nographic', '-nic', 'none',
    '-kernel', join(GUESTS, kernel, 'Image'), '-initrd', join(GUESTS, kernel, initrd), '-append', commandLine(how, append),
    ...(disk === true ? ['-global', 'virtio-mmio.force-legacy=false', '-drive', `file=${emptyDisk(folder, name)},if=none,format=raw,id=disk`, '-device', 'virtio-blk-device,drive=disk'] : []),
  ];
}

/** @param {Mode} mode @param {string | undefined} append */
function commandLine(mode, append) {
  return ['console=ttyAMA0', mode.append, append].filter((part) => part !== undefined).join(' ');
}

/** @param {string} folder @param {string} name */
function emptyDisk(folder, name) {
  const disk = join(folder, `${name}.img`);
  writeFileSync(disk, '');
  truncateSync(disk, DISK_BYTES);
  return disk;
}

/** @param {string} command @param {readonly string[]} args @returns {Promise<{ status: number | null, stdout: string, stderr: string, seconds: number }>} */
function started(command, args) {
  const before = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes) => (stdout += bytes.toString('latin1')));
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr, seconds: (performance.now() - before) / 1000 }));
  });
}

/** Why a boot did not come to a clean end on our machine; null if it did. @param {Awaited<ReturnType<typeof bootHere>>} outcome */
export function unclean({ status, stderr, console, document }) {
  if (status !== 0) return `status ${String(status)}: ${stderr.trim() || lastLine(console)}`;
  return document?.stop === 'poweroff' ? null : `it stopped by ${String(document?.stop)}`;
}

/** The lines of a guest that say what went wrong. @param {string} console */
export function failures(console) {
  const lines = console.split('\n').map((line) => line.trim()).filter((line) => /^test: .*: (?!ok)|^\w+: \d+ passed/.test(line));
  return lines.join('; ') || lastLine(console);
}

/** @param {string} console */
function lastLine(console) {
  return console.trim().split('\n').at(-1) ?? '';
}
