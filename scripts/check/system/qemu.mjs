// @ts-check
/** The programs of `check:system` built by the cross compiler, and run in qemu-system-aarch64. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMPILER = 'aarch64-linux-gnu-gcc';
const EMULATOR = 'qemu-system-aarch64';
const HERE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/check/', import.meta.url));
const FLAGS = ['-O2', '-march=armv8.2-a+rcpc', '-mgeneral-regs-only', '-mstrict-align', '-ffreestanding', '-fno-pic', '-fno-pie', '-no-pie', '-nostdlib', '-static', '-Wall', '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments'];
/** No emulator needs longer for one of them. */
const TIMEOUT = 20_000;

export function findTools() {
  const version = spawnSync(EMULATOR, ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 || spawnSync(COMPILER, ['--version']).status !== 0) {
    process.stderr.write(`this check needs ${EMULATOR} and ${COMPILER}: apt-get install qemu-system-arm gcc-aarch64-linux-gnu\n`);
    process.exit(2);
  }
  return version.stdout.split('\n', 1)[0] ?? '';
}

/** The ELF file of a program, built once for each version of its sources. @param {string} name */
export function buildProgram(name) {
  const sources = [`programs/${name}.c`, 'support.c', 'support.S'].map((file) => HERE + file);
  const hash = createHash('sha256').update(FLAGS.join(' '));
  for (const file of [...sources, ...readdirSync(HERE).filter((name) => name.endsWith('.h')).map((name) => HERE + name), `${HERE}link.ld`]) hash.update(readFileSync(file));
  const elf = `${CACHE}system-${name}-${hash.digest('hex').slice(0, 16)}.elf`;
  if (existsSync(elf)) return elf;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${elf}.${String(process.pid)}`;
  const { status, stderr } = spawnSync(COMPILER, [...FLAGS, '-T', `${HERE}link.ld`, '-o', unfinished, ...sources], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${COMPILER} failed: ${stderr}`);
  renameSync(unfinished, elf);
  return elf;
}

/** @param {string} elf @returns {{ text: string, end: string }} */
export function runQemu(elf) {
  // Time goes by the instructions, and a wait takes none: nothing depends on how busy the machine is.
  const args = ['-M', 'virt,virtualization=on,gic-version=3', '-cpu', 'neoverse-n1', '-icount', 'shift=0,sleep=off', '-m', '256', '-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'none', '-semihosting-config', 'enable=on,target=native', '-kernel', elf];
  const { status, signal, stdout, stderr } = spawnSync(EMULATOR, args, { encoding: 'latin1', timeout: TIMEOUT, maxBuffer: 1 << 26 });
  // Semihosting writes to stderr or stdout, by version and options.
  return { text: stdout + stderr, end: status === 0 ? 'exit' : `status ${String(status)} ${String(signal)}` };
}
