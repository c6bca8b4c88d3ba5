/* ASIDs: global and non-global pages, 8 and 16 bits, TTBR0 or TTBR1 by TCR_EL1.A1; what each TLBI by ASID drops. */
#include "../mmu.h"

/* Reads, changes the descriptor, does one TLBI of X1, and reads again. */
#define CHANGED(name, op) SNIPPET(name, op "\n dsb sy\n isb\n ldr x0, [x0]")
CHANGED(by_asid, "tlbi aside1, x1")
CHANGED(by_asid_is, "tlbi aside1is, x1")
CHANGED(by_va, "tlbi vae1, x1")
CHANGED(by_va_is, "tlbi vae1is, x1")
CHANGED(by_va_last, "tlbi vale1, x1")
CHANGED(by_va_last_is, "tlbi vale1is, x1")
CHANGED(by_va_all, "tlbi vaae1, x1")
CHANGED(by_va_all_is, "tlbi vaae1is, x1")
CHANGED(by_va_all_last, "tlbi vaale1, x1")
CHANGED(by_va_all_last_is, "tlbi vaale1is, x1")
CHANGED(all, "tlbi vmalle1")
CHANGED(all_is, "tlbi vmalle1is")

void run(void)
{
    static const struct { const char *name; const char *pc; int asid_only; } forms[] = {
        { "aside1", by_asid, 1 }, { "aside1is", by_asid_is, 1 }, { "vae1", by_va, 0 }, { "vae1is", by_va_is, 0 }, { "vale1", by_va_last, 0 }, { "vale1is", by_va_last_is, 0 },
        { "vaae1", by_va_all, 0 }, { "vaae1is", by_va_all_is, 0 }, { "vaale1", by_va_all_last, 0 }, { "vaale1is", by_va_all_last_is, 0 }, { "vmalle1", all, 0 }, { "vmalle1is", all_is, 0 },
    };
    const struct granule *g = &granules[0];
    for (u64 setting = 0; setting < 4; setting++) {
        /* AS and A1. */
        u64 tcr = (setting & 1 ? BIT(36) : 0) | (setting & 2 ? BIT(22) : 0);
        u64 *root = make_stage1(g, tcr);
        volatile u64 *entry = entry_of(root, g, AT, 3);
        static const u64 asids[] = { 1, 2, 0x101 };
        for (unsigned a = 0; a < COUNT(asids); a++) {
            WRITE("ttbr0_el1", (u64)root | (setting & 2 ? 0x77ul : asids[a]) << 48);
            WRITE("ttbr1_el1", (setting & 2 ? asids[a] : 0x77ul) << 48);
            for (unsigned i = 0; i < COUNT(forms); i++) {
                for (int global = 0; global < 2; global++) {
                    if (global && forms[i].asid_only)
                        continue;
                    volatile u64 *first = (volatile u64 *)PAGE, *second = (volatile u64 *)(PAGE + 0x1000);
                    *first = 0x1000 + i;
                    *second = 0x2000 + i;
                    *entry = PAGE | AF | VALID | USER | (global ? 0 : NG);
                    SYS("tlbi vmalle1");
                    print_hex(setting);
                    print_hex(asids[a]);
                    print(global ? " global " : " ");
                    try_with(forms[i].name, EL1, mmu_load, AT, 0);
                    *entry = (PAGE + 0x1000) | AF | VALID | USER | (global ? 0 : NG);
                    u64 asid = setting & 1 ? asids[a] : asids[a] & 0xff;
                    try_with(" after", EL1, forms[i].pc, AT, asid << 48 | AT >> 12);
                }
            }
        }
    }
}
