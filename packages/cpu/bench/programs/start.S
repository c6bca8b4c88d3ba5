// Bare metal at 0x40080000, EL1: identity map of normal memory, a stack, and the program's result through semihosting.
        .section .text.start, "ax"
        .global _start
_start:
        ldr     x0, =stack_top
        mov     sp, x0
        adrp    x0, level1
        add     x0, x0, :lo12:level1
        movz    x1, #0x4000, lsl #16    // 1 GiB block at 0x40000000: AF, inner shareable, attribute 0
        mov     x2, #0x701
        orr     x1, x1, x2
        str     x1, [x0, #8]
        dsb     ish
        msr     ttbr0_el1, x0
        mov     x1, #0xff               // attribute 0: normal, write-back
        msr     mair_el1, x1
        ldr     x1, =0x803519           // 39 bits by TTBR0, inner shareable write-back, no TTBR1
        msr     tcr_el1, x1
        isb
        mrs     x1, sctlr_el1
        mov     x2, #0x1005             // M, C, I
        orr     x1, x1, x2
        msr     sctlr_el1, x1
        mov     x1, #0x300000           // CPACR_EL1.FPEN
        msr     cpacr_el1, x1
        isb
        bl      main
        b       .

// long semihost(long operation, void *block)
        .text
        .global semihost
semihost:
        hlt     #0xf000
        ret

        .bss
        .balign 4096
level1: .skip   4096
        .balign 65536
        .skip   65536
stack_top:
