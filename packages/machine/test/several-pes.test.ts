/** Several PEs: who runs when. */
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createMachine } from '../src/index.ts';

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

test('the PE with the lowest local time runs, so that each gets its turn', () => {
  const assembled = assemble(PROGRAM);
  if (!assembled.ok) throw new Error('does not assemble');
  const made = createMachine({ profile: 'generic', clock: 'retired', pes: 3, memory: 1024 * 1024 });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  for (const pe of machine.pes) pe.start(loaded.image.entry);
  expect(machine.run({ maxInstructions: 10_000 }).reason).toBe('idle-forever');
  const slots = Number(assembled.program.symbols.find(({ name }) => name === 'slots')!.value);
  expect([...machine.ram.bytes(slots, 9)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 3]);
});
