/* Watchpoints: accesses of every kind, and at which ELs they match. */
#include "../support.h"

#define MDE BIT(15)
#define KDE BIT(13)
#define SPSR_D BIT(9)
#define TDE BIT(8)
#define E BIT(0)
#define LSC(kinds) ((u64)(kinds) << 3)
#define BYTES (0xfful << 5)

SNIPPET(ldr_, "ldr x0, [x1]")
SNIPPET(str_, "str x0, [x1]")
SNIPPET(ldtr_, "ldtr x0, [x1]")
SNIPPET(sttr_, "sttr x0, [x1]")
SNIPPET(ldar_, "ldar x0, [x1]")
SNIPPET(stlr_, "stlr x0, [x1]")
SNIPPET(ldxr_, "ldxr x0, [x1]")
SNIPPET(stxr_fails, "clrex\n stxr w2, x0, [x1]")
SNIPPET(post, "ldr x0, [x1], #8")
SNIPPET(pre, "str x0, [x1, #0]!")
SNIPPET(prefetch, "prfm pldl1keep, [x1]")
SNIPPET(civac, "dc civac, x1")
SNIPPET(cvac, "dc cvac, x1")
SNIPPET(ivau, "ic ivau, x1")
SNIPPET(at_, "at s1e1r, x1")

static const struct { const char *name; const char *pc; int el0; } snippets[] = {
    { "ldr", ldr_, 1 }, { "str", str_, 1 }, { "ldtr", ldtr_, 1 }, { "sttr", sttr_, 1 }, { "ldar", ldar_, 1 }, { "stlr", stlr_, 1 }, { "ldxr", ldxr_, 1 },
    { "stxr that fails", stxr_fails, 1 }, { "post-index", post, 1 }, { "pre-index", pre, 1 }, { "prfm", prefetch, 1 }, { "dc civac", civac, 0 }, { "dc cvac", cvac, 0 },
    { "ic ivau", ivau, 0 }, { "at s1e1r", at_, 0 },
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };
static const u8 scopes[] = { 0x01, 0x02, 0x03, 0x11, 0x13, 0x1c };
static u64 data[2] __attribute__((aligned(16)));

void run(void)
{
    WRITE("oslar_el1", 0);
    WRITE("dbgwvr0_el1", (u64)data);
    for (unsigned tde = 0; tde < 2; tde++) {
        WRITE("mdcr_el2", 6 | (tde ? TDE : 0));
        for (unsigned scope = 0; scope < COUNT(scopes); scope++) {
            u64 bits = (scopes[scope] & 0x10ul) << 9 | (scopes[scope] & 0xcul) << 12 | (scopes[scope] & 3ul) << 1;
            for (unsigned mode = 0; mode < 3; mode++) {
                for (unsigned i = 0; i < COUNT(snippets); i++) {
                    if (mode == 0 && !snippets[i].el0)
                        continue;
                    print(tde ? "TDE " : "");
                    print_hex(scopes[scope]);
                    print(" ");
                    print(modes[mode].name);
                    WRITE("dbgwcr0_el1", E | BYTES | LSC(3) | bits);
                    WRITE("mdscr_el1", MDE | KDE);
                    try_with(snippets[i].name, modes[mode].spsr & ~SPSR_D, snippets[i].pc, 0, (u64)data);
                    WRITE("mdscr_el1", 0);
                    WRITE("dbgwcr0_el1", 0);
                }
            }
        }
    }
    WRITE("mdcr_el2", 6);
}
