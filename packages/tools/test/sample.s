// A sample of GNU syntax and of the instruction set: code, vectors, constants, data. GNU as must make the same bytes of it.
        .arch armv8.5-a+crypto
        .file "sample.c"
        .equ    STACK_SIZE, 4096
        .set    FLAGS, (1 << 4) | 0x3
        UART = 0x09000000
        TICKS = UART / 4096 + 1

        .text
        .align 2
        .global _start
        .type _start, %function
_start: /* the first
           instruction */
        mrs     x0, currentel
        lsr     x0, x0, #2
        cmp     x0, #2
        b.ne    1f
        mov     x1, #(1 << 31)
        msr     hcr_el2, x1
        isb
1:      adrp    x2, stack_top
        add     x2, x2, :lo12:stack_top
        mov     sp, x2
        adr     x3, vectors
        msr     vbar_el1, x3
        ldr     x4, =UART
        ldr     x5, =message
        ldr     w6, =0x12345678
        ldr     x7, =0x123456789abcdef0
        ldr     x8, =UART
2:      ldrb    w9, [x5], #1
        cbz     w9, 3f
        strb    w9, [x4]
        b       2b
3:      bl      main
        tbz     w0, #3, 4f
        tbnz    x0, #63, 4f
        nop
4:      wfi
        b       4b
        .size _start, . - _start

        .ltorg

        .type main, %function
main:   stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        stp     x19, x20, [sp, #16]
        mov     w19, #0x1234
        movk    w19, #0x5678, lsl #16
        movn    x20, #0
        movz    x21, #0xffff, lsl #48
        mov     x22, #-2
        mov     x23, #0x5555555555555555
        mov     w24, w25
        mvn     x26, x27
        add     x0, x1, x2
        add     x0, x1, w2, sxtw #2
        add     x0, sp, #16
        add     w0, w1, #1, lsl #12
        adds    x0, x1, #4095
        sub     sp, sp, #0x10
        subs    w3, w4, w5, lsr #7
        add     x0, x1, #-8
        cmp     x1, x2, asr #3
        cmn     w1, #12
        neg     x3, x4
        negs    w3, w4
        adc     x0, x1, x2
        sbc     w0, w1, w2
        ngc     x0, x1
        and     x0, x1, #0xff00
        orr     w0, w1, #0x80000000
        eor     x0, x1, x2, ror #5
        bic     x0, x1, x2
        orn     w0, w1, w2
        eon     x0, x1, x2
        tst     x0, #1
        lsl     x0, x1, #3
        lsr     w0, w1, #31
        asr     x0, x1, x2
        ror     x0, x1, #17
        ubfx    x0, x1, #8, #16
        sbfx    w0, w1, #4, #4
        bfi     x0, x1, #12, #20
        bfxil   x0, x1, #3, #5
        ubfiz   x0, x1, #2, #7
        extr    x0, x1, x2, #11
        sxtw    x0, w1
        uxtb    w0, w1
        clz     x0, x1
        rbit    w0, w1
        rev     x0, x1
        rev16   w0, w1
        madd    x0, x1, x2, x3
        mul     x0, x1, x2
        smull   x0, w1, w2
        umulh   x0, x1, x2
        sdiv    x0, x1, x2
        udiv    w0, w1, w2
        csel    x0, x1, x2, hi
        cset    w0, eq
        csinc   x0, x1, x2, lt
        cneg    x0, x1, vs
        ccmp    x0, #3, #0b0101, ne
        crc32cx w0, w1, x2
        ldr     x0, [x1]
        ldr     x0, [x1, #FLAGS * 8]
        ldr     w0, [x1, x2, lsl #2]
        ldr     x0, [x1, w2, uxtw #3]
        ldrh    w0, [x1], #2
        ldrsb   x0, [x1, #1]!
        ldrsw   x0, [x1, #4]
        ldur    x0, [x1, #-1]
        ldr     x0, message_pointer
        str     q0, [sp, #32]
        ldp     d8, d9, [sp], #16
        stp     w0, w1, [x2, #-4]
        ldnp    x0, x1, [x2]
        ldxr    x0, [x1]
        stlxr   w0, x1, [x2]
        ldar    w0, [x1]
        ldadd   x0, x1, [x2]
        casal   w0, w1, [x2]
        swpb    w0, w1, [x2]
        ldapr   x0, [x1]
        prfm    pldl1keep, [x0]
        svc     #0
        hvc     #0x4b00
        brk     #1
        dmb     ish
        dsb     sy
        isb
        yield
        hint    #34
        msr     daifset, #0xf
        mrs     x0, sctlr_el12
        msr     s3_4_c1_c1_0, x0
        mrs     x1, ich_vtr_el2
        dc      civac, x0
        ic      iallu
        tlbi    vmalls12e1is
        at      s12e1r, x0
        pacia   x0, x1
        autibsp
        retaa
        fmov    d0, #1.5
        fmov    x0, d1
        fadd    s0, s1, s2
        fmadd   d0, d1, d2, d3
        fcmp    d0, #0.0
        fcvtzs  x0, d1
        scvtf   s0, w1
        fcsel   d0, d1, d2, gt
        frintm  s0, s1
        add     v0.4s, v1.4s, v2.4s
        fmla    v0.2d, v1.2d, v2.d[1]
        mov     v0.s[1], w2
        dup     v3.8b, w4
        umov    w0, v1.h[3]
        movi    v0.16b, #0x55
        movi    d5, #0xff00ff00ff00ff00
        shl     v0.4h, v1.4h, #3
        sshll   v0.2d, v1.2s, #0
        tbl     v0.16b, {v1.16b, v2.16b}, v3.16b
        ld1     {v0.4s-v3.4s}, [x0], #64
        st2     {v0.b, v1.b}[3], [x1]
        zip1    v0.8h, v1.8h, v2.8h
        addv    b0, v1.8b
        cmeq    v0.2d, v1.2d, #0
        aese    v0.16b, v1.16b
        sha256h q0, q1, v2.4s
        pmull   v0.1q, v1.1d, v2.1d
        ldp     x19, x20, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret
        .size main, . - main
message_pointer:
        .quad   message
        .byte   1
        .balign 4
        .inst   0xd503201f
        ret     x1
        br      x16

        .section .text.vectors, "ax", %progbits
        .align 11
vectors:
        b       .
        .space  0x80 - (. - vectors)
        b       irq
        .org    vectors + 0x100
        eret
        .p2align 7
irq:    stp     x0, x1, [sp, #-16]!
        b.al    vectors

        .section .rodata
message:
        .ascii  "Hello, "
        .asciz  "world\n\t\"\x41\102\""
        .balign 8
table:  .word   1, 2, 3, table_end - table
        .hword  'a', 0xffff, -1
        .quad   table, main - _start, . - table
table_end:
        .float  3.25
        .double -0.5

        .data
        .byte   FLAGS, TICKS & 0xff
        .align  3
pointer: .xword pointer, stack_top - STACK_SIZE
        .fill   3, 2, 0xabcd

        .bss
        .balign 16
        .space  STACK_SIZE
stack_top:
        .space  16
