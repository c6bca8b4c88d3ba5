/* The PMU's registers: masks, pairs that set and clear, PMSELR_EL0, what EL1 sees of the counters under MDCR_EL2.HPMN. */
#include "../support.h"

#define MASKS(name) { u64 saved = READ(name); WRITE(name, ~0ul); u64 ones = READ(name); WRITE(name, 0ul); u64 zeros = READ(name); WRITE(name, saved); \
    print(name ": "); print_hex(ones); print(" "); print_hex(zeros); print("\n"); }

SNIPPET(control, "mrs x0, pmcr_el0")
SNIPPET(enables, "mov x0, #-1\n msr pmcntenset_el0, x0\n mrs x0, pmcntenset_el0")
SNIPPET(interrupts, "mov x0, #-1\n msr pmintenset_el1, x0\n mrs x0, pmintenclr_el1")
SNIPPET(overflows, "mov x0, #-1\n msr pmovsset_el0, x0\n mrs x0, pmovsclr_el0")
SNIPPET(fourth, "mrs x0, pmevcntr3_el0\n mov x0, #0")
SNIPPET(third, "mrs x0, pmevcntr2_el0\n mov x0, #0")
SNIPPET(selected, "mov x0, #3\n msr pmselr_el0, x0\n mrs x0, pmxevtyper_el0")
SNIPPET(reset, "mov x0, #2\n msr pmcr_el0, x0\n mov x0, #0")

void run(void)
{
    WRITE("pmcr_el0", 0);
    WRITE("pmcntenclr_el0", 0xfffffffful);
    WRITE("pmintenclr_el1", 0xfffffffful);
    WRITE("pmovsclr_el0", 0xfffffffful);
    WRITE("mdcr_el2", 6);
    MASKS("pmselr_el0") MASKS("pmevtyper0_el0") MASKS("pmevcntr0_el0") MASKS("pmccntr_el0") MASKS("pmccfiltr_el0") MASKS("pmuserenr_el0")
    value("N", READ("pmcr_el0") >> 11 & 31);
    WRITE("pmselr_el0", 31);
    WRITE("pmxevtyper_el0", BIT(27));
    value("filter by PMSELR", READ("pmccfiltr_el0"));
    WRITE("pmselr_el0", 2);
    WRITE("pmxevtyper_el0", BIT(27) | BIT(31));
    WRITE("pmxevcntr_el0", 0x1234);
    value("type by PMSELR", READ("pmevtyper2_el0"));
    value("count by PMSELR", READ("pmevcntr2_el0"));
    WRITE("pmcntenset_el0", 5);
    WRITE("pmcntenclr_el0", 4);
    value("enabled", READ("pmcntenclr_el0"));
    WRITE("pmovsset_el0", 5);
    WRITE("pmovsclr_el0", 1);
    value("overflowed", READ("pmovsset_el0"));
    WRITE("pmovsclr_el0", 0xfffffffful);
    WRITE("pmcntenclr_el0", 0xfffffffful);
    /* Three counters for EL1: the others are out of its reach. */
    WRITE("pmevtyper3_el0", BIT(27) | 0x11);
    WRITE("mdcr_el2", 3);
    try("EL1 PMCR_EL0", EL1, control);
    try("EL1 PMCNTENSET_EL0", EL1, enables);
    value("EL2 PMCNTENSET_EL0", READ("pmcntenset_el0"));
    WRITE("pmcntenclr_el0", 0xfffffffful);
    try("EL1 PMINTENSET_EL1", EL1, interrupts);
    WRITE("pmintenclr_el1", 0xfffffffful);
    try("EL1 PMOVSSET_EL0", EL1, overflows);
    WRITE("pmovsclr_el0", 0xfffffffful);
    try("EL1 PMEVCNTR2_EL0", EL1, third);
    try("EL1 PMEVCNTR3_EL0", EL1, fourth);
    try("EL1 PMXEVTYPER_EL0 of the fourth", EL1, selected);
    /* P of EL1 resets its own counters, that of EL2 all. */
    WRITE("pmevcntr2_el0", 5);
    WRITE("pmevcntr3_el0", 6);
    try("EL1 PMCR_EL0.P", EL1, reset);
    value("third", READ("pmevcntr2_el0"));
    value("fourth", READ("pmevcntr3_el0"));
    WRITE("pmcr_el0", 2);
    value("fourth after EL2's", READ("pmevcntr3_el0"));
    WRITE("mdcr_el2", 6);
}
