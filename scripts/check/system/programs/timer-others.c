/* The three other timers of EL1 and EL2: the same registers, no offset; each for itself. */
#include "../support.h"

#define FAR (1ul << 40)
#define TIMER(what, ctl, cval, tval) \
    { \
        WRITE(cval, ~0ul); WRITE(ctl, ~0ul); value(what " all ones", READ(ctl)); \
        for (u64 bits = 1; bits < 4; bits += 2) { \
            WRITE(ctl, bits); \
            WRITE(cval, 0); value(what " past", READ(ctl)); \
            WRITE(cval, READ("cntpct_el0") + FAR); value(what " future", READ(ctl)); \
            WRITE(tval, 0x10000000); u64 left = READ(cval) - READ("cntpct_el0"); \
            value(what " tval", left <= 0x10000000 && left > 0x0f000000); value(what " tval future", READ(ctl)); \
            WRITE(tval, 0xfffffff0); value(what " tval past", READ(ctl)); value(what " tval sign", READ(tval) >> 31); \
        } \
        WRITE(ctl, 0); WRITE(cval, 0x123456789abcdef0); value(what " cval", READ(cval)); \
    }

void run(void)
{
    /* The offset is no business of theirs. */
    WRITE("cntvoff_el2", 3 * FAR);
    TIMER("CNTP", "cntp_ctl_el0", "cntp_cval_el0", "cntp_tval_el0")
    TIMER("CNTHP", "cnthp_ctl_el2", "cnthp_cval_el2", "cnthp_tval_el2")
    /* With E2H 0 the emulator takes it off TVAL, and off that alone. */
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    TIMER("CNTHV", "s3_4_c14_c3_1", "s3_4_c14_c3_2", "s3_4_c14_c3_0")
    WRITE("hcr_el2", HCR_RW);
    WRITE("cntvoff_el2", 0);
    /* Each has its own. */
    WRITE("cntp_cval_el0", 0x1111);
    WRITE("cntv_cval_el0", 0x2222);
    WRITE("cnthp_cval_el2", 0x3333);
    WRITE("s3_4_c14_c3_2", 0x4444);
    value("CNTP", READ("cntp_cval_el0"));
    value("CNTV", READ("cntv_cval_el0"));
    value("CNTHP", READ("cnthp_cval_el2"));
    value("CNTHV", READ("s3_4_c14_c3_2"));
    WRITE("cntp_ctl_el0", 1);
    value("CNTP ctl", READ("cntp_ctl_el0") & 3);
    value("CNTV ctl", READ("cntv_ctl_el0") & 3);
    value("CNTHP ctl", READ("cnthp_ctl_el2") & 3);
    value("CNTHV ctl", READ("s3_4_c14_c3_1") & 3);
}
