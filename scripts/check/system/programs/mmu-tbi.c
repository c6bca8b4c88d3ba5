/* Tagged addresses: loads, stores, branches and returns with TBI0 and TBI1; FAR_EL1 keeps the tag of data, not of the PC. */
#include "../mmu.h"

SNIPPET(call, "blr x0")
SNIPPET(back, "mov x30, x0\n ret")
SNIPPET(pair, "ldp x2, x3, [x0]\n mov x0, x2")

void run(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", mmu_load }, { "str", mmu_store }, { "br", mmu_fetch }, { "blr", call }, { "ret", back }, { "ldp", pair }, { "swp", mmu_swap } };
    static const u64 addresses[] = { AT, AT | 0x0100000000000000, AT | 0xff00000000000000, AT | 0x0080000000000000, AT | 0xff80000000000000, AT | 0x0040000000000000, (AT + 0x1000) | 0x5a00000000000000 };
    const struct granule *g = &granules[0];
    for (u64 tbi = 0; tbi < 4; tbi++) {
        make_stage1(g, tbi << 37 | BIT(23));
        for (unsigned a = 0; a < COUNT(addresses); a++) {
            for (unsigned i = 0; i < COUNT(accesses); i++) {
                for (int el = 0; el < 2; el++) {
                    fill_page();
                    print_hex(tbi);
                    print_hex(a);
                    print(el ? " EL1 " : " EL0 ");
                    try_with(accesses[i].name, el ? EL1 : EL0, el ? accesses[i].pc : USER_CODE(accesses[i].pc), addresses[a], 0);
                }
            }
        }
    }
}
