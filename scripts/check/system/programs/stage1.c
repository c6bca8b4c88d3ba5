/* Stage 1 faults of EL1&0 with 4 KiB pages: each kind at each level, for loads, stores and fetches of EL1 and EL0. */
#include "../support.h"

SNIPPET(load, "ldr x0, [x0]")
SNIPPET(store, "str x1, [x0]")
SNIPPET(fetch, "br x0")
SNIPPET(unprivileged_load, "ldtr x0, [x0]")
SNIPPET(unprivileged_store, "sttr x1, [x0]")
SNIPPET(atomic, "ldadd x1, x2, [x0]")
SNIPPET(compare, "mov x2, #-1\n cas x2, x1, [x0]")
SNIPPET(prefetch, "prfm pldl1keep, [x0]")
SNIPPET(pan_load, ".inst 0xd500419f\n ldr x0, [x0]")
SNIPPET(pan_unprivileged, ".inst 0xd500419f\n ldtr x0, [x0]")
SNIPPET(uao_unprivileged, ".inst 0xd500417f\n ldtr x0, [x0]")
SNIPPET(clean, "dc cvac, x0")
SNIPPET(zero, "dc zva, x0")

static const struct { const char *name; const char *pc; int el1_only; } accesses[] = {
    { "ldr", load, 0 }, { "str", store, 0 }, { "fetch", fetch, 0 }, { "ldtr", unprivileged_load, 0 }, { "sttr", unprivileged_store, 0 }, { "ldadd", atomic, 0 },
    { "cas", compare, 0 }, { "prfm", prefetch, 0 }, { "PAN ldr", pan_load, 1 }, { "PAN ldtr", pan_unprivileged, 1 }, { "UAO ldtr", uao_unprivileged, 1 }, { "dc zva", zero, 0 },
};

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)
#define NORMAL 0ul
#define USER BIT(6)
#define READ_ONLY BIT(7)
#define PXN BIT(53)
#define UXN BIT(54)
#define PAGE 0x40500000ul

static u64 *level0, *level1, *level2, *level3;

static void all_at(const char *what, u64 address)
{
    SYS("tlbi vmalle1");
    for (unsigned i = 0; i < sizeof accesses / sizeof accesses[0]; i++) {
        /* DC ZVA to Device memory faults; the emulator does not know. */
        if (what[0] == 'D' && accesses[i].pc == zero)
            continue;
        for (int mode = accesses[i].el1_only; mode < 2; mode++) {
            print(what);
            print(mode ? ", EL1 " : ", EL0 ");
            try_with(accesses[i].name, mode ? EL1 : EL0, accesses[i].pc, address, 0x1234);
        }
    }
}

static void entry(const char *what, u64 *table, u64 index, u64 descriptor, u64 address)
{
    u64 saved = table[index];
    table[index] = descriptor;
    all_at(what, address);
    table[index] = saved;
}

