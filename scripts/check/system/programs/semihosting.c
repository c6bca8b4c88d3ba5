/* HLT with other immediates than semihosting's is UNDEFINED at every EL; with it an unknown operation does not disturb. */
#include "../support.h"

void run(void)
{
    static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };
    static const u32 immediates[] = { 0, 1, 0xf001, 0xefff, 0x1234, 0xffff };
    static const u64 hcrs[] = { 0, HCR_TGE, HCR_E2H | HCR_TGE };
    for (unsigned h = 0; h < 3; h++) {
        for (unsigned m = 0; m < 5; m++) {
            if (h > 0 && (m == 1 || m == 2))
                continue;
            for (unsigned i = 0; i < COUNT(immediates); i++) {
                WRITE("hcr_el2", HCR_RW | hcrs[h]);
                print_hex(h);
                print(" ");
                print(modes[m].name);
                print_hex(immediates[i]);
                try("", modes[m].spsr, assemble2(0xd503201f, 0xd4400000 | immediates[i] << 5));
                WRITE("hcr_el2", HCR_RW);
            }
        }
    }
    /* The clock in centiseconds, from EL1 and EL2: only that it comes back. */
    for (unsigned m = 1; m < 5; m++) {
        record.el = 0;
        attempt(modes[m].spsr, assemble(0xd4400000 | 0xf000 << 5), 4, (u64)"");
        print(modes[m].name);
        value("hlt #0xf000", record.esr);
    }
}
