/* Software step: from every EL to every target, by KDE, PSTATE.D and SPSR.SS, and the ways into active-pending. */
#include "../support.h"

#define MDSCR_SS BIT(0)
#define MDSCR_KDE BIT(13)
#define SPSR_D BIT(9)
#define SPSR_SS BIT(21)
#define TDE BIT(8)

SNIPPET(nops, "nop\n nop\n nop")
/* Becomes active-pending at once: PSTATE.SS is 0, and the mask goes. */
SNIPPET(unmask, "nop\n msr daifclr, #8\n nop\n nop")

static const struct mode modes[] = { { "EL0", EL0 }, { "EL1t", EL1T }, { "EL1h", EL1 }, { "EL2t", EL2T }, { "EL2h", EL2 } };

static void with(const char *name, u64 mdscr, u64 mdcr)
{
    for (unsigned mode = 0; mode < COUNT(modes); mode++) {
        for (unsigned bits = 0; bits < 4; bits++) {
            u64 spsr = (modes[mode].spsr & ~SPSR_D) | (bits & 1 ? SPSR_D : 0) | (bits & 2 ? SPSR_SS : 0);
            for (unsigned snippet = 0; snippet < 2; snippet++) {
                /* EL0 may not unmask. */
                if (snippet == 1 && mode == 0)
                    continue;
                print(name);
                print(modes[mode].name);
                print(bits & 1 ? " D" : "");
                print(bits & 2 ? " SS" : "");
                WRITE("mdcr_el2", mdcr | 6);
                WRITE("mdscr_el1", mdscr);
                try(snippet ? " unmask" : " nop", spsr, snippet ? unmask : nops);
                WRITE("mdscr_el1", 0);
            }
        }
    }
}

void run(void)
{
    WRITE("oslar_el1", 0);
    with("off ", 0, 0);
    with("SS ", MDSCR_SS, 0);
    with("SS KDE ", MDSCR_SS | MDSCR_KDE, 0);
    with("TDE SS ", MDSCR_SS, TDE);
    with("TDE SS KDE ", MDSCR_SS | MDSCR_KDE, TDE);
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    for (unsigned ss = 0; ss < 2; ss++) {
        WRITE("mdscr_el1", MDSCR_SS);
        try(ss ? "TGE EL0 SS" : "TGE EL0", EL0 | (ss ? SPSR_SS : 0), nops);
        WRITE("mdscr_el1", MDSCR_SS | MDSCR_KDE);
        try(ss ? "TGE KDE EL2 SS" : "TGE KDE EL2", (EL2 & ~SPSR_D) | (ss ? SPSR_SS : 0), nops);
        WRITE("mdscr_el1", 0);
    }
    WRITE("hcr_el2", HCR_RW);
}
