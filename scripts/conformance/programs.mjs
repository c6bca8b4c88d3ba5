// @ts-check
/**
 * The programs of the conformance suite by name, with what each is for, what it needs, and who says what is right. Their texts are those
 * of check:system, check:gic and check:ladder; only the lockstep programs are here.
 */
import { readFileSync } from 'node:fs';
import { assemble } from '../../packages/tools/dist/index.js';
import { GIC_PROGRAMS, sourceOf as gicSource } from '../check/gic/compare.mjs';
import { PROGRAMS as GUESTS } from '../check/ladder/programs.mjs';
import { CORE_PROGRAMS, sourceOf as coreSource } from '../check/system/compare.mjs';

/** @typedef {import('../../packages/machine/dist/testing/index.js').CpuTestNeed} CpuTestNeed */
/** @typedef {'lockstep' | 'core' | 'gic' | 'hypervised'} Suite */
/** @typedef {{ suite: Suite, name: string, purpose: string, needs: readonly CpuTestNeed[], oracle: string }} Listed */

/** @type {Readonly<Record<Suite, string>>} */
export const SUITES = {
  lockstep: 'words executed one at a time beside qemu-system-aarch64, every register compared after each',
  core: 'bare-metal programs at EL2, EL1 and EL0, which print a line a check',
  gic: 'bare-metal programs about interrupts and timers of two PEs, at EL2 and at EL1',
  hypervised: 'guests of our hypervisor, in both modes and under every prefix of the forty steps',
};

/** What the text of a program names, with the headers of its own folder. @type {Readonly<Record<CpuTestNeed, RegExp>>} */
const NAMES_OF = { gicv3: /\b(?:ICC|ICH|GICD|GICR)_|"icc_|"ich_|ALL_ACCESSES/i, timer: /\bcnt(?:p|v|hp|hv|k|h|voff)\w*_el|TIMER_ACCESSES|ALL_ACCESSES/i };

