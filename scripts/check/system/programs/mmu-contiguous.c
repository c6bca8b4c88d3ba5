/* The Contiguous bit changes no result: groups of pages and blocks of each granule at both stages, and their faults. */
#include "../mmu.h"

void run(void)
{
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        for (int stage = 1; stage < 3; stage++) {
            u64 *root = stage == 1 ? make_stage1(g, 0) : make_stage2(g, 0);
            if (stage == 2)
                WRITE("sctlr_el1", SCTLR1);
            for (int level = 2; level < 4; level++) {
                u64 bits = AF | CONTIGUOUS | (level == 3 ? VALID : BLOCK) | (stage == 1 ? USER : S2_RW | S2_NORMAL);
                int count = g->bits == 12 ? 16 : g->bits == 16 || level == 2 ? 32 : 128;
                u64 size = 1ul << shift_of(g, level);
                *entry_of(root, g, AT, 2) = 0;
                u64 *entry = entry_of(root, g, AT, level);
                for (int i = 0; i < count; i++)
                    entry[i] = (level == 3 ? 0x40400000 : 0x4000000000) + (u64)i * size | bits;
                SYS("tlbi vmalls12e1");
                for (int i = 0; i < count; i += count / 8) {
                    print(g->name);
                    print_hex(stage);
                    print_hex(level);
                    print_hex(i);
                    value(" at", stage == 1 ? PAR("s1e1r", AT + (u64)i * size + 0x120) : PAR("s12e1r", AT + (u64)i * size + 0x120));
                }
                if (level == 3)
                    all_at("contiguous", AT + 0x100000 % (size * (u64)count), stage == 1);
                entry[count / 2] = 0;
                SYS("tlbi vmalls12e1");
                value(" hole", stage == 1 ? PAR("s1e1r", AT + (u64)count / 2 * size) : PAR("s12e1r", AT + (u64)count / 2 * size));
                for (int i = 0; i < count; i++)
                    entry[i] = 0;
            }
            WRITE("hcr_el2", HCR_RW);
        }
    }
}
