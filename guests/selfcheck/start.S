// Entry, the vectors, and one exit with every register under observation.

        .section .text.start, "ax"
        .global _start
_start: ldr     x0, =stack_top
        mov     sp, x0
        ldr     x0, =vectors
        msr     vbar_el1, x0
        ldr     x0, =bss_start
        ldr     x1, =bss_end
1:      cmp     x0, x1
        b.hs    2f
        stp     xzr, xzr, [x0], #16
        b       1b
2:      bl      main
        movz    w0, #0x8400, lsl #16            // PSCI SYSTEM_OFF
        movk    w0, #8
        hvc     #0
        b       .

        .text
// struct context of main.c: words 0-30 go into x0-x30 before the exit, words 31-61 are what they hold after it.
        .equ    AFTER, 31 * 8
        .equ    FLAGS, 62 * 8
        .equ    FLAGS_AFTER, 63 * 8
        .equ    KIND, 64 * 8
        .equ    SP_BEFORE, 65 * 8
        .equ    SP_AFTER, 66 * 8

        .macro  load_all
        ldp     x2, x3, [x0, #16]
        ldp     x4, x5, [x0, #32]
        ldp     x6, x7, [x0, #48]
        ldp     x8, x9, [x0, #64]
        ldp     x10, x11, [x0, #80]
        ldp     x12, x13, [x0, #96]
        ldp     x14, x15, [x0, #112]
        ldp     x16, x17, [x0, #128]
        ldp     x18, x19, [x0, #144]
        ldp     x20, x21, [x0, #160]
        ldp     x22, x23, [x0, #176]
        ldp     x24, x25, [x0, #192]
        ldp     x26, x27, [x0, #208]
        ldp     x28, x29, [x0, #224]
        ldr     x30, [x0, #240]
        ldp     x0, x1, [x0]
        .endm

        .global exit_once
exit_once:
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        adrp    x0, context
        add     x0, x0, :lo12:context
        mov     x1, sp
        str     x1, [x0, #SP_BEFORE]
        ldr     x1, [x0, #FLAGS]
        msr     nzcv, x1
        ldr     x1, [x0, #KIND]
        cbnz    x1, 1f
        load_all
        hvc     #0
        b       2f
1:      load_all
        ldr     w0, [x1]
2:      stp     x0, x1, [sp, #-16]!
        adrp    x0, context
        add     x0, x0, :lo12:context
        stp     x2, x3, [x0, #AFTER + 16]
        stp     x4, x5, [x0, #AFTER + 32]
        stp     x6, x7, [x0, #AFTER + 48]
        stp     x8, x9, [x0, #AFTER + 64]
        stp     x10, x11, [x0, #AFTER + 80]
        stp     x12, x13, [x0, #AFTER + 96]
        stp     x14, x15, [x0, #AFTER + 112]
        stp     x16, x17, [x0, #AFTER + 128]
        stp     x18, x19, [x0, #AFTER + 144]
        stp     x20, x21, [x0, #AFTER + 160]
        stp     x22, x23, [x0, #AFTER + 176]
        stp     x24, x25, [x0, #AFTER + 192]
        stp     x26, x27, [x0, #AFTER + 208]
        stp     x28, x29, [x0, #AFTER + 224]
        str     x30, [x0, #AFTER + 240]
        ldp     x2, x3, [sp], #16
        stp     x2, x3, [x0, #AFTER]
        mrs     x1, nzcv
        str     x1, [x0, #FLAGS_AFTER]
        mov     x1, sp
        str     x1, [x0, #SP_AFTER]
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret

// An exception is a failure: none is expected.
        .balign 2048
vectors:
        .rept   16
        .balign 128
        ldr     x0, =stack_top
        mov     sp, x0
        mrs     x0, esr_el1
        mrs     x1, elr_el1
        b       unexpected
        .endr
