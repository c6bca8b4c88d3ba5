/** Interrupts from end to end, by machine code: a timer, an SGI to another PE that PSCI started, and what WFI waits for. */
import { assemble, writeElf } from '@worldswitch/tools';
import { describe, expect, test } from 'vitest';
import { createMachine, type Machine, type MachineDescription } from '../src/index.ts';

function machineWith(source: string, description: Partial<MachineDescription> = {}): Machine {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 2 * 1024 * 1024, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const loaded = made.machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  made.machine.start(loaded.image.entry);
  return made.machine;
}

/** Prints the character in w4; ends by PSCI. */
const OFF = `
  movz w0, #0x8400, lsl #16
  movk w0, #8
  hvc #0
`;
const PUT = `
  movz x3, #0x0900, lsl #16
  str w4, [x3]
`;

/** PSCI starts PE 1 at a label, with what is in x3. */
const startSecond = (label: string): string => `
  movz w0, #0xc400, lsl #16
  movk w0, #3
  mov x1, #1
  adr x2, ${label}
  hvc #0
`;

/** Wakes the redistributor of PE x9, enables its SGIs and PPIs as group 1, and the CPU interface. */
const SYSTEM_REGISTERS = `
  mov x1, #7
  msr ICC_SRE_EL1, x1
  isb
`;
const START_GICV3 = `${SYSTEM_REGISTERS}  movz x1, #0x080a, lsl #16
  add x1, x1, x9, lsl #17
  str wzr, [x1, #0x14]
  add x1, x1, #0x10, lsl #12
  mov w2, #-1
  str w2, [x1, #0x80]
  str w2, [x1, #0x100]
  mov x2, #0xf0
  msr ICC_PMR_EL1, x2
  mov x2, #1
  msr ICC_IGRPEN1_EL1, x2
  isb
`;
const START_GICD = `
  movz x1, #0x0800, lsl #16
  mov w2, #3
  str w2, [x1]
`;

