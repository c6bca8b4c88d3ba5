/** Traces of small programs against lines written by hand; and that being watched changes nothing. */
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createHypervised, createMachine, type Machine, type MachineDescription, type TraceEvent, type TraceKind, type TraceStamp } from '../src/index.ts';

type Event = TraceEvent & TraceStamp;

function elf(source: string): Uint8Array {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ message }) => message).join('\n'));
  return writeElf(assembled.program);
}

function run(source: string, kinds: readonly TraceKind[] | null, description: Partial<MachineDescription> = {}): { readonly events: readonly Event[]; readonly machine: Machine } {
  const events: Event[] = [];
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 1024 * 1024, ...(kinds !== null && { trace: { kinds: new Set(kinds), listener: (event) => void events.push(event) } }), ...description });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(elf(source));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  machine.run({ maxInstructions: 100_000 });
  return { events, machine };
}

const OFF = `
  movz w0, #0x8400, lsl #16
  movk w0, #8
  hvc #0
`;

/** SVC #3, then a load from the hole at 0x0f000000, both at EL1; the handler goes on behind the load. */
const EXCEPTIONS = `
_start: adr x0, vectors
  msr VBAR_EL1, x0
  svc #3
  mov x1, #0x0f000000
  ldr w2, [x1]
${OFF}
  .balign 2048
vectors: .space 0x200
  mrs x3, ESR_EL1
  lsr x3, x3, #26
  cmp x3, #0x15
  b.eq 1f
  mrs x4, ELR_EL1
  add x4, x4, #4
  msr ELR_EL1, x4
1: eret
`;

test('exceptions: class, syndrome by field, addresses, and the returns', () => {
  const { events } = run(EXCEPTIONS, ['exceptions']);
  expect(events).toEqual([
    // Under the clock `retired` an instruction takes a nanosecond, and the exception one more.
    { pe: 0, instruction: 3, ns: 4, kind: 'exceptions', event: 'exception', from: 1, to: 1, class: 'SVC64', pc: '0x4008000c', vector: '0x40080a00', esr: '0x56000003', iss: { imm16: 3 } },
    { pe: 0, instruction: 7, ns: 8, kind: 'exceptions', event: 'return', from: 1, to: 1, pc: '0x4008000c' },
    {
      pe: 0, instruction: 9, ns: 11, kind: 'exceptions', event: 'exception', from: 1, to: 1, class: 'DataAbortSame', pc: '0x40080010', vector: '0x40080a00', far: '0xf000000',
      esr: '0x96000010', iss: expect.objectContaining({ ISV: 0, WnR: 0, DFSC: 'Synchronous External abort, not on translation table walk' }) as object,
    },
    { pe: 0, instruction: 16, ns: 18, kind: 'exceptions', event: 'return', from: 1, to: 1, pc: '0x40080014' },
  ]);
});

test('sysreg: what was written and read, by its name and the register reached', () => {
  const { events } = run(`_start: mov x0, #0x88000000\n orr x0, x0, #0x400000000\n msr HCR_EL2, x0\n isb\n mov x1, #0x1000\n msr VBAR_EL1, x1\n mrs x2, VBAR_EL12\n 1: mrs x3, TPIDR_EL0\n sub x1, x1, #1\n cbnz x1, 1b\n b .`, ['sysreg'], { el: 2 });
  expect(events.slice(0, 3)).toEqual([
    { pe: 0, instruction: 2, ns: 2, kind: 'sysreg', event: 'write', register: 'HCR_EL2', value: '0x488000000', el: 2, pc: '0x40080008' },
    { pe: 0, instruction: 5, ns: 5, kind: 'sysreg', event: 'write', register: 'VBAR_EL1', reached: 'VBAR_EL2', value: '0x1000', el: 2, pc: '0x40080014' },
    expect.objectContaining({ instruction: 6, event: 'read', register: 'VBAR_EL12', reached: 'VBAR_EL1' }),
  ]);
  // The loop becomes translated code, which makes no access unseen.
  expect(events.length).toBe(3 + 0x1000);
});

