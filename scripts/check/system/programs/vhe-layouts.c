/* Registers whose layout follows E2H: what the same bits do in each. CPTR_EL2 traps, CNTHCTL_EL2 lets through, SCTLR_EL2 controls EL0, TCR_EL2 has one or two ranges. */
#include "../support.h"

SNIPPET(fp, "mrs x0, fpcr")
SNIPPET(cpacr, "mrs x0, cpacr_el1\n mov x0, #0")
SNIPPET(counter, "mrs x0, cntpct_el0\n mov x0, #0")
SNIPPET(timer, "mrs x0, cntp_ctl_el0\n mov x0, #0")
SNIPPET(cache_type, "mrs x0, ctr_el0\n mov x0, #0")
SNIPPET(clean, "dc cvau, x0")
SNIPPET(at, "at s1e2r, x0\n isb\n mrs x0, par_el1\n and x0, x0, #0xff")

static const struct mode modes[] = { { " EL0", EL0 }, { " EL1", EL1 }, { " EL2", EL2 } };

static void each(const char *what, u64 number, int tge, const char *pc)
{
    for (unsigned m = 0; m < 3; m++) {
        if (tge && m == 1)
            continue;
        print(what);
        print(" ");
        print_hex(number);
        try(modes[m].name, modes[m].spsr, pc);
    }
}

void run(void)
{
    static const struct { const char *name; u64 hcr; } hosts[] = { { "E2H 0", 0 }, { "E2H 1", HCR_E2H }, { "TGE", HCR_TGE }, { "E2H 1 TGE", HCR_E2H | HCR_TGE } };
    WRITE("cntkctl_el1", 0x303);
    for (unsigned h = 0; h < 4; h++) {
        int tge = (hosts[h].hcr & HCR_TGE) != 0;
        for (int bit = 8; bit < 32; bit++) {
            /* Bits 8, 12, 16, 17, 24 and 25 are SVE's and SME's; the emulator keeps them all. */
            if (bit == 8 || bit == 12 || bit == 16 || bit == 17 || bit == 24 || bit == 25)
                continue;
            WRITE("hcr_el2", HCR_RW | hosts[h].hcr);
            WRITE("cptr_el2", BIT(bit));
            print(hosts[h].name);
            each(" cptr", bit, tge, fp);
            print(hosts[h].name);
            each(" cptr, cpacr_el1", bit, tge, cpacr);
            WRITE("cptr_el2", CPTR_E2H);
            WRITE("hcr_el2", HCR_RW);
            WRITE("cptr_el2", CPTR);
        }
        for (int bit = 0; bit < 12; bit++) {
            /* Bit 0 with E2H 0: see `traps-timer`. */
            if ((bit == 0 || bit == 1) && (hosts[h].hcr & HCR_E2H) == 0)
                continue;
            WRITE("hcr_el2", HCR_RW | hosts[h].hcr);
            WRITE("cnthctl_el2", BIT(bit));
            print(hosts[h].name);
            each(" cnthctl, counter", bit, tge, counter);
            print(hosts[h].name);
            each(" cnthctl, timer", bit, tge, timer);
            WRITE("cnthctl_el2", 0);
            WRITE("hcr_el2", HCR_RW);
        }
        static const u8 bits[] = { 14, 15, 26 };
        for (unsigned i = 0; i < COUNT(bits); i++) {
            WRITE("hcr_el2", HCR_RW | hosts[h].hcr);
            WRITE("sctlr_el2", SCTLR2 | BIT(bits[i]));
            print(hosts[h].name);
            each(" sctlr, ctr", bits[i], tge, cache_type);
            print(hosts[h].name);
            print(" sctlr ");
            print_hex(bits[i]);
            try_with(" dc", EL0, clean, 0x40200000, 0);
            WRITE("hcr_el2", HCR_RW);
            WRITE("sctlr_el2", SCTLR2);
        }
    }
    /* EPD0 and EPD1, TBI0 and TBI1 exist with two ranges alone. */
    u64 *level1 = new_table();
    level1[1] = 0x40000000 | 0x701 | BIT(6);
    level1[0] = 0x701;
    WRITE("mair_el2", 0xff);
    WRITE("ttbr0_el2", (u64)level1);
    static const u8 tcr_bits[] = { 7, 20, 22, 23, 37, 38 };
    for (u64 e2h = 0; e2h < 2; e2h++) {
        for (unsigned i = 0; i <= COUNT(tcr_bits); i++) {
            u64 extra = i < COUNT(tcr_bits) ? BIT(tcr_bits[i]) : 0;
            WRITE("hcr_el2", HCR_RW | (e2h ? HCR_E2H : 0));
            if (e2h) {
                WRITE("s3_4_c2_c0_1", (u64)level1);
                WRITE("tcr_el2", (25 | 25ul << 16 | 2ul << 30 | 2ul << 32 | extra));
            } else {
                WRITE("tcr_el2", BIT(31) | BIT(23) | 25 | 2ul << 16 | extra);
            }
            SYS("tlbi alle2");
            static const u64 addresses[] = { 0x40200000, 0xaa00000040200000, 0xffffff8040200000, 0x55ffff8040200000, 0x0000008040200000 };
            for (unsigned a = 0; a < COUNT(addresses); a++) {
                print(e2h ? "E2H tcr " : "tcr ");
                print_hex(i < COUNT(tcr_bits) ? tcr_bits[i] : 0);
                print(" ");
                print_hex(addresses[a]);
                WRITE("sctlr_el2", SCTLR2);
                try_with(" at", EL2, at, addresses[a], 0);
            }
            WRITE("hcr_el2", HCR_RW);
        }
    }
}
