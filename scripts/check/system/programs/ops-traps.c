/* HCR_EL2's traps of maintenance at EL1: TTLB, TSW, TPCP, TPU over every operation of their groups; and EL0's by UCI and DZE. Full syndromes. */
#include "../support.h"

static const struct access operations[] = {
    OP("tlbi vmalle1is", 0, 8, 3, 0), OP("tlbi vae1is", 0, 8, 3, 1), OP("tlbi aside1is", 0, 8, 3, 2), OP("tlbi vaae1is", 0, 8, 3, 3), OP("tlbi vale1is", 0, 8, 3, 5), OP("tlbi vaale1is", 0, 8, 3, 7), OP("tlbi vmalle1", 0, 8, 7, 0),
    OP("tlbi vae1", 0, 8, 7, 1), OP("tlbi aside1", 0, 8, 7, 2), OP("tlbi vaae1", 0, 8, 7, 3), OP("tlbi vale1", 0, 8, 7, 5), OP("tlbi vaale1", 0, 8, 7, 7), OP("tlbi ipas2e1is", 4, 8, 0, 1), OP("tlbi ipas2le1is", 4, 8, 0, 5),
    OP("tlbi alle2is", 4, 8, 3, 0), OP("tlbi vae2is", 4, 8, 3, 1), OP("tlbi alle1is", 4, 8, 3, 4), OP("tlbi vale2is", 4, 8, 3, 5), OP("tlbi vmalls12e1is", 4, 8, 3, 6), OP("tlbi ipas2e1", 4, 8, 4, 1), OP("tlbi ipas2le1", 4, 8, 4, 5),
    OP("tlbi alle2", 4, 8, 7, 0), OP("tlbi vae2", 4, 8, 7, 1), OP("tlbi alle1", 4, 8, 7, 4), OP("tlbi vale2", 4, 8, 7, 5), OP("tlbi vmalls12e1", 4, 8, 7, 6), OP("tlbi alle3", 6, 8, 7, 0), OP("ic ialluis", 0, 7, 1, 0), OP("ic iallu", 0, 7, 5, 0),
    OP("ic ivau", 3, 7, 5, 1), OP("dc ivac", 0, 7, 6, 1), OP("dc isw", 0, 7, 6, 2), OP("dc csw", 0, 7, 10, 2), OP("dc cisw", 0, 7, 14, 2), OP("dc zva", 3, 7, 4, 1), OP("dc cvac", 3, 7, 10, 1), OP("dc cvau", 3, 7, 11, 1), OP("dc cvap", 3, 7, 12, 1),
    OP("dc civac", 3, 7, 14, 1), OP("at s1e1r", 0, 7, 8, 0), OP("at s1e1w", 0, 7, 8, 1), OP("at s1e0r", 0, 7, 8, 2), OP("at s1e0w", 0, 7, 8, 3), OP("at s1e1rp", 0, 7, 9, 0), OP("at s1e1wp", 0, 7, 9, 1), OP("at s1e2r", 4, 7, 8, 0),
    OP("at s1e2w", 4, 7, 8, 1), OP("at s12e1r", 4, 7, 8, 4), OP("at s12e1w", 4, 7, 8, 5), OP("at s12e0r", 4, 7, 8, 6), OP("at s12e0w", 4, 7, 8, 7),
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

void run(void)
{
    static const u8 bits[] = { 22, 23, 24, 25, 28 };
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(14));
    sweep_start(operations, COUNT(operations), modes, 3);
    for (u64 e2h = 0; e2h < 2; e2h++) {
        for (unsigned i = 0; i < COUNT(bits); i++) {
            WRITE("hcr_el2", HCR_RW | (e2h ? HCR_E2H : 0) | BIT(bits[i]));
            sweep(e2h ? "E2H HCR" : "HCR", bits[i]);
            WRITE("hcr_el2", HCR_RW);
        }
    }
    WRITE("sctlr_el1", SCTLR1 | BIT(14));
    sweep("UCI", 0);
    WRITE("sctlr_el1", SCTLR1 | BIT(26));
    sweep("DZE", 0);
    WRITE("sctlr_el1", SCTLR1);
    WRITE("hcr_el2", HCR_RW | BIT(23) | BIT(24) | BIT(28));
    sweep("UCI and HCR", 0);
}
