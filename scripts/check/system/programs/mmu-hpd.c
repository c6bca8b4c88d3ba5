/* Hierarchical attributes of tables at every level and granule, with TCR_EL1.HPD0 and without. */
#include "../mmu.h"

void run(void)
{
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        for (u64 hpd = 0; hpd < 2; hpd++) {
            u64 *root = make_stage1(g, hpd << 41);
            for (int level = g->start; level < 3; level++) {
                u64 *entry = entry_of(root, g, AT, level);
                for (u64 bits = 1; bits < 32; bits += bits < 16 ? 1 : 5) {
                    print(g->name);
                    print_hex(bits);
                    with_entry(hpd ? " HPD0" : " tables", entry, level, *entry | bits << 59, AT, 1);
                }
            }
        }
    }
}
