/*
 * Start, vectors and `attempt` of the programs of `check:system`. A program runs at EL2 with the MMU off; an attempt
 * enters code at any EL, and the first exception ends it: what it wrote is recorded, at EL1 or at EL2.
 */
        .globl _start, attempt, record, vectors_el1, vectors_el2

        /* Offsets of `struct record`. */
        .equ    R_EL, 0
        .equ    R_VECTOR, 8
        .equ    R_ESR, 16
        .equ    R_ELR, 24
        .equ    R_FAR, 32
        .equ    R_HPFAR, 40
        .equ    R_SPSR, 48
        .equ    R_X0, 56
        .equ    R_X1, 64

        .section .text.start, "ax"
_start: ldr     x0, =stack_top
        mov     sp, x0
        adr     x0, vectors_el2
        msr     vbar_el2, x0
        adr     x0, vectors_el1
        msr     vbar_el1, x0
        isb
        bl      start
1:      b       1b

        .text
/* attempt(spsr, pc, x0, x1) */
attempt:
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        adr     x4, saved_sp
        mov     x5, sp
        str     x5, [x4]
        msr     spsr_el2, x0
        msr     elr_el2, x1
        mov     x0, x2
        mov     x1, x3
        isb
        eret

        /* x0 is in TPIDR_ELx, x1 in the record, and x1 is the vector's offset. */
        .macro  vector el, offset
        .balign 128
        msr     tpidr_el\el, x0
        adr     x0, record
        str     x1, [x0, #R_X1]
        mov     x1, #\offset
        b       common_el\el
        .endm

        .macro  vectors el
        .balign 2048
vectors_el\el:
        .irp    offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
        vector  \el, \offset
        .endr
        .endm

        vectors 1
        vectors 2

common_el1:
        str     x1, [x0, #R_VECTOR]
        mov     x1, #1
        str     x1, [x0, #R_EL]
        mrs     x1, esr_el1
        str     x1, [x0, #R_ESR]
        mrs     x1, elr_el1
        str     x1, [x0, #R_ELR]
        mrs     x1, far_el1
        str     x1, [x0, #R_FAR]
        str     xzr, [x0, #R_HPFAR]
        mrs     x1, spsr_el1
        str     x1, [x0, #R_SPSR]
        mrs     x1, tpidr_el1
        str     x1, [x0, #R_X0]
        hvc     #0xfff

common_el2:
        /* What EL1's vector recorded stays. */
        mov     w0, #0xfff
        movk    w0, #0x5a00, lsl #16
        sub     x1, x1, #0x400
        cbnz    x1, 1f
        mrs     x1, esr_el2
        cmp     x0, x1
        b.eq    2f
        mov     x1, #0
1:      add     x1, x1, #0x400
        adr     x0, record
        str     x1, [x0, #R_VECTOR]
        mov     x1, #2
        str     x1, [x0, #R_EL]
        mrs     x1, esr_el2
        str     x1, [x0, #R_ESR]
        mrs     x1, elr_el2
        str     x1, [x0, #R_ELR]
        mrs     x1, far_el2
        str     x1, [x0, #R_FAR]
        mrs     x1, hpfar_el2
        str     x1, [x0, #R_HPFAR]
        mrs     x1, spsr_el2
        str     x1, [x0, #R_SPSR]
        mrs     x1, tpidr_el2
        str     x1, [x0, #R_X0]
2:      .inst   0xd500409f              /* msr pan, #0 */
        .inst   0xd500407f              /* msr uao, #0 */
        adr     x0, saved_sp
        ldr     x0, [x0]
        mov     sp, x0
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret

        .balign 16
        .data
        .balign 16
record: .fill   16, 8, 0
saved_sp:
        .quad   0
