/* VPIDR_EL2 and VMPIDR_EL2 stand for MIDR_EL1 and MPIDR_EL1 at EL1 alone; HCR_EL2.TID1 does not trap them; DCZID_EL0.DZP; CTR_EL0 fields. */
#include "../support.h"

SNIPPET(midr, "mrs x0, midr_el1")
SNIPPET(mpidr, "mrs x0, mpidr_el1")
SNIPPET(dczid, "mrs x0, dczid_el0")
SNIPPET(write_midr, "msr s3_0_c0_c0_0, x0")

void run(void)
{
    static const u64 values[] = { 0, 0x410fd034, 0xffffffff };
    static const u64 hcrs[] = { 0, BIT(16), BIT(18), HCR_E2H, HCR_E2H | BIT(18) };
    u64 real = READ("midr_el1");
    value("vpidr at reset", READ("vpidr_el2") == real);
    value("vmpidr at reset", READ("vmpidr_el2") == READ("mpidr_el1"));
    for (unsigned h = 0; h < COUNT(hcrs); h++) {
        for (unsigned i = 0; i < COUNT(values); i++) {
            WRITE("hcr_el2", HCR_RW | hcrs[h]);
            WRITE("vpidr_el2", values[i]);
            WRITE("vmpidr_el2", 0x80000000 | (values[i] & 0xffff));
            print("hosts ");
            print_hex(h);
            print(" ");
            print_hex(values[i]);
            print("\n");
            try("midr at EL0", EL0, midr);
            try("midr at EL1", EL1, midr);
            try("mpidr at EL1", EL1, mpidr);
            value("midr at EL2", READ("midr_el1") == real);
            value("mpidr at EL2", READ("mpidr_el1") & 0xffffff);
            try("midr written", EL1, write_midr);
            WRITE("hcr_el2", HCR_RW);
        }
    }
    /* DZP: whether DC ZVA is prohibited here. */
    static const u64 zeroing[] = { 0, BIT(28), HCR_E2H, HCR_E2H | BIT(28), HCR_TGE, HCR_TGE | BIT(28), HCR_E2H | HCR_TGE, HCR_E2H | HCR_TGE | BIT(28) };
    for (u64 dze = 0; dze < 4; dze++) {
        for (unsigned h = 0; h < COUNT(zeroing); h++) {
            WRITE("sctlr_el1", SCTLR1 | (dze & 1) << 14);
            WRITE("hcr_el2", HCR_RW | zeroing[h]);
            WRITE("sctlr_el2", SCTLR2 | (dze >> 1) << 14);
            print("DZE ");
            print_hex(dze);
            print(" hcr ");
            print_hex(h);
            try(" EL0", EL0, dczid);
            if ((zeroing[h] & HCR_TGE) == 0)
                try(" EL1", EL1, dczid);
            try(" EL2", EL2, dczid);
            WRITE("hcr_el2", HCR_RW);
            WRITE("sctlr_el2", SCTLR2);
        }
    }
    value("ctr_el0 bit 31", READ("ctr_el0") >> 31 & 1);
    value("ctr_el0 lines", READ("ctr_el0") & 0xf000f);
    value("clidr is not zero", READ("clidr_el1") != 0);
}
