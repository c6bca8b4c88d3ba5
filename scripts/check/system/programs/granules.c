/* Blocks, pages and levels with granules of 4 KiB, 16 KiB and 64 KiB, by AT: output address, and the level of faults. */
#include "../support.h"

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)

/* Tables of up to 64 KiB, aligned. */
static u64 *big_table(void)
{
    u64 *table = (u64 *)0x40800000;
    static u64 count;
    table += 8192 * count++;
    for (int i = 0; i < 8192; i++)
        ((volatile u64 *)table)[i] = 0;
    return table;
}

static void at(u64 address)
{
    SYS("tlbi vmalle1");
    WRITE("par_el1", 0);
    SYSX("at s1e1r", address);
    value("", READ("par_el1") & ~BIT(9));
}

void run(void)
{
    static const struct { const char *name; u64 tg0; int page_bits, start; } granules[] = { { "4K", 0, 12, 0 }, { "16K", 2, 14, 0 }, { "64K", 1, 16, 1 } };
    WRITE("mair_el1", 0x04bb44ff);
    WRITE("sctlr_el1", 0x30d00801);
    for (int g = 0; g < 3; g++) {
        int page_bits = granules[g].page_bits, bits = page_bits - 3;
        u64 *tables[4];
        for (int level = 0; level < 4; level++)
            tables[level] = big_table();
        /* Index 1 of every level goes down; index 2 is a block or a page; index 3 is reserved or AF=0; the rest is invalid. */
        for (int level = granules[g].start; level < 4; level++) {
            int shift = page_bits + bits * (3 - level);
            u64 output = shift < 48 ? (0x123456789000ul >> shift << shift) : 0;
            if (level < 3)
                tables[level][1] = (u64)tables[level + 1] | VALID;
            if (level > 0)
                tables[level][2] = output | AF | (level == 3 ? VALID : BLOCK) | 1 << 2 | 2 << 8;
            tables[level][3] = output | (level == 3 ? VALID : BLOCK);
            if (level > 0)
                tables[level][4] = output | AF | (level == 3 ? BLOCK : 0);
            tables[level][5] = output | AF | (level == 3 ? VALID : BLOCK) | 3 << 2 | 2 << 8 | BIT(52);
        }
        WRITE("tcr_el1", 16 | granules[g].tg0 << 14 | BIT(23) | 5ul << 32);
        WRITE("ttbr0_el1", (u64)tables[granules[g].start]);
        for (int level = granules[g].start; level < 4; level++) {
            for (u64 index = 0; index < 6; index++) {
                /* The emulator knows blocks at level 0, and at level 1 of the larger granules. */
                if (index >= 2 && index != 4 && (level == 0 || (level == 1 && g > 0)))
                    continue;
                if (level == 0 && index == 4)
                    continue;
                u64 address = 0x123;
                for (int upper = granules[g].start; upper < level; upper++)
                    address |= 1ul << (page_bits + bits * (3 - upper));
                /* Level 0 of 16 KiB has one bit. */
                if (g == 1 && level == 0 && index > 1)
                    continue;
                address |= index << (page_bits + bits * (3 - level));
                print(granules[g].name);
                print(" level ");
                print_hex(level);
                print(" index ");
                print_hex(index);
                at(address);
            }
        }
        /* Smaller ranges: the first level and the bits that it takes. */
        for (u64 size = 16; size <= 39; size++) {
            u64 range = 64 - size;
            int level = 3 - (int)((range - page_bits - 1) / bits);
            WRITE("tcr_el1", size | granules[g].tg0 << 14 | BIT(23) | 5ul << 32);
            WRITE("ttbr0_el1", (u64)tables[level]);
            print(granules[g].name);
            print(" T0SZ ");
            print_hex(size);
            u64 address = 0;
            for (int l = level; l < 3; l++)
                address |= 1ul << (page_bits + bits * (3 - l));
            address |= 2ul << page_bits;
            at(address < 1ul << range ? address : 0x5000);
            print(granules[g].name);
            print(" beyond T0SZ ");
            print_hex(size);
            at(1ul << range);
        }
    }
}
