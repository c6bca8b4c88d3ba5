/**
 * The guests of measurements, in our assembler's syntax: a loop around one operation, as kvm-unit-tests' micro-bench has it.
 * X19 holds the number of iterations at the start; X20 and X21 the virtual count before and after the loop at the end.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { assemble, formatDiagnostic, writeElf } from '@worldswitch/tools';

const HEAD = `
        dsb     ish
        isb
        mrs     x20, cntvct_el0
        isb
again:
`;

const TAIL = `
        subs    x19, x19, #1
        b.ne    again
        dsb     ish
        isb
        mrs     x21, cntvct_el0
        movz    w0, #0x8400, lsl #16    // PSCI SYSTEM_OFF
        movk    w0, #8
        hvc     #0
        b       .
`;

/** One iteration of each. */
const BODIES = {
  /** A hypercall that the hypervisor does not know: as short as an exit can be. */
  hvc: `
        movz    w0, #0x4b00, lsl #16
        hvc     #0
`,
  /** A read of the device ID of the first virtio-mmio slot, which the VMM answers. */
  mmio: `
        movz    x1, #0x0a00, lsl #16
        ldr     w2, [x1, #8]
`,
  /** The same hypercall with whatever inputs are raised pending in list registers: SPIs 32 to 35 are enabled, and never taken. */
  lines: `
        movz    w0, #0x4b00, lsl #16
        hvc     #0
`,
  /** The same hypercall after a first use of FP. */
  fp: `
        fmov    d0, x19
        movz    w0, #0x4b00, lsl #16
        hvc     #0
`,
  /** The same hypercall while the guest uses its debug registers. */
  debug: `
        movz    w0, #0x4b00, lsl #16
        hvc     #0
`,
  noop: '',
} as const;

/** What some do before the loop. */
const SETUPS: Readonly<Partial<Record<GuestName, string>>> = {
  // GICD_CTLR, where one of the two bits enables in either version, and GICD_ISENABLER1.
  lines: `
        movz    x1, #0x0800, lsl #16
        movz    w2, #0x13
        str     w2, [x1]
        movz    w2, #0xf
        str     w2, [x1, #0x104]
`,
  fp: `
        movz    x1, #0x30, lsl #16      // CPACR_EL1.FPEN
        msr     cpacr_el1, x1
        isb
`,
  debug: `
        movz    x1, #0x8000             // MDSCR_EL1.MDE
        msr     mdscr_el1, x1
        isb
`,
};

export type GuestName = keyof typeof BODIES;

const images = new Map<GuestName, Uint8Array>();

/** The guest as an ELF file. */
export function guestImage(name: GuestName): Uint8Array {
  let image = images.get(name);
  if (image === undefined) {
    const result = assemble(`_start:${SETUPS[name] ?? ''}${HEAD}${BODIES[name]}${TAIL}`, { file: `${name}.s` });
    if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
    image = writeElf(result.program);
    images.set(name, image);
  }
  return image;
}
