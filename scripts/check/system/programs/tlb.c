/* TLBI: what is changed in a table is seen after the invalidation that names it; entries of other VMIDs and ASIDs don't answer. */
#include "../support.h"

SNIPPET(load, "ldr x0, [x0]")
SNIPPET(store, "str x1, [x0]\n ldr x0, [x0]")
SNIPPET(change, "str x1, [x0]\n dsb sy\n tlbi vmalle1\n dsb sy\n isb\n mov x0, #0x80000000\n ldr x0, [x0]")
SNIPPET(change_va, "str x1, [x0]\n dsb sy\n mov x0, #0x80000\n tlbi vae1is, x0\n dsb sy\n isb\n mov x0, #0x80000000\n ldr x0, [x0]")
SNIPPET(change_all, "str x1, [x0]\n dsb sy\n mov x0, #0x80000\n tlbi vaae1, x0\n dsb sy\n isb\n mov x0, #0x80000000\n ldr x0, [x0]")
SNIPPET(change_asid, "str x1, [x0]\n dsb sy\n mov x0, #0\n tlbi aside1, x0\n dsb sy\n isb\n mov x0, #0x80000000\n ldr x0, [x0]")

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)
#define NG BIT(11)
#define S2_PAGE (VALID | AF | 3ul << 6 | 15ul << 2)
#define AT 0x80000000ul

static u64 *make_stage1(u64 *leaf, u64 flags)
{
    u64 *level1 = new_table(), *level2 = new_table(), *level3 = new_table();
    level1[1] = 0x40000000 | AF | BLOCK | BIT(6);
    level1[1] = 0x40000000 | AF | BLOCK;
    level1[2] = (u64)level2 | VALID;
    level2[0] = (u64)level3 | VALID;
    level3[0] = (u64)leaf | flags | AF | VALID;
    return level1;
}

static u64 *leaf_of(u64 *level1)
{
    u64 *level2 = (u64 *)(level1[2] & ~0xffful);
    return (u64 *)(level2[0] & ~0xffful);
}

void run(void)
{
    u64 *a = new_table(), *b = new_table(), *c = new_table();
    a[0] = 0xaaaa;
    b[0] = 0xbbbb;
    c[0] = 0xcccc;
    WRITE("mair_el1", 0xff);
    WRITE("tcr_el1", 25 | BIT(23) | 2ul << 32 | BIT(36));
    u64 *first = make_stage1(a, 0), *second = make_stage1(b, NG), *third = make_stage1(c, NG);
    WRITE("ttbr0_el1", (u64)first);
    WRITE("sctlr_el1", 0x30d00805 | BIT(12));
    SYS("tlbi vmalle1");
    try_with("first", EL1, load, AT, 0);
    u64 leaf = (u64)leaf_of(first);
    try_with("vmalle1", EL1, change, leaf, (u64)b | AF | VALID);
    try_with("vae1is", EL1, change_va, leaf, (u64)c | AF | VALID);
    try_with("vaae1", EL1, change_all, leaf, (u64)a | AF | VALID | NG);
    try_with("aside1", EL1, change_asid, leaf, (u64)b | AF | VALID | NG);
    try_with("to invalid", EL1, change_va, leaf, 0);
    try_with("from invalid", EL1, change_va, leaf, (u64)c | AF | VALID);
    *leaf_of(first) = 0;
    SYS("tlbi vmalle1");
    try_with("invalid is not kept", EL1, load, AT, 0);
    *leaf_of(first) = (u64)a | AF | VALID;
    SYS("dsb sy");
    try_with("valid without a TLBI", EL1, load, AT, 0);
    *leaf_of(first) = (u64)b | VALID;
    SYS("tlbi vmalle1");
    try_with("AF clear", EL1, load, AT, 0);
    *leaf_of(first) = (u64)b | VALID | AF;
    SYS("dsb sy");
    try_with("AF set without a TLBI", EL1, load, AT, 0);

    /* ASIDs. */
    SYS("tlbi vmalle1");
    for (int i = 0; i < 3; i++) {
        WRITE("ttbr0_el1", (u64)second | 7ul << 48);
        try_with("ASID 7", EL1, load, AT, 0);
        WRITE("ttbr0_el1", (u64)third | 8ul << 48);
        try_with("ASID 8", EL1, load, AT, 0);
        WRITE("ttbr0_el1", (u64)second | 0x107ul << 48);
        try_with("ASID 0x107", EL1, load, AT, 0);
        *leaf_of(second) = ((u64)(i % 2 ? a : c)) | NG | AF | VALID;
        SYSX("tlbi aside1", 7ul << 48);
        SYSX("tlbi vae1", 0x107ul << 48 | AT >> 12);
    }

    /* VMIDs: the same VA and IPA, other memory. */
    u64 *s2[2];
    for (int i = 0; i < 2; i++) {
        s2[i] = new_table();
        new_table();
        u64 *level2 = new_table(), *level3 = new_table();
        s2[i][1] = 0x40000000 | (S2_PAGE & ~2ul);
        s2[i][2] = (u64)level2 | VALID;
        level2[0] = (u64)level3 | VALID;
        level3[0] = (u64)(i ? b : a) | S2_PAGE;
    }
    WRITE("sctlr_el1", 0x30d00800);
    WRITE("vtcr_el2", BIT(31) | 25 | 1 << 6 | 2 << 16 | BIT(19));
    WRITE("hcr_el2", HCR_RW | HCR_VM);
    SYS("tlbi alle1");
    for (int i = 0; i < 3; i++) {
        WRITE("vttbr_el2", (u64)s2[0] | 1ul << 48);
        try_with("VMID 1", EL1, load, AT, 0);
        WRITE("vttbr_el2", (u64)s2[1] | 2ul << 48);
        try_with("VMID 2", EL1, load, AT, 0);
        WRITE("vttbr_el2", (u64)s2[1] | 0x101ul << 48);
        try_with("VMID 0x101", EL1, load, AT, 0);
        WRITE("vttbr_el2", (u64)s2[0] | 0x102ul << 48);
        try_with("VMID 0x102", EL1, store, AT, 0x1000 + i);
    }
    /* Stage 2 changes: by IPA and VMALLE1, and by VMALLS12E1. */
    u64 *leaf2 = leaf_of(s2[0]);
    WRITE("vttbr_el2", (u64)s2[0] | 1ul << 48);
    *leaf2 = (u64)c | S2_PAGE;
    SYSX("tlbi ipas2e1is", AT >> 12);
    SYS("tlbi vmalle1is");
    try_with("ipas2e1is", EL1, load, AT, 0);
    *leaf2 = (u64)b | S2_PAGE;
    SYS("tlbi vmalls12e1is");
    try_with("vmalls12e1is", EL1, load, AT, 0);
    *leaf2 = 0;
    SYS("tlbi alle1is");
    try_with("alle1is", EL1, load, AT, 0);
    *leaf2 = ((u64)b | S2_PAGE) & ~AF;
    SYS("dsb sy");
    try_with("stage 2 AF clear", EL1, load, AT, 0);
    *leaf2 = (u64)c | S2_PAGE;
    SYS("dsb sy");
    try_with("stage 2 valid without a TLBI", EL1, load, AT, 0);
    *leaf2 = ((u64)c | S2_PAGE) & ~(2ul << 6);
    SYS("tlbi vmalls12e1");
    try_with("stage 2 read-only", EL1, store, AT, 1);
    *leaf2 = (u64)c | S2_PAGE;
    SYSX("tlbi ipas2e1", AT >> 12);
    SYS("tlbi vmalle1");
    try_with("stage 2 writable", EL1, store, AT, 0x77);
}
