/* Lists of accesses that the programs of `check:system` sweep: each line of a list is a group that some control traps. */
#ifndef ACCESSES_H
#define ACCESSES_H
#include "support.h"

/* Written with zeros, and never what the vectors of EL1 need. */
#define VIRTUAL_MEMORY_ACCESSES \
    READS("sctlr_el1", 3, 0, 1, 0, 0), BOTH("ttbr0_el1", 3, 0, 2, 0, 0), BOTH("ttbr1_el1", 3, 0, 2, 0, 1), BOTH("tcr_el1", 3, 0, 2, 0, 2), BOTH("esr_el1", 3, 0, 5, 2, 0), \
    BOTH("far_el1", 3, 0, 6, 0, 0), BOTH("afsr0_el1", 3, 0, 5, 1, 0), BOTH("afsr1_el1", 3, 0, 5, 1, 1), BOTH("mair_el1", 3, 0, 10, 2, 0), BOTH("amair_el1", 3, 0, 10, 3, 0), \
    BOTH("contextidr_el1", 3, 0, 13, 0, 1)
#define OTHER_EL1_ACCESSES \
    BOTH("actlr_el1", 3, 0, 1, 0, 1), READS("cpacr_el1", 3, 0, 1, 0, 2), BOTH("par_el1", 3, 0, 7, 4, 0), BOTH("tpidr_el1", 3, 0, 13, 0, 4), READS("vbar_el1", 3, 0, 12, 0, 0), \
    READS("elr_el1", 3, 0, 4, 0, 1), READS("isr_el1", 3, 0, 12, 1, 0), READS("sp_el0", 3, 0, 4, 1, 0), BOTH("lorc_el1", 3, 0, 10, 4, 3), READS("lorid_el1", 3, 0, 10, 4, 7), \
    READS("erridr_el1", 3, 0, 5, 3, 0), BOTH("cntkctl_el1", 3, 0, 14, 1, 0)
#define ID_ACCESSES \
    READS("midr_el1", 3, 0, 0, 0, 0), READS("mpidr_el1", 3, 0, 0, 0, 5), READS("revidr_el1", 3, 0, 0, 0, 6), READS("aidr_el1", 3, 1, 0, 0, 7), READS("ctr_el0", 3, 3, 0, 0, 1), \
    READS("dczid_el0", 3, 3, 0, 0, 7), READS("ccsidr_el1", 3, 1, 0, 0, 0), READS("clidr_el1", 3, 1, 0, 0, 1), BOTH("csselr_el1", 3, 2, 0, 0, 0), READS("id_aa64pfr0_el1", 3, 0, 0, 4, 0), \
    READS("id_aa64isar0_el1", 3, 0, 0, 6, 0), READS("id_aa64mmfr2_el1", 3, 0, 0, 7, 2), READS("id_pfr0_el1", 3, 0, 0, 1, 0), READS("mvfr0_el1", 3, 0, 0, 3, 0), \
    READS("s3_0_c0_c2_7", 3, 0, 0, 2, 7), READS("s3_0_c0_c7_7", 3, 0, 0, 7, 7), READS("s3_0_c0_c3_5", 3, 0, 0, 3, 5)
#define EL0_ACCESSES \
    BOTH("fpcr", 3, 3, 4, 4, 0), BOTH("fpsr", 3, 3, 4, 4, 1), BOTH("tpidr_el0", 3, 3, 13, 0, 2), READS("tpidrro_el0", 3, 3, 13, 0, 3), BOTH("nzcv", 3, 3, 4, 2, 0)
#define DEBUG_ACCESSES \
    BOTH("mdscr_el1", 2, 0, 0, 2, 2), READS("mdccint_el1", 2, 0, 0, 2, 0), BOTH("dbgbvr0_el1", 2, 0, 0, 0, 4), BOTH("dbgbcr0_el1", 2, 0, 0, 0, 5), BOTH("dbgwvr0_el1", 2, 0, 0, 0, 6), \
    BOTH("dbgwcr0_el1", 2, 0, 0, 0, 7), READS("mdccsr_el0", 2, 3, 0, 1, 0), READS("oslsr_el1", 2, 0, 1, 1, 4), WRITES("oslar_el1", 2, 0, 1, 0, 4), BOTH("osdlr_el1", 2, 0, 1, 3, 4), \
    READS("mdrar_el1", 2, 0, 1, 0, 0)
