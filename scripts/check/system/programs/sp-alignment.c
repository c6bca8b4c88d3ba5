/* SP alignment: a base that is no multiple of 16, at each EL and stack pointer, by SCTLR_ELx.SA and SA0; PRFM and arithmetic never fault. */
#include "../support.h"

SNIPPET(load, "mov sp, x0\n ldr x1, [sp]")
SNIPPET(store, "mov sp, x0\n stp x1, x2, [sp, #16]")
SNIPPET(exclusive, "mov sp, x0\n ldxr x1, [sp]")
SNIPPET(back, "mov sp, x0\n str x1, [sp, #-16]!")
SNIPPET(prefetch, "mov sp, x0\n prfm pldl1keep, [sp]")
SNIPPET(arithmetic, "mov sp, x0\n add x1, sp, #8")

static void all(const char *what, u64 spsr)
{
    static const struct { const char *name; const char *pc; } uses[] = { { "ldr", load }, { "stp", store }, { "ldxr", exclusive }, { "str", back }, { "prfm", prefetch }, { "add", arithmetic } };
    for (unsigned i = 0; i < COUNT(uses); i++) {
        print(what);
        try_with(uses[i].name, spsr, uses[i].pc, 0x40200008, 0);
    }
}

void run(void)
{
    WRITE("sctlr_el2", SCTLR2 & ~BIT(4));
    for (u64 sa = 0; sa < 2; sa++) {
        for (u64 sa0 = 0; sa0 < 2; sa0++) {
            WRITE("sctlr_el1", SCTLR1 | sa << 3 | sa0 << 4);
            WRITE("sctlr_el2", (SCTLR2 & ~BIT(4)) | sa << 3);
            print("SA ");
            print_hex(sa);
            print(" SA0 ");
            print_hex(sa0);
            print("\n");
            all("EL0 ", EL0);
            all("EL1t ", EL1T);
            all("EL1h ", EL1);
            all("EL2t ", EL2T);
            all("EL2h ", EL2);
            WRITE("sctlr_el1", SCTLR1);
            WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
            WRITE("sctlr_el2", (SCTLR2 & ~BIT(4)) | sa << 3 | sa0 << 4);
            all("host's EL0 ", EL0);
            WRITE("sctlr_el2", SCTLR2 & ~BIT(4));
            WRITE("hcr_el2", HCR_RW);
        }
    }
}
