/* Every control of EL2 that traps EL1: each bit alone, on a list of accesses. Only what is not as with no bit set is printed. */
#include "../support.h"

#define MRS(op0, op1, crn, crm, op2) (0xd5200000u | ((op0) & 3) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define MSR(op0, op1, crn, crm, op2) (0xd5000000u | ((op0) & 3) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define BOTH(name, op0, op1, crn, crm, op2) { "mrs " name, MRS(op0, op1, crn, crm, op2) }, { "msr " name, MSR(op0, op1, crn, crm, op2) | 31 }
#define ONE(name, op0, op1, crn, crm, op2) { "mrs " name, MRS(op0, op1, crn, crm, op2) }
#define OP(name, op1, crn, crm, op2) { name, MSR(1, op1, crn, crm, op2) | 1 }

static const struct { const char *name; u32 word; } accesses[] = {
    /* Written with zeros, and never what the vectors of EL1 need. */
    ONE("sctlr_el1", 3, 0, 1, 0, 0), BOTH("actlr_el1", 3, 0, 1, 0, 1), ONE("cpacr_el1", 3, 0, 1, 0, 2), BOTH("ttbr0_el1", 3, 0, 2, 0, 0), BOTH("ttbr1_el1", 3, 0, 2, 0, 1),
    BOTH("tcr_el1", 3, 0, 2, 0, 2), BOTH("esr_el1", 3, 0, 5, 2, 0), BOTH("far_el1", 3, 0, 6, 0, 0), BOTH("afsr0_el1", 3, 0, 5, 1, 0), BOTH("afsr1_el1", 3, 0, 5, 1, 1),
    BOTH("mair_el1", 3, 0, 10, 2, 0), BOTH("amair_el1", 3, 0, 10, 3, 0), BOTH("contextidr_el1", 3, 0, 13, 0, 1), BOTH("par_el1", 3, 0, 7, 4, 0), BOTH("tpidr_el1", 3, 0, 13, 0, 4),
    ONE("vbar_el1", 3, 0, 12, 0, 0), ONE("elr_el1", 3, 0, 4, 0, 1), ONE("midr_el1", 3, 0, 0, 0, 0), ONE("mpidr_el1", 3, 0, 0, 0, 5), ONE("revidr_el1", 3, 0, 0, 0, 6),
    ONE("aidr_el1", 3, 1, 0, 0, 7), ONE("ctr_el0", 3, 3, 0, 0, 1), ONE("dczid_el0", 3, 3, 0, 0, 7), ONE("ccsidr_el1", 3, 1, 0, 0, 0), ONE("clidr_el1", 3, 1, 0, 0, 1), BOTH("csselr_el1", 3, 2, 0, 0, 0),
    ONE("id_aa64pfr0_el1", 3, 0, 0, 4, 0), ONE("id_aa64isar0_el1", 3, 0, 0, 6, 0), ONE("id_aa64mmfr2_el1", 3, 0, 0, 7, 2), ONE("id_pfr0_el1", 3, 0, 0, 1, 0), ONE("mvfr0_el1", 3, 0, 0, 3, 0),
    ONE("s3_0_c0_c2_7", 3, 0, 0, 2, 7), ONE("s3_0_c0_c7_7", 3, 0, 0, 7, 7), ONE("s3_0_c0_c3_5", 3, 0, 0, 3, 5),
    ONE("s3_0_c15_c2_0", 3, 0, 15, 2, 0),
    BOTH("mdscr_el1", 2, 0, 0, 2, 2), ONE("mdccint_el1", 2, 0, 0, 2, 0), BOTH("dbgbvr0_el1", 2, 0, 0, 0, 4), BOTH("dbgbcr0_el1", 2, 0, 0, 0, 5), BOTH("dbgwvr0_el1", 2, 0, 0, 0, 6), BOTH("dbgwcr0_el1", 2, 0, 0, 0, 7),
    ONE("mdccsr_el0", 2, 3, 0, 1, 0), ONE("oslsr_el1", 2, 0, 1, 1, 4), { "msr oslar_el1", MSR(2, 0, 1, 0, 4) | 31 }, BOTH("osdlr_el1", 2, 0, 1, 3, 4), ONE("mdrar_el1", 2, 0, 1, 0, 0),
    ONE("pmcr_el0", 3, 3, 9, 12, 0), ONE("pmcntenset_el0", 3, 3, 9, 12, 1), ONE("pmccntr_el0", 3, 3, 9, 13, 0), ONE("pmuserenr_el0", 3, 3, 9, 14, 0), ONE("pmintenset_el1", 3, 0, 9, 14, 1),
    BOTH("lorc_el1", 3, 0, 10, 4, 3), ONE("lorid_el1", 3, 0, 10, 4, 7), ONE("fpcr", 3, 3, 4, 4, 0), BOTH("fpsr", 3, 3, 4, 4, 1), BOTH("tpidr_el0", 3, 3, 13, 0, 2), ONE("isr_el1", 3, 0, 12, 1, 0),
    ONE("erridr_el1", 3, 0, 5, 3, 0), ONE("sp_el0", 3, 0, 4, 1, 0), ONE("hcr_el2", 3, 4, 1, 1, 0), ONE("sp_el1", 3, 4, 4, 1, 0), ONE("sctlr_el12", 3, 5, 1, 0, 0), ONE("vttbr_el2", 3, 4, 2, 1, 0),
    OP("tlbi vmalle1", 0, 8, 7, 0), OP("tlbi vmalle1is", 0, 8, 3, 0), OP("tlbi vae1", 0, 8, 7, 1), OP("tlbi vaale1is", 0, 8, 3, 7), OP("tlbi aside1", 0, 8, 7, 2), OP("tlbi alle1", 4, 8, 7, 4), OP("tlbi vae2", 4, 8, 7, 1), OP("tlbi ipas2e1", 4, 8, 4, 1),
    OP("ic iallu", 0, 7, 5, 0), OP("ic ialluis", 0, 7, 1, 0), OP("ic ivau", 3, 7, 5, 1), OP("dc cvau", 3, 7, 11, 1), OP("dc cvac", 3, 7, 10, 1), OP("dc civac", 3, 7, 14, 1), OP("dc ivac", 0, 7, 6, 1),
    OP("dc zva", 3, 7, 4, 1), OP("dc isw", 0, 7, 6, 2), OP("dc csw", 0, 7, 10, 2), OP("dc cisw", 0, 7, 14, 2), OP("at s1e1r", 0, 7, 8, 0), OP("at s1e0w", 0, 7, 8, 3), OP("at s12e1r", 4, 7, 8, 4), OP("at s1e2r", 4, 7, 8, 0),
    { "smc", 0xd4000003 }, { "hvc", 0xd4000022 }, { "eret", 0xd69f03e0 }, { "svc", 0xd4000021 },
};
#define ACCESSES (sizeof accesses / sizeof accesses[0])

