/* CPACR_EL1.FPEN with CPTR_EL2, in both layouts and with TGE, over FPCR and FPSR at EL0, EL1 and EL2: all combinations. */
#include "../support.h"

SNIPPET(read_fpcr, "mrs x0, fpcr")
SNIPPET(write_fpsr, "msr fpsr, xzr")

static void all(const char *what, u64 fpen, u64 cptr, int has_el1)
{
    static const struct mode modes[] = { { " EL0", EL0 }, { " EL1", EL1 }, { " EL2", EL2 } };
    for (unsigned i = 0; i < 3; i++) {
        if (i == 1 && !has_el1)
            continue;
        print(what);
        print(" FPEN ");
        print_hex(fpen);
        print(" CPTR ");
        print_hex(cptr);
        print(modes[i].name);
        try(" mrs", modes[i].spsr, read_fpcr);
        try(" msr", modes[i].spsr, write_fpsr);
    }
}

void run(void)
{
    for (u64 fpen = 0; fpen < 4; fpen++) {
        WRITE("cpacr_el1", fpen << 20);
        for (u64 tge = 0; tge < 2; tge++) {
            for (u64 tfp = 0; tfp < 2; tfp++) {
                WRITE("hcr_el2", HCR_RW | (tge ? HCR_TGE : 0));
                WRITE("cptr_el2", CPTR | tfp << 10);
                all(tge ? "TGE" : "", fpen, tfp, !tge);
            }
            for (u64 cptr = 0; cptr < 4; cptr++) {
                WRITE("hcr_el2", HCR_RW | HCR_E2H | (tge ? HCR_TGE : 0));
                WRITE("cptr_el2", cptr << 20);
                all(tge ? "E2H TGE" : "E2H", fpen, cptr, !tge);
            }
            WRITE("hcr_el2", HCR_RW);
            WRITE("cptr_el2", CPTR);
        }
    }
}
