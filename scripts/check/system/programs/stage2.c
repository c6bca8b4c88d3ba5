/* Stage 2: faults of each kind and level with HPFAR_EL2, faults on the walk of stage 1, syndromes of single accesses, and AT. */
#include "../support.h"

SNIPPET(load, "ldr x0, [x0]")
SNIPPET(store, "str x1, [x0]")
SNIPPET(fetch, "br x0")
SNIPPET(swap, "swp x1, x2, [x0]")
SNIPPET(exclusive, "ldxr x1, [x0]")
SNIPPET(at_read, "at s1e1r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(at_write, "at s1e1w, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(at_user, "at s1e0r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")

/* One of each form that reports a syndrome, and of some that must not. */
SNIPPET(i0, "ldrb w3, [x0]")
SNIPPET(i1, "ldrh w4, [x0, #2]")
SNIPPET(i2, "ldr w5, [x0, #4]")
SNIPPET(i3, "ldr x6, [x0, #8]")
SNIPPET(i4, "ldrsb w7, [x0]")
SNIPPET(i5, "ldrsb x8, [x0]")
SNIPPET(i6, "ldrsh w9, [x0]")
SNIPPET(i7, "ldrsh x10, [x0]")
SNIPPET(i8, "ldrsw x11, [x0]")
SNIPPET(i9, "strb w12, [x0]")
SNIPPET(i10, "strh wzr, [x0]")
SNIPPET(i11, "str w14, [x0]")
SNIPPET(i12, "str x15, [x0]")
SNIPPET(i13, "ldur x16, [x0, #8]")
SNIPPET(i14, "sturb w17, [x0, #-1]")
SNIPPET(i15, "ldr x18, [x0, x1]")
SNIPPET(i16, "str w19, [x0, w1, uxtw #2]")
SNIPPET(i17, "ldtr x20, [x0]")
SNIPPET(i18, "sttrh w21, [x0]")
SNIPPET(i19, "ldar x22, [x0]")
SNIPPET(i20, "stlrb w23, [x0]")
SNIPPET(i21, "ldp x1, x2, [x0]")
SNIPPET(i22, "stp w1, w2, [x0]")
SNIPPET(i23, "ldr x1, [x0], #8")
SNIPPET(i24, "str x1, [x0, #8]!")
SNIPPET(i25, "ldxr w1, [x0]")
SNIPPET(i26, "ldadd x1, x2, [x0]")
SNIPPET(i27, "cas w1, w2, [x0]")
SNIPPET(i29, "ldapr w26, [x0]")
SNIPPET(i30, "swp x1, xzr, [x0]")
static const char *const forms[] = { i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15, i16, i17, i18, i19, i20, i21, i22, i23, i24, i25, i26, i27, i29, i30 };

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)
#define S2_RW (3ul << 6)
#define S2_NORMAL (15ul << 2)
#define S2_PAGE (VALID | AF | S2_RW | S2_NORMAL)
#define USER BIT(6)
#define PAGE 0x40500000ul
#define AT 0x80000000ul

static u64 *s2_level1, *s2_level2, *s2_level3, *level1, *level2, *level3;

static void all_at(const char *what, u64 address)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", load }, { "str", store }, { "fetch", fetch }, { "swp", swap }, { "ldxr", exclusive } };
    SYS("tlbi vmalls12e1");
    for (unsigned i = 0; i < 5; i++) {
        for (int mode = 0; mode < 2; mode++) {
            print(what);
            print(mode ? ", EL1 " : ", EL0 ");
            try_with(accesses[i].name, mode ? EL1 : EL0, accesses[i].pc, address, 0x1234);
        }
    }
}

