/* MSR (immediate) and the PSTATE registers at every EL: the whole op1:op2 space, and what changed. */
#include "../support.h"

SNIPPET(show, "mrs x0, nzcv\n mrs x1, daif\n orr x0, x0, x1\n mrs x1, s3_0_c4_c2_3\n orr x0, x0, x1\n mrs x1, s3_0_c4_c2_4\n orr x0, x0, x1\n mrs x1, s3_3_c4_c2_6\n orr x0, x0, x1\n mrs x1, spsel\n orr x0, x0, x1")

static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };

/* A word, then a branch to `show`. */
static const void *then_show(u32 word)
{
    static u32 code[4] __attribute__((aligned(16)));
    volatile u32 *to = code;
    to[0] = word;
    to[1] = 0x14000000 | ((((u64)show - (u64)&code[1]) >> 2) & 0x3ffffff);
    __asm__ volatile("dc cvau, %0\n dsb sy\n ic ivau, %0\n dsb sy\n isb" :: "r"(code) : "memory");
    return code;
}

void run(void)
{
    for (unsigned m = 0; m < 5; m++) {
        for (u32 op1 = 0; op1 < 8; op1++) {
            for (u32 op2 = 0; op2 < 8; op2++) {
                /* What FlagM, SB, DIT and MTE would be is not: see `exceptions` for DAIF at EL0. */
                if (m == 0 && op1 == 3 && op2 >= 6)
                    continue;
                static const u32 immediates[] = { 0, 1, 0xf };
                for (unsigned i = 0; i < 3; i++) {
                    print(modes[m].name);
                    print_hex(op1);
                    print(".");
                    print_hex(op2);
                    print(" #");
                    print_hex(immediates[i]);
                    WRITE("sp_el0", 0x40300000);
                    const void *pc = then_show(0xd500401f | op1 << 16 | immediates[i] << 8 | op2 << 5);
                    /* Nothing set before, and everything. */
                    record.el = 0;
                    attempt(modes[m].spsr, pc, 0, 0);
                    print(":");
                    print(" esr ");
                    print_hex(record.esr);
                    print(" spsr ");
                    print_hex(record.spsr);
                    attempt(modes[m].spsr | BIT(22) | BIT(23) | BIT(12) | 0xful << 28, pc, 0, 0);
                    print(", esr ");
                    print_hex(record.esr);
                    print(" spsr ");
                    print_hex(record.spsr);
                    print("\n");
                }
            }
        }
    }
}
