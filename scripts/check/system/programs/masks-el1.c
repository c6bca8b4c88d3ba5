/* All ones and all zeros written and read back at EL1, and with E2H at EL2 through the aliases: as `masks`, by the same tables. */
#include "../support.h"

#define AT_EL1(X) \
    X(cpacr, "cpacr_el1") X(ttbr0, "ttbr0_el1") X(ttbr1, "ttbr1_el1") X(mair, "mair_el1") X(amair, "amair_el1") X(esr, "esr_el1") X(far, "far_el1") X(afsr0, "afsr0_el1") X(afsr1, "afsr1_el1") \
    X(par, "par_el1") X(contextidr, "contextidr_el1") X(tpidr_el0, "tpidr_el0") X(tpidrro, "tpidrro_el0") X(tpidr_el1, "tpidr_el1") X(sp_el0, "sp_el0") X(spsr, "spsr_el1") X(elr, "elr_el1") \
    X(csselr, "csselr_el1") X(mdccint, "mdccint_el1") X(actlr, "actlr_el1") X(pmuserenr, "pmuserenr_el0") X(fpcr, "fpcr") X(fpsr, "fpsr") X(nzcv, "nzcv") X(daif, "daif") X(pan, "s3_0_c4_c2_3") X(uao, "s3_0_c4_c2_4")
#define AT_EL2(X) \
    X("s3_5_c1_c0_2") X("s3_5_c2_c0_0") X("s3_5_c2_c0_1") X("s3_5_c2_c0_2") X("s3_5_c10_c2_0") X("s3_5_c10_c3_0") X("s3_5_c5_c2_0") X("s3_5_c6_c0_0") X("s3_5_c5_c1_0") X("s3_5_c5_c1_1") X("s3_5_c12_c0_0") \
    X("s3_5_c13_c0_1") X("s3_5_c4_c0_0") X("s3_5_c4_c0_1") X("ttbr0_el1") X("ttbr1_el1") X("tcr_el1") X("mair_el1") X("amair_el1") X("esr_el1") X("far_el1") X("afsr0_el1") X("afsr1_el1") X("contextidr_el1")

/* The register is as it was when the SVC is made. */
#define CODE(id, name) SNIPPET(code_##id, "mov x3, x0\n mrs x2, " name "\n msr " name ", x3\n isb\n mrs x0, " name "\n msr " name ", x2\n isb")
AT_EL1(CODE)
#define RUN(id, name) \
    { \
        record.el = 0; attempt(EL1, code_##id, ~0ul, 0); u64 ones = record.x0; attempt(EL1, code_##id, 0, 0); u64 zeros = record.x0; \
        print("EL1 " name ": "); print_hex(ones); print(" "); print_hex(zeros); print("\n"); \
    }
#define MASK(name) \
    { \
        u64 saved = READ(name); WRITE(name, ~0ul); u64 ones = READ(name); WRITE(name, 0ul); u64 zeros = READ(name); WRITE(name, saved); \
        print("E2H " name ": "); print_hex(ones); print(" "); print_hex(zeros); print("\n"); \
    }

void run(void)
{
    AT_EL1(RUN)
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    AT_EL2(MASK)
    WRITE("hcr_el2", HCR_RW);
}