#define PMU_ACCESSES \
    BOTH("pmcr_el0", 3, 3, 9, 12, 0), BOTH("pmcntenset_el0", 3, 3, 9, 12, 1), BOTH("pmcntenclr_el0", 3, 3, 9, 12, 2), BOTH("pmovsclr_el0", 3, 3, 9, 12, 3), WRITES("pmswinc_el0", 3, 3, 9, 12, 4), \
    READS("pmswinc_el0", 3, 3, 9, 12, 4), BOTH("pmselr_el0", 3, 3, 9, 12, 5), BOTH("pmceid0_el0", 3, 3, 9, 12, 6), READS("pmceid1_el0", 3, 3, 9, 12, 7), BOTH("pmccntr_el0", 3, 3, 9, 13, 0), \
    BOTH("pmxevtyper_el0", 3, 3, 9, 13, 1), BOTH("pmxevcntr_el0", 3, 3, 9, 13, 2), READS("pmuserenr_el0", 3, 3, 9, 14, 0), BOTH("pmovsset_el0", 3, 3, 9, 14, 3), BOTH("pmintenset_el1", 3, 0, 9, 14, 1), \
    BOTH("pmintenclr_el1", 3, 0, 9, 14, 2), BOTH("pmevcntr0_el0", 3, 3, 14, 8, 0), BOTH("pmevtyper0_el0", 3, 3, 14, 12, 0), BOTH("pmccfiltr_el0", 3, 3, 14, 15, 7)
#define TIMER_ACCESSES \
    BOTH("cntfrq_el0", 3, 3, 14, 0, 0), BOTH("cntpct_el0", 3, 3, 14, 0, 1), BOTH("cntvct_el0", 3, 3, 14, 0, 2), BOTH("cntp_tval_el0", 3, 3, 14, 2, 0), BOTH("cntp_ctl_el0", 3, 3, 14, 2, 1), \
    BOTH("cntp_cval_el0", 3, 3, 14, 2, 2), BOTH("cntv_tval_el0", 3, 3, 14, 3, 0), BOTH("cntv_ctl_el0", 3, 3, 14, 3, 1), BOTH("cntv_cval_el0", 3, 3, 14, 3, 2)
#define EL2_ACCESSES \
    READS("hcr_el2", 3, 4, 1, 1, 0), READS("sp_el1", 3, 4, 4, 1, 0), READS("vttbr_el2", 3, 4, 2, 1, 0), READS("ttbr1_el2", 3, 4, 2, 0, 1), READS("contextidr_el2", 3, 4, 13, 0, 1), \
    READS("cnthctl_el2", 3, 4, 14, 1, 0), READS("cnthp_ctl_el2", 3, 4, 14, 2, 1), READS("cnthv_ctl_el2", 3, 4, 14, 3, 1), READS("sctlr_el12", 3, 5, 1, 0, 0), READS("elr_el12", 3, 5, 4, 0, 1), \
    READS("cntp_ctl_el02", 3, 5, 14, 2, 1)
#define TLB_ACCESSES \
    OP("tlbi vmalle1", 0, 8, 7, 0), OP("tlbi vmalle1is", 0, 8, 3, 0), OP("tlbi vae1", 0, 8, 7, 1), OP("tlbi vaale1is", 0, 8, 3, 7), OP("tlbi aside1", 0, 8, 7, 2), OP("tlbi alle1", 4, 8, 7, 4), \
    OP("tlbi vae2", 4, 8, 7, 1), OP("tlbi ipas2e1", 4, 8, 4, 1), OP("at s1e1r", 0, 7, 8, 0), OP("at s1e0w", 0, 7, 8, 3), OP("at s12e1r", 4, 7, 8, 4), OP("at s1e2r", 4, 7, 8, 0)
#define CACHE_ACCESSES \
    OP("ic iallu", 0, 7, 5, 0), OP("ic ialluis", 0, 7, 1, 0), OP("ic ivau", 3, 7, 5, 1), OP("dc cvau", 3, 7, 11, 1), OP("dc cvac", 3, 7, 10, 1), OP("dc cvap", 3, 7, 12, 1), \
    OP("dc civac", 3, 7, 14, 1), OP("dc ivac", 0, 7, 6, 1), OP("dc zva", 3, 7, 4, 1), OP("dc isw", 0, 7, 6, 2), OP("dc csw", 0, 7, 10, 2), OP("dc cisw", 0, 7, 14, 2)
#define PSTATE_ACCESSES \
    BOTH("daif", 3, 3, 4, 2, 1), READS("currentel", 3, 0, 4, 2, 2), READS("spsel", 3, 0, 4, 2, 0), BOTH("pan", 3, 0, 4, 2, 3), BOTH("uao", 3, 0, 4, 2, 4)
#define CALL_ACCESSES \
    { "smc", 0xd4000003 }, { "hvc", 0xd4000022 }, { "eret", 0xd69f03e0 }, { "svc", 0xd4000021 }, { "udf", 0x00000000 }

#define ALL_ACCESSES \
    VIRTUAL_MEMORY_ACCESSES, OTHER_EL1_ACCESSES, ID_ACCESSES, READS("s3_0_c15_c2_0", 3, 0, 15, 2, 0), EL0_ACCESSES, DEBUG_ACCESSES, PMU_ACCESSES, TIMER_ACCESSES, EL2_ACCESSES, TLB_ACCESSES, \
    CACHE_ACCESSES, PSTATE_ACCESSES, CALL_ACCESSES

#endif
