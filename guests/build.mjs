// @ts-check
/**
 * `node guests/build.mjs [OUT]`: builds the guests in C with Debian's cross compiler (gcc-aarch64-linux-gnu) into OUT, by
 * default `guests/dist`. Prints one line a guest; a missing compiler or an error in a source is status 1.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const COMPILER = process.env['CROSS_CC'] ?? 'aarch64-linux-gnu-gcc';

const FLAGS = [
  '-O2', '-mgeneral-regs-only', '-mstrict-align', '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-fno-builtin', '-fno-asynchronous-unwind-tables', '-Wall', '-Wextra', '-Wno-main', '-Werror',
  '-nostdlib', '-static', '-no-pie', '-Wl,--build-id=none', '-Wl,-z,max-page-size=4096', '-Wl,--no-warn-rwx-segments',
];

/** Guests by name: their folder has `link.ld`. */
const GUESTS = { selfcheck: ['start.S', 'main.c'] };

/** Builds all guests into `out` and returns their files by name; null, with a message, where that fails. @param {string} out @returns {Record<string, string> | null} */
export function buildGuests(out) {
  mkdirSync(out, { recursive: true });
  /** @type {Record<string, string>} */
  const built = {};
  for (const [name, sources] of Object.entries(GUESTS)) {
    const file = join(out, `${name}.elf`);
    const folder = join(here, name);
    const { error, status, stderr } = spawnSync(COMPILER, [...FLAGS, '-T', join(folder, 'link.ld'), '-o', file, ...sources.map((source) => join(folder, source))], { encoding: 'utf8' });
    if (error !== undefined || status !== 0) {
      process.stderr.write(error === undefined ? `${name}: ${stderr}` : `${COMPILER}: not found; on Debian: apt-get install gcc-aarch64-linux-gnu\n`);
      return null;
    }
    built[name] = file;
  }
  return built;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = buildGuests(process.argv[2] ?? join(here, 'dist'));
  for (const [name, file] of Object.entries(built ?? {})) process.stdout.write(`${name}: ${file}\n`);
  process.exitCode = built === null ? 1 : 0;
}
