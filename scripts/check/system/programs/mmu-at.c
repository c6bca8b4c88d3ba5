/* AT of every form, at EL1 and EL2, on pages with each right at both stages; PSTATE.PAN; and forms that EL1 may not use. */
#include "../mmu.h"

#define AT_EL1(name) SNIPPET(at_##name, "at " #name ", x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
AT_EL1(s1e1r)
AT_EL1(s1e1w)
AT_EL1(s1e0r)
AT_EL1(s1e0w)
AT_EL1(s12e1r)
AT_EL1(s1e2r)
SNIPPET(at_s1e1rp, "at s1e1rp, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(at_s1e1wp, "at s1e1wp, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(pan_s1e1rp, ".inst 0xd500419f\n at s1e1rp, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(pan_s1e1wp, ".inst 0xd500419f\n at s1e1wp, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")
SNIPPET(pan_s1e1r, ".inst 0xd500419f\n at s1e1r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xfffffffffffffdff")

static void all(const char *what, int at_el1)
{
    static const struct { const char *name; const char *pc; } forms[] = {
        { "s1e1r", at_s1e1r }, { "s1e1w", at_s1e1w }, { "s1e0r", at_s1e0r }, { "s1e0w", at_s1e0w }, { "s12e1r", at_s12e1r }, { "s1e2r", at_s1e2r },
        { "s1e1rp", at_s1e1rp }, { "s1e1wp", at_s1e1wp }, { "PAN s1e1rp", pan_s1e1rp }, { "PAN s1e1wp", pan_s1e1wp }, { "PAN s1e1r", pan_s1e1r },
    };
    SYS("tlbi vmalls12e1");
    for (unsigned i = 0; at_el1 && i < COUNT(forms); i++) {
        print(what);
        print(" EL1 ");
        try_with(forms[i].name, EL1, forms[i].pc, AT + 0x123, 0);
    }
#define ONE(op) print(what); value(" EL2 " op, PAR(op, AT + 0x123));
    ONE("s1e1r") ONE("s1e1w") ONE("s1e0r") ONE("s1e0w") ONE("s12e1r") ONE("s12e1w") ONE("s12e0r") ONE("s12e0w") ONE("s1e1rp") ONE("s1e1wp")
}

void run(void)
{
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        u64 *root2 = make_stage2(g, 0), *root = make_stage1(g, 0);
        volatile u64 *leaf2 = entry_of(root2, g, AT, 3), *leaf = entry_of(root, g, AT, 3);
        for (u64 ap = 0; ap < 4; ap++) {
            for (u64 ap2 = 0; ap2 < 4; ap2++) {
                *leaf = AT | AF | VALID | ap << 6;
                *leaf2 = PAGE | AF | VALID | S2_NORMAL | ap2 << 6;
                print(g->name);
                print_hex(ap);
                print_hex(ap2);
                all("", 1);
            }
        }
        *leaf = AT | VALID;
        *leaf2 = PAGE | AF | VALID | S2_NORMAL | S2_RW;
        print(g->name);
        all("AF", 1);
        *leaf = 0;
        print(g->name);
        all("invalid", 1);
        *leaf = AT | AF | VALID | USER;
        *leaf2 = PAGE | VALID | S2_NORMAL | S2_RW;
        print(g->name);
        all("stage 2 AF", 1);
        *leaf2 = 0;
        print(g->name);
        all("stage 2 invalid", 1);
        WRITE("sctlr_el1", SCTLR1);
        print(g->name);
        all("stage 1 off", 0);
        WRITE("hcr_el2", HCR_RW);
        print(g->name);
        all("both off", 0);
    }
}
