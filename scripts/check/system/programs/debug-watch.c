/* Watchpoints: which bytes, by BAS and MASK, for accesses of each size; loads and stores apart. */
#include "../support.h"

#define MDE BIT(15)
#define E BIT(0)
#define EL0_ONLY (2ul << 1)
#define LSC(kinds) ((u64)(kinds) << 3)
#define BAS(bytes) ((u64)(bytes) << 5)
#define MASK(bits) ((u64)(bits) << 24)

SNIPPET(ldrb_, "ldrb w0, [x1]")
SNIPPET(ldrh_, "ldrh w0, [x1]")
SNIPPET(ldr32, "ldr w0, [x1]")
SNIPPET(ldr64, "ldr x0, [x1]")
SNIPPET(ldp32, "ldp w0, w2, [x1]")
SNIPPET(ldp64, "ldp x0, x2, [x1]")
SNIPPET(strb_, "strb w0, [x1]")
SNIPPET(str64, "str x0, [x1]")
SNIPPET(stp64, "stp x0, x0, [x1]")

static const struct { const char *name; const char *pc; int size; } snippets[] = {
    { "ldrb", ldrb_, 1 }, { "ldrh", ldrh_, 2 }, { "ldr w", ldr32, 4 }, { "ldr x", ldr64, 8 }, { "ldp w", ldp32, 4 }, { "ldp x", ldp64, 8 },
    { "strb", strb_, 1 }, { "str x", str64, 8 }, { "stp x", stp64, 8 },
};
static u8 data[256] __attribute__((aligned(256)));

static void all(const char *name, u64 number, u64 wvr, u64 wcr)
{
    WRITE("dbgwvr0_el1", wvr);
    WRITE("dbgwcr0_el1", wcr);
    WRITE("mdscr_el1", MDE);
    for (unsigned i = 0; i < COUNT(snippets); i++) {
        for (int offset = 0; offset < 32; offset += snippets[i].size) {
            print(name);
            print_hex(number);
            print(" ");
            print_hex(offset);
            print(" ");
            try_with(snippets[i].name, EL0, snippets[i].pc, 0, (u64)data + offset);
        }
    }
    WRITE("mdscr_el1", 0);
    WRITE("dbgwcr0_el1", 0);
}

void run(void)
{
    static const u8 bytes[] = { 0x01, 0x80, 0x0c, 0xf0, 0x3c, 0xff, 0x00 };
    WRITE("oslar_el1", 0);
    for (unsigned i = 0; i < COUNT(bytes); i++)
        all("BAS ", bytes[i], (u64)data + 8, E | EL0_ONLY | LSC(3) | BAS(bytes[i]));
    all("word BAS ", 0x6, (u64)data + 12, E | EL0_ONLY | LSC(3) | BAS(0x6));
    for (unsigned kinds = 0; kinds < 3; kinds++)
        all("LSC ", kinds, (u64)data + 8, E | EL0_ONLY | LSC(kinds) | BAS(0xff));
    all("MASK ", 3, (u64)data + 8, E | EL0_ONLY | LSC(3) | BAS(0xff) | MASK(3));
    all("MASK ", 4, (u64)data + 16, E | EL0_ONLY | LSC(3) | BAS(0xff) | MASK(4));
    all("MASK ", 31, (u64)data & ~0x7ffffffful, E | EL0_ONLY | LSC(3) | BAS(0xff) | MASK(31));
    all("elsewhere ", 0, (u64)data + 0x100000008, E | EL0_ONLY | LSC(3) | BAS(0xff));
}
