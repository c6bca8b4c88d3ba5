/* Accesses that cross a page border: both pages mapped, and each kind of fault on the first, on the second, and on both. */
#include "../mmu.h"

SNIPPET(load_8, "ldr x0, [x0]")
SNIPPET(load_2, "ldrh w0, [x0]")
SNIPPET(store_8, "str x1, [x0]")
SNIPPET(store_4, "str w1, [x0]")
SNIPPET(load_pair, "ldp x2, x3, [x0]\n eor x0, x2, x3")
SNIPPET(store_pair, "stp x1, x1, [x0]")
SNIPPET(unprivileged, "ldtr x0, [x0]")

void run(void)
{
    static const struct { const char *name; const char *pc; u64 back; } accesses[] = {
        { "ldr", load_8, 3 }, { "ldrh", load_2, 1 }, { "str", store_8, 5 }, { "str w", store_4, 2 }, { "ldp", load_pair, 8 }, { "ldp", load_pair, 11 }, { "stp", store_pair, 8 },
        { "stp", store_pair, 5 }, { "ldtr", unprivileged, 4 },
    };
    static const struct { const char *name; u64 bits; } pages[] = { { "mapped", AF | VALID | USER }, { "invalid", 0 }, { "AF", VALID | USER }, { "read-only", AF | VALID | USER | READ_ONLY }, { "EL1", AF | VALID } };
    const struct granule *g = &granules[0];
    u64 *root = make_stage1(g, 0);
    volatile u64 *entry = entry_of(root, g, AT, 3);
    for (unsigned first = 0; first < COUNT(pages); first++) {
        for (unsigned second = 0; second < COUNT(pages); second++) {
            entry[0] = PAGE | pages[first].bits;
            entry[1] = (PAGE + 0x3000) | pages[second].bits;
            for (unsigned i = 0; i < COUNT(accesses); i++) {
                for (int el = 0; el < 2; el++) {
                    volatile u64 *before = (volatile u64 *)(PAGE + 0xff0), *after = (volatile u64 *)(PAGE + 0x3000);
                    before[0] = 0x1111111111111111;
                    before[1] = 0x2222222222222222;
                    after[0] = 0x3333333333333333;
                    after[1] = 0x4444444444444444;
                    SYS("tlbi vmalle1");
                    print(pages[first].name);
                    print(", ");
                    print(pages[second].name);
                    print(el ? ", EL1 " : ", EL0 ");
                    try_with(accesses[i].name, el ? EL1 : EL0, el ? accesses[i].pc : USER_CODE(accesses[i].pc), AT + 0x1000 - accesses[i].back, 0x5566778899aabbcc);
                    /* What a pair has stored before its second register faults is not architected. */
                    if (accesses[i].pc != store_pair || record.esr >> 26 == 0x15)
                        value(" memory", before[0] ^ before[1] ^ after[0] ^ after[1] << 1);
                }
            }
        }
    }
}
