/** A guest that takes interrupts of every kind and prints a character for each: its timers, an SGI to itself, an SPI of a device, WFI. */

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

/** Prints a character for each interrupt it takes: `0` plus its number. `isMasked`: SGI and SPI are pending together before it takes them. */
export function interruptProgram(gic: 2 | 3, isMasked = false): string {
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
        ${isMasked ? 'msr daifset, #2' : ''}
        ${send}
        movz x1, #0x0900, lsl #16       // the UART asks for service: SPI 1, level-sensitive
        mov w2, #0x20
        str w2, [x1, #0x38]
        ${isMasked ? 'msr daifclr, #2' : ''}
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
        ${isMasked ? 'cmp w12, #33\n        b.ne 1f' : ''}
        str wzr, [x11, #0x38]
1:
        add w12, w12, #'0'
        strb w12, [x11]
        ${end}
        eret
`;
}
