/* Every SYS and SYSL of CRn 7 and 8 at every EL: UNDEFINED or not. X1 points into RAM. */
#include "../support.h"

static void all(const char *what, u64 spsr, u32 base)
{
    for (u32 op1 = 0; op1 < 8; op1++) {
        for (u32 crn = 7; crn < 9; crn++) {
            for (u32 crm = 0; crm < 16; crm++) {
                print(what);
                print_hex(op1);
                print(".");
                print_hex(crn);
                print(".");
                print_hex(crm);
                print(":");
                for (u32 op2 = 0; op2 < 8; op2++) {
                    u32 word = base | op1 << 16 | crn << 12 | crm << 8 | op2 << 5 | 1;
                    /* DC ZVA is an Alignment fault with the MMU off, and not for the emulator. */
                    if (word == (WORD_MSR(1, 3, 7, 4, 1) | 1))
                        continue;
                    u64 came = outcome(spsr, word);
                    print(" ");
                    print_hex(came >> 60);
                    print(".");
                    print_hex(came >> 26 & 63);
                }
                print("\n");
            }
        }
    }
}

void run(void)
{
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(14));
    all("EL0 ", EL0, 0xd5080000);
    all("EL1 ", EL1, 0xd5080000);
    all("EL2 ", EL2, 0xd5080000);
    all("SYSL EL0 ", EL0, 0xd5280000);
    all("SYSL EL1 ", EL1, 0xd5280000);
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    all("E2H EL2 ", EL2, 0xd5080000);
    WRITE("hcr_el2", HCR_RW);
}
