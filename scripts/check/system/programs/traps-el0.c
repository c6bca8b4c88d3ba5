/* EL1's controls over EL0, each bit alone: SCTLR_EL1, CNTKCTL_EL1 and PMUSERENR_EL0. */
#include "../accesses.h"

static const struct access accesses[] = { ALL_ACCESSES };
static const struct mode modes[] = { { "EL0 ", EL0 } };

void run(void)
{
    static const u8 sctlr_bits[] = { 26, 15, 14, 9 };
    static const u16 cntkctl_bits[] = { 1, 2, 0x100, 0x200, 4, 0x3f8 & ~0x300 };
    WRITE("pmuserenr_el0", 0);
    WRITE("cntkctl_el1", 0);
    WRITE("cnthctl_el2", 3);
    sweep_start(accesses, COUNT(accesses), modes, 1);
    for (unsigned i = 0; i < COUNT(sctlr_bits); i++) {
        WRITE("sctlr_el1", SCTLR1 | BIT(sctlr_bits[i]));
        sweep("SCTLR", sctlr_bits[i]);
        WRITE("sctlr_el1", SCTLR1);
    }
    for (unsigned i = 0; i < COUNT(cntkctl_bits); i++) {
        WRITE("cntkctl_el1", cntkctl_bits[i]);
        sweep("CNTKCTL", cntkctl_bits[i]);
        WRITE("cntkctl_el1", 0x303 & ~cntkctl_bits[i]);
        sweep("CNTKCTL without", cntkctl_bits[i]);
        WRITE("cntkctl_el1", 0);
    }
    for (u64 bits = 1; bits < 16; bits++) {
        WRITE("pmuserenr_el0", bits);
        sweep("PMUSERENR", bits);
        WRITE("pmuserenr_el0", 0);
    }
}
