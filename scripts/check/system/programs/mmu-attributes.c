/* Memory types and shareability of both stages, as AT S12E1R reports them; stage 1 alone, and HCR_EL2.CD. */
#include "../mmu.h"

void run(void)
{
    static const u8 types[] = { 0x00, 0x04, 0x08, 0x0c, 0x44, 0x4f, 0xf4, 0xbb, 0xff, 0x4b, 0xb4, 0xfb };
    static const u64 shareabilities[] = { 0, 2, 3 };
    const struct granule *g = &granules[0];
    u64 *root2 = make_stage2(g, 0), *root = make_stage1(g, 0);
    volatile u64 *leaf2 = entry_of(root2, g, AT, 3), *leaf = entry_of(root, g, AT, 3);
    for (unsigned t = 0; t < COUNT(types); t++) {
        WRITE("mair_el1", 0xff | (u64)types[t] << 8);
        for (unsigned s = 0; s < 3; s++) {
            *leaf = AT | AF | VALID | USER | 1 << 2 | shareabilities[s] << 8;
            for (u64 memattr = 0; memattr < 16; memattr++) {
                if (memattr >= 4 && (memattr & 3) == 0)
                    continue;
                /* Beside Device-nGRE and GRE the emulator takes Inner Non-cacheable for Device-nGnRE; translation.test.ts has these. */
                if ((types[t] == 8 || types[t] == 0xc) && (memattr & 3) == 1)
                    continue;
                if (types[t] >= 0x10 && (types[t] & 15) == 4 && (memattr == 2 || memattr == 3))
                    continue;
                for (unsigned s2 = 0; s2 < 3; s2++) {
                    *leaf2 = PAGE | AF | VALID | S2_RW | memattr << 2 | shareabilities[s2] << 8;
                    SYS("tlbi vmalls12e1");
                    u64 par = PAR("s12e1r", AT);
                    print_hex(types[t]);
                    print(" ");
                    print_hex(s);
                    print(" ");
                    print_hex(memattr);
                    print(" ");
                    print_hex(s2);
                    /* Allocation hints are the implementation's; Inner and Outer Non-cacheable memory is Outer Shareable. */
                    u64 attr = par >> 56, sh = par >> 7 & 3;
                    if (attr >> 4 >= 8)
                        attr = (attr >> 4 >= 12 ? 0xf0 : 0xb0) | (attr & 15);
                    if ((attr & 15) >= 8 && attr >> 4 != 0)
                        attr = (attr & 0xf0) | ((attr & 15) >= 12 ? 0xf : 0xb);
                    value("", attr << 8 | (attr == 0x44 ? 2 : sh) << 4 | (par & 1));
                }
            }
        }
    }
}
