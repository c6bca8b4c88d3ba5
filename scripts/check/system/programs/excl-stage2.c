/* Exclusives and atomics that stage 2 refuses: no valid syndrome, WnR by the access that would fault. */
#include "../mmu.h"

SNIPPET(load_exclusive, "ldxr x0, [x0]")
SNIPPET(pair, "ldxr x2, [x0]\n stxr w3, x1, [x0]\n mov x0, x3")
SNIPPET(two, "ldaxp x2, x4, [x0]\n stlxp w3, x1, x1, [x0]\n mov x0, x3")
SNIPPET(compare, "mov x2, #-1\n cas x2, x1, [x0]\n mov x0, x2")
SNIPPET(add, "ldadd x1, x0, [x0]")
SNIPPET(ordered, "ldar x2, [x0]")
SNIPPET(release, "stlr w1, [x0]")

void run(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldxr", load_exclusive }, { "ldxr stxr", pair }, { "ldaxp stlxp", two }, { "cas", compare }, { "ldadd", add }, { "ldar", ordered }, { "stlr", release } };
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        u64 *root = make_stage2(g, 0);
        volatile u64 *entry = entry_of(root, g, AT, 3);
        WRITE("sctlr_el1", SCTLR1);
        for (u64 ap = 0; ap < 5; ap++) {
            for (unsigned i = 0; i < COUNT(accesses); i++) {
                for (int el = 0; el < 2; el++) {
                    *entry = ap == 4 ? 0 : PAGE | AF | VALID | S2_NORMAL | ap << 6;
                    ((volatile u64 *)PAGE)[0] = 0x1122334455667788;
                    SYS("tlbi vmalls12e1");
                    print(g->name);
                    print_hex(ap);
                    print(el ? " EL1 " : " EL0 ");
                    try_with(accesses[i].name, el ? EL1 : EL0, accesses[i].pc, AT, 0x42);
                    value(" memory", ((volatile u64 *)PAGE)[0]);
                }
            }
        }
    }
}
