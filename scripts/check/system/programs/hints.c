/* Every hint but WFI is a NOP at every EL where nothing traps it, and every barrier completes: CRm:op2 of HINT, CRm of the barriers. */
#include "../support.h"

void run(void)
{
    static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };
    WRITE("sctlr_el1", SCTLR1 | BIT(16) | BIT(18));
    for (unsigned m = 0; m < 3; m++) {
        for (u32 hint = 0; hint < 128; hint++) {
            if (hint == 3)
                continue;
            print(modes[m].name);
            print("hint ");
            print_hex(hint);
            try("", modes[m].spsr, assemble(0xd503201f | hint << 5));
        }
        for (u32 crm = 0; crm < 16; crm++) {
            for (u32 op2 = 2; op2 < 7; op2++) {
                /* SB (CRm 0, op2 7) is not there; op2 3 is none. */
                print(modes[m].name);
                print("barrier ");
                print_hex(op2);
                print(".");
                print_hex(crm);
                try("", modes[m].spsr, assemble(0xd503301f | crm << 8 | op2 << 5));
            }
        }
    }
}
