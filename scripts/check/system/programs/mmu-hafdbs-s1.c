/* Hardware access flag and dirty state at stage 1: TCR_EL1.{HA,HD}, DBM and AP[2], by loads, stores, atomics and fetches. */
#include "../mmu.h"

void run(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", mmu_load }, { "str", mmu_store }, { "fetch", mmu_fetch }, { "swp", mmu_swap } };
    static const struct { const char *name; u64 tcr; } controls[] = { { "none ", 0 }, { "HA ", BIT(39) }, { "HD ", BIT(40) }, { "HA HD ", BIT(39) | BIT(40) } };
    static const u64 bits[] = { 0, AF, DBM, DBM | AF, READ_ONLY, READ_ONLY | AF, READ_ONLY | DBM, READ_ONLY | DBM | AF };
    for (unsigned c = 0; c < COUNT(controls); c++) {
        const struct granule *g = &granules[c % 3];
        u64 *root = make_stage1(g, controls[c].tcr);
        volatile u64 *entry = entry_of(root, g, AT, 3);
        for (unsigned b = 0; b < COUNT(bits); b++) {
            for (unsigned i = 0; i < COUNT(accesses); i++) {
                for (int el = 0; el < 2; el++) {
                    *entry = PAGE | VALID | USER | bits[b];
                    fill_page();
                    SYS("tlbi vmalle1");
                    print(controls[c].name);
                    print_hex(b);
                    print(el ? " EL1 " : " EL0 ");
                    try_with(accesses[i].name, el ? EL1 : EL0, el ? accesses[i].pc : USER_CODE(accesses[i].pc), AT, 0);
                    value(" descriptor", *entry);
                }
            }
            /* A load first: the store finds a page that is cached, and clean. */
            *entry = PAGE | VALID | USER | bits[b];
            SYS("tlbi vmalle1");
            print(controls[c].name);
            print_hex(b);
            try_with(" load", EL1, mmu_load, AT, 0);
            try_with(" and store", EL1, mmu_store, AT, 0);
            value(" descriptor", *entry);
        }
    }
}
