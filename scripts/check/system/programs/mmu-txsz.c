/* TCR_EL1.{T0SZ,T1SZ} of every value with each granule: the first level, canonical addresses, TBI, and what is out of range. */
#include "../mmu.h"

void run(void)
{
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        u64 *tables[4];
        WRITE("mair_el1", 0xff);
        for (int level = 0; level < 4; level++)
            tables[level] = big_table();
        for (int level = 0; level < 3; level++)
            tables[level][0] = (u64)tables[level + 1] | VALID;
        tables[3][1] = PAGE | AF | VALID;
        /* The same from the top of the upper range. */
        for (int level = 0; level < 4; level++)
            tables[level][(1 << (g->bits - 3)) - 1] = level < 3 ? (u64)tables[level + 1] | VALID : (PAGE | AF | VALID);
        WRITE("sctlr_el1", SCTLR1 | 1);
        for (u64 size = 0; size < 64; size++) {
            int range = 64 - (int)size;
            int level = range <= g->bits ? 3 : 3 - (range - g->bits - 1) / (g->bits - 3);
            if (level < 0)
                level = 0;
            for (u64 tbi = 0; tbi < 2; tbi++) {
                WRITE("tcr_el1", size | size << 16 | g->tg0 << 14 | g->tg1 << 30 | 5ul << 32 | tbi << 37 | tbi << 38);
                WRITE("ttbr0_el1", (u64)tables[level]);
                WRITE("ttbr1_el1", (u64)tables[level]);
                SYS("tlbi vmalle1");
                u64 page = 1ul << g->bits;
                print(g->name);
                print_hex(size);
                value(tbi ? " TBI" : "", PAR("s1e1r", page));
                if (size < 16 || size > 39)
                    continue;
                value(" tag", PAR("s1e1r", page | 0x5aul << 56));
                value(" beyond", PAR("s1e1r", page | 1ul << range));
                value(" bit 55", PAR("s1e1r", page | 1ul << 55));
                value(" upper", PAR("s1e1r", ~0ul << range));
                value(" upper, beyond", PAR("s1e1r", ~0ul << (range + 1)));
            }
        }
    }
}
