/** Several PEs: who runs when. */
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createMachine, type Machine, type MachineDescription } from '../src/index.ts';

/** PE 0 turns PE 1 on and does what is in place of FIRST; PE 1 waits with WFI for the alarm of the clock, five seconds from now. */
const ALARM = `
_start: ldr x0, =0xc4000003
  mov x1, #1
  adr x2, second
  mov x3, #0
  hvc #0
  FIRST
second: ldr x1, =0x08000000
  mov w0, #0x12          // GICD_CTLR: ARE, EnableGrp1
  str w0, [x1]
  mov w0, #-1
  str w0, [x1, #0x84]    // GICD_IGROUPR1
  mov w0, #4
  str w0, [x1, #0x104]   // GICD_ISENABLER1: INTID 34
  mov x0, #1
  add x2, x1, #0x6000
  str x0, [x2, #272]     // GICD_IROUTER34
  ldr x1, =0x080c0014
  str wzr, [x1]          // GICR_WAKER
  mov x0, #7
  msr ICC_SRE_EL1, x0
  isb
  mov x0, #0xf0
  msr ICC_PMR_EL1, x0
  mov x0, #1
  msr ICC_IGRPEN1_EL1, x0
  isb
  mov x1, #0x09010000
  ldr w2, [x1]
  add w2, w2, #5
  str w2, [x1, #4]       // RTCMR
  mov w3, #1
  str w3, [x1, #0x10]    // RTCIMSC
  wfi
  ldr w4, [x1]
  sub w20, w4, w2
  mrs x21, CNTPCT_EL0
  mov w0, #0x18
  hlt #0xf000
  .ltorg
`;

/** Each PE writes its number into its own slot, then into a common place, and waits. */
const PROGRAM = `
_start: mrs x0, MPIDR_EL1
  and x0, x0, #0xff
  adr x1, slots
  add w2, w0, #1
  strb w2, [x1, x0]
1: yield
  ldrb w3, [x1, #8]
  cmp w3, w0
  b.ne 1b
  strb w2, [x1, #8]
  wfi
  .balign 16
slots: .skip 16
`;

/** A machine with a program in its memory, which no PE runs yet; and where the program begins and has its labels. */
function loaded(source: string, description: Partial<MachineDescription>): { readonly machine: Machine; readonly entry: bigint; readonly addressOf: (label: string) => number } {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error('does not assemble');
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 1024 * 1024, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const result = made.machine.loadElf(writeElf(assembled.program));
  if (!result.ok) throw new Error(result.error.message);
  return { machine: made.machine, entry: result.image.entry, addressOf: (label) => Number(assembled.program.symbols.find(({ name }) => name === label)!.value) };
}

test('the PE with the lowest local time runs, so that each gets its turn', () => {
  const { machine, entry, addressOf } = loaded(PROGRAM, { pes: 3 });
  for (const pe of machine.pes) pe.start(entry);
  expect(machine.run({ maxInstructions: 10_000 }).reason).toBe('idle-forever');
  const slots = addressOf('slots');
  expect([...machine.ram.bytes(slots, 9)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 3]);
});

test.each([
  ['is off', 'ldr x0, =0x84000002\n hvc #0'],
  ['waits', 'wfi\n b .'],
])('the alarm of the clock wakes PE 1 at its time where PE 0 %s', (_title, first) => {
  const { machine, entry } = loaded(ALARM.replace('FIRST', first), { gic: 3, pes: 2, semihosting: { commandLine: '' } });
  machine.start(entry);
  expect(machine.run({ maxInstructions: 1_000_000 }).reason).toBe('semihosting');
  const { cpu } = machine.pes[1]!;
  // The count of five seconds at 62.5 MHz.
  expect([cpu.getX(20), cpu.getX(21) - (cpu.getX(21) % 1_000_000n)]).toEqual([0n, 312_000_000n]);
});
