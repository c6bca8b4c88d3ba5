// @ts-check
/** One program of `check:system` on both sides, line by line. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runOurs } from './machine.mjs';
import { normaliseLine } from './normalise.mjs';
import { buildProgram, runQemu } from './qemu.mjs';

/**
 * An explained difference, one of the list `EXPLAINED` that programs/NAME.explained.mjs exports: our line and the emulator's
 * as regular expressions, and the manual's section that decides. Each must match something.
 *
 * @typedef {{ line: RegExp, qemu: RegExp, section: string, why: string }} Explained
 * @typedef {{ name: string, checks: number, explained: number, differences: string[] }} Result
 */

const FOLDER = new URL('programs/', import.meta.url);

/** @param {string} name @returns {Promise<readonly Explained[]>} */
async function explanations(name) {
  const file = new URL(`${name}.explained.mjs`, FOLDER);
  if (!existsSync(file)) return [];
  const module = /** @type {{ EXPLAINED: readonly Explained[] }} */ (await import(file.href));
  return module.EXPLAINED;
}

/** What our core must print instead, where a file says so. @param {string} name */
function expectation(name) {
  const file = fileURLToPath(new URL(`${name}.expected`, FOLDER));
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/^#.*\n/gm, '') : undefined;
}

/** @param {string} name @param {string} [keep] the folder for what each side printed @returns {Promise<Result>} */
export async function compareProgram(name, keep) {
  const entries = await explanations(name);
  const elf = buildProgram(name);
  const ours = runOurs(elf);
  const theirs = runQemu(elf);
  if (keep !== undefined) {
    writeFileSync(`${keep}${name}.qemu`, theirs.text);
    writeFileSync(`${keep}${name}.ours`, ours.text);
  }
  const expected = expectation(name);
  const [a, b] = [keyed(expected ?? theirs.text), keyed(ours.text)];
  const keys = new Set([...a.keys(), ...b.keys()]);
  const matches = entries.map(() => 0);
  /** @type {string[]} */
  const differences = [];
  for (const key of keys) {
    const [their, our] = [normaliseLine(a.get(key) ?? '(nothing)', true), normaliseLine(b.get(key) ?? '(nothing)')];
    if (their === our) continue;
    const entry = entries.findIndex((one) => one.line.test(our) && one.qemu.test(their));
    if (entry >= 0) matches[entry] = (matches[entry] ?? 0) + 1;
    else differences.push(`  ours ${our}\n  ${expected === undefined ? 'qemu' : 'want'} ${their}`);
  }
  entries.forEach(({ line }, i) => {
    if (matches[i] === 0) differences.push(`  explained entry never matched: ${String(line)}`);
  });
  if (ours.end !== 'exit') differences.push(`  ours ended: ${ours.end}`);
  if (theirs.end !== 'exit') differences.push(`  qemu ended: ${theirs.end}`);
  return { name, checks: keys.size, explained: matches.reduce((sum, n) => sum + n, 0), differences };
}

/** The lines by what stands before the colon; the second of a name is `NAME #2`. @param {string} text */
function keyed(text) {
  /** @type {Map<string, string>} */
  const lines = new Map();
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const name = line.replace(/:.*/, '');
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    lines.set(use === 1 ? name : `${name} #${String(use)}`, line);
  }
  return lines;
}
