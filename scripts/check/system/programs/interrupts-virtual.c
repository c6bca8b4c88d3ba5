/* HCR_EL2.{VI,VF,VSE} against IMO, FMO, AMO, TGE and E2H: every combination, from each EL, masked and not; ISR_EL1. VSE is gone when it is taken. */
#include "../support.h"

SNIPPET(idle, "mrs x0, isr_el1\n nop\n nop")
SNIPPET(at_el0, "nop\n nop")

void run(void)
{
    static const struct { const char *name; u64 pending, enable; u64 mask; } kinds[] = { { "VI", BIT(7), BIT(4), 0x80 }, { "VF", BIT(6), BIT(3), 0x40 }, { "VSE", BIT(8), BIT(5), 0x100 } };
    static const struct { const char *name; u64 hcr; } hosts[] = { { "", 0 }, { " E2H", HCR_E2H }, { " TGE", HCR_TGE }, { " E2H TGE", HCR_E2H | HCR_TGE } };
    static const struct mode modes[] = { { " EL0", 0 }, { " EL1t", 4 }, { " EL1h", 5 }, { " EL2t", 8 }, { " EL2h", 9 } };
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned h = 0; h < 4; h++) {
            for (unsigned enables = 0; enables < 3; enables++) {
                for (unsigned m = 0; m < 5; m++) {
                    if ((hosts[h].hcr & HCR_TGE) != 0 && (m == 1 || m == 2))
                        continue;
                    for (unsigned masked = 0; masked < 3; masked++) {
                        /* Its own enable, all others, none; its own mask, all others, none. */
                        u64 all = BIT(3) | BIT(4) | BIT(5);
                        u64 hcr = HCR_RW | hosts[h].hcr | kinds[k].pending | (enables == 0 ? kinds[k].enable : enables == 1 ? all & ~kinds[k].enable : 0);
                        WRITE("hcr_el2", hcr);
                        print(kinds[k].name);
                        print(hosts[h].name);
                        print(enables == 0 ? " enabled" : enables == 1 ? " others enabled" : " none enabled");
                        print(masked == 0 ? " masked" : masked == 1 ? " others masked" : " unmasked");
                        try(modes[m].name, modes[m].spsr | (masked == 0 ? kinds[k].mask : masked == 1 ? 0x3c0 & ~kinds[k].mask : 0), m == 0 ? at_el0 : idle);
                        value(" pending then", READ("hcr_el2") & (BIT(6) | BIT(7) | BIT(8)));
                        WRITE("hcr_el2", HCR_RW);
                    }
                }
            }
        }
    }
}
