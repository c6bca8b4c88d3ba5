/* Every control of EL2 that traps EL1: each bit alone, on a list of accesses. Only what is not as with no bit set is printed. */
#include "../support.h"

static const struct access accesses[] = {
    /* Written with zeros, and never what the vectors of EL1 need. */
    READS("sctlr_el1", 3, 0, 1, 0, 0), BOTH("actlr_el1", 3, 0, 1, 0, 1), READS("cpacr_el1", 3, 0, 1, 0, 2), BOTH("ttbr0_el1", 3, 0, 2, 0, 0), BOTH("ttbr1_el1", 3, 0, 2, 0, 1),
    BOTH("tcr_el1", 3, 0, 2, 0, 2), BOTH("esr_el1", 3, 0, 5, 2, 0), BOTH("far_el1", 3, 0, 6, 0, 0), BOTH("afsr0_el1", 3, 0, 5, 1, 0), BOTH("afsr1_el1", 3, 0, 5, 1, 1),
    BOTH("mair_el1", 3, 0, 10, 2, 0), BOTH("amair_el1", 3, 0, 10, 3, 0), BOTH("contextidr_el1", 3, 0, 13, 0, 1), BOTH("par_el1", 3, 0, 7, 4, 0), BOTH("tpidr_el1", 3, 0, 13, 0, 4),
    READS("vbar_el1", 3, 0, 12, 0, 0), READS("elr_el1", 3, 0, 4, 0, 1), READS("midr_el1", 3, 0, 0, 0, 0), READS("mpidr_el1", 3, 0, 0, 0, 5), READS("revidr_el1", 3, 0, 0, 0, 6),
    READS("aidr_el1", 3, 1, 0, 0, 7), READS("ctr_el0", 3, 3, 0, 0, 1), READS("dczid_el0", 3, 3, 0, 0, 7), READS("ccsidr_el1", 3, 1, 0, 0, 0), READS("clidr_el1", 3, 1, 0, 0, 1), BOTH("csselr_el1", 3, 2, 0, 0, 0),
    READS("id_aa64pfr0_el1", 3, 0, 0, 4, 0), READS("id_aa64isar0_el1", 3, 0, 0, 6, 0), READS("id_aa64mmfr2_el1", 3, 0, 0, 7, 2), READS("id_pfr0_el1", 3, 0, 0, 1, 0), READS("mvfr0_el1", 3, 0, 0, 3, 0),
    READS("s3_0_c0_c2_7", 3, 0, 0, 2, 7), READS("s3_0_c0_c7_7", 3, 0, 0, 7, 7), READS("s3_0_c0_c3_5", 3, 0, 0, 3, 5),
    READS("s3_0_c15_c2_0", 3, 0, 15, 2, 0),
    BOTH("mdscr_el1", 2, 0, 0, 2, 2), READS("mdccint_el1", 2, 0, 0, 2, 0), BOTH("dbgbvr0_el1", 2, 0, 0, 0, 4), BOTH("dbgbcr0_el1", 2, 0, 0, 0, 5), BOTH("dbgwvr0_el1", 2, 0, 0, 0, 6), BOTH("dbgwcr0_el1", 2, 0, 0, 0, 7),
    READS("mdccsr_el0", 2, 3, 0, 1, 0), READS("oslsr_el1", 2, 0, 1, 1, 4), WRITES("oslar_el1", 2, 0, 1, 0, 4), BOTH("osdlr_el1", 2, 0, 1, 3, 4), READS("mdrar_el1", 2, 0, 1, 0, 0),
    READS("pmcr_el0", 3, 3, 9, 12, 0), READS("pmcntenset_el0", 3, 3, 9, 12, 1), READS("pmccntr_el0", 3, 3, 9, 13, 0), READS("pmuserenr_el0", 3, 3, 9, 14, 0), READS("pmintenset_el1", 3, 0, 9, 14, 1),
    BOTH("lorc_el1", 3, 0, 10, 4, 3), READS("lorid_el1", 3, 0, 10, 4, 7), READS("fpcr", 3, 3, 4, 4, 0), BOTH("fpsr", 3, 3, 4, 4, 1), BOTH("tpidr_el0", 3, 3, 13, 0, 2), READS("isr_el1", 3, 0, 12, 1, 0),
    READS("erridr_el1", 3, 0, 5, 3, 0), READS("sp_el0", 3, 0, 4, 1, 0), READS("hcr_el2", 3, 4, 1, 1, 0), READS("sp_el1", 3, 4, 4, 1, 0), READS("sctlr_el12", 3, 5, 1, 0, 0), READS("vttbr_el2", 3, 4, 2, 1, 0),
    OP("tlbi vmalle1", 0, 8, 7, 0), OP("tlbi vmalle1is", 0, 8, 3, 0), OP("tlbi vae1", 0, 8, 7, 1), OP("tlbi vaale1is", 0, 8, 3, 7), OP("tlbi aside1", 0, 8, 7, 2), OP("tlbi alle1", 4, 8, 7, 4), OP("tlbi vae2", 4, 8, 7, 1), OP("tlbi ipas2e1", 4, 8, 4, 1),
    OP("ic iallu", 0, 7, 5, 0), OP("ic ialluis", 0, 7, 1, 0), OP("ic ivau", 3, 7, 5, 1), OP("dc cvau", 3, 7, 11, 1), OP("dc cvac", 3, 7, 10, 1), OP("dc civac", 3, 7, 14, 1), OP("dc ivac", 0, 7, 6, 1),
    OP("dc zva", 3, 7, 4, 1), OP("dc isw", 0, 7, 6, 2), OP("dc csw", 0, 7, 10, 2), OP("dc cisw", 0, 7, 14, 2), OP("at s1e1r", 0, 7, 8, 0), OP("at s1e0w", 0, 7, 8, 3), OP("at s12e1r", 4, 7, 8, 4), OP("at s1e2r", 4, 7, 8, 0),
    { "smc", 0xd4000003 }, { "hvc", 0xd4000022 }, { "eret", 0xd69f03e0 }, { "svc", 0xd4000021 },
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

static void reset(void)
{
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", CPTR);
    WRITE("hcr_el2", HCR_RW);
}

void run(void)
{
    static const u8 hcr_bits[] = { 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 mdcr_bits[] = { 5, 6, 8, 9, 10, 11 };
    static const u8 cptr_bits[] = { 10, 20, 31 };
    reset();
    WRITE("sctlr_el1", SCTLR1 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cpacr_el1", 3ul << 20);
    sweep_start(accesses, COUNT(accesses), modes, 2);
    for (unsigned i = 0; i < sizeof hcr_bits; i++) {
        WRITE("hcr_el2", HCR_RW | BIT(hcr_bits[i]));
        sweep("HCR", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof mdcr_bits; i++) {
        WRITE("mdcr_el2", BIT(mdcr_bits[i]));
        sweep("MDCR", mdcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof cptr_bits; i++) {
        WRITE("cptr_el2", CPTR | BIT(cptr_bits[i]));
        sweep("CPTR", cptr_bits[i]);
        reset();
    }
    WRITE("cpacr_el1", 0);
    sweep("CPACR", 0);
    WRITE("cpacr_el1", 1ul << 20);
    sweep("CPACR", 1);
    WRITE("cpacr_el1", 3ul << 20);
    WRITE("sctlr_el1", SCTLR1);
    sweep("SCTLR", 0);
    WRITE("mdscr_el1", BIT(12));
    sweep("MDSCR", 12);
}
