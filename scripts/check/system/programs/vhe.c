/* HCR_EL2.E2H: which register a name reaches, and the _EL12 names. */
#include "../support.h"

#define PAIRS(X) \
    X("sctlr_el1", "sctlr_el2", "s3_5_c1_c0_0", 0x30d00802, 0x30d50832) \
    X("ttbr0_el1", "ttbr0_el2", "s3_5_c2_c0_0", 0x40001000, 0x40002000) X("ttbr1_el1", "s3_4_c2_c0_1", "s3_5_c2_c0_1", 0x40003000, 0x40004000) \
    X("tcr_el1", "tcr_el2", "s3_5_c2_c0_2", 0x19, 0x1a) X("afsr0_el1", "afsr0_el2", "s3_5_c5_c1_0", 0, 0) X("afsr1_el1", "afsr1_el2", "s3_5_c5_c1_1", 0, 0) \
    X("esr_el1", "esr_el2", "s3_5_c5_c2_0", 0x2000011, 0x2000022) X("far_el1", "far_el2", "s3_5_c6_c0_0", 0x3333, 0x4444) \
    X("mair_el1", "mair_el2", "s3_5_c10_c2_0", 0x0044, 0x00ff) X("amair_el1", "amair_el2", "s3_5_c10_c3_0", 0, 0) \
    X("vbar_el1", "vbar_el2", "s3_5_c12_c0_0", 0x40100800, 0x40101000) X("contextidr_el1", "s3_4_c13_c0_1", "s3_5_c13_c0_1", 0x55, 0x66) \
    X("spsr_el1", "spsr_el2", "s3_5_c4_c0_0", 0x3c5, 0x3c9) X("elr_el1", "elr_el2", "s3_5_c4_c0_1", 0x7777, 0x8888)

#define READ_ALL(name1, name2, name12, value1, value2) \
    value(name1, READ(name1)); value(name2, READ(name2)); value(name12, READ(name12));
#define READ_E2H0(name1, name2, name12, value1, value2) value(name1, READ(name1)); value(name2, READ(name2));
/* CPTR_EL2, by values that are the same in both layouts but for reserved bits; bit 20 is RES1 in SCTLR_EL1 and RES0 in SCTLR_EL2. */
#define SHOWN(value) print_hex((value) & ~BIT(20))
#define CHECK(name1, name2, name12, value1, value2) \
    { \
        u64 saved = READ(name2); \
        WRITE(name1, value1); WRITE(name2, value2); \
        u64 a0 = READ(name1), b0 = READ(name2); \
        WRITE("hcr_el2", HCR_RW | HCR_E2H); \
        u64 a1 = READ(name1), b1 = READ(name2), c1 = READ(name12); \
        WRITE(name12, value2); WRITE(name1, value1); \
        u64 a2 = READ(name1), b2 = READ(name2), c2 = READ(name12); \
        WRITE("hcr_el2", HCR_RW); \
        u64 a3 = READ(name1), b3 = READ(name2); \
        WRITE(name2, saved); \
        print(name1 " and " name2 ":"); print(" E2H 0 "); SHOWN(a0); print(" "); SHOWN(b0); \
        print(", E2H 1 "); SHOWN(a1); print(" "); SHOWN(b1); print(" "); SHOWN(c1); \
        print(", written "); SHOWN(a2); print(" "); SHOWN(b2); print(" "); SHOWN(c2); \
        print(", E2H 0 "); SHOWN(a3); print(" "); SHOWN(b3); print("\n"); \
    }

SNIPPET(sctlr12, "mrs x0, s3_5_c1_c0_0")
SNIPPET(tpidr, "mrs x0, tpidr_el1")
SNIPPET(ttbr1_el2, "mrs x0, s3_4_c2_c0_1")
SNIPPET(contextidr_el2, "mrs x0, s3_4_c13_c0_1")

void run(void)
{
    PAIRS(CHECK)
    WRITE("vbar_el1", ({ extern const char vectors_el1[]; (u64)vectors_el1; }));
    WRITE("sctlr_el1", 0x30d00800);
    static const struct { const char *name; const char *pc; } snippets[] = {
        { "sctlr_el12", sctlr12 }, { "tpidr_el1", tpidr }, { "ttbr1_el2", ttbr1_el2 }, { "contextidr_el2", contextidr_el2 },
    };
    WRITE("tpidr_el1", 0x99);
    WRITE("s3_4_c2_c0_1", 0x40001000);
    WRITE("s3_4_c13_c0_1", 0x77);
    for (int e2h = 0; e2h < 2; e2h++) {
        WRITE("hcr_el2", HCR_RW | (e2h ? HCR_E2H : 0));
        for (unsigned i = 0; i < 4; i++) {
            print(e2h ? "E2H 1 " : "E2H 0 ");
            try_with(snippets[i].name, EL2, snippets[i].pc, 0x30d00800, 0);
            try_with(snippets[i].name, EL1, snippets[i].pc, 0x30d00800, 0);
            try_with(snippets[i].name, EL0, snippets[i].pc, 0x30d00800, 0);
        }
    }
}
