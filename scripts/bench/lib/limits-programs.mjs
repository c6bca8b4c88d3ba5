// @ts-check
/** The programs of `bench:limits`: very many functions, each of which becomes regions; and one that does everything that could make memory grow. */
import { assemble } from '../../../packages/tools/dist/index.js';
import { Random } from '../../check/lib/rng.mjs';
import { RAM_BASE } from './one-pe.mjs';

const FUNCTIONS_AT = RAM_BASE + 0x10_0000;
/** Four functions to a page. */
const FUNCTION_BYTES = 1024;
const VARIANTS = 64;
/** Of a function, about: 52 instructions in 13 blocks is what kernels have on average (execution-engine, "Compilation"). */
const BLOCKS = 9;
/** Turns of a function's loop: enough that tier 0's samples find it. */
const TURNS = 200;
const TABLES = 0x8000;
const NORMAL_BLOCK = 0x701;

/** Stage 1 on at EL1, RAM flat in one block; then `main`. */
const PROLOGUE = `
start:  movz    x0, #0x4000, lsl #16
        movk    x0, #${String(TABLES)}
        movz    x1, #0x4000, lsl #16
        movk    x1, #${String(NORMAL_BLOCK)}
        str     x1, [x0, #8]
        msr     ttbr0_el1, x0
        mov     x1, #0xff
        msr     mair_el1, x1
        movz    x1, #0x90, lsl #16
        movk    x1, #0x3519
        movk    x1, #0x10, lsl #32
        msr     tcr_el1, x1
        mov     x1, #0x300000
        msr     cpacr_el1, x1
        adr     x1, vectors
        msr     vbar_el1, x1
        movz    x1, #0x30d0, lsl #16
        movk    x1, #0x0801
        msr     sctlr_el1, x1
        isb
`;

/** @param {string} source @param {number} [base] @returns {Uint8Array} */
function bytesOf(source, base = RAM_BASE) {
  const result = assemble(source, { base: BigInt(base) });
  const section = result.ok ? result.program.sections[0] : undefined;
  if (section === undefined) throw new Error(result.ok ? 'nothing was assembled' : result.diagnostics.map(({ message }) => message).join('\n'));
  return section.bytes;
}

/** Calls `count` functions one after the other, again and again. @param {import('../../../packages/cpu/dist/index.js').HostRam} ram @param {number} count */
export function manyFunctions(ram, count) {
  const main = `
main:   mov     x19, #${String(count & 0xffff)}
        movk    x19, #${String(count >>> 16)}, lsl #16
        movz    x20, #${String(FUNCTIONS_AT >>> 16)}, lsl #16
        movz    x21, #${String(TURNS)}
next:   blr     x20
        add     x20, x20, #${String(FUNCTION_BYTES)}
        subs    x19, x19, #1
        b.ne    next
        b       main
        .balign 2048
vectors: b      .
`;
  ram.write(RAM_BASE, bytesOf(PROLOGUE + main));
  const random = new Random(1);
  const variants = Array.from({ length: VARIANTS }, () => bytesOf(someFunction(random), FUNCTIONS_AT));
  for (let n = 0; n < count; n++) ram.write(FUNCTIONS_AT + n * FUNCTION_BYTES, /** @type {Uint8Array} */ (variants[n % VARIANTS]));
}

/** A loop of blocks that are skipped or not by the bits of X0. @param {Random} random */
function someFunction(random) {
  const operations = ['add', 'eor', 'sub', 'orr', 'and'];
  const operation = () => `${operations[random.below(operations.length)] ?? ''} x${String(random.below(8))}, x${String(random.below(8))}, x${String(random.below(8))}, ror #${String(random.below(64))}`.replace(/^(add|sub)(.*)ror/, '$1$2lsr');
  const blocks = Array.from({ length: BLOCKS }, (_, n) => `
        ${operation()}
        ${operation()}
        tbz     x0, #${String(random.below(64))}, ${String(n + 2)}f
        ${operation()}
        ${operation()}
${String(n + 2)}:`);
  return `
        mov     x9, x21
1:      ${blocks.join('')}
        add     x0, x0, x9
        subs    x9, x9, #1
        b.ne    1b
        ret
`;
}

/**
 * Work in a thousand contexts, by ASID and VMID-less controls, with code that is changed before it is called, TLB maintenance,
 * exceptions, floating point, and stores over a large area. It never ends.
 * @param {import('../../../packages/cpu/dist/index.js').HostRam} ram
 */
export function everything(ram) {
  ram.write(RAM_BASE, bytesOf(`${PROLOGUE}
        movz    x20, #0x4100, lsl #16   // data: 16 MiB
        movz    x22, #0x4020, lsl #16   // code that is made: 1 MiB
        mov     x23, #0
        mov     x24, #0
round:  add     x23, x23, #1
        and     x0, x23, #0x3ff         // another ASID, and every 16th time another MAIR_EL1
        lsl     x0, x0, #48
        movk    x0, #0x4000, lsl #16
        movk    x0, #${String(TABLES)}
        msr     ttbr0_el1, x0
        tst     x23, #0xf
        b.ne    1f
        mov     x0, #0xff
        bfi     x0, x23, #8, #40
        msr     mair_el1, x0
1:      isb
        ubfx    x1, x23, #0, #8         // a page of code: mov x0, #n; eor x24, x24, x0; ret
        add     x1, x22, x1, lsl #12
        ldr     w2, =0xd2800000
        and     x3, x23, #0xffff
        orr     w2, w2, w3, lsl #5
        ldr     w3, =0xca000318
        ldr     w4, =0xd65f03c0
        stp     w2, w3, [x1]
        str     w4, [x1, #8]
        dc      cvau, x1
        dsb     ish
        ic      ivau, x1
        dsb     ish
        isb
        mov     x25, x1
        mov     x26, #50
2:      blr     x25
        subs    x26, x26, #1
        b.ne    2b
        svc     #0
        and     x1, x23, #0xff          // stores through 16 MiB, a page apart
        add     x1, x20, x1, lsl #12
        mov     x26, #200
        fmov    d0, #1.5
3:      str     x24, [x1], #8
        ldr     x2, [x1, #64]
        add     x24, x24, x2
        fadd    d0, d0, d0
        scvtf   d1, x24
        fmul    d0, d0, d1
        subs    x26, x26, #1
        b.ne    3b
        tst     x23, #0x3f
        b.ne    4f
        ubfx    x0, x23, #6, #20
        tlbi    vae1, x0
        tlbi    vmalle1
        dsb     ish
        isb
4:      mov     x26, #20000
5:      add     x24, x24, x26, lsl #3
        ror     x24, x24, #7
        subs    x26, x26, #1
        b.ne    5b
        b       round
        .balign 2048
vectors: .space 0x200
        add     x24, x24, #1
        eret
`));
}
