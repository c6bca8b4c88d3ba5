/* CNTHCTL_EL2 over the EL1 physical timer and the counter, in both layouts, from EL0 and EL1; CNTKCTL_EL1 and it together. */
#include "../accesses.h"

static const struct access accesses[] = { TIMER_ACCESSES, BOTH("cntkctl_el1", 3, 0, 14, 1, 0) };
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 } };

void run(void)
{
    static const u64 hcrs[] = { 0, HCR_E2H };
    WRITE("cntkctl_el1", 0x303);
    WRITE("cnthctl_el2", 0xc03);
    sweep_start(accesses, COUNT(accesses), modes, 2);
    for (unsigned h = 0; h < COUNT(hcrs); h++) {
        for (int bit = 0; bit < 12; bit++) {
            WRITE("hcr_el2", HCR_RW | hcrs[h]);
            WRITE("cnthctl_el2", BIT(bit));
            if (h)
                WRITE("s3_5_c14_c1_0", 0x303);
            else
                WRITE("cntkctl_el1", 0x303);
            sweep(h ? "CNTHCTL, E2H," : "CNTHCTL", bit);
            WRITE("cnthctl_el2", 0xf03 & ~BIT(bit));
            sweep(h ? "CNTHCTL, E2H, without" : "CNTHCTL without", bit);
            WRITE("cnthctl_el2", 0);
            WRITE("hcr_el2", HCR_RW);
            WRITE("cntkctl_el1", BIT(bit));
            sweep("neither, CNTKCTL", bit);
        }
    }
}
