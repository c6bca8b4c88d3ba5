// @ts-check
/** One program of `check:system` on both sides. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CoreDriver, runProgram } from '../../../packages/machine/dist/testing/index.js';
import { buildProgram, compareOutputs, runQemu } from '../lib/programs.mjs';
import { normaliseLine } from './normalise.mjs';

const PROGRAMS = new URL('programs/', import.meta.url);
const BOARD = ['-M', 'virt,virtualization=on,gic-version=3', '-cpu', 'neoverse-n1'];

export const CORE_PROGRAMS = readdirSync(fileURLToPath(PROGRAMS))
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.replace(/\.c$/, ''))
  .sort();

/** @param {string} name */
export const sourceOf = (name) => fileURLToPath(new URL(`${name}.c`, PROGRAMS));

/** The ELF file of a program. @param {string} name */
export const buildCoreProgram = (name) => buildProgram(`system-${name}`, [sourceOf(name)]);

/** @param {string} name @param {string} [keep] the folder for what each side printed @param {import('../../../packages/machine/dist/testing/index.js').CpuTestDriver} [driver] ours, in Eval alone, unless given */
export async function compareProgram(name, keep, driver = new CoreDriver({ translation: false })) {
  const elf = buildCoreProgram(name);
  return compareOutputs(name, { programs: PROGRAMS, ours: await runProgram(driver, readFileSync(elf)), theirs: runQemu(elf, BOARD), keep, normalise: normaliseLine });
}
