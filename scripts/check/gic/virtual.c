/* What virtual.h promises. */
#include "virtual.h"

#if GIC == 3
u64 get_lr(u32 n)
{
    return n == 0 ? READ("s3_4_c12_c12_0") : n == 1 ? READ("s3_4_c12_c12_1") : n == 2 ? READ("s3_4_c12_c12_2") : READ("s3_4_c12_c12_3");
}

void put_lr(u32 n, u64 number)
{
    switch (n) {
    case 0: WRITE("s3_4_c12_c12_0", number); break;
    case 1: WRITE("s3_4_c12_c12_1", number); break;
    case 2: WRITE("s3_4_c12_c12_2", number); break;
    default: WRITE("s3_4_c12_c12_3", number); break;
    }
}
#endif

void load_guest(const u64 *lrs, unsigned count, u64 vmcr, u64 hcr)
{
    put_hcr(0);
    put_hap0(0);
#if GIC == 3
    put_hap1(0);
#endif
    for (u32 n = 0; n < LRS; n++)
        put_lr(n, n < count ? lrs[n] : 0);
    /* What is active had its priority activated: here all such have 0x80 and are of the usual group. */
    if (count > 0 && lrs[0] >> (GIC == 2 ? 29 : 63) & 1) {
#if GIC == 2
        put_hap0(BIT(0x80 >> 3));
#else
        put_hap1(BIT(0x80 >> 3));
#endif
    }
    put_vmcr(vmcr);
    put_hcr(hcr);
}

void lrs_state(const char *name)
{
    list_start(name);
    for (u32 n = 0; n < LRS; n++) {
        u64 lr = get_lr(n);
#if GIC == 2
        list_add((lr >> 28 & 3) << 12 | (lr & 0x3ff));
#else
        list_add(lr >> 62 << 12 | (lr & 0x3ff));
#endif
    }
    print(" misr ");
    print_hex(get_misr());
    print(" eisr ");
    print_hex(get_eisr());
    print(" elrsr ");
    print_hex(get_elrsr());
    print(" count ");
    print_hex(get_hcr() >> 27);
    list_end();
}

void guest(void (*code)(void))
{
    WRITE("hcr_el2", HCR_GUEST);
    at_el1(code);
    WRITE("hcr_el2", HCR_RW);
}
