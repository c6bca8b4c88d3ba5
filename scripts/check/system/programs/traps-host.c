/* EL0 of a VHE host, {E2H, TGE} = {1, 1}: the traps of guests are off, SCTLR_EL2, CPTR_EL2 and CNTHCTL_EL2 control it, each bit alone. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 } };
#define HOST (HCR_RW | HCR_E2H | HCR_TGE)
/* SCTLR_EL2 has no UMA: MRS and MSR of DAIF trap always. */
#define CONTROLS (BIT(26) | BIT(15) | BIT(14))

static void reset(void)
{
    WRITE("hcr_el2", HOST);
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", CPTR_E2H);
    WRITE("cnthctl_el2", 0xf03);
    WRITE("sctlr_el2", SCTLR2 | CONTROLS);
    WRITE("pmuserenr_el0", 1);
}

void run(void)
{
    static const u8 hcr_bits[] = { 13, 14, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 sctlr_bits[] = { 26, 15, 14 };
    static const u16 cnthctl_bits[] = { 1, 2, 0x100, 0x200, 0x400, 0x800 };
    /* The controls of EL1 let nothing through, and have no say. */
    WRITE("sctlr_el1", SCTLR1);
    WRITE("cntkctl_el1", 0);
    WRITE("cpacr_el1", 0);
    reset();
    sweep_start(accesses, COUNT(accesses), modes, 1);
    for (unsigned i = 0; i < COUNT(hcr_bits); i++) {
        WRITE("hcr_el2", HOST | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < COUNT(sctlr_bits); i++) {
        WRITE("sctlr_el2", SCTLR2 | (CONTROLS & ~BIT(sctlr_bits[i])));
        sweep("SCTLR without", sctlr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < COUNT(cnthctl_bits); i++) {
        WRITE("cnthctl_el2", 0xf03 & ~cnthctl_bits[i]);
        sweep("CNTHCTL without", cnthctl_bits[i]);
        WRITE("cnthctl_el2", cnthctl_bits[i]);
        sweep("CNTHCTL", cnthctl_bits[i]);
        reset();
    }
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("cptr_el2", fpen << 20);
        sweep("CPTR.FPEN", fpen);
        reset();
    }
    WRITE("mdcr_el2", BIT(6));
    sweep("MDCR", 6);
    reset();
    WRITE("pmuserenr_el0", 0);
    sweep("PMUSERENR", 0);
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el2", SCTLR2);
}
