/* Timer names under E2H: at EL2 those of EL1 reach the timers of EL2, and _EL02 those of EL1; at EL0 with TGE too. CNTVCT without offset. */
#include "../support.h"

SNIPPET(el0_p, "mrs x0, cntp_cval_el0")
SNIPPET(el0_v, "mrs x0, cntv_cval_el0")
SNIPPET(el0_write, "msr cntp_cval_el0, x0\n add x0, x0, #1\n msr cntv_cval_el0, x0\n mov x0, #0")
SNIPPET(el0_p_ctl, "mrs x0, cntp_ctl_el0\n and x0, x0, #3")
SNIPPET(el0_v_ctl, "mrs x0, cntv_ctl_el0\n and x0, x0, #3")
SNIPPET(offset, "mrs x0, cntpct_el0\n mrs x1, cntvct_el0\n sub x0, x1, x0\n asr x0, x0, #36")

static void show(const char *what)
{
    print(what);
    value(" cntp", READ("cntp_cval_el0"));
    print(what);
    value(" cntv", READ("cntv_cval_el0"));
    print(what);
    value(" cnthp", READ("cnthp_cval_el2"));
    print(what);
    value(" cnthv", READ("s3_4_c14_c3_2"));
    print(what);
    value(" ctl", READ("cntp_ctl_el0") | READ("cntv_ctl_el0") << 8 | READ("cnthp_ctl_el2") << 16 | READ("s3_4_c14_c3_1") << 24);
}

void run(void)
{
    static const u64 hcrs[] = { 0, HCR_TGE, HCR_E2H, HCR_E2H | HCR_TGE };
    WRITE("cntkctl_el1", 0x303);
    WRITE("cnthctl_el2", 3);
    for (unsigned h = 0; h < 4; h++) {
        WRITE("hcr_el2", HCR_RW);
        WRITE("cntp_cval_el0", 0xfffffff000001111);
        WRITE("cntv_cval_el0", 0xfffffff000002222);
        WRITE("cnthp_cval_el2", 0xfffffff000003333);
        WRITE("s3_4_c14_c3_2", 0xfffffff000004444);
        WRITE("cntp_ctl_el0", 1);
        WRITE("cntv_ctl_el0", 3);
        WRITE("cnthp_ctl_el2", 3);
        WRITE("s3_4_c14_c3_1", 1);
        WRITE("hcr_el2", HCR_RW | hcrs[h]);
        WRITE("cnthctl_el2", 0xf03);
        print("hosts ");
        print_hex(h);
        show("");
        if (h >= 2) {
            value("cntp_el02", READ("s3_5_c14_c2_2"));
            value("cntv_el02", READ("s3_5_c14_c3_2"));
            value("ctl_el02", READ("s3_5_c14_c2_1") | READ("s3_5_c14_c3_1") << 8);
            WRITE("cntp_cval_el0", 0xfffffff000005555);
            WRITE("s3_5_c14_c3_2", 0xfffffff000006666);
            show("written");
            WRITE("s3_5_c14_c2_0", 0x70000000);
            value("tval_el02", READ("s3_5_c14_c2_0") <= 0x70000000 && READ("s3_5_c14_c2_0") > 0x6f000000);
            value("tval_el02, cval_el02", READ("s3_5_c14_c2_2") - READ("cntpct_el0") <= 0x70000000);
            WRITE("s3_5_c14_c2_2", 0xfffffff000008888);
        }
        print("hosts ");
        print_hex(h);
        print("\n");
        try("EL0 cntp", EL0, el0_p);
        try("EL0 cntv", EL0, el0_v);
        try("EL0 cntp ctl", EL0, el0_p_ctl);
        try("EL0 cntv ctl", EL0, el0_v_ctl);
        try_with("EL0 write", EL0, el0_write, 0xfffffff000007777, 0);
        WRITE("hcr_el2", HCR_RW);
        value("cntp", READ("cntp_cval_el0"));
        value("cntv", READ("cntv_cval_el0"));
        value("cnthp", READ("cnthp_cval_el2"));
        value("cnthv", READ("s3_4_c14_c3_2"));
        WRITE("hcr_el2", HCR_RW | hcrs[h]);
        WRITE("cntvoff_el2", 0x123ul << 40);
        try("EL0 offset", EL0, offset);
        if ((hcrs[h] & HCR_TGE) == 0)
            try("EL1 offset", EL1, offset);
        try("EL2 offset", EL2, offset);
        WRITE("cntvoff_el2", 0);
        WRITE("hcr_el2", HCR_RW);
        WRITE("cnthctl_el2", 3);
    }
}