static u64 usual[2][ACCESSES];

static u64 outcome(u64 spsr, u32 word)
{
    /* MRS to X2, so that the syndrome shows a register; X1 points into RAM. */
    if ((word & 0xfff00000) == 0xd5300000 || (word & 0xfff00000) == 0xd5200000)
        word |= 2;
    WRITE("spsr_el1", EL1);
    WRITE("elr_el1", (u64)assemble2(word, 0xd4000001 | 0x77 << 5) + 4);
    record.el = 0;
    attempt(spsr, assemble2(word, 0xd4000001 | 0x77 << 5), 0, 0x40200000);
    return record.esr | record.el << 60 | (record.elr & 0xf) << 40;
}

static void all(const char *control, int bit)
{
    for (int mode = 0; mode < 2; mode++) {
        for (unsigned i = 0; i < ACCESSES; i++) {
            u64 now = outcome(mode ? EL1 : EL0, accesses[i].word);
            if (now == usual[mode][i])
                continue;
            print(control);
            print_hex(bit);
            print(mode ? " EL1 " : " EL0 ");
            value(accesses[i].name, now);
        }
    }
}

static void reset(void)
{
    WRITE("mdcr_el2", 0);
    WRITE("cptr_el2", 0x33ff & ~BIT(10));
    WRITE("hcr_el2", HCR_RW);
}

void run(void)
{
    static const u8 hcr_bits[] = { 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 30, 35 };
    static const u8 mdcr_bits[] = { 5, 6, 8, 9, 10, 11 };
    static const u8 cptr_bits[] = { 10, 20, 31 };
    reset();
    WRITE("sctlr_el1", 0x30d00800 | BIT(26) | BIT(15) | BIT(14) | BIT(9));
    WRITE("cpacr_el1", 3ul << 20);
    for (int mode = 0; mode < 2; mode++) {
        for (unsigned i = 0; i < ACCESSES; i++) {
            usual[mode][i] = outcome(mode ? EL1 : EL0, accesses[i].word);
            /* With the MMU off it is an Alignment fault, which the emulator does not know. */
            if (accesses[i].word == (MSR(1, 3, 7, 4, 1) | 1))
                continue;
            print(mode ? "EL1 " : "EL0 ");
            value(accesses[i].name, usual[mode][i]);
        }
    }
    for (unsigned i = 0; i < sizeof hcr_bits; i++) {
        WRITE("hcr_el2", HCR_RW | BIT(hcr_bits[i]));
        all("HCR ", hcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof mdcr_bits; i++) {
        WRITE("mdcr_el2", BIT(mdcr_bits[i]));
        all("MDCR ", mdcr_bits[i]);
        reset();
    }
    for (unsigned i = 0; i < sizeof cptr_bits; i++) {
        WRITE("cptr_el2", (0x33ff & ~BIT(10)) | BIT(cptr_bits[i]));
        all("CPTR ", cptr_bits[i]);
        reset();
    }
    WRITE("cpacr_el1", 0);
    all("CPACR ", 0);
    WRITE("cpacr_el1", 1ul << 20);
    all("CPACR ", 1);
    WRITE("cpacr_el1", 3ul << 20);
    WRITE("sctlr_el1", 0x30d00800);
    all("SCTLR ", 0);
    WRITE("mdscr_el1", BIT(12));
    all("MDSCR ", 12);
}
