/* The exclusive monitor: pairs that succeed and fail, CLREX, ERET, other sizes and addresses; and atomics. */
#include "../support.h"

#define BODY(load, store) "mov x9, #0x4321\n " load "\n " store "\n mov x0, x3\n"
SNIPPET(pair_x, BODY("ldxr x1, [x0]", "stxr w3, x9, [x0]"))
SNIPPET(pair_w, BODY("ldaxr w1, [x0]", "stlxr w3, w9, [x0]"))
SNIPPET(pair_h, BODY("ldxrh w1, [x0]", "stxrh w3, w9, [x0]"))
SNIPPET(pair_b, BODY("ldaxrb w1, [x0]", "stlxrb w3, w9, [x0]"))
SNIPPET(pair_p, BODY("ldxp x1, x2, [x0]", "stxp w3, x9, x2, [x0]"))
SNIPPET(pair_pw, BODY("ldaxp w1, w2, [x0]", "stlxp w3, w9, w2, [x0]"))
SNIPPET(cleared, BODY("ldxr x1, [x0]\n clrex", "stxr w3, x9, [x0]"))
SNIPPET(twice, BODY("ldxr x1, [x0]\n stxr w3, x9, [x0]", "stxr w3, x9, [x0]"))
SNIPPET(none, BODY("clrex", "stxr w3, x9, [x0]"))
SNIPPET(after_store, BODY("ldxr x1, [x0]\n ldr x5, [x0, #64]", "stxr w3, x9, [x0]"))
SNIPPET(to_zero, BODY("ldxr xzr, [x0]", "stxr w3, xzr, [x0]\n ldr x3, [x0]"))
SNIPPET(load_only, "ldxr x1, [x0]")
SNIPPET(store_only, BODY("nop", "stxr w3, x9, [x0]"))
SNIPPET(swap, "mov x1, #7\n swp x1, x0, [x0]")
SNIPPET(add, "mov x1, #7\n ldaddal x1, x0, [x0]")
SNIPPET(compare, "ldr x2, [x0]\n mov x1, #9\n cas x2, x1, [x0]\n ldr x0, [x0]")
SNIPPET(compare_not, "mov x2, #5\n mov x1, #9\n cas x2, x1, [x0]\n mov x0, x2")
SNIPPET(compare_pair, "ldp x2, x3, [x0]\n mov x4, #1\n mov x5, #2\n casp x2, x3, x4, x5, [x0]\n ldr x0, [x0, #8]")
SNIPPET(smax_b, "mov w1, #0x80\n ldsmaxb w1, w2, [x0]\n ldr x0, [x0]")
SNIPPET(umin_h, "mov w1, #0x80\n lduminh w1, w2, [x0]\n ldr x0, [x0]")

void run(void)
{
    static const struct { const char *name; const char *pc; } snippets[] = {
        { "x", pair_x }, { "w", pair_w }, { "h", pair_h }, { "b", pair_b }, { "pair", pair_p }, { "pair w", pair_pw }, { "clrex", cleared }, { "twice", twice }, { "none", none },
        { "after another load", after_store }, { "zero", to_zero }, { "swp", swap }, { "ldadd", add }, { "cas", compare }, { "cas, other", compare_not }, { "casp", compare_pair }, { "ldsmaxb", smax_b }, { "lduminh", umin_h },
    };
    static const u64 modes[] = { EL0, EL1, EL2 };
    /* Normal memory for EL1 and EL0 by HCR_EL2.DC. */
    u64 *level1 = new_table();
    level1[1] = 0x40000000 | 0x7fd;
    WRITE("vtcr_el2", BIT(31) | 25 | 1 << 6 | 2 << 16);
    WRITE("vttbr_el2", (u64)level1);
    WRITE("hcr_el2", HCR_RW | BIT(12));
    SYS("tlbi vmalls12e1");
    for (int mode = 0; mode < 3; mode++) {
        for (unsigned i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
            volatile u64 *at = (volatile u64 *)0x40600000;
            at[0] = 0x1122334455667788;
            at[1] = 0x99aabbccddeeff00;
            print_hex(mode);
            print(" ");
            try_with(snippets[i].name, modes[mode], snippets[i].pc, (u64)at, 0);
            print_hex(mode);
            print(" ");
            value(snippets[i].name, at[0]);
        }
        /* ERET clears the monitor. */
        try_with("load", modes[mode], load_only, 0x40600000, 0);
        try_with("store after ERET", modes[mode], store_only, 0x40600000, 0);
    }
}