test('mmio: devices by name, and holes', () => {
  const { events } = run(`_start: adr x0, vectors\n msr VBAR_EL1, x0\n mov x1, #0x09000000\n mov w2, #65\n strb w2, [x1]\n ldr w3, [x1, #0x18]\n mov x1, #0x0f000000\n str x2, [x1, #8]\n .balign 2048\nvectors: .space 0x200\n b .`, ['mmio']);
  expect(events.slice(0, 3)).toEqual([
    { pe: 0, instruction: 4, ns: 4, kind: 'mmio', event: 'write', device: 'UART', address: '0x9000000', size: 1, value: '0x41', pc: '0x40080010' },
    // TXFE and RXFE.
    { pe: 0, instruction: 5, ns: 5, kind: 'mmio', event: 'read', device: 'UART', address: '0x9000018', size: 4, value: '0x90', pc: '0x40080014' },
    { pe: 0, instruction: 7, ns: 7, kind: 'mmio', event: 'write', device: null, address: '0xf000008', size: 8, value: '0x41', aborted: true, pc: '0x4008001c' },
  ]);
});

/** SGI 1 to itself, of group 1, acknowledged and ended with interrupts masked. */
const SGI_V3 = `
_start: mov x0, #7
  msr ICC_SRE_EL1, x0
  mov x1, #0x080a0000
  str wzr, [x1, #0x14]
  add x1, x1, #0x10000
  mov w2, #2
  str w2, [x1, #0x80]
  str w2, [x1, #0x100]
  mov x3, #0x08000000
  str w2, [x3]
  mov x0, #0xff
  msr ICC_PMR_EL1, x0
  mov x0, #1
  msr ICC_IGRPEN1_EL1, x0
  movz x0, #1
  movk x0, #0x100, lsl #16
  msr ICC_SGI1R_EL1, x0
  mrs x4, ICC_IAR1_EL1
  msr ICC_EOIR1_EL1, x4
${OFF}`;

test('gic: frames by register, the CPU interface, and the lines', () => {
  const { events } = run(SGI_V3, ['gic'], { gic: 3 });
  const brief = events.map((event) => (event.kind !== 'gic' ? [] : event.event === 'input' ? ['input', event.intid, event.level] : event.event === 'output' ? ['output', event.line, event.level] : [event.event, event.register, event.value]));
  expect(brief).toEqual([
    ['write', 'ICC_SRE_EL1', '0x7'], ['write', 'GICR_WAKER', '0x0'], ['write', 'GICR_IGROUPR0', '0x2'], ['write', 'GICR_ISENABLER0', '0x2'], ['write', 'GICD_CTLR', '0x2'], ['write', 'ICC_PMR_EL1', '0xff'], ['write', 'ICC_IGRPEN1_EL1', '0x1'],
    ['output', 'IRQ', true], ['write', 'ICC_SGI1R_EL1', '0x1000001'], ['output', 'IRQ', false], ['read', 'ICC_IAR1_EL1', '0x1'], ['write', 'ICC_EOIR1_EL1', '0x1'],
  ]);
});

test('gic: inputs are told when they change', () => {
  // The virtual timer's condition holds at once.
  const { events } = run(`_start: mov x0, #1\n msr CNTV_CVAL_EL0, xzr\n msr CNTV_CTL_EL0, x0\n msr CNTV_CTL_EL0, x0\n msr CNTV_CTL_EL0, xzr\n${OFF}`, ['gic']);
  expect(events).toEqual([
    { pe: 0, instruction: 2, ns: 2, kind: 'gic', event: 'input', intid: 27, level: true },
    { pe: 0, instruction: 4, ns: 4, kind: 'gic', event: 'input', intid: 27, level: false },
  ]);
});

test('switch: the edges of a round trip, in order', () => {
  const events: Event[] = [];
  const made = createHypervised({ profile: 'seattle-vhe', mode: 'vhe', memory: 2 * 1024 * 1024, trace: { kinds: new Set(['switch']), listener: (event) => void events.push(event) } });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(elf(`_start: movz w0, #0x8400, lsl #16\n hvc #0\n${OFF}`));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  hypervised.run();
  const names = events.map(({ event }) => event);
  const first = names.indexOf('flush');
  expect(names.slice(first, first + 5)).toEqual(['flush', 'enter', 'exit', 'sync', 'synced']);
  expect(names).toContain('load');
});

test.each([EXCEPTIONS, SGI_V3])('a machine that is watched does what it does unwatched', (source) => {
  const watched = run(source, ['exceptions', 'sysreg', 'mmio', 'gic', 'switch']).machine;
  const plain = run(source, null).machine;
  expect(watched.digest()).toBe(plain.digest());
});
