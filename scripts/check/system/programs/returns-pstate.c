/* What ERET makes of PSTATE, from EL2 and from EL1: each bit of SPSR alone and all together; the target tells by what it can read. */
#include "../support.h"

SNIPPET(show, "mrs x0, nzcv\n mrs x1, daif\n orr x0, x0, x1\n mrs x1, s3_0_c4_c2_3\n orr x0, x0, x1\n mrs x1, s3_0_c4_c2_4\n orr x0, x0, x1\n mrs x1, s3_3_c4_c2_6\n orr x0, x0, x1\n mrs x1, spsel\n orr x0, x0, x1\n mrs x1, currentel\n orr x0, x0, x1")
SNIPPET(show_el0, "mrs x0, nzcv\n mrs x1, daif\n orr x0, x0, x1\n mrs x1, s3_3_c4_c2_6\n orr x0, x0, x1")
SNIPPET(call_of_el0, "mrs x0, nzcv")
SNIPPET(from_el1, "msr spsr_el1, x0\n msr elr_el1, x1\n eret")

void run(void)
{
    static const struct mode modes[] = { { " EL1t", 4 }, { " EL1h", 5 }, { " EL2t", 8 }, { " EL2h", 9 } };
    WRITE("sctlr_el1", SCTLR1 | BIT(9));
    for (int bit = 6; bit <= 32; bit++) {
        /* AArch32's, IL and SS have their own programs. */
        if (bit == 20 || bit == 21)
            continue;
        u64 psr = bit < 32 ? BIT(bit) : 0xf0c013c0;
        for (unsigned m = 0; m < 4; m++) {
            print("EL2 to");
            print(modes[m].name);
            print(" bit ");
            print_hex(bit);
            try("", psr | modes[m].spsr, show);
            if (m >= 2)
                continue;
            print("EL1 to");
            print(modes[m].name);
            print(" bit ");
            print_hex(bit);
            try_with("", EL1, from_el1, psr | modes[m].spsr, (u64)show);
        }
        print("EL2 to EL0 bit ");
        print_hex(bit);
        try("", psr, show_el0);
        print("EL1 to EL0 bit ");
        print_hex(bit);
        try_with("", EL1, from_el1, psr, (u64)show_el0);
        value(" spsr_el1", READ("spsr_el1"));
    }

    WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
    try("host's EL0", 0x600003c0, call_of_el0);
    WRITE("hcr_el2", HCR_RW);
}
