/** Interrupts of a guest of the hypervisor, by a program that runs on the machine: its timers, an SGI to itself, an SPI of a device, WFI. */
import { parseStepSet, type ModeName } from '@worldswitch/hyp';
import { assemble, writeElf } from '@worldswitch/tools';
import { expect, test } from 'vitest';
import { createHypervised, type Hypervised } from '../src/index.ts';

const MIB = 1024 * 1024;

/** How a guest of each version sets its interface up, acknowledges into w10, ends, and sends SGI 5 to itself. */
const INTERFACE = {
  2: {
    setUp: `
        movz x1, #0x0800, lsl #16       // GICD: every private interrupt and SPIs 32 to 63 on
        mov w2, #1
        str w2, [x1]
        mov w2, #-1
        str w2, [x1, #0x100]
        str w2, [x1, #0x104]
        movz x1, #0x0801, lsl #16       // GICC
        mov w2, #0xf0
        str w2, [x1, #4]
        mov w2, #1
        str w2, [x1]`,
    acknowledge: `
        movz x11, #0x0801, lsl #16
        ldr w10, [x11, #0xc]`,
    end: `
        movz x11, #0x0801, lsl #16
        str w10, [x11, #0x10]`,
    send: `
        movz x1, #0x0800, lsl #16
        movz w2, #0x0200, lsl #16
        add w2, w2, #5
        str w2, [x1, #0xf00]`,
  },
  3: {
    setUp: `
        movz x1, #0x080b, lsl #16       // SGI_base
        mov w2, #-1
        str w2, [x1, #0x100]
        movz x1, #0x0800, lsl #16       // GICD
        str w2, [x1, #0x104]
        mov w2, #0x12
        str w2, [x1]
        mov x2, #0xf0
        msr icc_pmr_el1, x2
        mov x2, #1
        msr icc_igrpen1_el1, x2
        isb`,
    acknowledge: `
        mrs x10, icc_iar1_el1`,
    end: `
        msr icc_eoir1_el1, x10`,
    send: `
        mov x2, #1
        movk x2, #0x0500, lsl #16
        msr icc_sgi1r_el1, x2
        isb`,
  },
} as const;

/** Prints a character for each interrupt it takes: `0` plus its number. */
function program(gic: 2 | 3): string {
  const { setUp, acknowledge, end, send } = INTERFACE[gic];
  return `
_start: adr x0, vectors
        msr vbar_el1, x0
        isb
        ${setUp}
        msr daifclr, #2
        mov x19, #2
again:  mov x2, #1000                   // the virtual timer ends a WFI
        msr cntv_tval_el0, x2
        mov x2, #1
        msr cntv_ctl_el0, x2
        wfi
        mov x2, #900                    // so does the physical one
        msr cntp_tval_el0, x2
        mov x2, #1
        msr cntp_ctl_el0, x2
        wfi
        ${send}
        movz x1, #0x0900, lsl #16       // the UART asks for service: SPI 1, level-sensitive
        mov w2, #0x20
        str w2, [x1, #0x38]
        subs x19, x19, #1
        b.ne again
        movz w0, #0x8400, lsl #16
        movk w0, #8
        hvc #0
        b .
        .balign 2048
vectors:
        b .
        .balign 128
        b .
        .balign 128
        b .
        .balign 128
        b .
        .balign 128
        b .
        .balign 128                     // IRQ at EL1h
        ${acknowledge}
        and w12, w10, #0x3ff
        msr cntv_ctl_el0, xzr
        msr cntp_ctl_el0, xzr
        isb
        movz x11, #0x0900, lsl #16
        str wzr, [x11, #0x38]
        add w12, w12, #'0'
        strb w12, [x11]
        ${end}
        eret
`;
}

function runGuest(mode: ModeName, gic: 2 | 3, guestGic: 2 | 3, name: string, preemption: 'never' | 'every-exit'): Hypervised {
  const parsed = parseStepSet(name);
  if (!parsed.ok) throw new Error(parsed.error);
  const assembled = assemble(program(guestGic));
  if (!assembled.ok) throw new Error(assembled.diagnostics.map(({ line, message }) => `${String(line)}: ${message}`).join('\n'));
  const made = createHypervised({ profile: 'generic', clock: 'retired', mode, gic, guestGic, steps: parsed.set, preemption, memory: 2 * MIB, hostMemory: 14 * MIB });
  if (!made.ok) throw new Error(made.error.message);
  const { hypervised } = made;
  const loaded = hypervised.loadElf(writeElf(assembled.program));
  if (!loaded.ok) throw new Error(loaded.error.message);
  hypervised.start(loaded.image.entry);
  expect(hypervised.run({ maxInstructions: 100_000 }).reason).toBe('poweroff');
  return hypervised;
}

const CELLS = (['vhe', 'nvhe'] as const).flatMap((mode) =>
  ([[2, 2], [3, 2], [3, 3]] as const).flatMap(([gic, guestGic]) =>
    ([['p0', 'never'], ['p40', 'every-exit'], ['linux-4.0', 'never'], ['linux-4.0', 'every-exit'], ['linux-4.6', 'never'], ['linux-4.6', 'every-exit']] as const)
      .filter(([steps]) => mode === 'nvhe' || steps !== 'linux-4.0')
      .map(([steps, preemption]) => ({ mode, gic, guestGic, steps, preemption })),
  ),
);

test('a guest takes its own interrupts: the same in every mode and plan, scheduled out or not', () => {
  const digests = new Map<string, Set<string | null>>();
  for (const { mode, gic, guestGic, steps, preemption } of CELLS) {
    const hypervised = runGuest(mode, gic, guestGic, steps, preemption);
    const name = `${mode}, GICv${guestGic} on GICv${gic}, ${steps}, preempt ${preemption}: `;
    // 27, 30, 5 and 33, twice.
    expect(name + hypervised.machine.console.text).toBe(`${name}KN5QKN5Q`);
    // A GICv2 guest sees in its ID registers what its host has.
    const pair = `${guestGic} on ${gic}`;
    digests.set(pair, (digests.get(pair) ?? new Set()).add(hypervised.guestDigest()));
  }
  expect([...digests.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
});
