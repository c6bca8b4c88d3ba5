/* LORegions: the registers' masks and traps, and the acquire and release forms with limited ordering, which work whatever the registers hold. */
#include "../support.h"

SNIPPET(ldlar, "ldlar x0, [x0]")
SNIPPET(stllr, "stllr x1, [x0]\n ldr x0, [x0]")
SNIPPET(ldlarb, "ldlarb w0, [x0]")
SNIPPET(stllrh, "stllrh w1, [x0]\n ldr x0, [x0]")
SNIPPET(read_lorc, "mrs x0, s3_0_c10_c4_3")
SNIPPET(write_lorsa, "msr s3_0_c10_c4_0, x0")
SNIPPET(read_lorid, "mrs x0, s3_0_c10_c4_7\n mov x0, #0")

void run(void)
{
    static const struct mode modes[] = { { "EL0", EL0 }, { "EL1", EL1 }, { "EL2", EL2 } };
    u64 *level1 = new_table();
    level1[1] = 0x40000000 | 0x7fd;
    WRITE("vtcr_el2", BIT(31) | 25 | 1 << 6 | 2 << 16);
    WRITE("vttbr_el2", (u64)level1);
    SYS("tlbi vmalls12e1");
    WRITE("s3_0_c10_c4_3", 0);
    for (u64 tlor = 0; tlor < 2; tlor++) {
        for (unsigned m = 0; m < 3; m++) {
            WRITE("hcr_el2", HCR_RW | BIT(12) | tlor << 35);
            *(volatile u64 *)0x40200000 = 0x1122334455667788;
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try_with(" ldlar", modes[m].spsr, ldlar, 0x40200000, 0);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try_with(" stllr", modes[m].spsr, stllr, 0x40200000, 0xabcd);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try_with(" ldlarb", modes[m].spsr, ldlarb, 0x40200000, 0);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try_with(" stllrh", modes[m].spsr, stllrh, 0x40200000, 0xfffff);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try(" lorc", modes[m].spsr, read_lorc);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try(" lorsa", modes[m].spsr, write_lorsa);
            print(tlor ? "TLOR " : "");
            print(modes[m].name);
            try(" lorid", modes[m].spsr, read_lorid);
            WRITE("hcr_el2", HCR_RW);
        }
    }
}
