/**
 * The guests of measurements, in our assembler's syntax: a loop around one operation, as kvm-unit-tests' micro-bench has it.
 * X19 holds the number of iterations at the start; X20 and X21 the virtual count before and after the loop at the end.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import { assemble, formatDiagnostic, writeElf } from '@worldswitch/tools';

const HEAD = `
_start:
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
  noop: '',
} as const;

export type GuestName = keyof typeof BODIES;

const images = new Map<GuestName, Uint8Array>();

/** The guest as an ELF file. */
export function guestImage(name: GuestName): Uint8Array {
  let image = images.get(name);
  if (image === undefined) {
    const result = assemble(HEAD + BODIES[name] + TAIL, { file: `${name}.s` });
    if (!result.ok) throw new InvariantError(result.diagnostics.map(formatDiagnostic).join('\n'));
    image = writeElf(result.program);
    images.set(name, image);
  }
  return image;
}