/** The sentence at the head of a source. @param {string} source */
const purposeOf = (source) => (/^\/\*\s*([\s\S]*?)\s*\*\//.exec(source)?.[1] ?? '').replace(/\s*\n \* ?/g, ' ');

/** @type {readonly Listed[]} */
const CORE = CORE_PROGRAMS.map((name) => {
  const source = readFileSync(coreSource(name), 'utf8');
  const needs = /** @type {CpuTestNeed[]} */ (Object.keys(NAMES_OF)).filter((need) => NAMES_OF[need].test(source));
  return { suite: 'core', name, purpose: purposeOf(source), needs, oracle: 'QEMU' };
});

/** @type {readonly Listed[]} */
const GIC = [...new Set(GIC_PROGRAMS.map((name) => gicSource(name)))].map((file) => ({
  suite: 'gic',
  name: /** @type {string} */ (/([^/]*)\.c$/.exec(file)?.[1]),
  purpose: purposeOf(readFileSync(file, 'utf8')),
  needs: [],
  oracle: 'QEMU',
}));

/** @type {readonly Listed[]} */
const HYPERVISED = GUESTS.map(({ name, purpose, meets }) => ({ suite: 'hypervised', name, purpose, needs: [], oracle: `committed trace${meets === undefined ? '' : `; from prefix 33 on with the fix ${meets}`}` }));

/** What is stepped: its text, and how many instructions. @type {readonly { name: string, purpose: string, steps: number, text: string }[]} */
const TEXTS = [
  { name: 'sum', purpose: 'flags and a loop', steps: 60, text: '_start: mov x0, #10\n1: add x1, x1, x0\n subs x0, x0, #1\n b.ne 1b\n adcs x2, x1, x1\n sbcs w3, w1, w2\n ccmp x3, #4, #2, lt\n csinc x4, x3, x1, hi\n' },
  { name: 'arithmetic', purpose: 'carries, shifts, bit fields, multiplication and division at their borders', steps: 40, text: '_start: mov x0, #-1\n mov x1, #0x8000000000000000\n adds x2, x0, x1\n subs x3, x1, #1\n adcs x4, x2, x3\n extr x5, x1, x0, #7\n sbfx x6, x1, #60, #4\n ubfiz w7, w0, #5, #9\n bfi x8, x0, #3, #17\n rbit x9, x5\n clz x10, x9\n cls x11, x6\n rev x12, x8\n smulh x13, x0, x1\n umulh x14, x0, x1\n sdiv x15, x1, x0\n udiv x16, x1, xzr\n madd x17, x2, x3, x4\n smsubl x18, w2, w3, x4\n crc32cx w19, w0, x1\n asrv x20, x1, x0\n rorv w21, w5, w3\n ands x22, x20, x21, ror #9\n bics w23, w20, w21, asr #31\n eon x24, x22, x23, lsl #2\n' },
  { name: 'memory', purpose: 'addressing, write-back, extension, pairs, exclusives and atomics', steps: 40, text: '_start: adr x20, data\n mov x0, #-2\n str x0, [x20, #8]!\n ldrsb w1, [x20]\n ldrsh x2, [x20], #-8\n ldr w3, [x20, #12]\n stp x0, x2, [x20, #16]!\n ldp w4, w5, [x20], #8\n mov x6, #-8\n ldr x7, [x20, x6]\n str w3, [x20, w6, sxtw]\n ldpsw x8, x9, [x20, #-8]\n ldaxr x10, [x20]\n stlxr w11, x7, [x20]\n stlxr w12, x7, [x20]\n mov x13, #5\n ldadd x13, x14, [x20]\n casal x14, x13, [x20]\n swp w6, w15, [x20]\n ldsminal x0, x16, [x20]\n dc zva, x20\n ldr x17, [x20]\n b .\n .balign 64\ndata: .space 192\n' },
  {
    // SCTLR_EL1.SPAN is UNKNOWN at reset, so it is set; and the emulator clears the flags where an exception is taken, so they are clear before.
    name: 'exception-levels', purpose: 'down to EL1 and EL0 and up again by SVC, HVC and an undefined word: vectors, ELR, ESR and SPSR as software reads them', steps: 60,
    text: '_start: mov x0, #0x0838\n movk x0, #0x30d5, lsl #16\n msr sctlr_el1, x0\n adr x0, vectors\n msr vbar_el2, x0\n msr vbar_el1, x0\n mov x0, #0x80000000\n msr hcr_el2, x0\n adr x0, one\n msr elr_el2, x0\n mov x0, #0x3c5\n msr spsr_el2, x0\n eret\none: adr x0, user\n msr elr_el1, x0\n msr spsr_el1, xzr\n eret\nuser: mov x1, #1\n svc #7\n b .\n .balign 2048\nvectors: .space 0x400\n mrs x2, currentel\n tbnz x2, #3, 2f\n mrs x3, esr_el1\n mrs x4, elr_el1\n mrs x5, spsr_el1\n hvc #9\n .word 0\n b .\n2: mrs x6, esr_el2\n mrs x7, elr_el2\n mrs x8, spsr_el2\n eret\n',
  },
];
const ADDRESS = 0x4008_0000n;

/** @type {ReadonlyMap<string, import('../../packages/machine/dist/testing/index.js').LockstepProgram>} */
export const LOCKSTEP = new Map(TEXTS.map(({ name, text, steps }) => [name, { address: ADDRESS, words: wordsOf(name, `${text} b .\n`), steps }]));

/** @param {string} name @param {string} text */
function wordsOf(name, text) {
  const result = assemble(text, { base: ADDRESS });
  if (!result.ok) throw new Error(`${name}: ${String(result.diagnostics[0]?.message)}`);
  const [section] = result.program.sections;
  const bytes = section?.bytes ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, n) => view.getUint32(4 * n, true));
}

/** All of them, in the order of the suites. @type {readonly Listed[]} */
export const PROGRAMS = [...TEXTS.map(({ name, purpose }) => ({ suite: /** @type {Suite} */ ('lockstep'), name, purpose, needs: [], oracle: 'QEMU' })), ...CORE, ...GIC, ...HYPERVISED];
