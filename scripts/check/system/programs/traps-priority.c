/* Two reasons at once: UNDEFINED goes before any trap, EL1's control before EL2's, and both are before what the instruction does. */
#include "../accesses.h"

static const struct access accesses[] = {
    READS("ctr_el0", 3, 3, 0, 0, 1), OP("ic ivau", 3, 7, 5, 1), OP("dc cvau", 3, 7, 11, 1), OP("dc cvac", 3, 7, 10, 1), OP("dc civac", 3, 7, 14, 1), OP("dc zva", 3, 7, 4, 1), BOTH("daif", 3, 3, 4, 2, 1),
    BOTH("fpcr", 3, 3, 4, 4, 0), READS("cntpct_el0", 3, 3, 14, 0, 1), READS("cntvct_el0", 3, 3, 14, 0, 2), READS("cntfrq_el0", 3, 3, 14, 0, 0), BOTH("cntp_ctl_el0", 3, 3, 14, 2, 1), BOTH("cntv_ctl_el0", 3, 3, 14, 3, 1),
    READS("mdccsr_el0", 2, 3, 0, 1, 0), BOTH("pmcntenset_el0", 3, 3, 9, 12, 1), READS("pmccntr_el0", 3, 3, 9, 13, 0), BOTH("pmselr_el0", 3, 3, 9, 12, 5), WRITES("pmswinc_el0", 3, 3, 9, 12, 4),
    /* Never at EL0, whatever the controls. */
    READS("sctlr_el1", 3, 0, 1, 0, 0), READS("id_aa64pfr0_el1", 3, 0, 0, 4, 0), READS("actlr_el1", 3, 0, 1, 0, 1), READS("lorid_el1", 3, 0, 10, 4, 7), READS("mdscr_el1", 2, 0, 0, 2, 2), READS("oslsr_el1", 2, 0, 1, 1, 4),
    OP("tlbi vmalle1", 0, 8, 7, 0), OP("dc isw", 0, 7, 6, 2), OP("ic iallu", 0, 7, 5, 0), OP("at s1e1r", 0, 7, 8, 0), { "smc", 0xd4000003 }, { "hvc", 0xd4000022 }, { "eret", 0xd69f03e0 },
    /* A write of what is read-only, and a read of what is write-only. */
    { "msr ctr_el0", WORD_MSR(3, 3, 0, 0, 1) }, { "msr id_aa64pfr0_el1", WORD_MSR(3, 0, 0, 4, 0) }, READS("pmswinc_el0", 3, 3, 9, 12, 4), { "msr cntpct_el0", WORD_MSR(3, 3, 14, 0, 1) }, { "msr pmceid0_el0", WORD_MSR(3, 3, 9, 12, 6) },
    READS("oslar_el1", 2, 0, 1, 0, 4),
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

void run(void)
{
    /* TID0-3, TSC, TACR, TSW, TPCP, TPU, TTLB, TVM, TDZ, TRVM, TLOR. */
    const u64 traps = 0xful << 15 | BIT(19) | BIT(21) | BIT(22) | BIT(23) | BIT(24) | BIT(25) | BIT(26) | BIT(28) | BIT(30) | BIT(35);
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cntkctl_el1", 0x303);
    WRITE("cnthctl_el2", 3);
    WRITE("pmuserenr_el0", 1);
    sweep_start(accesses, COUNT(accesses), modes, 2);
    for (u64 el1 = 0; el1 < 2; el1++) {
        for (u64 el2 = 0; el2 < 2; el2++) {
            for (u64 tge = 0; tge < 2; tge++) {
                WRITE("sctlr_el1", el1 ? SCTLR1 : SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
                WRITE("cpacr_el1", el1 ? 0 : 3ul << 20);
                WRITE("cntkctl_el1", el1 ? 0 : 0x303);
                WRITE("pmuserenr_el0", el1 ? 0 : 1);
                WRITE("mdcr_el2", el2 ? BIT(6) | BIT(9) | BIT(10) | BIT(11) : 0);
                WRITE("cptr_el2", el2 ? CPTR | BIT(10) | BIT(31) : CPTR);
                WRITE("cnthctl_el2", el2 ? 0 : 3);
                WRITE("hcr_el2", HCR_RW | (el2 ? traps : 0) | (tge ? HCR_TGE : 0));
                if (tge)
                    sweep_start(accesses, COUNT(accesses), modes, 1);
                else
                    sweep(el1 ? el2 ? "EL1 and EL2" : "EL1" : "EL2", 0);
                WRITE("hcr_el2", HCR_RW);
                WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
                WRITE("cpacr_el1", 3ul << 20);
                WRITE("cntkctl_el1", 0x303);
                WRITE("pmuserenr_el0", 1);
                WRITE("mdcr_el2", 0);
                WRITE("cptr_el2", CPTR);
                WRITE("cnthctl_el2", 3);
                if (tge)
                    sweep_start(accesses, COUNT(accesses), modes, 2);
            }
        }
    }
}
