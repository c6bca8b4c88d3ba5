/* Which bits of a register keep what is written: all ones and all zeros, read back. */
#include "../support.h"

#define MASK(name) \
    { u64 saved = READ(name); WRITE(name, ~0ul); u64 ones = READ(name); WRITE(name, 0ul); u64 zeros = READ(name); WRITE(name, saved); \
      print(name ": "); print_hex(ones); print(" "); print_hex(zeros); print("\n"); }
#define ONLY(name, bits) \
    { u64 saved = READ(name); WRITE(name, bits); u64 ones = READ(name); WRITE(name, 0ul); u64 zeros = READ(name); WRITE(name, saved); \
      print(name ": "); print_hex(ones); print(" "); print_hex(zeros); print("\n"); }

void run(void)
{
    MASK("sctlr_el1") MASK("cpacr_el1") MASK("ttbr0_el1") MASK("ttbr1_el1") MASK("tcr_el1") MASK("mair_el1") MASK("amair_el1")
    MASK("esr_el1") MASK("far_el1") MASK("afsr0_el1") MASK("afsr1_el1") MASK("par_el1") MASK("vbar_el1") MASK("contextidr_el1")
    MASK("tpidr_el0") MASK("tpidrro_el0") MASK("tpidr_el1") MASK("tpidr_el2") MASK("sp_el0") MASK("sp_el1") MASK("spsr_el1") MASK("elr_el1")
    MASK("csselr_el1") MASK("mdscr_el1") MASK("mdccint_el1") MASK("vpidr_el2") MASK("vmpidr_el2") MASK("actlr_el1") MASK("actlr_el2") MASK("hacr_el2") MASK("hstr_el2")
    MASK("mdcr_el2") MASK("cptr_el2") MASK("vttbr_el2") MASK("vtcr_el2") MASK("tcr_el2") MASK("ttbr0_el2") MASK("mair_el2") MASK("amair_el2")
    MASK("esr_el2") MASK("far_el2") MASK("hpfar_el2") MASK("afsr0_el2") MASK("afsr1_el2") MASK("vbar_el2") MASK("spsr_el2") MASK("elr_el2")
    MASK("s3_4_c13_c0_1") MASK("s3_4_c2_c0_1") MASK("fpcr") MASK("fpsr") MASK("nzcv") MASK("daif") MASK("s3_0_c4_c2_3") MASK("s3_0_c4_c2_4")
    MASK("dbgbvr0_el1") MASK("dbgbcr0_el1") MASK("dbgwvr0_el1") MASK("dbgwcr0_el1") MASK("pmuserenr_el0")
    /* Not what would end the program: M, C, I, A, EE and WXN; TGE and E2H stay. */
    ONLY("sctlr_el2", ~(BIT(0) | BIT(1) | BIT(25)))
    ONLY("hcr_el2", ~(HCR_E2H | HCR_TGE))
    ONLY("hcr_el2", HCR_E2H)
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    MASK("cptr_el2") MASK("tcr_el2") MASK("ttbr0_el2")
    ONLY("sctlr_el2", ~(BIT(0) | BIT(1) | BIT(25)))
    WRITE("hcr_el2", HCR_RW);
}
