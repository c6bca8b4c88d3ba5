/* EL2 changes HCR_EL2.{E2H,TGE} back and forth: each time the next exception, register name and timer name go by the new bits at once. */
#include "../support.h"

SNIPPET(call, "svc #1")
SNIPPET(timer, "mrs x0, cntv_ctl_el0\n and x0, x0, #3")
SNIPPET(fp, "mrs x0, fpcr")
SNIPPET(cache, "mrs x0, ctr_el0\n mov x0, #0")

void run(void)
{
    static const u64 hcrs[] = { 0, HCR_E2H | HCR_TGE, 0, HCR_E2H, HCR_TGE, HCR_E2H | HCR_TGE, HCR_E2H, HCR_E2H | HCR_TGE, HCR_TGE, 0, HCR_E2H, 0 };
    WRITE("contextidr_el1", 0x11);
    WRITE("s3_4_c13_c0_1", 0x22);
    WRITE("cntv_cval_el0", ~0ul);
    WRITE("cntv_ctl_el0", 1);
    WRITE("s3_4_c14_c3_2", ~0ul);
    WRITE("s3_4_c14_c3_1", 3);
    WRITE("cntkctl_el1", 0x303);
    WRITE("cnthctl_el2", 0x303);
    WRITE("sctlr_el1", SCTLR1);
    WRITE("sctlr_el2", SCTLR2 | BIT(15));
    for (unsigned i = 0; i < COUNT(hcrs); i++) {
        WRITE("hcr_el2", HCR_RW | hcrs[i]);
        value("contextidr_el1", READ("contextidr_el1"));
        value("cntv_ctl_el0", READ("cntv_ctl_el0") & 3);
        try("EL0 svc", EL0, call);
        WRITE("hcr_el2", HCR_RW | hcrs[i]);
        try("EL0 timer", EL0, timer);
        try("EL0 ctr", EL0, cache);
        if ((hcrs[i] & HCR_E2H) != 0)
            WRITE("cptr_el2", 1ul << 20);
        try("EL0 fpcr", EL0, fp);
        if ((hcrs[i] & HCR_TGE) == 0)
            try("EL1 svc", EL1, call);
        else
            try("EL1, illegal", EL1, call);
        try("EL2 fpcr", EL2, fp);
        WRITE("hcr_el2", HCR_RW);
        WRITE("cptr_el2", CPTR);
    }
    WRITE("sctlr_el2", SCTLR2);
}
