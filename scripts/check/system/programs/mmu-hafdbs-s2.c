/* Hardware access flag and dirty state at stage 2: VTCR_EL2.{HA,HD}, DBM and S2AP[1]; and updates of stage 1 behind it. */
#include "../mmu.h"

void run(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", mmu_load }, { "str", mmu_store }, { "swp", mmu_swap } };
    static const struct { const char *name; u64 vtcr; } controls[] = { { "none ", 0 }, { "HA ", BIT(21) }, { "HA HD ", BIT(21) | BIT(22) } };
    for (unsigned c = 0; c < COUNT(controls); c++) {
        const struct granule *g = &granules[c % 3];
        u64 *root = make_stage2(g, controls[c].vtcr);
        volatile u64 *entry = entry_of(root, g, AT, 3);
        for (u64 ap = 0; ap < 4; ap++) {
            for (u64 b = 0; b < 4; b++) {
                u64 bits = (b & 1 ? AF : 0) | (b & 2 ? DBM : 0) | ap << 6;
                for (unsigned i = 0; i < COUNT(accesses); i++) {
                    *entry = PAGE | VALID | S2_NORMAL | bits;
                    fill_page();
                    SYS("tlbi vmalls12e1");
                    print(controls[c].name);
                    print_hex(ap);
                    print_hex(b);
                    print(" ");
                    try_with(accesses[i].name, EL1, accesses[i].pc, AT, 0);
                    value(" descriptor", *entry);
                }
            }
        }
    }
    /* Stage 1 sets its access flag in a table that stage 2 maps read-write, clean, or read-only. */
    const struct granule *g = &granules[0];
    u64 *root2 = make_stage2(g, BIT(21) | BIT(22));
    u64 *root = make_stage1(g, BIT(39) | BIT(40));
    *entry_of(root2, g, AT, 3) = PAGE | AF | VALID | S2_RW | S2_NORMAL;
    volatile u64 *leaf = entry_of(root, g, AT, 3);
    u64 *above = entry_of(root, g, AT, 2);
    u64 table = ADDRESS(*above), ipa = 0x2000000000ul;
    *above = ipa | VALID;
    volatile u64 *entry = entry_of(root2, g, ipa, 3);
    static const u64 rights[] = { 3ul << 6, 1ul << 6, 1ul << 6 | DBM };
    for (unsigned i = 0; i < COUNT(rights); i++) {
        for (int clean = 0; clean < 2; clean++) {
            *leaf = AT | VALID | USER | (clean ? READ_ONLY | DBM : 0);
            *entry = table | VALID | S2_NORMAL | rights[i];
            SYS("tlbi vmalls12e1");
            print_hex(i);
            print_hex(clean);
            /* The emulator has WnR of the access, here the same as that of the update. */
            try_with(" update behind stage 2", EL1, mmu_store, AT, 0);
            value(" leaf", *leaf);
            value(" table", *entry);
        }
    }
}
