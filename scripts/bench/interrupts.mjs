// @ts-check
/**
 * `npm run bench:interrupts`: SGIs from one PE to another a second of host time, each taken, acknowledged and completed by a
 * handler, with both versions of the GIC and the MMU on; and what 60 virtual seconds in WFI cost. Best of the rounds beside the
 * target; fails for none.
 */
import { createMachine } from '../../packages/machine/dist/index.js';
import { assemble } from '../../packages/tools/dist/index.js';

const ROUNDS = 5;
const WARM_UP = 1_000_000;
const INSTRUCTIONS = 1_000_000;
const RAM_BASE = 0x4000_0000;
const MIB = 1 << 20;
/** Where the handler counts. */
const COUNTER = RAM_BASE + 0x10_0000;
const IDLE_SECONDS = 60;

/** @typedef {import('../../packages/machine/dist/index.js').Machine} Machine */

const PSCI_CPU_ON = `
        movz    x0, #0xc400, lsl #16
        movk    x0, #3
        mov     x1, #1
        adr     x2, second
        hvc     #0
`;
const CONSTANTS = `
        movz    x20, #0x4010, lsl #16   // the counter
        movz    x21, #0x0800, lsl #16   // GICD
        adr     x0, vectors
        msr     vbar_el1, x0
`;
/** Devices as Device memory, RAM as Normal memory, one to one in two blocks; the table is in the page behind the counter's. */
const MMU_ON = `
        movz    x0, #0x4010, lsl #16
        movk    x0, #0x1000
        mov     x1, #0x401              // a block, AttrIndx 0, AF
        str     x1, [x0]
        movz    x1, #0x4000, lsl #16
        movk    x1, #0x705              // a block, AttrIndx 1, Inner Shareable, AF
        str     x1, [x0, #8]
        msr     ttbr0_el1, x0
        mov     x1, #0xff00
        msr     mair_el1, x1
        movz    x1, #0x0080, lsl #16    // T0SZ 25, Write-Back and Inner Shareable walks, EPD1
        movk    x1, #0x3519
        msr     tcr_el1, x1
        isb
        mrs     x1, sctlr_el1
        orr     x1, x1, #1
        msr     sctlr_el1, x1
        isb
`;
/** The first PE sends, and waits until the counter has moved. */
const SENDER = (/** @type {string} */ send) => `
loop:   ldr     x1, [x20]
        ${send}
wait:   ldr     x2, [x20]
        cmp     x1, x2
        b.ne    loop
        yield
        b       wait
`;
const RECEIVER = `
        msr     daifclr, #2
sleep:  wfi
        b       sleep
`;
const VECTORS = (/** @type {string} */ handler) => `
        .balign 2048
vectors: .space 0x280
        ${handler}
        ldr     x4, [x20]
        add     x4, x4, #1
        str     x4, [x20]
        eret
`;

const V3_INTERFACE = (/** @type {string} */ redistributor) => `
        mov     x0, #7
        msr     icc_sre_el1, x0
        isb
        mov     x0, #0xff
        msr     icc_pmr_el1, x0
        mov     x0, #1
        msr     icc_igrpen1_el1, x0
        movz    x1, #${redistributor}, lsl #16
        str     wzr, [x1, #0x14]
        add     x1, x1, #0x10, lsl #12
        mov     w0, #-1
        str     w0, [x1, #0x80]
        str     w0, [x1, #0x100]
`;
const V3_SGI = `
start:  ${CONSTANTS}
        ${MMU_ON}
        mov     w0, #0x13
        str     w0, [x21]
        ${V3_INTERFACE('0x080a')}
        ${PSCI_CPU_ON}
        movz    x5, #0x0300, lsl #16    // SGI 3 to Aff0 1
        movk    x5, #2
        ${SENDER('msr icc_sgi1r_el1, x5')}
second: ${CONSTANTS}
        ${MMU_ON}
        ${V3_INTERFACE('0x080c')}
        ${RECEIVER}
        ${VECTORS('mrs x3, icc_iar1_el1\n msr icc_eoir1_el1, x3')}
`;
const V2_INTERFACE = `
        movz    x22, #0x0801, lsl #16   // GICC
        mov     w0, #0xff
        str     w0, [x22, #4]
        mov     w0, #1
        str     w0, [x22]
`;
const V2_SGI = `
start:  ${CONSTANTS}
        ${MMU_ON}
        mov     w0, #1
        str     w0, [x21]
        ${V2_INTERFACE}
        ${PSCI_CPU_ON}
        movz    w5, #0x0002, lsl #16    // SGI 3 to CPU interface 1
        movk    w5, #3
        ${SENDER('str w5, [x21, #0xf00]')}
second: ${CONSTANTS}
        ${MMU_ON}
        ${V2_INTERFACE}
        ${RECEIVER}
        ${VECTORS('ldr w3, [x22, #0xc]\n str w3, [x22, #0x10]')}
`;
const IDLE = `
start:  ${CONSTANTS}
        mov     w0, #0x13
        str     w0, [x21]
        ${V3_INTERFACE('0x080a')}
        mrs     x0, cntfrq_el0
        mov     x1, #${String(IDLE_SECONDS)}
        mul     x0, x0, x1
        msr     cntv_cval_el0, x0
        mov     x0, #1
        msr     cntv_ctl_el0, x0
        wfi
        movz    x0, #0x8400, lsl #16    // PSCI SYSTEM_OFF
        movk    x0, #8
        hvc     #0
        .balign 2048
vectors: .space 2048
`;

