/* The EL1 virtual timer: CTL, CVAL and TVAL against each other and CNTVOFF_EL2; ISTATUS, IMASK, ENABLE. Nothing depends on how fast the counter runs. */
#include "../support.h"

#define FAR (1ul << 40)
#define IS(name, condition) value(name, (condition) != 0)

static u64 status(void)
{
    return READ("cntv_ctl_el0");
}

void run(void)
{
    /* CTL: only ENABLE and IMASK are written. */
    WRITE("cntv_cval_el0", ~0ul);
    WRITE("cntvoff_el2", 0);
    WRITE("cntv_ctl_el0", ~0ul);
    value("all ones", status());
    WRITE("cntv_ctl_el0", 0);
    value("zero", status() & 3);
    WRITE("cntv_ctl_el0", 4);
    value("ISTATUS written", status() & 3);
    /* The condition is met as soon as the count has reached CVAL, whatever IMASK. */
    for (u64 ctl = 0; ctl < 4; ctl++) {
        WRITE("cntv_cval_el0", 0);
        WRITE("cntv_ctl_el0", ctl);
        print_hex(ctl);
        value(" past", ctl & 1 ? status() : status() & 3);
        WRITE("cntv_cval_el0", READ("cntvct_el0") + FAR);
        print_hex(ctl);
        value(" future", ctl & 1 ? status() : status() & 3);
        WRITE("cntv_cval_el0", ~0ul);
        print_hex(ctl);
        value(" never", ctl & 1 ? status() : status() & 3);
    }
    /* TVAL is CVAL less the count, 32 bits, and signed when written. */
    WRITE("cntv_ctl_el0", 1);
    WRITE("cntv_tval_el0", 0x10000000);
    u64 left = READ("cntv_cval_el0") - READ("cntvct_el0");
    IS("tval sets cval", left <= 0x10000000 && left > 0x0f000000);
    value("tval in the future", status());
    WRITE("cntv_tval_el0", 0xfffffffffffffff0);
    IS("tval is signed", (long)(READ("cntv_cval_el0") - READ("cntvct_el0")) < 0);
    value("tval in the past", status());
    IS("tval of the past is negative", READ("cntv_tval_el0") >> 31 == 1);
    WRITE("cntv_tval_el0", 0x80000000);
    value("most negative tval", status());
    WRITE("cntv_cval_el0", READ("cntvct_el0") + (5ul << 32) + 0x7f000000);
    u64 tval = READ("cntv_tval_el0");
    IS("tval has 32 bits of a far cval", tval <= 0x7f000000 && tval > 0x7e000000);
    value("far cval", status());
    WRITE("cntv_tval_el0", 0xabcdef0012345678);
    left = READ("cntv_cval_el0") - READ("cntvct_el0");
    IS("high half of tval is ignored", left <= 0x12345678 && left > 0x11345678);
    /* CNTVOFF moves the virtual count under the timer. */
    WRITE("cntv_cval_el0", READ("cntvct_el0") + FAR);
    value("before the offset", status());
    WRITE("cntvoff_el2", -2 * FAR);
    value("offset makes it late", status());
    WRITE("cntvoff_el2", 2 * FAR);
    value("offset makes it early", status());
    IS("virtual count behind", READ("cntvct_el0") > READ("cntpct_el0"));
    WRITE("cntvoff_el2", -FAR);
    u64 p = READ("cntpct_el0"), v = READ("cntvct_el0");
    IS("virtual count ahead", v - p >= FAR && v - p < FAR + 0x10000000);
    value("offset", READ("cntvoff_el2"));
    WRITE("cntvoff_el2", ~0ul);
    value("offset, all ones", READ("cntvoff_el2"));
    WRITE("cntvoff_el2", 0);
    WRITE("cntv_ctl_el0", 0);
    value("frequency", READ("cntfrq_el0"));
    IS("the count advances", READ("cntpct_el0") < READ("cntpct_el0") + READ("cntpct_el0") && READ("cntvct_el0") <= READ("cntvct_el0"));
}
