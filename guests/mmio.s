// A guest at EL1 that reads the device ID of the first virtio-mmio slot x19 times. It lies outside RAM: whoever runs the
// guest answers. x20 and x21 hold the virtual count before and after the loop at the end.
_start:
        dsb     ish
        isb
        mrs     x20, cntvct_el0
        isb
again:
        movz    x1, #0x0a00, lsl #16
        ldr     w2, [x1, #8]
        subs    x19, x19, #1
        b.ne    again
        dsb     ish
        isb
        mrs     x21, cntvct_el0
        movz    w0, #0x8400, lsl #16    // PSCI SYSTEM_OFF
        movk    w0, #8
        hvc     #0
        b       .
