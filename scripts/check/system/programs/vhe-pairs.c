/* E2H redirection, each pair both ways: what EL1's name, EL2's name and the alias reach at EL2 with E2H 0 and 1. The values are such that both layouts keep them. */
#include "../support.h"

/* Values for EL1's and for EL2's register; bits that both layouts keep. */
#define PAIRS(X) \
    X("cpacr_el1", "cptr_el2", "s3_5_c1_c0_2", 0x300000, 0x100000, 0x300000) \
    X("cntkctl_el1", "cnthctl_el2", "s3_5_c14_c1_0", 0x301, 0x302, 0x3) \
    X("ttbr0_el1", "ttbr0_el2", "s3_5_c2_c0_0", 0x0012000040001000, 0x0034000040002000, ~0ul) \
    X("ttbr1_el1", "s3_4_c2_c0_1", "s3_5_c2_c0_1", 0x0056000040003000, 0x0078000040004000, ~0ul) \
    X("tcr_el1", "tcr_el2", "s3_5_c2_c0_2", 0x500190019, 0x2001a001a, ~0ul) \
    X("esr_el1", "esr_el2", "s3_5_c5_c2_0", 0x56000011, 0x5a000022, ~0ul) \
    X("far_el1", "far_el2", "s3_5_c6_c0_0", 0x1111222233334444, 0x5555666677778888, ~0ul) \
    X("mair_el1", "mair_el2", "s3_5_c10_c2_0", 0x0044ff04, 0xff440004, ~0ul) \
    X("vbar_el1", "vbar_el2", "s3_5_c12_c0_0", 0xffff000012345800, 0x40101000, ~0ul) \
    X("contextidr_el1", "s3_4_c13_c0_1", "s3_5_c13_c0_1", 0x12345678, 0x9abcdef0, ~0ul) \
    X("spsr_el1", "spsr_el2", "s3_5_c4_c0_0", 0x800003c5, 0x400003c9, ~0ul) \
    X("elr_el1", "elr_el2", "s3_5_c4_c0_1", 0xffff000011112220, 0x33334444, ~0ul)
/* No aliases: the same register at every E2H. Bit 11 of PAR_EL1 is RES1. */
#define SINGLE(X) \
    X("sp_el0", 0x1230) X("sp_el1", 0x4560) X("tpidr_el0", 0x11) X("tpidr_el1", 0x22) X("tpidrro_el0", 0x33) X("tpidr_el2", 0x44) X("par_el1", 0x900) X("csselr_el1", 1) X("vpidr_el2", 0x410fd0c1) \
    X("mdscr_el1", 0x1000) X("hstr_el2", 0x8) X("vttbr_el2", 0x0007000040005000) X("hpfar_el2", 0x3300)

#define SHOW(value) print(" "); print_hex((value) & mask)
#define PAIR(name1, name2, alias, value1, value2, bits) \
    { \
        const u64 mask = bits; u64 saved = READ(name2); \
        WRITE("hcr_el2", HCR_RW); \
        WRITE(name1, value1); WRITE(name2, value2); \
        print(name1 " and " name2 ":"); \
        SHOW(READ(name1)); SHOW(READ(name2)); \
        WRITE("hcr_el2", HCR_RW | HCR_E2H); \
        print(", E2H"); SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE(name1, value1); \
        print(", EL1's name written"); SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE(alias, value2); \
        print(", alias written"); SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE(name2, value2); \
        print(", EL2's name written"); SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE); \
        print(", TGE"); SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE(alias, value1); \
        SHOW(READ(name1)); SHOW(READ(name2)); SHOW(READ(alias)); \
        WRITE("hcr_el2", HCR_RW); \
        print(", E2H 0"); SHOW(READ(name1)); SHOW(READ(name2)); print("\n"); \
        WRITE(name2, saved); \
    }
#define ALONE(name, number) \
    { \
        const u64 mask = ~0ul; \
        WRITE(name, number); \
        print(name ":"); SHOW(READ(name)); \
        WRITE("hcr_el2", HCR_RW | HCR_E2H); \
        SHOW(READ(name)); \
        WRITE(name, (number) & 0x800); \
        WRITE("hcr_el2", HCR_RW); \
        SHOW(READ(name)); print("\n"); \
    }

void run(void)
{
    extern const char vectors_el1[];
    PAIRS(PAIR)
    SINGLE(ALONE)
    WRITE("vbar_el1", (u64)vectors_el1);
    WRITE("spsr_el1", 0);
}
