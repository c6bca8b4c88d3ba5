/* Every control of EL2 over a guest of a VHE host, {E2H, TGE} = {1, 0}: each bit alone; and CPTR_EL2 and CNTHCTL_EL2 in their other layout. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

static void reset(void)
{
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", CPTR_E2H);
    WRITE("cnthctl_el2", 3ul << 10);
}

void run(void)
{
    static const u8 hcr_bits[] = { 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 mdcr_bits[] = { 6, 9, 10, 11 };
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cntkctl_el1", 0x303);
    WRITE("pmuserenr_el0", 1);
    reset();
    sweep_start(accesses, COUNT(accesses), modes, 2);
    for (unsigned i = 0; i < COUNT(hcr_bits); i++) {
        WRITE("hcr_el2", HCR_RW | HCR_E2H | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < COUNT(mdcr_bits); i++) {
        WRITE("mdcr_el2", BIT(mdcr_bits[i]));
        sweep("MDCR", mdcr_bits[i]);
        reset();
    }
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("cptr_el2", fpen << 20);
        sweep("CPTR.FPEN", fpen);
        reset();
    }
    WRITE("cptr_el2", CPTR_E2H | BIT(31));
    sweep("CPTR.TCPAC", 1);
    reset();
    for (u64 bits = 0; bits < 3; bits++) {
        WRITE("cnthctl_el2", bits << 10);
        sweep("CNTHCTL.EL1", bits);
        reset();
    }
    WRITE("cnthctl_el2", 3ul << 10 | 0x303);
    sweep("CNTHCTL.EL0", 3);
    WRITE("hcr_el2", HCR_RW);
}
