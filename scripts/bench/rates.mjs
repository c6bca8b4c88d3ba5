// @ts-check
/**
 * `npm run bench:rates`: how often a second what a kernel and a hypervisor do all the time can be done: exception round
 * trips, moves of system registers in translated code and through the software port, calls between two guests, and what
 * making a core and a region costs. Best of the rounds beside the target; fails for none.
 */
import { SYSTEM_REGISTERS } from '../../packages/cpu/dist/arch/index.js';
import { createCpu } from '../../packages/cpu/dist/create.js';
import { NativeTextRegion } from '../../packages/cpu/dist/port/native-text.js';
import { PePort } from '../../packages/cpu/dist/port/software-port.js';
import { assemble } from '../../packages/tools/dist/index.js';

const ROUNDS = 5;
const WARM_UP = 4_000_000;
const INSTRUCTIONS = 40_000_000;
const EXCEPTION_INSTRUCTIONS = 4_000_000;
const PORT_CALLS = 2_000_000;
const RAM_BASE = 0x4000_0000;

/** To EL1 with the MMU on, RAM flat as one block; the handlers of both ELs stand behind. `low` is where the work begins. */
const PROLOGUE = `
start:  adr     x0, table
        movz    x1, #0x4000, lsl #16
        movk    x1, #0x701
        str     x1, [x0, #8]
        msr     ttbr0_el1, x0
        mov     x1, #0xff
        msr     mair_el1, x1
        movz    x1, #0x80, lsl #16
        movk    x1, #0x3519
        msr     tcr_el1, x1
        movz    x1, #0x30d0, lsl #16
        movk    x1, #0x1805
        msr     sctlr_el1, x1
        movz    x1, #0x8000, lsl #16
        msr     hcr_el2, x1
        adr     x1, vectors
        msr     vbar_el1, x1
        msr     vbar_el2, x1
        movz    x20, #1, lsl #48
        mov     x1, #0x3c5
        msr     spsr_el2, x1
        adr     x1, el1
        msr     elr_el2, x1
        eret
`;
const EPILOGUE = (/** @type {string} */ handler) => `
        .balign 2048
vectors: .space 0x400
        ${handler}
        eret
        .balign 2048
        .balign 4096
table:  .space  4096
data:   .space  0x40000
`;
const TO_EL0 = `
el1:    mov     x1, #0x3c0
        msr     spsr_el1, x1
        adr     x1, el0
        msr     elr_el1, x1
        movz    x1, #0x30d0, lsl #16    // stage 1 off again: EL0 may run everywhere
        movk    x1, #0x0804
        msr     sctlr_el1, x1
        eret
`;
const REGISTER_MOVES = 'mrs x1, tpidr_el1\n msr tpidr_el1, x1\n mrs x2, tpidr_el0\n msr tpidr_el0, x2\n'.repeat(4);
const TOUCH = 'ldr x3, [x4]\n add x4, x4, #1, lsl #12\n'.repeat(64);

bench('SVC + ERET', 'M/s', '1.5, aim 3', 3, `${TO_EL0} el0: svc #0\n b el0\n ${EPILOGUE('')}`);
bench('HVC + ERET', 'M/s', '1.5, aim 3', 3, `el1: hvc #0\n b el1\n ${EPILOGUE('')}`);
bench('MRS, MSR in translated code', 'M/s', '50', 17 / 16, `el1: ${REGISTER_MOVES} b el1\n ${EPILOGUE('')}`, INSTRUCTIONS);
const alone = bench('HVC among 64 loads, one VMID', 'M/s', '', 134, `el1: adr x4, data\n ${TOUCH} hvc #0\n b el1\n ${EPILOGUE('eor x21, x21, xzr\n msr vttbr_el2, x21')}`);
const two = bench('the same, two VMIDs in turns', 'M/s', '', 134, `el1: adr x4, data\n ${TOUCH} hvc #0\n b el1\n ${EPILOGUE('eor x21, x21, x20\n msr vttbr_el2, x21')}`);
print('two VMIDs to one', two / alone, 'times', '0.5');
benchPort();
benchCreation();

/** @param {string} what @param {string} unit @param {string} target @param {number} per instructions of one operation @param {string} source @param {number} [instructions] */
function bench(what, unit, target, per, source, instructions = EXCEPTION_INSTRUCTIONS) {
  const { cpu } = load(PROLOGUE + source);
  cpu.run(WARM_UP);
  const rate = best(() => {
    cpu.run(instructions);
    return instructions / per / 1e6;
  });
  print(what, rate, unit, target);
  return rate;
}

/** @param {string} source */
function load(source) {
  const result = assemble(source, { base: BigInt(RAM_BASE) });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  const { cpu } = createCpu();
  for (const { address, bytes } of result.program.sections) new Uint8Array(cpu.state.memory, cpu.memory.physical.host(Number(address)), bytes.length).set(bytes);
  return { cpu };
}

function benchPort() {
  const text = new NativeTextRegion(0x0b00_0000, 0x1_0000);
  const { cpu } = createCpu({ ports: { isNative: (address) => text.contains(address) } });
  const port = new PePort(0, cpu, text, { run: () => 'stop' });
  const register = SYSTEM_REGISTERS.byName('TPIDR_EL1')?.key ?? 0;
  const rate = best(() => {
    for (let i = 0; i < PORT_CALLS / 2; i++) {
      port.mrs(1, register);
      port.msr(register, 1);
    }
    return PORT_CALLS / 1e6;
  });
  print('MRS, MSR through the software port', rate, 'M/s', '20');
}

function benchCreation() {
  createCpu();
  const rate = best(() => {
    createCpu();
    return 1 / 1e3;
  });
  print('a core after the first', 1 / rate, 'ms', '< 30');
}

/** Work a second, the best of the rounds. @param {() => number} run */
function best(run) {
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { user, system } = process.cpuUsage();
    const work = run();
    const after = process.cpuUsage();
    rate = Math.max(rate, work / ((after.user - user + after.system - system) / 1e6));
  }
  return rate;
}

/** @param {string} what @param {number} figure @param {string} unit @param {string} target */
function print(what, figure, unit, target) {
  process.stdout.write(`${what.padEnd(36)} ${figure.toFixed(2).padStart(8)} ${unit.padEnd(6)}${target === '' ? '' : ` target ${target}`}\n`);
}
