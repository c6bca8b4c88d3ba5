/* Where exceptions of EL0 and EL1 go: HCR_EL2.{TGE,E2H}, and the traps that are not of registers. */
#include "../support.h"

SNIPPET(call, "svc #0x123")
SNIPPET(hyper, "hvc #0x456")
SNIPPET(secure, "smc #0x789")
SNIPPET(break_, "brk #0xabcd")
SNIPPET(undefined, ".inst 0")
SNIPPET(abort_, "mov x0, #0x100000000000\n ldr x0, [x0]")
SNIPPET(odd, "adr x0, .+17\n br x0")
SNIPPET(far_fetch, "mov x0, #0x100000000000\n br x0")
SNIPPET(fp, "mrs x0, fpcr")
SNIPPET(daif, "mrs x0, daif")
SNIPPET(cache_type, "mrs x0, ctr_el0\n mov x0, #0")
SNIPPET(clean, "mov x0, #0x40000000\n dc cvac, x0")
SNIPPET(invalidate, "mov x0, #0x40000000\n ic ivau, x0")
SNIPPET(debug, "mrs x0, mdccsr_el0")
SNIPPET(misaligned, "mov x0, #0x40000000\n ldar x0, [x0, #0]\n mov x0, #1\n movk x0, #0x4020, lsl #16\n ldar x0, [x0]")
SNIPPET(id_group, "mrs x0, id_aa64pfr0_el1\n mov x0, #0")

static const struct { const char *name; const char *pc; } snippets[] = {
    { "svc", call }, { "hvc", hyper }, { "smc", secure }, { "brk", break_ }, { "undefined", undefined }, { "abort", abort_ }, { "odd", odd }, { "fetch", far_fetch },
    { "fpcr", fp }, { "daif", daif }, { "ctr", cache_type }, { "dc cvac", clean }, { "ic ivau", invalidate }, { "mdccsr", debug },
    { "ldar", misaligned }, { "id", id_group },
};

static void all(const char *what, u64 spsr)
{
    for (unsigned i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
        print(what);
        try(snippets[i].name, spsr, snippets[i].pc);
    }
}

void run(void)
{
    static const struct { const char *name; u64 hcr; } configurations[] = {
        { "plain, ", 0 }, { "E2H, ", HCR_E2H }, { "TGE, ", HCR_TGE }, { "E2H and TGE, ", HCR_E2H | HCR_TGE }, { "TSC, ", BIT(19) }, { "TDZ, ", BIT(28) },
        { "TID2, ", BIT(17) }, { "TPC, ", BIT(23) }, { "TPU, ", BIT(24) },
    };
    static const u64 sctlrs[] = { 0x30d00800, 0x30d00800 | BIT(26) | BIT(15) | BIT(14) | BIT(9) };
    for (unsigned c = 0; c < sizeof configurations / sizeof configurations[0]; c++) {
        for (int s = 0; s < 2; s++) {
            u64 hcr = HCR_RW | configurations[c].hcr;
            WRITE("sctlr_el1", sctlrs[s]);
            WRITE("sctlr_el2", 0x30c50830 | (sctlrs[s] & (BIT(26) | BIT(15) | BIT(14))));
            WRITE("hcr_el2", hcr);
            if ((hcr & HCR_E2H) != 0)
                WRITE("cptr_el2", 3ul << 20);
            print(configurations[c].name);
            print(s ? "enabled" : "disabled");
            print("\n");
            all("EL0 ", EL0);
            if ((hcr & HCR_TGE) == 0)
                all("EL1 ", EL1);
            WRITE("hcr_el2", HCR_RW);
            WRITE("cptr_el2", 0x33ff & ~BIT(10));
        }
    }
    WRITE("sctlr_el2", 0x30c50830);
    WRITE("sctlr_el1", 0x30d00800);
    /* FP access by CPACR_EL1.FPEN and CPTR_EL2, in both layouts. */
    for (u64 fpen = 0; fpen < 4; fpen++) {
        WRITE("cpacr_el1", fpen << 20);
        for (int c = 0; c < 4; c++) {
            for (u64 cptr = 0; cptr < 4; cptr++) {
                WRITE("hcr_el2", HCR_RW | configurations[c].hcr);
                if ((configurations[c].hcr & HCR_E2H) != 0)
                    WRITE("cptr_el2", cptr << 20);
                else if (cptr < 2)
                    WRITE("cptr_el2", (0x33ff & ~BIT(10)) | cptr << 10);
                else
                    continue;
                print(configurations[c].name);
                print_hex(fpen);
                print(" ");
                print_hex(cptr);
                try(" EL0 fpcr", EL0, fp);
                if ((configurations[c].hcr & HCR_TGE) == 0)
                    try("EL1 fpcr", EL1, fp);
                try("EL2 fpcr", EL2, fp);
            }
        }
        WRITE("hcr_el2", HCR_RW);
        WRITE("cptr_el2", 0x33ff & ~BIT(10));
    }
}
