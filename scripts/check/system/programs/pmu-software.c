/* SW_INCR at each EL: enables, filters, wrapping and overflow status, and who may write PMSWINC_EL0. */
#include "../support.h"

SNIPPET(increment, "msr pmswinc_el0, x0\n mov x0, #0")

static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

static void all(const char *name, u64 filter, u64 start)
{
    for (unsigned mode = 0; mode < 3; mode++) {
        WRITE("pmevtyper0_el0", filter);
        WRITE("pmevtyper1_el0", filter);
        WRITE("pmevcntr0_el0", start);
        WRITE("pmevcntr1_el0", 5);
        WRITE("pmovsclr_el0", 0xfffffffful);
        print(name);
        print(modes[mode].name);
        try_with("swinc", modes[mode].spsr, increment, 1, 0);
        print(name);
        print(modes[mode].name);
        value("first", READ("pmevcntr0_el0"));
        print(name);
        print(modes[mode].name);
        value("second", READ("pmevcntr1_el0"));
        print(name);
        print(modes[mode].name);
        value("overflow", READ("pmovsset_el0") & 3);
    }
}

void run(void)
{
    WRITE("mdcr_el2", 6);
    WRITE("pmcntenclr_el0", 0xfffffffful);
    WRITE("pmuserenr_el0", 2);
    WRITE("pmcr_el0", 0);
    WRITE("pmcntenset_el0", 3);
    all("off ", BIT(27), 7);
    WRITE("pmcr_el0", 1);
    all("on ", BIT(27), 7);
    all("not EL0 ", BIT(27) | BIT(30), 7);
    all("not EL1 ", BIT(27) | BIT(31), 7);
    all("not EL2 ", 0, 7);
    all("wraps ", BIT(27), 0xfffffffful);
    WRITE("mdcr_el2", 6 | BIT(17));
    all("HPMD ", BIT(27), 7);
    WRITE("mdcr_el2", 6);
    WRITE("pmcntenclr_el0", 1);
    all("first off ", BIT(27), 7);
    WRITE("pmuserenr_el0", 0);
    all("not for EL0 ", BIT(27), 7);
    WRITE("pmcntenclr_el0", 0xfffffffful);
}
