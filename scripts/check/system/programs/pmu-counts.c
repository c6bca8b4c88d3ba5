/* Events that we count and the emulator does not, over known code: by EL, CHAIN, overflow, the counters of EL2. */
#include "../support.h"

#define NSH BIT(27)
#define NOT_EL0 BIT(30)
#define NOT_EL1 BIT(31)

/* Ten instructions with the SVC; two loads, of one and two registers; a store; a branch not taken and one taken. */
SNIPPET(ten, "ldr x2, [x1]\n ldp x2, x3, [x1]\n str x2, [x1]\n cbnz xzr, .\n b 1f\n 1: nop\n nop\n nop\n nop")
SNIPPET(writes, "mrs x2, contextidr_el1\n msr contextidr_el1, x2\n mrs x2, ttbr0_el1\n msr ttbr0_el1, x2\n msr ttbr0_el1, x2")
/* The overflow of a counter is pending after its instruction and before the next. */
SNIPPET(pending, "nop\n nop\n nop\n nop\n mrs x0, pmovsset_el0")

static u64 data[2] __attribute__((aligned(16)));

static u64 count(u64 event, u64 spsr, const char *code)
{
    WRITE("pmevtyper0_el0", event);
    WRITE("pmevcntr0_el0", 0);
    WRITE("pmcntenset_el0", 1);
    attempt(spsr, code, 0, (u64)data);
    WRITE("pmcntenclr_el0", 1);
    return READ("pmevcntr0_el0");
}

void run(void)
{
    static const struct { const char *name; u64 number; } events[] = {
        { "LD_RETIRED", 0x06 }, { "ST_RETIRED", 0x07 }, { "INST_RETIRED", 0x08 }, { "EXC_TAKEN", 0x09 }, { "EXC_RETURN", 0x0a }, { "PC_WRITE_RETIRED", 0x0c }, { "BR_IMMED_RETIRED", 0x0d },
        { "BR_RETURN_RETIRED", 0x0e }, { "CPU_CYCLES", 0x11 }, { "MEM_ACCESS", 0x13 }, { "BR_RETIRED", 0x21 }, { "L1D_CACHE", 0x04 }, { "STALL_BACKEND", 0x24 },
    };
    WRITE("mdcr_el2", 6);
    WRITE("pmcr_el0", 1);
    WRITE("pmcntenclr_el0", 0xfffffffful);
    value("PMCEID0", READ("pmceid0_el0"));
    value("PMCEID1", READ("pmceid1_el0"));
    /* EL0's code ends by an SVC to EL1; only what happens at EL0 counts. */
    for (unsigned i = 0; i < COUNT(events); i++)
        value(events[i].name, count(events[i].number | NOT_EL1, EL0, ten));
    value("CID_WRITE_RETIRED", count(0x0b | NOT_EL0, EL1, writes));
    value("TTBR_WRITE_RETIRED", count(0x1c | NOT_EL0, EL1, writes));
    value("INST_RETIRED at neither", count(0x08 | NOT_EL0 | NOT_EL1, EL0, ten));
    /* An even counter that overflows counts in the odd one above. */
    WRITE("pmovsclr_el0", 0xfffffffful);
    WRITE("pmevtyper2_el0", 0x08 | NOT_EL1);
    WRITE("pmevtyper3_el0", 0x1e | NOT_EL1);
    WRITE("pmevcntr2_el0", 0xfffffff8ul);
    WRITE("pmevcntr3_el0", 0xfffffffful);
    WRITE("pmcntenset_el0", 12);
    attempt(EL0, ten, 0, (u64)data);
    WRITE("pmcntenclr_el0", 12);
    value("low half", READ("pmevcntr2_el0"));
    value("high half", READ("pmevcntr3_el0"));
    value("overflow of both", READ("pmovsclr_el0"));
    WRITE("pmovsclr_el0", 0xfffffffful);
    /* The cycle counter: 64 bits with LC, and its overflow where 32 of them wrap without. */
    for (u64 lc = 0; lc < 2; lc++) {
        WRITE("pmcr_el0", 1 | lc << 6);
        WRITE("pmccfiltr_el0", NOT_EL1);
        WRITE("pmccntr_el0", 0xfffffffful);
        WRITE("pmcntenset_el0", BIT(31));
        attempt(EL0, ten, 0, (u64)data);
        WRITE("pmcntenclr_el0", BIT(31));
        value(lc ? "cycles, LC" : "cycles", READ("pmccntr_el0"));
        value(lc ? "overflow of cycles, LC" : "overflow of cycles", READ("pmovsclr_el0"));
        WRITE("pmovsclr_el0", 0xfffffffful);
    }
    WRITE("pmcr_el0", 1);
    /* Overflow is seen by the instruction behind. */
    WRITE("pmuserenr_el0", 1);
    for (u64 left = 3; left < 7; left++) {
        WRITE("pmevtyper0_el0", 0x08 | NOT_EL1);
        WRITE("pmevcntr0_el0", 0x100000000 - left);
        WRITE("pmcntenset_el0", 1);
        attempt(EL0, pending, 0, 0);
        WRITE("pmcntenclr_el0", 1);
        print_hex(left);
        value(" to overflow", record.x0);
        WRITE("pmovsclr_el0", 0xfffffffful);
    }
    /* Counters from HPMN on: enabled by HPME, and not held by HPMD. */
    for (unsigned bits = 0; bits < 8; bits++) {
        WRITE("mdcr_el2", 2 | (bits & 1 ? BIT(7) : 0) | (bits & 2 ? BIT(17) : 0));
        WRITE("pmcr_el0", bits & 4 ? 1 : 0);
        WRITE("pmevtyper0_el0", NSH);
        WRITE("pmevtyper2_el0", NSH);
        WRITE("pmevcntr0_el0", 0);
        WRITE("pmevcntr2_el0", 0);
        WRITE("pmcntenset_el0", 5);
        WRITE("pmswinc_el0", 5);
        WRITE("pmcntenclr_el0", 5);
        print_hex(bits);
        value(" first", READ("pmevcntr0_el0"));
        print_hex(bits);
        value(" reserved", READ("pmevcntr2_el0"));
    }
    WRITE("mdcr_el2", 6);
}
