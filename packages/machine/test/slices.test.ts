/** Where a run is cut changes nothing: timer interrupts come at the same instructions, whatever takes time beside them. */
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createMachine, type ClockName } from '../src/index.ts';

/** EL0 calls EL1 every few instructions, and the virtual timer interrupts; X20 is a sum over where it did. */
const PROGRAM = `
_start: adr x0, vectors
        msr vbar_el1, x0
        mov x2, #7
        msr icc_sre_el1, x2
        isb
        movz x1, #0x080a, lsl #16
        str wzr, [x1, #0x14]            // GICR_WAKER
        movz x1, #0x080b, lsl #16
        mov w2, #-1
        str w2, [x1, #0x80]
        movz w2, #0x0800, lsl #16
        str w2, [x1, #0x100]
        movz x1, #0x0800, lsl #16
        mov w2, #0x12
        str w2, [x1]
        mov x2, #0xf0
        msr icc_pmr_el1, x2
        mov x2, #1
        msr icc_igrpen1_el1, x2
        mov x19, #0
        mov x20, #0
        mov x21, #40
        mov x2, #150
        msr cntv_tval_el0, x2
        mov x2, #1
        msr cntv_ctl_el0, x2
        isb
        adr x0, user
        msr elr_el1, x0
        msr spsr_el1, xzr
        eret
user:   add x19, x19, #1
        add x3, x3, x19
        svc #0
        b user
off:    movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
        b .
        .balign 2048
vectors:
        .skip 0x400
        eret
        .balign 128
        mrs x4, icc_iar1_el1
        mov x5, #31
        mul x20, x20, x5
        add x20, x20, x19
        mov x2, #150
        msr cntv_tval_el0, x2
        msr icc_eoir1_el1, x4
        isb
        subs x21, x21, #1
        b.eq off
        eret
`;

function sumOf(clock: ClockName, share: () => number): bigint {
  const assembled = assemble(PROGRAM);
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createMachine({ profile: 'generic', clock, gic: 3, memory: 2 * 1024 * 1024 });
  if (!made.ok) throw new Error(made.error.message);
  const { machine } = made;
  const loaded = machine.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  machine.start(loaded.image.entry);
  for (;;) {
    const { reason } = machine.run({ maxInstructions: machine.instructions + share() });
    if (reason === 'poweroff') return machine.pes[0]!.cpu.getX(20);
    expect(reason).toBe('limit');
    machine.resume();
  }
}

test.each(['retired', 'cost'] as const)('calls and timer interrupts under the clock %s', (clock) => {
  const whole = sumOf(clock, () => 1_000_000);
  for (const share of [97, 700, 1501]) expect([share, sumOf(clock, () => share)]).toEqual([share, whole]);
});
