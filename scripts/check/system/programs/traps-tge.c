/* EL0 under {E2H, TGE} = {0, 1}: EL1's controls trap to EL2, and EL2's own are in force. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 } };
#define TGE (HCR_RW | HCR_TGE)
#define CONTROLS (BIT(26) | BIT(15) | BIT(14) | BIT(9))

static void reset(void)
{
    WRITE("hcr_el2", TGE);
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", CPTR);
    WRITE("cnthctl_el2", 3);
    WRITE("sctlr_el1", SCTLR1 | CONTROLS);
    WRITE("cntkctl_el1", 0x303);
    WRITE("cpacr_el1", 3ul << 20);
    WRITE("pmuserenr_el0", 1);
}

void run(void)
{
    static const u8 hcr_bits[] = { 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 sctlr_bits[] = { 26, 15, 14, 9 };
    reset();
    sweep_start(accesses, COUNT(accesses), modes, 1);
    for (unsigned i = 0; i < COUNT(hcr_bits); i++) {
        WRITE("hcr_el2", TGE | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < COUNT(sctlr_bits); i++) {
        WRITE("sctlr_el1", SCTLR1 | (CONTROLS & ~BIT(sctlr_bits[i])));
        sweep("SCTLR without", sctlr_bits[i]);
        reset();
    }
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("cpacr_el1", fpen << 20);
        sweep("CPACR.FPEN", fpen);
        reset();
    }
    WRITE("cptr_el2", CPTR | BIT(10));
    sweep("CPTR.TFP", 1);
    reset();
    WRITE("cntkctl_el1", 0);
    sweep("CNTKCTL", 0);
    reset();
    WRITE("cnthctl_el2", 0);
    sweep("CNTHCTL", 0);
    reset();
    WRITE("pmuserenr_el0", 0);
    sweep("PMUSERENR", 0);
    reset();
    WRITE("mdcr_el2", BIT(6));
    sweep("MDCR", 6);
    WRITE("hcr_el2", HCR_RW);
}
