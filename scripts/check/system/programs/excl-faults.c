/* Exclusives and atomics on pages of each right: which fault, WnR, and what a failing store-exclusive checks. */
#include "../mmu.h"

SNIPPET(load_exclusive, "ldxr x0, [x0]")
SNIPPET(pair, "ldxr x2, [x0]\n stxr w3, x1, [x0]\n mov x0, x3")
SNIPPET(store_alone, "clrex\n stxr w3, x1, [x0]\n mov x0, x3")
SNIPPET(acquire, "ldaxr w2, [x0]\n stlxr w3, w1, [x0]\n mov x0, x3")
SNIPPET(two, "ldxp x2, x4, [x0]\n stxp w3, x1, x1, [x0]\n mov x0, x3")
SNIPPET(compare_same, "ldr x2, [x0]\n cas x2, x1, [x0]\n mov x0, x2")
SNIPPET(compare_other, "mov x2, #-1\n cas x2, x1, [x0]\n mov x0, x2")
SNIPPET(compare_two, "mov x2, #-1\n mov x3, #0\n mov x4, #0\n mov x5, #0\n casp x2, x3, x4, x5, [x0]\n mov x0, x2")
SNIPPET(add, "ldadd x1, x0, [x0]")
SNIPPET(clear, "stclr x1, [x0]")
SNIPPET(ordered, "ldar x2, [x0]\n stlr x1, [x0]\n mov x0, x2")

void run(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = {
        { "ldxr", load_exclusive }, { "ldxr stxr", pair }, { "ldaxr stlxr", acquire }, { "ldxp stxp", two }, { "cas", compare_same }, { "cas, other", compare_other }, { "casp", compare_two },
        { "ldadd", add }, { "stclr", clear }, { "ldar stlr", ordered },
    };
    static const u64 bits[] = { AF | VALID | USER, AF | VALID | USER | READ_ONLY, AF | VALID, AF | VALID | READ_ONLY, VALID | USER, 0 };
    const struct granule *g = &granules[0];
    u64 *root = make_stage1(g, 0);
    volatile u64 *entry = entry_of(root, g, AT, 3);
    for (unsigned b = 0; b < COUNT(bits); b++) {
        for (unsigned i = 0; i < COUNT(accesses); i++) {
            for (int el = 0; el < 2; el++) {
                for (u64 offset = 0; offset < 16; offset += b == 0 ? 4 : 16) {
                    /* Pages of the first kind are tried misaligned too. */
                    *entry = PAGE | bits[b];
                    ((volatile u64 *)PAGE)[0] = 0x1122334455667788;
                    ((volatile u64 *)PAGE)[1] = 0x99aabbccddeeff00;
                    SYS("tlbi vmalle1");
                    print_hex(b);
                    print_hex(offset);
                    print(el ? " EL1 " : " EL0 ");
                    try_with(accesses[i].name, el ? EL1 : EL0, el ? accesses[i].pc : USER_CODE(accesses[i].pc), AT + offset, 0x42);
                    value(" memory", ((volatile u64 *)PAGE)[0] ^ ((volatile u64 *)PAGE)[1]);
                }
            }
        }
    }
    (void)store_alone;
}
