// @ts-check
/** One program of `check:gic`, built for one version of the GIC, on both sides. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createMachine, PROFILES } from '../../../packages/machine/dist/index.js';
import { buildProgram, compareOutputs, runQemu } from '../lib/programs.mjs';

/** A program that has not ended by then never will. */
const LIMIT = 50_000_000;
const MIB = 1 << 20;
const PROGRAMS = new URL('programs/', import.meta.url);
const SUPPORT = ['support.c', 'virtual.c', 'its.c', 'vectors.S'].map((file) => fileURLToPath(new URL(file, import.meta.url)));

/** Every program once for each version that it is about, as `v2-NAME` and `v3-NAME`. */
export const GIC_PROGRAMS = readdirSync(fileURLToPath(PROGRAMS))
  .filter((file) => file.endsWith('.c'))
  .map((file) => file.replace(/\.c$/, ''))
  .flatMap((name) => (/^v[23]-/.test(name) ? [name] : [`v2-${name}`, `v3-${name}`]))
  .sort();

/** @param {string} name @param {string} [keep] the folder for what each side printed */
export function compareProgram(name, keep) {
  const gic = name.startsWith('v2') ? 2 : 3;
  const elf = buildProgram(`gic-${name}`, [sourceOf(name), ...SUPPORT], [`-DGIC=${String(gic)}`]);
  return compareOutputs(name, { programs: PROGRAMS, ours: runOurs(elf, gic), theirs: runQemu(elf, board(gic)), keep });
}

/** @param {string} name */
export function sourceOf(name) {
  const own = fileURLToPath(new URL(`${name}.c`, PROGRAMS));
  return existsSync(own) ? own : fileURLToPath(new URL(`${name.slice(3)}.c`, PROGRAMS));
}

/** Two PEs; the emulator's GICv2 has as many bits of a priority as GIC-400. @param {2 | 3} gic */
function board(gic) {
  return ['-M', `virt,virtualization=on,gic-version=${String(gic)}`, '-cpu', 'neoverse-n1', '-smp', '2', '-global', 'arm_gic.num-priority-bits=5'];
}

/** @param {string} elf @param {2 | 3} gic @returns {import('../lib/programs.mjs').Output} */
function runOurs(elf, gic) {
  const made = createMachine({
    profile: PROFILES.generic,
    clock: 'retired',
    el: 2,
    vhe: true,
    gic,
    pes: 2,
    memory: 32 * MIB,
    semihosting: { commandLine: '' },
  });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(readFileSync(elf));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  const { reason, exitCode, diagnostic } = machine.run({ maxInstructions: LIMIT });
  return { text: machine.console.text, end: reason === 'semihosting' && exitCode === 0 ? 'exit' : `${reason} ${diagnostic?.message ?? ''}` };
}