/* The emulator has WnR of a store here, and the level of stage 1 where that differs. */
static void walk(const char *what, u64 *table, u64 index, u64 descriptor, u64 address)
{
    u64 saved = table[index];
    table[index] = descriptor;
    SYS("tlbi vmalls12e1");
    print(what);
    try_with(", EL1 ldr", EL1, load, address, 0);
    print(what);
    try_with(", EL0 swp", EL0, swap, address, 0);
    print(what);
    try_with(", EL0 fetch", EL0, fetch, address, 0);
    table[index] = saved;
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
    s2_level1 = new_table();
    s2_level2 = new_table();
    s2_level3 = new_table();
    /* IPA 0x40000000 flat, 0x80000000 by tables. 40 bits of IPA: level 1, two tables long; the second one is not reached. */
    u64 *second = new_table();
    (void)second;
    s2_level1[1] = 0x40000000 | (S2_PAGE & ~2ul);
    s2_level1[2] = (u64)s2_level2 | VALID;
    s2_level2[0] = (u64)s2_level3 | VALID;
    s2_level3[0] = PAGE | S2_PAGE;
    ((volatile u32 *)PAGE)[0] = 0xd4000001 | 0x55 << 5;
    WRITE("vtcr_el2", BIT(31) | 25 | 1 << 6 | 2 << 16);
    WRITE("vttbr_el2", (u64)s2_level1 | 5ul << 48);
    WRITE("hcr_el2", HCR_RW | HCR_VM);

    /* Stage 1 off: the IPA is the VA; EL1's vectors work as they are. */
    all_at("mapped", AT);
    entry("level 1 invalid", s2_level1, 2, 0, AT + 0x123450);
    entry("level 2 invalid", s2_level2, 0, 0, AT + 0x12340);
    entry("level 3 invalid", s2_level3, 0, 0, AT + 0x340);
    entry("level 3 reserved", s2_level3, 0, (PAGE | S2_PAGE) & ~2ul, AT);
    entry("level 1 AF", s2_level1, 2, 0x40000000 | ((S2_PAGE & ~2ul) & ~AF), AT);
    entry("level 2 AF", s2_level2, 0, 0x40400000 | ((S2_PAGE & ~2ul) & ~AF), AT);
    entry("level 3 AF", s2_level3, 0, (PAGE | S2_PAGE) & ~AF, AT);
    for (u64 ap = 0; ap < 4; ap++) {
        print_hex(ap);
        entry(" S2AP", s2_level3, 0, ((PAGE | S2_PAGE) & ~S2_RW) | ap << 6, AT);
    }
    for (u64 xn = 0; xn < 4; xn++) {
        print_hex(xn);
        entry(" XN", s2_level3, 0, PAGE | S2_PAGE | xn << 53, AT);
    }
    entry("level 2 permission", s2_level2, 0, (0x40400000 | (S2_PAGE & ~2ul)) & ~S2_RW, AT);
    WRITE("vtcr_el2", BIT(31) | 32 | 1 << 6 | 0 << 16);
    entry("level 1 address size", s2_level1, 2, 0x1000000000 | (S2_PAGE & ~2ul), AT);
    entry("level 2 address size", s2_level1, 2, 0x100000000 | VALID, AT);
    entry("level 3 address size", s2_level3, 0, 0x100000000 | S2_PAGE, AT);
    WRITE("vtcr_el2", BIT(31) | 25 | 1 << 6 | 2 << 16);
    all_at("IPA too wide", 0x8000000000);
    all_at("IPA far too wide", 0x800000000000);

    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        s2_level3[0] = 0;
        SYS("tlbi vmalls12e1");
        print("form ");
        print_hex(i);
        try_with("", EL1, forms[i], AT + 0x40, 0);
        print("form ");
        print_hex(i);
        try_with(", EL0", EL0, forms[i], AT + 0x40, 0);
        s2_level3[0] = PAGE | S2_PAGE;
    }

    /* Stage 1 on, its tables behind stage 2: IPA 0x90000000, a page a level. */
    u64 *s2_tables2 = new_table(), *s2_tables3 = new_table();
    level1 = new_table();
    level2 = new_table();
    level3 = new_table();
    s2_level2[128] = (u64)s2_tables3 | VALID;
    (void)s2_tables2;
    s2_tables3[0] = (u64)level1 | S2_PAGE;
    s2_tables3[1] = (u64)level2 | S2_PAGE;
    s2_tables3[2] = (u64)level3 | S2_PAGE;
    level1[1] = 0x40000000 | AF | BLOCK | USER | BIT(7);
    /* EL1's vectors write the record: the 2 MiB that hold it are EL1's. */
    u64 *flat2 = new_table(), *flat3 = new_table();
    s2_tables3[3] = (u64)flat2 | S2_PAGE;
    s2_tables3[4] = (u64)flat3 | S2_PAGE;
    level1[1] = 0x90003000 | VALID;
    flat2[0] = 0x90004000 | VALID;
    flat2[2] = 0x40400000 | AF | BLOCK;
    for (u64 i = 0; i < 512; i++) {
        extern char data_start[];
        u64 at = 0x40000000 + i * 4096;
        flat3[i] = at | AF | VALID | (at < (u64)data_start ? USER | BIT(7) : 0);
    }
    level1[2] = 0x90001000 | VALID;
    level2[0] = 0x90002000 | VALID;
    level3[0] = AT | AF | VALID | USER;
    WRITE("mair_el1", 0x44ff);
    WRITE("tcr_el1", 25 | BIT(23) | 2ul << 32);
    WRITE("ttbr0_el1", 0x90000000);
    WRITE("sctlr_el1", 0x30d00801);
    SYS("tlbi vmalls12e1");
    all_at("both stages", AT);
    s2_tables3[1] = 0;
    SYS("tlbi vmalls12e1");
    try_with("walk, level 2 table invalid", EL1, load, AT + 0x678, 0);
    s2_tables3[1] = (u64)level2 | S2_PAGE;
    s2_tables3[2] = 0;
    SYS("tlbi vmalls12e1");
    try_with("walk, store, level 3 table invalid", EL1, store, AT + 0x678, 0);
    s2_tables3[2] = (u64)level3 | S2_PAGE;
    walk("walk, level 3 invalid", s2_tables3, 2, 0, AT + 0x678);
    walk("walk, AF", s2_tables3, 2, ((u64)level3 | S2_PAGE) & ~AF, AT);
    walk("walk, no read", s2_tables3, 2, ((u64)level3 | S2_PAGE) & ~S2_RW, AT);
    walk("walk, read-only", s2_tables3, 2, ((u64)level3 | S2_PAGE) & ~(2ul << 6), AT);
    entry("stage 1 invalid", level3, 0, 0, AT);
    entry("stage 1 read-only, stage 2 invalid", level3, 0, 0xa0000000 | AF | VALID | USER | BIT(7), AT);
    entry("stage 1 output too wide for stage 2", level3, 0, 0x8000000000 | AF | VALID | USER, AT);
    entry("stage 1 EL1 only", level3, 0, AT | AF | VALID, AT);
    entry("stage 2 read-only", s2_level3, 0, (PAGE | S2_PAGE) & ~(2ul << 6), AT);
    WRITE("hcr_el2", HCR_RW | HCR_VM | BIT(2));
    walk("walk to Device with PTW", s2_tables3, 2, ((u64)level3 | S2_PAGE) & ~S2_NORMAL, AT);
    WRITE("hcr_el2", HCR_RW | HCR_VM);

    /* AT at EL1: the IPA; and what stage 2 says of the walk. */
    SYS("tlbi vmalls12e1");
    try_with("at s1e1r", EL1, at_read, AT, 0);
    try_with("at s1e1w", EL1, at_write, AT, 0);
    try_with("at s1e0r", EL1, at_user, AT, 0);
    level3[0] = AT | AF | VALID | BIT(7);
    SYS("tlbi vmalls12e1");
    try_with("read-only, at s1e1r", EL1, at_read, AT, 0);
    try_with("read-only, at s1e1w", EL1, at_write, AT, 0);
    try_with("read-only, at s1e0r", EL1, at_user, AT, 0);
    try_with("invalid, at s1e1r", EL1, at_read, AT + 0x1000, 0);
    try_with("invalid at level 2, at s1e1r", EL1, at_read, AT + 0x200000, 0);
    s2_tables3[2] = 0;
    SYS("tlbi vmalls12e1");
    try_with("walk, at s1e1r", EL1, at_read, AT, 0);
    s2_tables3[2] = (u64)level3 | S2_PAGE;
    level3[0] = AT | AF | VALID | USER;
    SYS("tlbi vmalls12e1");

    /* AT at EL2; NS of PAR_EL1 is UNKNOWN here. */
