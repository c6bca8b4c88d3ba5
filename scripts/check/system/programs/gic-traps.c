/* ICC registers at EL1 and EL2: ICH_HCR_EL2.{TC,TALL0,TALL1,TDIR}, HCR_EL2.{IMO,FMO}; UNDEFINED at EL0. ICC_SRE_EL2.Enable is RAO/WI on the emulator. */
#include "../support.h"

static const struct access accesses[] = {
    BOTH("icc_pmr_el1", 3, 0, 4, 6, 0), READS("icc_iar0_el1", 3, 0, 12, 8, 0), WRITES("icc_eoir0_el1", 3, 0, 12, 8, 1), READS("icc_hppir0_el1", 3, 0, 12, 8, 2), BOTH("icc_bpr0_el1", 3, 0, 12, 8, 3), BOTH("icc_ap0r0_el1", 3, 0, 12, 8, 4),
    BOTH("icc_ap1r0_el1", 3, 0, 12, 9, 0), WRITES("icc_dir_el1", 3, 0, 12, 11, 1), READS("icc_rpr_el1", 3, 0, 12, 11, 3), READS("icc_sgi1r_el1", 3, 0, 12, 11, 5), READS("icc_iar1_el1", 3, 0, 12, 12, 0), WRITES("icc_eoir1_el1", 3, 0, 12, 12, 1),
    READS("icc_hppir1_el1", 3, 0, 12, 12, 2), BOTH("icc_bpr1_el1", 3, 0, 12, 12, 3), BOTH("icc_ctlr_el1", 3, 0, 12, 12, 4), READS("icc_sre_el1", 3, 0, 12, 12, 5), BOTH("icc_igrpen0_el1", 3, 0, 12, 12, 6), BOTH("icc_igrpen1_el1", 3, 0, 12, 12, 7),
    WRITES("icc_sgi1r_el1", 3, 0, 12, 11, 5), WRITES("icc_asgi1r_el1", 3, 0, 12, 11, 6), WRITES("icc_sgi0r_el1", 3, 0, 12, 11, 7), WRITES("icc_iar1_el1", 3, 0, 12, 12, 0), READS("icc_eoir1_el1", 3, 0, 12, 12, 1), READS("icc_sre_el2", 3, 4, 12, 9, 5),
    READS("ich_hcr_el2", 3, 4, 12, 11, 0), READS("ich_vtr_el2", 3, 4, 12, 11, 1), READS("ich_lr0_el2", 3, 4, 12, 12, 0), READS("ich_vmcr_el2", 3, 4, 12, 11, 7), WRITES("ich_misr_el2", 3, 4, 12, 11, 2), READS("ich_ap0r0_el2", 3, 4, 12, 8, 0),
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

void run(void)
{
    static const u8 ich_bits[] = { 10, 11, 12, 14 };
    static const u64 hcrs[] = { BIT(3), BIT(4), BIT(3) | BIT(4), BIT(5) };
    WRITE("s3_4_c12_c9_5", 0xf);
    WRITE("s3_0_c12_c12_5", 7);
    sweep_start(accesses, COUNT(accesses), modes, 3);
    for (unsigned i = 0; i < COUNT(ich_bits); i++) {
        for (unsigned h = 0; h < COUNT(hcrs); h++) {
            WRITE("s3_4_c12_c11_0", BIT(ich_bits[i]));
            WRITE("hcr_el2", HCR_RW | hcrs[h]);
            print("with HCR ");
            print_hex(hcrs[h]);
            print("\n");
            sweep("ICH_HCR", ich_bits[i]);
            WRITE("hcr_el2", HCR_RW);
            WRITE("s3_4_c12_c11_0", 0);
        }
        WRITE("s3_4_c12_c11_0", BIT(ich_bits[i]));
        sweep("ICH_HCR alone", ich_bits[i]);
        WRITE("s3_4_c12_c11_0", 0);
    }
    for (unsigned h = 0; h < COUNT(hcrs); h++) {
        WRITE("hcr_el2", HCR_RW | hcrs[h]);
        sweep("HCR", hcrs[h]);
        WRITE("hcr_el2", HCR_RW | HCR_E2H | hcrs[h]);
        sweep("E2H HCR", hcrs[h]);
        WRITE("hcr_el2", HCR_RW);
    }
}
