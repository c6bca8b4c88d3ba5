/* Stage 1 off, with TBI and without, with HCR_EL2.DC and TGE; addresses beyond the implemented size. */
#include "../mmu.h"

void run(void)
{
    static const u64 addresses[] = { RAM + 0x500000, 0x5500000040500000, 0x0000ffff00000000, 0x0001000040500000, 0xffff000040500000, 0x0080000040500000, 0x5580000040500000 };
    static const struct { const char *name; u64 hcr, tcr; } settings[] = {
        { "plain", 0, 0 }, { "TBI", 0, BIT(37) }, { "TBI1", 0, BIT(38) }, { "EPD", 0, BIT(7) | BIT(23) }, { "DC", BIT(12), 0 }, { "DC TBI", BIT(12), BIT(37) },
    };
    const struct granule *g = &granules[0];
    make_stage2(g, 0);
    for (unsigned s = 0; s < COUNT(settings); s++) {
        WRITE("tcr_el1", settings[s].tcr);
        for (int m = 0; m < 2; m++) {
            /* With DC the MMU is off whatever SCTLR_EL1.M says. */
            if (m == 1 && settings[s].hcr == 0)
                continue;
            WRITE("sctlr_el1", SCTLR1 | (u64)m);
            WRITE("hcr_el2", HCR_RW | settings[s].hcr);
            SYS("tlbi vmalls12e1");
            for (unsigned i = 0; i < COUNT(addresses); i++) {
                print(settings[s].name);
                print_hex(m);
                print_hex(i);
                try_with(" EL1 ldr", EL1, mmu_load, addresses[i], 0);
                print(settings[s].name);
                print_hex(m);
                print_hex(i);
                try_with(" EL0 fetch", EL0, mmu_fetch, addresses[i] + 0x800, 0);
                print(settings[s].name);
                value(" s1e1r", PAR("s1e1r", addresses[i]));
                value(" s12e1r", PAR("s12e1r", addresses[i]));
            }
        }
        WRITE("hcr_el2", HCR_RW);
    }
    WRITE("sctlr_el1", SCTLR1);
    WRITE("tcr_el1", 0);
}
