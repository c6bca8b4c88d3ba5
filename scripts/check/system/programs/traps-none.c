/* Controls that no A64 access asks: HSTR_EL2, HCR_EL2.{TID0, FB, BSU, SWIO, CD, ID, MIOCNCE}, MDCR_EL2.{HPME, HPMD}, CPTR_EL2's reserved bits, HACR_EL2. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

void run(void)
{
    static const u8 hcr_bits[] = { 1, 9, 10, 11, 15, 32, 33, 38 };
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cntkctl_el1", 0x303);
    WRITE("cnthctl_el2", 3);
    WRITE("pmuserenr_el0", 15);
    sweep_start(accesses, COUNT(accesses), modes, 2);
    WRITE("hstr_el2", 0xbfef);
    sweep("HSTR", 0);
    WRITE("hstr_el2", 0);
    WRITE("hacr_el2", ~0ul);
    sweep("HACR", 0);
    WRITE("hacr_el2", 0);
    for (unsigned i = 0; i < COUNT(hcr_bits); i++) {
        WRITE("hcr_el2", HCR_RW | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        WRITE("hcr_el2", HCR_RW);
    }
    WRITE("mdcr_el2", BIT(7) | BIT(17) | 6);
    sweep("MDCR", 0);
    WRITE("mdcr_el2", 6);
    value("nothing more", 0);
}
