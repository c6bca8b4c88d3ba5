/* Vectors of `check:gic` that take IRQ and FIQ at the EL they came from; all others are those of `check:system`. And the second PE. */
        .globl gic_vectors_el1, gic_vectors_el2, call_in_x1, second_start

        .macro  slots el, offsets:vararg
        .irp    offset, \offsets
        .balign 128
        b       vectors_el\el + \offset
        .endr
        .endm

        .macro  slot el, offset
        .balign 128
        sub     sp, sp, #288
        stp     x0, x1, [sp]
        mov     x0, #\offset
        b       interrupted_el\el
        .endm

        .macro  table el
        .balign 2048
gic_vectors_el\el:
        slots   \el, 0x000, 0x080, 0x100, 0x180, 0x200
        slot    \el, 0x280
        slot    \el, 0x300
        slots   \el, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780

interrupted_el\el:
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x29, x30, [sp, #160]
        mrs     x1, elr_el\el
        mrs     x2, spsr_el\el
        stp     x1, x2, [sp, #176]
        bl      interrupted
        ldp     x1, x2, [sp, #176]
        msr     elr_el\el, x1
        msr     spsr_el\el, x2
        ldp     x2, x3, [sp, #16]
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     x8, x9, [sp, #64]
        ldp     x10, x11, [sp, #80]
        ldp     x12, x13, [sp, #96]
        ldp     x14, x15, [sp, #112]
        ldp     x16, x17, [sp, #128]
        ldp     x18, x19, [sp, #144]
        ldp     x29, x30, [sp, #160]
        ldp     x0, x1, [sp]
        add     sp, sp, #288
        eret
        .endm

        .text
        table   1
        table   2

/* For an attempt at EL1: the function in X1, and then the call of EL2 that leaves its record alone. */
call_in_x1:
        blr     x1
        hvc     #0xfff

second_start:
        ldr     x0, =0x40330000
        mov     sp, x0
        adr     x0, gic_vectors_el2
        msr     vbar_el2, x0
        isb
        bl      second_main
        b       .
