// @ts-check
/**
 * Bare-metal programs that print one line a check: built by the cross compiler, run in qemu-system-aarch64, and what two
 * sides print compared line by line. Used by `check:system` and `check:gic`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { linesByName } from '../../../packages/machine/dist/testing/index.js';
import { SHARE_LIMIT } from './explained.mjs';

/**
 * An explained difference, one of the list `EXPLAINED` that NAME.explained.mjs beside a program exports: our line and the
 * emulator's as regular expressions, and the manual's section that decides. Each must match something.
 *
 * @typedef {{ line: RegExp, qemu: RegExp, section: string, why: string }} Explained
 * @typedef {{ text: string, end: string }} Output what was printed, and how the run ended: `exit` is the good one
 * @typedef {{ name: string, checks: number, explained: number, differences: string[], right: Map<string, string>, isHandWritten: boolean }} Result
 *  `right` has the lines that a core must print: the emulator's or the file's, and ours where they are explained
 */

const COMPILER = 'aarch64-linux-gnu-gcc';
const EMULATOR = 'qemu-system-aarch64';
const SYSTEM = fileURLToPath(new URL('../system/', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/check/', import.meta.url));
const FLAGS = ['-O2', '-march=armv8.2-a+rcpc', '-mgeneral-regs-only', '-mstrict-align', '-ffreestanding', '-fno-pic', '-fno-pie', '-no-pie', '-nostdlib', '-static', '-Wall', '-Wl,--build-id=none', '-Wl,--no-warn-rwx-segments'];
/** No emulator needs longer for one of them. */
const TIMEOUT = 20_000;
const SHOWN = 20;

/** The emulator's version; ends the process with status 2 where a tool is missing. */
export function findTools() {
  const version = spawnSync(EMULATOR, ['--version'], { encoding: 'utf8' });
  if (version.status !== 0 || spawnSync(COMPILER, ['--version']).status !== 0) {
    process.stderr.write(`this check needs ${EMULATOR} and ${COMPILER}: apt-get install qemu-system-arm gcc-aarch64-linux-gnu\n`);
    process.exit(2);
  }
  return version.stdout.split('\n', 1)[0] ?? '';
}

/**
 * The ELF file of a program, built once for each version of its sources. Start, vectors and printing are those of
 * `check:system`. @param {string} name @param {readonly string[]} sources @param {readonly string[]} [flags]
 */
export function buildProgram(name, sources, flags = []) {
  const all = [...sources, `${SYSTEM}support.c`, `${SYSTEM}support.S`];
  const folders = new Set(sources.map((file) => file.replace(/(programs\/)?[^/]*$/, '')).concat(SYSTEM));
  const headers = [...folders].flatMap((folder) => readdirSync(folder).filter((file) => file.endsWith('.h')).map((file) => folder + file));
  const hash = createHash('sha256').update([...FLAGS, ...flags].join(' '));
  for (const file of [...all, ...headers, `${SYSTEM}link.ld`]) hash.update(readFileSync(file));
  const elf = `${CACHE}program-${name}-${hash.digest('hex').slice(0, 16)}.elf`;
  if (existsSync(elf)) return elf;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${elf}.${String(process.pid)}`;
  const { status, stderr } = spawnSync(COMPILER, [...FLAGS, ...flags, '-T', `${SYSTEM}link.ld`, '-o', unfinished, ...all], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${COMPILER} failed: ${stderr}`);
  renameSync(unfinished, elf);
  return elf;
}

/** @param {string} elf @param {readonly string[]} board options that say which @returns {Output} */
export function runQemu(elf, board) {
  // Time goes by the instructions, and a wait takes none: nothing depends on how busy the machine is.
  const args = [...board, '-icount', 'shift=0,sleep=off', '-m', '256', '-nic', 'none', '-display', 'none', '-monitor', 'none', '-serial', 'none', '-semihosting-config', 'enable=on,target=native', '-kernel', elf];
  const { status, signal, stdout, stderr } = spawnSync(EMULATOR, args, { encoding: 'latin1', timeout: TIMEOUT, maxBuffer: 1 << 26 });
  // Semihosting writes to stderr or stdout, by version and options.
  return { text: stdout + stderr, end: status === 0 ? 'exit' : `status ${String(status)} ${String(signal)}` };
}

/**
 * A program on both sides. `programs` is its folder, where NAME.explained.mjs and NAME.expected stand, too; `normalise`
 * leaves out of a line what is UNKNOWN.
 *
 * @param {string} name
 * @param {{ programs: URL, ours: Output, theirs: Output, keep?: string | undefined, normalise?: (line: string, isEmulator?: boolean) => string }} sides
 * @returns {Promise<Result>}
 */
export async function compareOutputs(name, { programs, ours, theirs, keep, normalise = (line) => line }) {
  const entries = await explanations(new URL(`${name}.explained.mjs`, programs));
  if (keep !== undefined) {
    writeFileSync(`${keep}${name}.qemu`, theirs.text);
    writeFileSync(`${keep}${name}.ours`, ours.text);
  }
  const expected = expectation(new URL(`${name}.expected`, programs));
  const [a, b] = [linesByName(expected ?? theirs.text), linesByName(ours.text)];
  const keys = new Set([...a.keys(), ...b.keys()]);
  const matches = entries.map(() => 0);
  /** @type {string[]} */
  const differences = [];
  /** @type {Map<string, string>} */
  const right = new Map();
  for (const key of keys) {
    const [their, our] = [normalise(a.get(key) ?? '(nothing)', true), normalise(b.get(key) ?? '(nothing)')];
    if (a.has(key)) right.set(key, their);
    if (their === our) continue;
    const entry = entries.findIndex((one) => one.line.test(our) && one.qemu.test(their));
    if (entry >= 0) {
      matches[entry] = (matches[entry] ?? 0) + 1;
      right.set(key, our);
    } else differences.push(`  ours ${our}\n  ${expected === undefined ? 'qemu' : 'want'} ${their}`);
  }
  entries.forEach(({ line }, i) => {
    if (matches[i] === 0) differences.push(`  explained entry never matched: ${String(line)}`);
  });
  if (ours.end !== 'exit') differences.push(`  ours ended: ${ours.end}`);
  if (theirs.end !== 'exit') differences.push(`  qemu ended: ${theirs.end}`);
  return { name, checks: keys.size, explained: matches.reduce((sum, n) => sum + n, 0), differences, right, isHandWritten: expected !== undefined };
}

/** @param {URL} file @returns {Promise<readonly Explained[]>} */
async function explanations(file) {
  if (!existsSync(file)) return [];
  const module = /** @type {{ EXPLAINED: readonly Explained[] }} */ (await import(file.href));
  return module.EXPLAINED;
}

/** What our side must print instead, where a file says so. @param {URL} file */
function expectation(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/^#.*\n/gm, '') : undefined;
}

/**
 * Prints the results and sets the exit status. A whole run, `isWhole`, holds the explained entries to their share, unless
 * the check has no limit. @param {Result[]} results @param {{ isWhole: boolean, isCut: boolean, share?: number }} options
 */
export function reportResults(results, { isWhole, isCut, share = SHARE_LIMIT }) {
  let total = 0;
  let failed = 0;
  let explained = 0;
  for (const { name, checks, explained: ours, differences } of results) {
    total += checks;
    explained += ours;
    failed += differences.length;
    process.stdout.write(`${name}: ${String(checks)} checks, ${String(ours)} explained, ${String(differences.length)} differ\n`);
    const shown = isCut ? differences.slice(0, SHOWN) : differences;
    for (const difference of shown) process.stdout.write(`${difference.slice(0, 500)}\n`);
    if (differences.length > shown.length) process.stdout.write(`  and ${String(differences.length - shown.length)} more\n`);
  }
  if (results.length === 0) {
    failed++;
    process.stdout.write(`no program of that name\n`);
  }
  if (isWhole && explained > share * total) {
    failed++;
    process.stdout.write(`the explained entries cover ${String(explained)} of ${String(total)} checks, more than ${String(share * 100)} %\n`);
  }
  process.stdout.write(`\n${String(Math.max(0, total - failed))} passed, ${String(failed)} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
