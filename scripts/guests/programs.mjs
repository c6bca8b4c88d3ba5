// @ts-check
/** The programs of guests/linux, static, by Debian's cross compiler. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';
import { run } from './apt.mjs';

const PREFIX = process.env['CROSS_COMPILE'] ?? 'aarch64-linux-gnu-';
const SOURCES = join(root, 'guests', 'linux');
const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-array-bounds'];
/** As kvm-guest.h has RAM_BASE; the program is behind its entry. */
const GUEST_LINK = ['-nostdlib', '-static', '-Wl,--section-start=.start=0x40000000,-Ttext=0x40001000,--build-id=none'];
const GUEST_CODE = ['-ffreestanding', '-fno-builtin', '-fno-pic', '-fno-stack-protector', '-mgeneral-regs-only', '-mstrict-align'];

/** The self-test (init.c), which is the first process of all guests. */
export function buildInit() {
  return withScratch((folder) => compile(join(folder, 'init'), ['init.c'], []));
}

/** The user of /dev/kvm (kvm.c), with its guest inside. */
export function buildKvm() {
  return withScratch((folder) => {
    const elf = join(folder, 'kvm-guest.elf');
    run(`${PREFIX}gcc`, ['-O2', ...WARNINGS, ...GUEST_CODE, ...GUEST_LINK, '-o', elf, 'kvm-guest.S', 'kvm-guest.c'], SOURCES);
    run(`${PREFIX}objcopy`, ['-O', 'binary', elf, join(folder, 'kvm-guest.bin')]);
    return compile(join(folder, 'kvm'), ['kvm.c', 'kvm-image.S'], [`-Wa,-I${folder}`]);
  });
}

/** What sleeps (sleep.c). */
export function buildSleep() {
  return withScratch((folder) => compile(join(folder, 'sleep'), ['sleep.c'], []));
}

/** The names of the libraries that a program or library asks the loader for. @param {string} file @returns {string[]} */
export function neededLibraries(file) {
  return [...run(`${PREFIX}readelf`, ['-d', file]).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1] ?? '');
}

/** @param {string} out @param {readonly string[]} sources @param {readonly string[]} more */
function compile(out, sources, more) {
  run(`${PREFIX}gcc`, ['-O2', '-static', '-pthread', ...WARNINGS, ...more, '-o', out, ...sources], SOURCES);
  return readFileSync(out);
}

/** @template T @param {(folder: string) => T} action */
function withScratch(action) {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-guests-'));
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
