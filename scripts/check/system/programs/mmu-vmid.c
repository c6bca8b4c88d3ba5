/* VMIDs: two guests of the same addresses with different memory, 8 and 16 bits, and TLBI of EL1 and EL2 in each. */
#include "../mmu.h"

#define FORMS(F) F(vmalle1) F(vmalle1is) F(vmalls12e1) F(vmalls12e1is) F(alle1) F(alle1is)

void run(void)
{
    const struct granule *g = &granules[0];
    u64 *roots[2];
    volatile u64 *entries[2];
    for (int i = 0; i < 2; i++) {
        roots[i] = make_stage2(g, 0);
        entries[i] = entry_of(roots[i], g, AT, 3);
    }
    WRITE("sctlr_el1", SCTLR1);
    for (u64 vs = 0; vs < 2; vs++) {
        WRITE("vtcr_el2", (READ("vtcr_el2") & ~BIT(19)) | vs << 19);
        static const u64 vmids[] = { 1, 2, 0x101, 0xff02 };
        int form = 0;
#define ONE(name) \
        for (unsigned v = 0; v < COUNT(vmids); v++) { \
            volatile u64 *first = (volatile u64 *)PAGE, *second = (volatile u64 *)(PAGE + 0x1000); \
            *first = 0x1000 + (u64)form; \
            *second = 0x2000 + (u64)form; \
            *entries[v & 1] = PAGE | AF | VALID | S2_RW | S2_NORMAL; \
            SYS("tlbi alle1"); \
            WRITE("vttbr_el2", (u64)roots[v & 1] | vmids[v] << 48); \
            print_hex(vs); \
            print_hex(v); \
            try_with(" before " #name, EL1, mmu_load, AT, 0); \
            *entries[v & 1] = (PAGE + 0x1000) | AF | VALID | S2_RW | S2_NORMAL; \
            SYS("tlbi " #name); \
            try_with(" after", EL1, mmu_load, AT, 0); \
            form++; \
        }
        FORMS(ONE)
    }
}
