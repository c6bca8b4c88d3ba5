/* The identification space, op0 3, op1 0, CRn 0, CRm 0 to 7: which words exist at each EL, which read as zero, and what TID3 traps. Values are the core's own. */
#include "../support.h"

static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

/* Reads to X0 and says only whether it is zero. */
static void show(const char *what, const struct mode *mode, u32 crm, u32 op2, int with_value)
{
    record.el = 0;
    attempt(mode->spsr, assemble(WORD_MRS(3, 0, 0, crm, op2)), 0x5555, 0);
    print(what);
    print(mode->name);
    print_hex(crm);
    print(".");
    print_hex(op2);
    print(": el");
    print_hex(record.el);
    print(" esr ");
    print_hex(record.esr);
    print(with_value ? record.x0 != 0 ? " some\n" : " zero\n" : "\n");
}

void run(void)
{
    for (unsigned m = 0; m < 3; m++) {
        for (u32 crm = 0; crm < 8; crm++) {
            for (u32 op2 = 0; op2 < 8; op2++) {
                /* Features differ: only slots without a name, and those of every core, by whether they are zero. */
                int named = crm == 0 || crm == 1 || crm == 2 || (crm == 3 && op2 < 7) || (crm == 4 && op2 < 6) || (crm == 5 && op2 < 6) || (crm == 6 && op2 < 4) || (crm == 7 && op2 < 5);
                int sure = (crm == 4 && op2 == 0) || (crm == 5 && op2 == 0) || (crm == 6 && op2 == 0) || (crm == 7 && op2 < 3);
                if (crm == 0 && op2 != 0 && op2 != 5 && op2 != 6)
                    continue;
                show("", &modes[m], crm, op2, (!named || sure) && m > 0);
            }
        }
    }
    WRITE("hcr_el2", HCR_RW | BIT(18));
    for (unsigned m = 0; m < 3; m++)
        for (u32 crm = 1; crm < 8; crm++)
            for (u32 op2 = 0; op2 < 8; op2++)
                show("TID3 ", &modes[m], crm, op2, 0);
    WRITE("hcr_el2", HCR_RW | BIT(16) | BIT(17));
    for (unsigned m = 0; m < 3; m++)
        for (u32 op2 = 5; op2 < 7; op2++)
            show("TID1 ", &modes[m], 0, op2, 0);
    WRITE("hcr_el2", HCR_RW);
    /* Written at any EL they are UNDEFINED. */
    for (unsigned m = 0; m < 3; m++) {
        for (u32 crm = 0; crm < 8; crm++) {
            print("msr ");
            print(modes[m].name);
            print_hex(crm);
            try("", modes[m].spsr, assemble(WORD_MSR(3, 0, 0, crm, 0)));
        }
    }
}
