/**
 * The guests of measurements, in our assembler's syntax: a loop around one operation, with one vCPU and no interrupt handler. X19 holds
 * the number of iterations at the start; at the end X20 and X21 the virtual count before and after the loop, and X22 to X24 the sum, the
 * least and the most of what single iterations took, where the guest brackets them.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { assemble, formatDiagnostic, writeElf } from '@worldswitch/tools';
import { CYCLE_COUNTER_ON, type Form } from './forms.ts';
import { interruptGuest, INTERRUPT_GUESTS, type InterruptGuestName } from './interrupt-guests.ts';

/** One iteration of each; what differs by the guest's interrupt controller is a function of it. X8 and X9 are the bracket's. */
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
  /** A write of its QueueNotify, which the VMM gets. */
  kick: `
        movz    x1, #0x0a00, lsl #16
        str     wzr, [x1, #0x50]
`,
  /** A read of GICD_IIDR, which the host's kernel answers. */
  vgic: `
        movz    x1, #0x0800, lsl #16
        ldr     w2, [x1, #8]
`,
  /** An end of interrupt without an interrupt: the spurious INTID. */
  eoi: (gic: 2 | 3) =>
    gic === 2
      ? `
        movz    x1, #0x0801, lsl #16
        mov     w2, #1023
        str     w2, [x1, #0x10]
`
      : `
        mov     x2, #1023
        msr     icc_eoir1_el1, x2
        isb
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

const FORM_TEXT: Readonly<Record<Form, { readonly head: string; readonly again: string; readonly after: string }>> = {
  kut: { head: '', again: '', after: '' },
  papers: {
    head: `${CYCLE_COUNTER_ON}
        mov     x22, #0
        mov     x23, #-1
        mov     x24, #0
`,
    again: `
        isb
        mrs     x8, pmccntr_el0
        isb
`,
    after: `
        isb
        mrs     x9, pmccntr_el0
        isb
        sub     x8, x9, x8
        add     x22, x22, x8
        cmp     x8, x23
        csel    x23, x8, x23, lo
        cmp     x8, x24
        csel    x24, x8, x24, hi
`,
  },
};

type LoopGuestName = keyof typeof BODIES;
export type GuestName = LoopGuestName | InterruptGuestName;

function loopGuest(name: LoopGuestName, gic: 2 | 3, form: Form): string {
  const body = BODIES[name];
  const { head, again, after } = FORM_TEXT[form];
  return `
_start:
${SETUPS[name] ?? ''}${head}
        dsb     ish
        isb
        mrs     x20, cntvct_el0
        isb
again:
${again}${typeof body === 'string' ? body : body(gic)}${after}
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
}

const images = new Map<string, Uint8Array>();

/** The guest as an ELF file, for an interrupt controller of that version. */
export function guestImage(name: GuestName, gic: 2 | 3 = 3, form: Form = 'kut'): Uint8Array {
  const key = `${name} ${String(gic)} ${form}`;
  let image = images.get(key);
  if (image === undefined) {
    const source = isInterruptGuest(name) ? interruptGuest(name, gic, form) : loopGuest(name, gic, form);
    const result = assemble(source, { file: `${name}.s` });
    if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
    image = writeElf(result.program);
    images.set(key, image);
  }
  return image;
}

function isInterruptGuest(name: GuestName): name is InterruptGuestName {
  return name in INTERRUPT_GUESTS;
}