void run(void)
{
    level0 = new_table();
    level1 = new_table();
    level2 = new_table();
    level3 = new_table();
    /* RAM is mapped flat, for EL0 to execute and for EL1's vectors to run: a table for each page of 0x40000000 is too much; two blocks are enough. */
    u64 *flat2 = new_table(), *flat3 = new_table();
    level0[0] = (u64)level1 | VALID;
    level1[1] = (u64)flat2 | VALID;
    flat2[0] = 0x40000000 | AF | BLOCK | USER | READ_ONLY;
    flat2[1] = 0x40200000 | AF | BLOCK;
    flat2[2] = 0x40400000 | AF | BLOCK;
    /* The code must run at both ELs: read-only for both; the record and the stack are written by EL1: page by page. */
    flat2[0] = (u64)flat3 | VALID;
    for (u64 i = 0; i < 512; i++) {
        extern char data_start[];
        u64 at = 0x40000000 + i * 4096;
        flat3[i] = at | AF | VALID | (at < (u64)data_start ? USER | READ_ONLY : 0);
    }
    /* The tested page: 0x80000000, by tables of its own. */
    level1[2] = (u64)level2 | VALID;
    level2[0] = (u64)level3 | VALID;
    level3[0] = PAGE | AF | VALID | USER;
    ((volatile u32 *)PAGE)[0] = 0xd4000001 | 0x55 << 5;
    ((volatile u32 *)PAGE)[1] = 0xd4000001 | 0x56 << 5;
    WRITE("mair_el1", 0x00000000000004ff);
    WRITE("tcr_el1", 16 | BIT(23) | 5ul << 32);
    WRITE("ttbr0_el1", (u64)level0);
    WRITE("ttbr1_el1", 0);
    WRITE("sctlr_el1", 0x30d00801);
    SYS("tlbi vmalle1");
    const u64 at = 0x80000000;

    all_at("mapped", at);
    entry("level 0 invalid", level0, 0x100, 0, 0x800000000000ul >> 0);
    entry("level 1 invalid", level1, 2, 0, at);
    entry("level 2 invalid", level2, 0, 0, at);
    entry("level 3 invalid", level3, 0, 0, at);
    entry("level 3 reserved", level3, 0, PAGE | AF | BLOCK, at);
    entry("level 1 AF", level1, 2, 0x40000000 | BLOCK | USER, at);
    entry("level 2 AF", level2, 0, 0x40400000 | BLOCK | USER, at);
    entry("level 3 AF", level3, 0, PAGE | VALID | USER, at);
    entry("level 0 address size", level0, 0, (u64)level1 | VALID, at);
    WRITE("tcr_el1", 16 | BIT(23) | 0ul << 32);
    entry("level 1 address size", level1, 2, 0x100000000 | VALID, at);
    entry("level 2 address size", level2, 0, 0x100000000 | VALID, at);
    entry("level 3 address size", level3, 0, 0x100000000 | AF | VALID, at);
    entry("level 1 block address size", level1, 2, 0x1000000000 | AF | BLOCK, at);
    entry("AF before address size", level3, 0, 0x100000000 | VALID, at);
    WRITE("tcr_el1", 16 | BIT(23) | 5ul << 32);
    for (u64 ap = 0; ap < 4; ap++) {
        for (u64 xn = 0; xn < 4; xn++) {
            print_hex(ap);
            print(" ");
            print_hex(xn);
            entry(" AP and XN", level3, 0, PAGE | AF | VALID | ap << 6 | xn << 53, at);
        }
        WRITE("sctlr_el1", 0x30d00801 | BIT(19));
        print_hex(ap);
        entry(" WXN", level3, 0, PAGE | AF | VALID | ap << 6, at);
        WRITE("sctlr_el1", 0x30d00801);
    }
    for (u64 bits = 0; bits < 16; bits++) {
        print_hex(bits);
        entry(" table bits", level2, 0, (u64)level3 | VALID | bits << 59, at);
    }
    WRITE("tcr_el1", 16 | BIT(23) | 5ul << 32 | BIT(41));
    entry("HPD0 ", level2, 0, (u64)level3 | VALID | 15ul << 59, at);
    WRITE("tcr_el1", 16 | BIT(23) | 5ul << 32);
    entry("level 1 permission", level1, 2, 0x40000000 | AF | BLOCK | READ_ONLY | PXN | UXN, at);
    entry("level 2 permission", level2, 0, 0x40400000 | AF | BLOCK | READ_ONLY | PXN | UXN, at);
    entry("Device", level3, 0, PAGE | AF | VALID | USER | 1 << 2, at);
    entry("no memory", level3, 0, 0x100000000000 | AF | VALID | USER, at);
    all_at("upper range", 0xffff000080000000);
    all_at("neither range", 0x0001000080000000);
    all_at("tagged", 0x5500000080000000);
    WRITE("tcr_el1", 16 | BIT(23) | 5ul << 32 | BIT(37));
    all_at("TBI", 0x5500000080000000);
    all_at("TBI, not bit 55", 0x5580000080000000);
    WRITE("tcr_el1", 16 | 16 << 16 | 2ul << 30 | BIT(7) | 5ul << 32);
    WRITE("ttbr1_el1", (u64)level0);
    /* Nothing of TTBR0 is mapped now: EL1's vectors are in the upper range. */
    extern const char vectors_el1[];
    WRITE("vbar_el1", 0xffff000000000000 + (u64)vectors_el1);
    SYS("tlbi vmalle1");
    try_with("EPD0", EL1, (const void *)(0xffff000000000000 + (u64)load), at, 0);
    try_with("TTBR1", EL1, (const void *)(0xffff000000000000 + (u64)load), 0xffff000080000000, 0);
    try_with("TTBR1, EL0", EL0, (const void *)(0xffff000000000000 + (u64)store), 0xffff000080000000, 0);
    try_with("TTBR1, not mapped", EL1, (const void *)(0xffff000000000000 + (u64)load), 0xffff0000c0000000, 0);
    try_with("TTBR1, too low", EL1, (const void *)(0xffff000000000000 + (u64)load), 0xfffe000080000000, 0);
    WRITE("vbar_el1", (u64)vectors_el1);
    /* Smaller ranges start at lower levels. */
    for (u64 size = 25; size < 40; size += 7) {
        WRITE("tcr_el1", size | BIT(23) | 5ul << 32);
        WRITE("ttbr0_el1", size < 34 ? (u64)level1 : (u64)flat2);
        SYS("tlbi vmalle1");
        print_hex(size);
        WRITE("par_el1", 0);
        SYSX("at s1e1r", size < 34 ? at : 0x200000);
        value(" par", READ("par_el1") & ~BIT(9));
        SYSX("at s1e1r", 1ul << (64 - size));
        value(" par", READ("par_el1") & ~BIT(9));
    }
}
