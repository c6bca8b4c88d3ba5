/* PC, SP and data alignment. */
#include "../support.h"

SNIPPET(branch_odd, "adr x0, .+17\n br x0")
SNIPPET(return_odd, "adr x30, .+18\n ret")
SNIPPET(call_odd, "adr x0, .+19\n blr x0")
SNIPPET(load_sp, "add x9, sp, #0\n mov sp, x0\n ldr x1, [sp]")
SNIPPET(store_sp, "mov sp, x0\n str x1, [sp, #8]")
SNIPPET(pair_sp, "mov sp, x0\n stp x1, x2, [sp, #-16]!")
SNIPPET(prefetch_sp, "mov sp, x0\n prfm pldl1keep, [sp]")
SNIPPET(exclusive_sp, "mov sp, x0\n ldxr x1, [sp]")
SNIPPET(add_sp, "mov sp, x0\n add x1, sp, #1\n mov x0, x1")
SNIPPET(load, "ldr x1, [x0]")
SNIPPET(load_half, "ldrh w1, [x0]")
SNIPPET(load_byte, "ldrb w1, [x0]")
SNIPPET(load_pair, "ldp x1, x2, [x0]")
SNIPPET(load_pair_w, "ldp w1, w2, [x0]")
SNIPPET(store, "str w1, [x0]")
SNIPPET(acquire, "ldar x1, [x0]")
SNIPPET(release, "stlr w1, [x0]")
SNIPPET(exclusive, "ldxr w1, [x0]")
SNIPPET(exclusive_pair, "ldxp x1, x2, [x0]")
SNIPPET(swap, "swp x1, x2, [x0]")
SNIPPET(compare, "cas w1, w2, [x0]")
SNIPPET(compare_pair, "casp x2, x3, x4, x5, [x0]")

static const struct { const char *name; const char *pc; } accesses[] = {
    { "ldr", load }, { "ldrh", load_half }, { "ldrb", load_byte }, { "ldp", load_pair }, { "ldp w", load_pair_w }, { "str w", store },
    { "ldar", acquire }, { "stlr", release }, { "ldxr", exclusive }, { "ldxp", exclusive_pair },
    { "swp", swap }, { "cas", compare }, { "casp", compare_pair },
};
static const struct { const char *name; const char *pc; } stack[] = {
    { "ldr", load_sp }, { "str", store_sp }, { "stp", pair_sp }, { "prfm", prefetch_sp }, { "ldxr", exclusive_sp }, { "add", add_sp },
};

static void all(const char *what, u64 spsr, u64 address)
{
    for (unsigned i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        print(what);
        try_with(accesses[i].name, spsr, accesses[i].pc, address, 0);
    }
}

void run(void)
{
    static const u64 modes[] = { EL0, EL1, EL2 };
    for (int mode = 0; mode < 3; mode++) {
        try("br", modes[mode], branch_odd);
        try("ret", modes[mode], return_odd);
        try("blr", modes[mode], call_odd);
    }
    /* The emulator checks neither SP nor accesses to Device memory: packages/cpu/test/alignment.test.ts does. */
    for (int mode = 0; mode < 2; mode++) {
        for (unsigned i = 0; i < 6; i++)
            try_with(stack[i].name, modes[mode], stack[i].pc, 0x40200010, 0);
    }
    /* HCR_EL2.DC: Normal memory without tables. */
    WRITE("vtcr_el2", 0x80000000 | 25 | 1 << 6 | 2 << 16);
    u64 *level1 = new_table();
    level1[1] = 0x40000000 | 0x7fd;
    WRITE("vttbr_el2", (u64)level1);
    WRITE("hcr_el2", HCR_RW | BIT(12));
    SYS("tlbi vmalls12e1");
    for (int offset = 0; offset < 5; offset++)
        all("Normal ", EL1, 0x40200000 + offset);
    all("Normal, across 16 ", EL1, 0x4020000c);
    all("Normal, across 16 ", EL1, 0x4020000f);
    WRITE("sctlr_el1", 0x30d00802);
    for (int offset = 0; offset < 5; offset++)
        all("Normal with A ", EL1, 0x40200000 + offset);
}