#define PAR(op, address) { WRITE("par_el1", 0); SYSX("at " op, address); value(op, READ("par_el1") & ~BIT(9)); }
#define PARS(address) PAR("s1e1r", address) PAR("s1e1w", address) PAR("s1e0r", address) PAR("s1e0w", address) PAR("s12e1r", address) PAR("s12e1w", address) PAR("s12e0r", address) PAR("s12e0w", address)
    PARS(AT)
    PARS(AT + 0x1000)
    s2_level3[0] = (PAGE | S2_PAGE) & ~(2ul << 6);
    SYS("tlbi vmalls12e1");
    PARS(AT)
    s2_level3[0] = 0;
    SYS("tlbi vmalls12e1");
    PARS(AT)
    s2_level3[0] = PAGE | S2_PAGE;
    s2_tables3[2] = 0;
    SYS("tlbi vmalls12e1");
    PARS(AT)
    s2_tables3[2] = (u64)level3 | S2_PAGE;
    for (u64 sh = 0; sh < 4; sh++) {
        if (sh == 1)
            continue;
        for (u64 index = 0; index < 2; index++) {
            level3[0] = AT | AF | VALID | USER | sh << 8 | index << 2;
            SYS("tlbi vmalls12e1");
            PAR("s1e1r", AT)
        }
    }
}
