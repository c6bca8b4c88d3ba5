/* VTCR_EL2.{T0SZ,SL0} of every value with each granule: first levels, concatenated tables, and what does not fit. */
#include "../mmu.h"

void run(void)
{
    WRITE("sctlr_el1", SCTLR1);
    for (int n = 0; n < 3; n++) {
        const struct granule *g = &granules[n];
        /* Sixteen tables in a row at each level, aligned as one; index i of the first goes to the next level, or to a page. */
        static const u64 areas[] = { 0x40d00000, 0x40c00000, 0x40800000 };
        u64 *tables[4];
        for (int level = 0; level < 4; level++)
            tables[level] = (u64 *)(areas[n] + ((u64)level << (g->bits + 4)));
        for (int level = 0; level < 4; level++) {
            u64 next = level < 3 ? (u64)tables[level + 1] | VALID : (PAGE | AF | VALID | S2_RW | S2_NORMAL);
            for (u64 i = 0; i < 0x8000 / 8; i += 31)
                tables[level][i] = next;
        }
        WRITE("hcr_el2", HCR_RW | HCR_VM);
        for (u64 sl0 = 0; sl0 < 3; sl0++) {
            int level = g->bits == 12 ? 2 - (int)sl0 : 3 - (int)sl0;
            /* The emulator takes IPA sizes below 32 bits as they are, and so do we, down to what the first level resolves. */
            for (u64 size = 16; size <= 39; size++) {
                WRITE("vtcr_el2", BIT(31) | size | sl0 << 6 | g->tg0 << 14 | 5 << 16);
                WRITE("vttbr_el2", (u64)tables[level]);
                SYS("tlbi vmalls12e1");
                print(g->name);
                print_hex(sl0);
                print_hex(size);
                value(" zero", PAR("s12e1r", 0x123));
                value(" 31", PAR("s12e1r", 31ul << shift_of(g, level)));
                value(" 62", PAR("s12e1r", 62ul << shift_of(g, level)));
                value(" invalid", PAR("s12e1r", 3ul << shift_of(g, level)));
                value(" last", PAR("s12e1r", ((1ul << (64 - size)) - 1) & ((1ul << 48) - 1)));
                value(" beyond", PAR("s12e1r", (1ul << (64 - size)) & ((1ul << 48) - 1)));
            }
        }
    }
}
