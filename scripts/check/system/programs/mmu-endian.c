/* Big-endian data at EL0 by SCTLR_EL1.E0E: each size, signed loads, pairs, exclusives, atomics, across pages; and tables by EE. */
#include "../mmu.h"

SNIPPET(b, "ldrb w0, [x0]")
SNIPPET(h, "ldrh w0, [x0]")
SNIPPET(w, "ldr w0, [x0]")
SNIPPET(x, "ldr x0, [x0]")
SNIPPET(sh, "ldrsh x0, [x0]")
SNIPPET(sw, "ldrsw x0, [x0]")
SNIPPET(p, "ldp x1, x2, [x0]\n eor x0, x1, x2, ror #4")
SNIPPET(pw, "ldp w1, w2, [x0]\n eor x0, x1, x2, ror #4")
SNIPPET(xr, "ldxr x1, [x0]\n add x1, x1, #1\n stxr w2, x1, [x0]\n mov x0, x1")
SNIPPET(ad, "mov x1, #3\n ldadd x1, x0, [x0]")
SNIPPET(ca, "ldr w1, [x0]\n mov w2, #5\n cas w1, w2, [x0]\n mov x0, x1")
SNIPPET(st, "mov x1, #0x1234\n strh w1, [x0], #2\n str w1, [x0], #4\n str x1, [x0]")
SNIPPET(sp, "mov x1, #0x1234\n mov x2, #0x5678\n stp x1, x2, [x0]")

void run(void)
{
    static const struct { const char *name; const char *pc; u64 offset; } accesses[] = {
        { "ldrb", b, 3 }, { "ldrh", h, 2 }, { "ldr w", w, 4 }, { "ldr x", x, 0 }, { "ldrsh", sh, 6 }, { "ldrsw", sw, 12 }, { "ldp", p, 0 }, { "ldp w", pw, 4 }, { "ldxr", xr, 8 }, { "ldadd", ad, 0 },
        { "cas", ca, 4 }, { "str", st, 0 }, { "stp", sp, 0 }, { "ldr x, odd", x, 1 }, { "ldr x, across", x, 0xffd }, { "ldr w, across", w, 0xffe }, { "str, across", st, 0xffd },
    };
    const struct granule *g = &granules[0];
    u64 *root = make_stage1(g, 0);
    entry_of(root, g, AT, 3)[1] = (PAGE + 0x3000) | AF | VALID | USER;
    for (u64 big = 0; big < 2; big++) {
        WRITE("sctlr_el1", SCTLR1 | 1 | big << 24);
        for (unsigned i = 0; i < COUNT(accesses); i++) {
            static const u64 offsets[] = { 0, 8, 0xff0, 0xff8, 0x3000, 0x3008 };
            for (unsigned o = 0; o < COUNT(offsets); o++)
                *(volatile u64 *)(PAGE + offsets[o]) = 0x8182838485868788 + 0x1010101010101010 * o;
            SYS("tlbi vmalle1");
            print_hex(big);
            print(" ");
            try_with(accesses[i].name, EL0, USER_CODE(accesses[i].pc), AT + accesses[i].offset, 0);
            for (unsigned o = 0; o < COUNT(offsets); o++)
                value(" memory", *(volatile u64 *)(PAGE + offsets[o]));
        }
    }
    /* Tables the other way round. */
    WRITE("sctlr_el1", SCTLR1 | 1 | BIT(25));
    u64 *tables[3];
    for (int level = 1; level < 4; level++)
        tables[level - 1] = big_table();
    tables[0][AT >> 30 & 511] = __builtin_bswap64((u64)tables[1] | VALID);
    tables[1][0] = __builtin_bswap64((u64)tables[2] | VALID);
    tables[2][0] = __builtin_bswap64(PAGE | AF | VALID | USER);
    WRITE("ttbr0_el1", (u64)tables[0]);
    SYS("tlbi vmalle1");
    value("big-endian tables", PAR("s1e1r", AT + 0x123));
    value("invalid", PAR("s1e1r", AT + 0x1123));
    WRITE("sctlr_el1", SCTLR1 | 1);
    SYS("tlbi vmalle1");
    value("read as little-endian", PAR("s1e1r", AT + 0x123));
    WRITE("sctlr_el1", SCTLR1);
}
