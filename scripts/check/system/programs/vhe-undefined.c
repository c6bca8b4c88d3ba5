/* `_EL12` and `_EL02` names: UNDEFINED at EL0 and EL1 always, and at EL2 with E2H 0; and names of EL2 at EL0 and EL1. */
#include "../support.h"

#define TWO(name, op1, crn, crm, op2) BOTH(name, 3, op1, crn, crm, op2)
static const struct access names[] = {
    TWO("sctlr_el12", 5, 1, 0, 0), TWO("cpacr_el12", 5, 1, 0, 2), TWO("ttbr0_el12", 5, 2, 0, 0), TWO("ttbr1_el12", 5, 2, 0, 1), TWO("tcr_el12", 5, 2, 0, 2), TWO("spsr_el12", 5, 4, 0, 0), TWO("elr_el12", 5, 4, 0, 1),
    TWO("afsr0_el12", 5, 5, 1, 0), TWO("afsr1_el12", 5, 5, 1, 1), TWO("esr_el12", 5, 5, 2, 0), TWO("far_el12", 5, 6, 0, 0), TWO("mair_el12", 5, 10, 2, 0), TWO("amair_el12", 5, 10, 3, 0), TWO("vbar_el12", 5, 12, 0, 0),
    TWO("contextidr_el12", 5, 13, 0, 1), TWO("cntkctl_el12", 5, 14, 1, 0), TWO("cntp_tval_el02", 5, 14, 2, 0), TWO("cntp_ctl_el02", 5, 14, 2, 1), TWO("cntp_cval_el02", 5, 14, 2, 2), TWO("cntv_tval_el02", 5, 14, 3, 0),
    TWO("cntv_ctl_el02", 5, 14, 3, 1), TWO("cntv_cval_el02", 5, 14, 3, 2),
};

static void all(const char *what, u64 hcr, const struct mode *mode)
{
    for (unsigned i = 0; i < COUNT(names); i++) {
        WRITE("hcr_el2", HCR_RW | hcr);
        u64 came = outcome(mode->spsr, names[i].word);
        WRITE("hcr_el2", HCR_RW);
        print(what);
        print(mode->name);
        value(names[i].name, came);
    }
}

void run(void)
{
    static const struct mode el0 = { "EL0 ", EL0 }, el1 = { "EL1 ", EL1 }, el2 = { "EL2 ", EL2 };
    all("", 0, &el0);
    all("", 0, &el1);
    all("", 0, &el2);
    all("E2H ", HCR_E2H, &el0);
    all("E2H ", HCR_E2H, &el1);
    all("TGE ", HCR_TGE, &el0);
    all("TGE ", HCR_TGE, &el2);
    all("E2H TGE ", HCR_E2H | HCR_TGE, &el0);
}
