/** A machine under a debugger: stops, steps, memory; and that neither a debugger nor a limit changes what runs. */
import { assemble, writeElf, type Program } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createMachine, type Machine, type MachineDescription } from '../src/index.ts';

/** PEs that take turns at a lock and count under it, each until its own share is done; the first then powers off. */
const COUNTING = `
_start: mrs x0, MPIDR_EL1
  and x0, x0, #0xff
  adr x1, lock
  mov x2, #300
again: ldaxr w3, [x1]
  cbnz w3, again
  mov w4, #1
  stxr w5, w4, [x1]
  cbnz w5, again
  ldr x6, [x1, #8]
  add x6, x6, #1
  str x6, [x1, #8]
  stlr wzr, [x1]
  subs x2, x2, #1
  b.ne again
  add x7, x1, #16
1: ldaxr w3, [x7]
  add w3, w3, #1
  stxr w5, w3, [x7]
  cbnz w5, 1b
  cbnz x0, park
2: ldr w3, [x7]
  cmp w3, #3
  b.ne 2b
  movz w0, #0x8400, lsl #16
  movk w0, #8
  hvc #0
park: wfi
  b park
  .balign 64
lock: .quad 0, 0, 0
`;

function machineWith(source: string, description: Partial<MachineDescription> = {}): { readonly machine: Machine; readonly program: Program } {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 1024 * 1024, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  for (const pe of machine.pes) pe.start(loaded.image.entry);
  return { machine, program: assembled.program };
}

const addressOf = ({ symbols }: Program, name: string): bigint => symbols.find((symbol) => symbol.name === name)!.value;

/** Runs to the end in shares of as many instructions. */
function digestInShares(share: number, clock: 'retired' | 'cost'): string {
  const { machine } = machineWith(COUNTING, { pes: 3, clock });
  for (;;) {
    const stop = machine.run({ maxInstructions: machine.instructions + share });
    if (stop.reason !== 'limit') {
      expect(stop.reason).toBe('poweroff');
      return machine.digest();
    }
    expect(machine.instructions).toBeLessThan(1_000_000);
    machine.resume();
  }
}

test.each(['retired', 'cost'] as const)('where a run is interrupted changes nothing, though three PEs contend for a lock: clock %s', (clock) => {
  const digests = [Infinity, 1, 7, 1000].map((share) => digestInShares(share, clock));
  expect(new Set(digests).size).toBe(1);
});

test('a breakpoint that stops three PEs again and again changes nothing either', () => {
  const { machine, program } = machineWith(COUNTING, { pes: 3 });
  const store = addressOf(program, 'again') + 28n;
  let stops = 0;
  for (;;) {
    for (const { cpu } of machine.pes) cpu.debugger.setBreakpoint(store);
    const stop = machine.run();
    if (stop.reason !== 'debugger') break;
    stops++;
    expect(stop.diagnostic).toMatchObject({ pc: store, message: 'breakpoint', text: 'str x6, [x1, #8]' });
    machine.resume();
    for (const { cpu } of machine.pes) cpu.debugger.clearBreakpoint(store);
    expect(machine.run({ step: stop.diagnostic!.pe }).diagnostic).toMatchObject({ pe: stop.diagnostic!.pe, pc: store + 4n, message: 'step' });
    machine.resume();
  }
  expect(stops).toBe(900);
  expect(machine.digest()).toBe(digestInShares(Infinity, 'retired'));
});

const FAULTING = `
_start: adr x0, vectors
  msr VBAR_EL1, x0
  svc #3
after: mov x1, #1
  .word 0
  .balign 2048
vectors: .space 0x200
  b .
`;

test('a step ends behind one instruction, or at the vector of the exception that it takes', () => {
  const { machine, program } = machineWith(FAULTING);
  const vector = addressOf(program, 'vectors') + 0x200n;
  machine.run({ maxInstructions: 2 });
  machine.resume();
  const [pe] = machine.pes;
  expect([machine.run({ step: 0 }).diagnostic!.pc, machine.instructions]).toEqual([vector, 3]);
  machine.resume();
  pe!.cpu.pc = addressOf(program, 'after') + 4n;
  expect([machine.run({ step: 0 }).diagnostic!.pc, machine.instructions]).toEqual([vector, 3]);
});

test('only one PE runs where the debugger wants it so', () => {
  const { machine } = machineWith('_start: add x1, x1, #1\n b _start', { pes: 2 });
  machine.run({ only: 1, maxInstructions: 1000 });
  expect(machine.pes.map(({ cpu }) => cpu.getX(1))).toEqual([machine.pes[0]!.cpu.getX(1), 500n]);
  expect(machine.pes[0]!.instructions).toBe(0);
});

/** 4 KiB pages: 0x0 to 0x3fff_ffff device, 0x4000_0000 on RAM, and RAM again at 0x8000_0000. */
const MAPPED = `
_start: adr x0, table
  mov x1, #0x701
  movz x2, #0x4000, lsl #16
  add x2, x2, x1
  stp x1, x2, [x0]
  str x2, [x0, #16]
  msr TTBR0_EL1, x0
  mov x3, #0xff
  msr MAIR_EL1, x3
  mov x4, #0x19
  movk x4, #0x80, lsl #16
  msr TCR_EL1, x4
  isb
  mov x5, #1
  msr SCTLR_EL1, x5
  isb
done: b done
  .balign 4096
table: .space 4096
`;

test('memory is read and written by the addresses that the PE has, and a look is no access', () => {
  const { machine, program } = machineWith(MAPPED);
  machine.run({ maxInstructions: 100 });
  machine.resume();
  const { debugMemory, ram, pes } = machine;
  const { cpu } = pes[0]!;
  const digest = machine.digest();
  const events = [...cpu.events];
  const start = addressOf(program, '_start');
  const there = start - BigInt(ram.base) + 0x8000_0000n;
  expect(debugMemory.readVirtual(cpu, there, 16)).toEqual(debugMemory.readPhysical(start, 16));
  // The end of RAM, a device, and an address that no table maps.
  expect([debugMemory.readVirtual(cpu, 0x800f_fffcn, 16).length, debugMemory.readVirtual(cpu, 0x900_0000n, 4).length, debugMemory.readVirtual(cpu, 0xffff_0000_0000_0000n, 4).length]).toEqual([4, 0, 0]);
  expect(debugMemory.readPhysical(0xffff_ffff_ffff_fffcn, 16).length).toBe(0);
  expect([machine.digest(), ...cpu.events]).toEqual([digest, ...events]);
  // b done becomes b . + 4 while it runs from compiled code.
  expect(debugMemory.writeVirtual(cpu, addressOf(program, 'done') - BigInt(ram.base) + 0x8000_0000n, Uint8Array.of(1, 0, 0, 0x14))).toBe(true);
  machine.run({ step: 0 });
  expect(cpu.pc).toBe(addressOf(program, 'done') + 4n);
  expect(debugMemory.writePhysical(0x900_0000n, Uint8Array.of(1))).toBe(false);
});
