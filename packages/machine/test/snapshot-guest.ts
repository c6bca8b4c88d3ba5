/**
 * A guest for snapshots that is never at rest: PEs that start each other, count in a common word by exclusives, send each
 * other SGIs, take timer interrupts, wait in WFI, and print.
 */
import { assemble, writeElf } from '@worldswitch/tools';
import { createMachine, type ConsoleListener, type Machine, type MachineDescription } from '../src/index.ts';

const GIC2 = {
  start: `
  movz x1, #0x0800, lsl #16
  mov w2, #1
  str w2, [x1]
  mov w2, #-1
  str w2, [x1, #0x100]
  movz x5, #0x0801, lsl #16
  mov w2, #0xf0
  str w2, [x5, #4]
  mov w2, #1
  str w2, [x5]`,
  acknowledge: 'ldr w20, [x5, #0xc]\n  and w22, w20, #0x3ff',
  end: 'str w20, [x5, #0x10]',
  // SGI 1 to the PE in x15.
  send: `
  mov w2, #1
  lsl w2, w2, w15
  lsl w2, w2, #16
  orr w2, w2, #1
  movz x1, #0x0800, lsl #16
  str w2, [x1, #0xf00]`,
};
const GIC3 = {
  start: `
  movz x1, #0x0800, lsl #16
  mov w2, #3
  str w2, [x1]
  mov x1, #7
  msr ICC_SRE_EL1, x1
  isb
  movz x1, #0x080a, lsl #16
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
  isb`,
  acknowledge: 'mrs x20, ICC_IAR1_EL1\n  mov w22, w20',
  end: 'msr ICC_EOIR1_EL1, x20',
  send: `
  mov x2, #1
  lsl x2, x2, x15
  movk x2, #0x0100, lsl #16
  msr ICC_SGI1R_EL1, x2`,
};

const source = (gic: 2 | 3, pes: number): string => {
  const { start, acknowledge, end, send } = gic === 2 ? GIC2 : GIC3;
  return `
_start: mov x9, #0
  mov x10, #1
1: cmp x10, #${String(pes)}
  b.ge common
  movz w0, #0xc400, lsl #16
  movk w0, #3
  mov x1, x10
  adr x2, secondary
  mov x3, x10
  hvc #0
  add x10, x10, #1
  b 1b
secondary: mov x9, x0
common: adr x1, vectors
  msr vbar_el1, x1
  ${start}
  mov x0, #300
  msr CNTV_TVAL_EL0, x0
  mov x0, #1
  msr CNTV_CTL_EL0, x0
  msr daifclr, #2
  adr x11, shared
loop: add x12, x12, #1
2: ldaxr x13, [x11]
  add x13, x13, #1
  stlxr w14, x13, [x11]
  cbnz w14, 2b
  tst x12, #0xf
  b.ne 3f
  add x15, x9, #1
  cmp x15, #${String(pes)}
  csel x15, xzr, x15, ge
  ${send}
3: tst x12, #0x3f
  b.ne 4f
  wfi
4: tst x12, #0x1f
  b.ne 5f
  movz x3, #0x0900, lsl #16
  add w4, w9, #'a'
  str w4, [x3]
  mov w4, #10
  tst x12, #0x20
  b.eq 5f
  str w4, [x3]
5: b loop

  .balign 2048
vectors: .space 0x280
  ${acknowledge}
  add x21, x21, #1
  cmp w22, #27
  b.ne 6f
  add x0, x21, #200
  msr CNTV_TVAL_EL0, x0
6: ${end}
  eret
  .balign 2048
shared: .quad 0
`;
};

const queue = (n: number, tables: string): string => `
  mov w1, #${String(n)}
  str w1, [x28, #0x30]
  mov w1, #8
  str w1, [x28, #0x38]
  str w${tables}, [x28, #0x80]
  str wzr, [x28, #0x84]
  add w1, w${tables}, #0x100
  str w1, [x28, #0x90]
  str wzr, [x28, #0x94]
  add w1, w${tables}, #0x200
  str w1, [x28, #0xa0]
  str wzr, [x28, #0xa4]
  mov w1, #1
  str w1, [x28, #0x44]`;

/**
 * A driver of the virtio console (Virtio 1.1, "Console Device") without interrupts: it prints the letter in w10 again and again, and takes
 * another one where one was typed. Descriptors, available and used ring of a queue are 256 bytes apart.
 */
const CONSOLE_DRIVER = `
_start: movz x28, #0x0a00, lsl #16
  movk x28, #0x3c00
  movz x20, #0x4010, lsl #16
  add x21, x20, #0x300
  mov w1, #3
  str w1, [x28, #0x70]
  mov w1, #1
  str w1, [x28, #0x24]
  str w1, [x28, #0x20]
  mov w1, #11
  str w1, [x28, #0x70]
  ${queue(0, '20')}
  ${queue(1, '21')}
  mov w1, #15
  str w1, [x28, #0x70]
  add x22, x20, #0x600
  add x23, x20, #0x608
  mov w1, #1
  str x22, [x20]
  str w1, [x20, #8]
  mov w2, #2
  strh w2, [x20, #12]
  str x23, [x21]
  str w1, [x21, #8]
  mov w10, #'a'
  mov w11, #0
  mov w12, #0
  b 3f
2: strb w10, [x23]
  add w11, w11, #1
  strh w11, [x21, #0x102]
  mov w1, #1
  str w1, [x28, #0x50]
  ldrh w1, [x20, #0x202]
  cmp w1, w12
  b.ne 2b
  ldrb w10, [x22]
3: add w12, w12, #1
  strh w12, [x20, #0x102]
  str wzr, [x28, #0x50]
  b 2b
`;

/** The guest on a machine, before its first instruction. */
export function busyMachine(description: Partial<MachineDescription> & { readonly gic: 2 | 3; readonly pes: number }): Machine {
  return started(source(description.gic, description.pes), description);
}

/** A machine with a virtio console, whose driver never rests. */
export function consoleMachine(virtioConsole: ConsoleListener): Machine {
  return started(CONSOLE_DRIVER, { virtioConsole });
}

function started(text: string, description: Partial<MachineDescription>): Machine {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createMachine({ profile: 'generic', clock: 'retired', memory: 2 * 1024 * 1024, ...description });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  return machine;
}

/** Lets the machine retire so many instructions more. */
export function runMore(machine: Machine, instructions: number): void {
  machine.resume();
  machine.run({ maxInstructions: machine.instructions + instructions });
}
