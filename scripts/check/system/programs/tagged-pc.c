/* Tagged branch targets: TCR_ELx.TBI takes the tag off the address of BR, BLR, RET and ERET, by sign extension with two ranges; LR and ELR show it. */
#include "../support.h"

SNIPPET(here, "adr x0, .\n lsr x0, x0, #32\n svc #1")
SNIPPET(branch, "br x0")
SNIPPET(call, "blr x0")
SNIPPET(return_, "mov x30, x0\n ret")
SNIPPET(eret_el1, "msr elr_el1, x0\n msr spsr_el1, x1\n eret")
SNIPPET(load, "ldr x1, [x0]\n lsr x0, x0, #32")

#define TAG (0xa5ul << 56)
#define BIT55 (1ul << 55)

static void all(const char *what, u64 spsr, u64 high)
{
    static const struct { const char *name; const char *pc; } ways[] = { { " br", branch }, { " blr", call }, { " ret", return_ } };
    for (unsigned i = 0; i < 3; i++) {
        print(what);
        try_with(ways[i].name, spsr, ways[i].pc, (u64)here | high, 0);
    }
    print(what);
    try_with(" eret", spsr, (const void *)((u64)here | high), 0, 0);
    if (spsr == EL1) {
        print(what);
        try_with(" eret of EL1", spsr, eret_el1, (u64)here | high, EL0);
        print(what);
        try_with(" eret of EL1 to EL1", spsr, eret_el1, (u64)here | high, EL1);
    }
    print(what);
    try_with(" ldr", spsr, load, 0x40200000 | high, 0);
}

static void each(const char *what)
{
    static const u64 highs[] = { 0, TAG, 0xfful << 56, 1ul << 56, TAG | BIT55, 1ul << 48 };
    for (unsigned i = 0; i < COUNT(highs); i++) {
        print(what);
        print_hex(highs[i]);
        print("\n");
        all("EL2", EL2, highs[i]);
        all("EL1", EL1, highs[i]);
    }
}

void run(void)
{
    /* Flat at VA 0x40000000 and at the top, for EL1 and EL2; EL0 runs with the MMU off. */
    u64 *level1 = new_table();
    level1[1] = 0x40000000 | 0x701;
    WRITE("mair_el1", 0xff);
    WRITE("mair_el2", 0xff);
    WRITE("ttbr0_el1", (u64)level1);
    WRITE("ttbr1_el1", (u64)level1);
    WRITE("ttbr0_el2", (u64)level1);
    for (u64 tbi = 0; tbi < 4; tbi++) {
        WRITE("tcr_el1", 25 | 25ul << 16 | 2ul << 30 | 2ul << 32 | tbi << 37);
        WRITE("tcr_el2", BIT(31) | BIT(23) | 25 | 2ul << 16 | (tbi & 1) << 20);
        SYS("tlbi alle2\n tlbi vmalle1");
        WRITE("sctlr_el1", SCTLR1 | 1);
        WRITE("sctlr_el2", SCTLR2 | 1);
        print("TBI ");
        print_hex(tbi);
        each(" ");
        /* An interrupt that is taken before the target is fetched. */
        WRITE("hcr_el2", HCR_RW | BIT(7) | BIT(4));
        try("eret, vIRQ", 0x345, (const void *)((u64)here | TAG));
        WRITE("hcr_el2", HCR_RW);
        WRITE("sctlr_el1", SCTLR1);
        WRITE("sctlr_el2", SCTLR2);
    }
    /* With the MMU off the tag is ignored too, if TBI says so. */
    WRITE("tcr_el1", 25 | 25ul << 16 | 2ul << 30 | 2ul << 32 | 3ul << 37);
    WRITE("tcr_el2", BIT(31) | BIT(23) | 25 | 2ul << 16 | 1ul << 20);
    print("MMU off, TBI\n");
    all("EL0", EL0, TAG);
    all("EL1", EL1, TAG);
    all("EL2", EL2, TAG);
}