benchSgi('SGI to another PE, GICv3', 3, V3_SGI);
benchSgi('SGI to another PE, GICv2', 2, V2_SGI);
benchIdle();

/** @param {string} what @param {2 | 3} gic @param {string} source */
function benchSgi(what, gic, source) {
  const machine = load(gic, 2, source);
  const counter = new DataView(machine.ram.bytes(COUNTER, 8).buffer, machine.ram.host + COUNTER - machine.ram.base, 8);
  const taken = () => counter.getUint32(0, true);
  let limit = WARM_UP;
  let spent = 0;
  run(machine, limit);
  const rate = best(() => {
    const before = taken();
    limit += INSTRUCTIONS;
    run(machine, limit);
    spent = INSTRUCTIONS / (taken() - before);
    return (taken() - before) / 1e3;
  });
  print(what, rate, 'k/s', '300');
  print('  instructions of one', spent, '', '');
}

function benchIdle() {
  const seconds = best(() => {
    const machine = load(3, 1, IDLE);
    const { user } = process.cpuUsage();
    const { reason } = machine.run();
    const cost = (process.cpuUsage().user - user) / 1e6;
    if (reason !== 'poweroff' || machine.virtualSeconds < IDLE_SECONDS) throw new Error(`the idle guest ended with ${reason} after ${String(machine.virtualSeconds)} s`);
    return 1 / cost;
  }, 1);
  print(`${String(IDLE_SECONDS)} virtual seconds in WFI`, 1e3 / seconds, 'ms', '100');
}

/** @param {Machine} machine @param {number} maxInstructions */
function run(machine, maxInstructions) {
  machine.resume();
  const { reason, diagnostic } = machine.run({ maxInstructions });
  if (reason !== 'limit') throw new Error(`${reason} ${diagnostic?.message ?? ''}`);
}

/** @param {2 | 3} gic @param {number} pes @param {string} source */
function load(gic, pes, source) {
  const result = assemble(source, { base: BigInt(RAM_BASE) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  const made = createMachine({ profile: 'generic', clock: 'retired', gic, pes, memory: 16 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  for (const { address, bytes } of result.program.sections) made.machine.ram.bytes(Number(address), bytes.length).set(bytes);
  made.machine.start(BigInt(RAM_BASE));
  return made.machine;
}

/** Work a second of CPU time, the best of the rounds. @param {() => number} work @param {number} [fixed] the time where `work` takes it itself */
function best(work, fixed) {
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { user, system } = process.cpuUsage();
    const done = work();
    const after = process.cpuUsage();
    rate = Math.max(rate, done / (fixed ?? (after.user - user + after.system - system) / 1e6));
  }
  return rate;
}

/** @param {string} what @param {number} figure @param {string} unit @param {string} target */
function print(what, figure, unit, target) {
  process.stdout.write(`${what.padEnd(36)} ${figure.toFixed(2).padStart(8)} ${unit.padEnd(6)}${target === '' ? '' : ` target ${target}`}\n`);
}
