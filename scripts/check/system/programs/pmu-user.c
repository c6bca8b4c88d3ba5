/* What PMUSERENR_EL0 allows EL0: each bit alone and all, for each register, read and written. */
#include "../support.h"

static const struct access accesses[] = {
    BOTH("pmcr_el0", 3, 3, 9, 12, 0), BOTH("pmcntenset_el0", 3, 3, 9, 12, 1), BOTH("pmcntenclr_el0", 3, 3, 9, 12, 2), BOTH("pmovsclr_el0", 3, 3, 9, 12, 3),
    READS("pmswinc_el0", 3, 3, 9, 12, 4), WRITES("pmswinc_el0", 3, 3, 9, 12, 4), BOTH("pmselr_el0", 3, 3, 9, 12, 5), BOTH("pmceid0_el0", 3, 3, 9, 12, 6), BOTH("pmceid1_el0", 3, 3, 9, 12, 7),
    BOTH("pmccntr_el0", 3, 3, 9, 13, 0), BOTH("pmxevtyper_el0", 3, 3, 9, 13, 1), BOTH("pmxevcntr_el0", 3, 3, 9, 13, 2), BOTH("pmuserenr_el0", 3, 3, 9, 14, 0),
    BOTH("pmintenset_el1", 3, 0, 9, 14, 1), BOTH("pmintenclr_el1", 3, 0, 9, 14, 2), BOTH("pmovsset_el0", 3, 3, 9, 14, 3),
    BOTH("pmevcntr0_el0", 3, 3, 14, 8, 0), BOTH("pmevtyper0_el0", 3, 3, 14, 12, 0), BOTH("pmccfiltr_el0", 3, 3, 14, 15, 7), BOTH("pmevcntr6_el0", 3, 3, 14, 8, 6),
};
static const struct mode modes[] = { { "EL0", EL0 } };

void run(void)
{
    WRITE("mdcr_el2", 6);
    WRITE("pmselr_el0", 0);
    WRITE("pmuserenr_el0", 0);
    sweep_start(accesses, COUNT(accesses), modes, 1);
    for (unsigned bits = 1; bits < 16; bits++) {
        WRITE("pmuserenr_el0", bits);
        sweep("PMUSERENR", bits);
    }
    WRITE("pmuserenr_el0", 0);
}