describe('GICv3', () => {
  test('the virtual timer wakes WFI at its time, and IAR names it', () => {
    const machine = machineWith(`
_start: ${START_GICD}
  mov x9, #0 ${START_GICV3}
  mov x0, #1000
  msr CNTV_CVAL_EL0, x0
  mov x0, #1
  msr CNTV_CTL_EL0, x0
  wfi
  mrs x4, ICC_IAR1_EL1
  add w4, w4, #38          // 27 is printed as A
  ${PUT} ${OFF}`);
    expect(machine.run().reason).toBe('poweroff');
    expect(machine.console.text).toBe('A');
    // 1000 counts of 16 ns, and the instructions after it.
    expect(machine.pes[0]!.clock.time).toBeGreaterThanOrEqual(16_000);
    expect(machine.pes[0]!.clock.time).toBeLessThan(16_020);
  });

  test('PSCI starts a second PE with its argument; an SGI wakes it, not before it was sent', () => {
    const machine = machineWith(`
_start: ${START_GICD} ${SYSTEM_REGISTERS}
  mov x3, #0x42 ${startSecond('second')}
  cbnz x0, fail
  // Twice is ALREADY_ON.
  movz w0, #0xc400, lsl #16
  movk w0, #3
  hvc #0
  cmn x0, #4
  b.ne fail
  mov x5, #2000
1: subs x5, x5, #1
  b.ne 1b
  mov x0, #2               // TargetList: Aff0 1
  movk x0, #0x0500, lsl #16
  msr ICC_SGI1R_EL1, x0
2: wfe
  b 2b
fail: mov w4, #'F' ${PUT} ${OFF}
second: mov x8, x0
  mov x9, #1 ${START_GICV3}
  wfi
  mrs x4, ICC_IAR1_EL1
  add w4, w4, w8           // 5 + 0x42 is G
  ${PUT} ${OFF}`, { pes: 2 });
    expect(machine.run({ maxInstructions: 200_000 }).reason).toBe('poweroff');
    expect(machine.console.text).toBe('G');
    const [sender, receiver] = machine.pes;
    expect(receiver!.clock.time).toBeGreaterThan(4000);
    expect(Math.abs(receiver!.clock.time - sender!.clock.time)).toBeLessThan(200);
  });

  // IHI 0069: ICC_PMR_EL1, ICC_IGRPEN1_EL1 and ICC_AP1R0_EL1 reset to 0.
  test('a PE that goes off with an interrupt active and is turned on again has the CPU interface of a PE after reset', () => {
    const machine = machineWith(`
_start: ${START_GICD} ${SYSTEM_REGISTERS} ${startSecond('first')}
1: yield
  movz w0, #0xc400, lsl #16
  movk w0, #4
  mov x1, #1
  mov x2, #0
  hvc #0
  cbz x0, 1b ${startSecond('second')}
2: wfe
  b 2b
first: mov x9, #1 ${START_GICV3}
  mov x0, #2               // TargetList: Aff0 1
  movk x0, #0x0500, lsl #16
  msr ICC_SGI1R_EL1, x0
  wfi
  mrs x4, ICC_IAR1_EL1
  add w4, w4, #'0' ${PUT}
  movz w0, #0x8400, lsl #16
  movk w0, #2
  hvc #0
second: mov x0, #7
  msr ICC_SRE_EL1, x0
  isb
  mrs x21, ICC_PMR_EL1
  mrs x22, ICC_IGRPEN1_EL1
  mrs x23, ICC_AP1R0_EL1
  mrs x24, ICC_RPR_EL1
  ${OFF}`, { pes: 2 });
    expect(machine.run({ maxInstructions: 200_000 }).reason).toBe('poweroff');
    const { cpu } = machine.pes[1]!;
    expect([machine.console.text, ...[21, 22, 23, 24].map((n) => cpu.getX(n))]).toEqual(['5', 0n, 0n, 0n, 0xffn]);
  });

  test('AFFINITY_INFO, CPU_OFF, and errors of PSCI', () => {
    const machine = machineWith(`
_start: movz w0, #0xc400, lsl #16
  movk w0, #4
  mov x1, #1
  mov x2, #0
  hvc #0
  add w4, w0, #'0' ${PUT}
  movz w0, #0xc400, lsl #16
  movk w0, #3
  mov x1, #7
  hvc #0
  neg w0, w0
  add w4, w0, #'0' ${PUT}
  movz w0, #0xc400, lsl #16
  movk w0, #3
  mov x1, #1
  mov x2, #0
  hvc #0
  neg w0, w0
  add w4, w0, #'0' ${PUT}
  movz w0, #0x8400, lsl #16
  movk w0, #2
  hvc #0
  b .`, { pes: 2 });
    // Off is 1; no such PE: INVALID_PARAMETERS; address 0: INVALID_ADDRESS. With every PE off nothing ever happens.
    expect(machine.run({ maxInstructions: 10_000 }).reason).toBe('idle-forever');
    expect(machine.console.text).toBe('129');
  });
});

test('GICv2: the UART\'s interrupt is an SPI, level-sensitive until it is cleared', () => {
  const machine = machineWith(`
_start: movz x1, #0x0800, lsl #16
  mov w2, #1
  str w2, [x1]
  mov w2, #2
  str w2, [x1, #0x104]     // INTID 33
  movz x5, #0x0801, lsl #16
  mov w2, #0xf0
  str w2, [x5, #4]
  mov w2, #1
  str w2, [x5]
  movz x3, #0x0900, lsl #16
  mov w2, #0x20
  str w2, [x3, #0x38]      // UARTIMSC: TX
  mov w4, #'a'
  str w4, [x3]
  wfi
  ldr w4, [x5, #0xc]
  str w4, [x5, #0x10]
  ldr w6, [x5, #0xc]       // still asserted
  cmp w4, w6
  b.ne fail
  str w2, [x3, #0x44]      // UARTICR
  str w6, [x5, #0x10]
  ldr w6, [x5, #0xc]
  cmp w6, #1023
  b.ne fail
  add w4, w4, #32          // 33 is printed as A
  str w4, [x3]
fail: ${OFF}`, { gic: 2 });
  expect(machine.run({ maxInstructions: 10_000 }).reason).toBe('poweroff');
  expect(machine.console.text).toBe('aA');
});
