/* ICC_SRE_EL1 and ICC_SRE_EL2: what may be written, and which accesses trap without SRE; ICH_HCR_EL2's traps. */
#include "../gic.h"

SNIPPET(read_sre, "mrs x0, s3_0_c12_c12_5")
SNIPPET(write_sre, "msr s3_0_c12_c12_5, x0\n mov x0, #0")
SNIPPET(read_pmr, "mrs x0, s3_0_c4_c6_0")
SNIPPET(read_iar0, "mrs x0, s3_0_c12_c8_0")
SNIPPET(read_iar1, "mrs x0, s3_0_c12_c12_0")
SNIPPET(read_ctlr, "mrs x0, s3_0_c12_c12_4\n and x0, x0, #3")
SNIPPET(write_dir, "msr s3_0_c12_c11_1, x0\n mov x0, #0")
SNIPPET(write_sgi, "msr s3_0_c12_c11_5, xzr")
SNIPPET(write_sgi0, "msr s3_0_c12_c11_7, xzr")
SNIPPET(read_rpr, "mrs x0, s3_0_c12_c11_3")
SNIPPET(read_bpr0, "mrs x0, s3_0_c12_c8_3\n mov x0, #0")
SNIPPET(read_bpr1, "mrs x0, s3_0_c12_c12_3\n mov x0, #0")

static const struct { const char *name; const char *pc; } accesses[] = {
    { "SRE", read_sre }, { "SRE write", write_sre }, { "PMR", read_pmr }, { "IAR0", read_iar0 }, { "IAR1", read_iar1 }, { "CTLR", read_ctlr }, { "DIR", write_dir }, { "SGI1R", write_sgi }, { "SGI0R", write_sgi0 }, { "RPR", read_rpr }, { "BPR0", read_bpr0 }, { "BPR1", read_bpr1 },
};

static void sweep_el1(const char *name)
{
    for (unsigned i = 0; i < COUNT(accesses); i++) {
        record.el = 0;
        print(name);
        print(" ");
        print(accesses[i].name);
        attempt(EL1, accesses[i].pc, 7, 0);
        value(" from EL1", record.el << 32 | record.esr);
    }
}

void program(void)
{
    static const u64 traps[] = { 0, BIT(10), BIT(11), BIT(12), BIT(14) };
    static const u64 hcrs[] = { 0, BIT(3), BIT(4), BIT(3) | BIT(4) };
    reset_gic();
    say("SRE_EL2", READ("s3_4_c12_c9_5"));
    say("SRE_EL1", READ("s3_0_c12_c12_5"));
    WRITE("s3_0_c12_c12_5", 0);
    say("SRE_EL1.{DIB,DFB} of zero", READ("s3_0_c12_c12_5") & 6);
    WRITE("s3_4_c12_c9_5", 0);
    say("SRE_EL2.{DIB,DFB} of zero", READ("s3_4_c12_c9_5") & 6);
    WRITE("s3_4_c12_c9_5", 0xf);
    WRITE("s3_0_c12_c12_5", 7);
    for (unsigned t = 0; t < COUNT(traps); t++)
        for (unsigned h = 0; h < COUNT(hcrs); h++) {
            WRITE("s3_4_c12_c11_0", traps[t]);
            WRITE("hcr_el2", HCR_RW | hcrs[h]);
            print_hex(traps[t] | hcrs[h]);
            sweep_el1(" ICH_HCR and HCR,");
            WRITE("hcr_el2", HCR_RW);
            WRITE("s3_4_c12_c11_0", 0);
        }
}
