/** Bare-metal programs on a machine: console, firmware, semihosting, time, and the ways to stop. */
import { assemble, writeElf } from '@worldswitch/tools';
import { describe, expect, test } from 'vitest';
import { createMachine, PROFILES, type Machine, type MachineDescription } from '../src/index.ts';

const MIB = 1024 * 1024;

function assembled(source: string): Uint8Array {
  const result = assemble(source);
  if (!result.ok) throw new Error(result.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  return writeElf(result.program);
}

/** A machine with the program loaded and started. */
function machineWith(source: string, description: Partial<MachineDescription> = {}): Machine {
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 2 * MIB, semihosting: { commandLine: 'one two' }, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const loaded = made.machine.loadElf(assembled(source));
  if (!loaded.ok) throw new Error(loaded.error.message);
  made.machine.start(loaded.image.entry);
  return made.machine;
}

const PRINT = `
print:  // the string at x2 to the UART
  mov x3, #0x09000000
1: ldrb w4, [x2], #1
  cbz w4, 2f
  str w4, [x3]
  b 1b
2: ret
`;

const EXIT = `
  // SYS_EXIT with ADP_Stopped_ApplicationExit and the code in x5
  adr x1, block
  movz x4, #0x26
  movk x4, #2, lsl #16
  stp x4, x5, [x1]
  mov w0, #0x18
  hlt #0xf000
  b .
  .balign 16
block: .quad 0, 0
`;

describe('console and exit', () => {
  test.each([1, 2] as const)('a program at EL%d prints through the UART and exits by semihosting', (el) => {
    const machine = machineWith(`_start: adr x2, text\n bl print\n mrs x5, CurrentEL\n lsr x5, x5, #2\n b exit\n ${PRINT}\nexit: ${EXIT}\ntext: .asciz "hello\\n"`, { el });
    expect(machine.run()).toMatchObject({ reason: 'semihosting', exitCode: el });
    expect(machine.console.text).toBe('hello\n');
    expect(machine.console.lines).toBe(1);
  });

  test('the UART says that it can send, and who it is', () => {
    const source = `_start: mov x3, #0x09000000\n ldr w5, [x3, #0x18]\n add x4, x3, #0xfe0\n ldrb w6, [x4, #8]\n orr w5, w5, w6, lsl #8\n and w5, w5, #0x7f00\n lsr w5, w5, #8\n ${EXIT}`;
    // UARTPeriphID2 is 0x14.
    expect(machineWith(source).run().exitCode).toBe(0x14);
  });

  test('semihosting writes bytes, strings and buffers, and tells the command line', () => {
    const source = `
_start: mov w0, #0x03
  adr x1, text
  hlt #0xf000
  mov w0, #0x04
  hlt #0xf000
  mov w0, #0x15
  adr x1, request
  hlt #0xf000
  mov x6, x0
  mov w0, #0x05
  adr x1, write
  hlt #0xf000
  add x5, x6, x0
${EXIT}
text: .asciz "abc|"
  .balign 8
request: .quad buffer, 64
write: .quad 1, buffer, 7
buffer: .skip 64`;
    const machine = machineWith(source);
    expect(machine.run().exitCode).toBe(0);
    expect(machine.console.text).toBe('aabc|one two');
  });

  test('an exit code above 125 is 1', () => {
    expect(machineWith(`_start: mov x5, #126\n${EXIT}`).run().exitCode).toBe(1);
  });

  test('without semihosting HLT is UNDEFINED', () => {
    const made = createMachine({ profile: 'generic', memory: 2 * MIB });
    if (!made.ok) throw new Error(made.error.message);
    const { machine } = made;
    const loaded = machine.loadElf(assembled(`_start: adr x0, vectors\n msr VBAR_EL1, x0\n isb\n hlt #0xf000\n .balign 2048\nvectors: .skip 0x200\n mov w0, #0x84000000\n add w0, w0, #8\n hvc #0`));
    if (!loaded.ok) throw new Error(loaded.error.message);
    machine.start(loaded.image.entry);
    expect(machine.run().reason).toBe('poweroff');
  });
});

describe('PSCI', () => {
  const off = 'movz w0, #8\n movk w0, #0x8400, lsl #16\n';

  test('is reached by HVC from EL1, and an unknown function is not supported', () => {
    const machine = machineWith(`_start: mov w0, #0x4b000000\n hvc #0\n mov x5, x0\n mov w0, #0x84000000\n hvc #0\n mov x6, x0\n ${off} hvc #0\n`);
    expect(machine.run()).toEqual({ reason: 'poweroff', exitCode: 0, diagnostic: null });
    const { cpu } = machine.pes[0]!;
    expect(cpu.getX(5)).toBe(2n ** 64n - 1n);
    expect(cpu.getX(6)).toBe(0x1_0001n);
  });

  test('is reached by SMC from EL2', () => {
    expect(machineWith(`_start: ${off} smc #0\n`, { el: 2 }).run().reason).toBe('poweroff');
  });

  test('SYSTEM_RESET stops too', () => {
    expect(machineWith(`_start: ${off} add w0, w0, #1\n hvc #0\n`).run().reason).toBe('reset');
  });
});

describe('ways to stop', () => {
  test('a limit of instructions is exact, and a machine may run on after it', () => {
    const machine = machineWith('_start: b .');
    expect(machine.run({ maxInstructions: 1234 }).reason).toBe('limit');
    expect(machine.instructions).toBe(1234);
    machine.resume();
    machine.run({ maxInstructions: 2000 });
    expect(machine.instructions).toBe(2000);
  });

  test('waiting for what never comes', () => {
    expect(machineWith('_start: wfi\n b .').run().reason).toBe('idle-forever');
  });

  test('a vector that is not there: no progress', () => {
    const stop = machineWith('_start: mov x0, #0\n msr VBAR_EL1, x0\n isb\n svc #0').run();
    expect(stop).toMatchObject({ reason: 'no-progress', exitCode: 1, diagnostic: { el: 1, pc: 0x200n, word: null } });
  });

  test('an instruction without semantics names its row', () => {
    const profile = { ...PROFILES.generic, features: PROFILES.generic.features.with('BF16') };
    const stop = machineWith('_start: mov x0, #3 << 20\n msr CPACR_EL1, x0\n isb\n .inst 0x6e42fc20', { profile }).run();
    expect(stop).toMatchObject({ reason: 'unimplemented', exitCode: 70, diagnostic: { pe: 0, el: 1, row: 'BFDOT_simd' } });
  });

  test('whoever listens to the console may stop the machine', () => {
    const machine: Machine = machineWith(`_start: adr x2, text\n bl print\n b .\n ${PRINT}\ntext: .asciz "one\\ntwo\\n"`, { console: { line: (line) => line === 'one' && machine.requestStop('until') } });
    expect(machine.run()).toMatchObject({ reason: 'until', exitCode: 0 });
    expect(machine.console.text).toBe('one\n');
  });
});

describe('time', () => {
  test('retired: one nanosecond an instruction, and the counter follows', () => {
    // 62.5 MHz: 16 ns a count. The MRS is the 1602nd instruction: 2 + 2 x 800 - 1 before it... the loop is 800 x 2.
    const machine = machineWith(`_start: mov x1, #800\n1: subs x1, x1, #1\n b.ne 1b\n mrs x5, CNTPCT_EL0\n lsr x5, x5, #1\n ${EXIT}`);
    // 1601 instructions before the MRS: floor(1601 / 16) = 100, half of it is the exit code.
    expect(machine.run().exitCode).toBe(50);
  });

  test('WFI goes on to the next deadline of a timer', () => {
    const source = `_start: mov x0, #1000\n msr CNTV_CVAL_EL0, x0\n mov x0, #1\n msr CNTV_CTL_EL0, x0\n wfi\n b .`;
    const machine = machineWith(source);
    // The interrupt is not enabled in the distributor: it wakes nobody, but its time comes.
    expect(machine.run().reason).toBe('idle-forever');
    expect(machine.pes[0]!.clock.time).toBe(16_000);
    expect((machine.gic.privateLines(0) >>> 27) & 1).toBe(1);
  });

  test('cost: the counter follows the price of what happened', () => {
    const machine = machineWith(`_start: isb\n isb\n mrs x5, CNTPCT_EL0\n ${EXIT}`, { clock: 'cost', profile: 'seattle' });
    machine.run();
    const pe = machine.pes[0]!;
    // Two ISBs of 20 cycles and a dozen instructions: the local time is their sum, in sixteenths.
    expect(pe.clock.time).toBe(machine.model.units(pe.events));
    expect(pe.clock.time).toBeGreaterThan(40 * 16);
  });
});

describe('memory', () => {
  test('a hole aborts, and is counted', () => {
    const source = `_start: adr x0, vectors\n msr VBAR_EL1, x0\n isb\n mov x1, #0x10000000\n ldr w2, [x1]\n .balign 2048\nvectors: .skip 0x200\n mrs x5, ESR_EL1\n lsr x5, x5, #26\n ${EXIT}`;
    const machine = machineWith(source);
    // EC 0x25: data abort without a change of EL.
    expect(machine.run().exitCode).toBe(0x25);
    expect([...machine.pes[0]!.bus.holes]).toEqual([[0x1000_0000, 1]]);
  });

  test('images outside RAM are refused, and nothing is written', () => {
    const made = createMachine({ profile: 'generic', memory: MIB });
    if (!made.ok) throw new Error(made.error.message);
    const { machine } = made;
    expect(machine.loadFlat(new Uint8Array(8), machine.ram.end - 4)).toMatchObject({ ok: false, error: { code: 'outside-ram' } });
    expect(machine.loadFlat(new Uint8Array(8), machine.ram.base + 2)).toMatchObject({ ok: false, error: { code: 'misaligned' } });
    expect(machine.loadFlat(new Uint8Array(0))).toMatchObject({ ok: false, error: { code: 'nothing-to-load' } });
    expect(machine.loadElf(new Uint8Array(64))).toMatchObject({ ok: false, error: { code: 'bad-elf' } });
    const far = assemble('_start: nop', { base: 0x1_0000_0000n });
    if (!far.ok) throw new Error('does not assemble');
    expect(machine.loadElf(writeElf(far.program))).toMatchObject({ ok: false, error: { code: 'outside-ram' } });
  });
});

describe('digests', () => {
  const program = `_start: mov x9, #3\n adr x0, data\n str x9, [x0]\n b .\n .balign 8\ndata: .quad 0`;

  test('equal runs give equal digests, whatever the slices', () => {
    const once = machineWith(program);
    once.run({ maxInstructions: 100 });
    const pieces = machineWith(program);
    for (let limit = 1; limit <= 100; limit++) {
      pieces.resume();
      pieces.run({ maxInstructions: limit });
    }
    expect(pieces.digest()).toBe(once.digest());
  });

  test('one bit of a register or of RAM makes another digest', () => {
    const machine = machineWith(program);
    machine.run({ maxInstructions: 10 });
    const before = machine.digest();
    const { cpu } = machine.pes[0]!;
    cpu.setX(9, 2n);
    const after = machine.digest();
    expect(after).not.toBe(before);
    cpu.setX(9, 3n);
    expect(machine.digest()).toBe(before);
    machine.ram.write(machine.ram.end - 1, Uint8Array.of(1));
    expect(machine.digest()).not.toBe(before);
  });
});

describe('descriptions', () => {
  test.each([
    [{ pes: 9, gic: 2 }, 'bad-pes'],
    [{ memory: 1000 }, 'bad-memory'],
    [{ native: true, el: 1 }, 'no-el2'],
    [{ vhe: true, el: 1 }, 'no-vhe'],
  ] as const)('%o: %s', (description, code) => {
    expect(createMachine({ profile: 'seattle', ...description })).toMatchObject({ ok: false, error: { code } });
  });
});
