// @ts-check
/** One program of `check:system` on both sides. */
import { fileURLToPath } from 'node:url';
import { buildProgram, compareOutputs, runQemu } from '../lib/programs.mjs';
import { runOurs } from './machine.mjs';
import { normaliseLine } from './normalise.mjs';

const PROGRAMS = new URL('programs/', import.meta.url);
const BOARD = ['-M', 'virt,virtualization=on,gic-version=3', '-cpu', 'neoverse-n1'];

/** @param {string} name @param {string} [keep] the folder for what each side printed */
export function compareProgram(name, keep) {
  const elf = buildProgram(`system-${name}`, [fileURLToPath(new URL(`${name}.c`, PROGRAMS))]);
  return compareOutputs(name, { programs: PROGRAMS, ours: runOurs(elf), theirs: runQemu(elf, BOARD), keep, normalise: normaliseLine });
}
