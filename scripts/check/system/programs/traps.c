/* Every control of EL2 that traps EL1: each bit alone, on a list of accesses. Only what is not as with no bit set is printed. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

static void reset(void)
{
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", CPTR);
    WRITE("hcr_el2", HCR_RW);
}

void run(void)
{
    static const u8 hcr_bits[] = { 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 mdcr_bits[] = { 5, 6, 8, 9, 10, 11 };
    static const u8 cptr_bits[] = { 10, 20, 31 };
    reset();
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cpacr_el1", 3ul << 20);
    sweep_start(accesses, COUNT(accesses), modes, 2);
    for (unsigned i = 0; i < sizeof hcr_bits; i++) {
        WRITE("hcr_el2", HCR_RW | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof mdcr_bits; i++) {
        WRITE("mdcr_el2", BIT(mdcr_bits[i]));
        sweep("MDCR", mdcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof cptr_bits; i++) {
        WRITE("cptr_el2", CPTR | BIT(cptr_bits[i]));
        sweep("CPTR", cptr_bits[i]);
        reset();
    }
    WRITE("cpacr_el1", 0);
    sweep("CPACR", 0);
    WRITE("cpacr_el1", 1ul << 20);
    sweep("CPACR", 1);
    WRITE("cpacr_el1", 3ul << 20);
    WRITE("sctlr_el1", SCTLR1);
    sweep("SCTLR", 0);
    WRITE("mdscr_el1", BIT(12));
    sweep("MDSCR", 12);
}
