/* What ends WFI: a timer that fires while waiting, masked or not; a virtual interrupt that is pending; and where it is taken then. */
#include "../support.h"

SNIPPET(wait, "wfi\n mov x0, #0x77\n nop")

#define GICD_CTLR (*(volatile u32 *)0x08000000)
#define GICR_WAKER (*(volatile u32 *)0x080a0014)
#define GICR_IGROUPR0 (*(volatile u32 *)0x080b0080)
#define GICR_ISENABLER0 (*(volatile u32 *)0x080b0100)

void run(void)
{
    static const struct { const char *name; u64 hcr; } settings[] = { { "plain", 0 }, { "IMO", BIT(4) }, { "E2H", HCR_E2H }, { "TGE", HCR_TGE }, { "E2H TGE", HCR_E2H | HCR_TGE } };
    static const struct mode modes[] = { { " EL0", 0 }, { " EL1", 5 }, { " EL2", 9 } };
    GICR_WAKER = 0;
    GICD_CTLR = 0x13;
    WRITE("s3_4_c12_c9_5", 0xf);
    WRITE("s3_0_c4_c6_0", 0xff);
    WRITE("s3_0_c12_c12_7", 1);
    GICR_IGROUPR0 = ~0u;
    GICR_ISENABLER0 = 1u << 26;
    WRITE("sctlr_el1", SCTLR1 | BIT(16));
    for (unsigned s = 0; s < COUNT(settings); s++) {
        for (unsigned m = 0; m < 3; m++) {
            if ((settings[s].hcr & HCR_TGE) != 0 && m == 1)
                continue;
            for (u64 masked = 0; masked < 2; masked++) {
                WRITE("hcr_el2", HCR_RW | settings[s].hcr);
                WRITE("sctlr_el2", SCTLR2 | BIT(16));
                WRITE("cnthp_tval_el2", 0x10000);
                WRITE("cnthp_ctl_el2", 1);
                print(settings[s].name);
                print(modes[m].name);
                try(masked ? " masked" : " unmasked", modes[m].spsr | (masked ? 0x3c0 : 0x340), wait);
                WRITE("cnthp_ctl_el2", 0);
                WRITE("hcr_el2", HCR_RW);
                WRITE("sctlr_el2", SCTLR2);
            }
        }
    }
}
