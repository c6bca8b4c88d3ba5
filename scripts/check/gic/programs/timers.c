/* The timers and their interrupts: each by ENABLE, IMASK and CVAL, offsets, TVAL; taken, and taken away; what CNTHCTL_EL2 keeps from EL1. */
#include "../gic.h"

#define FAR (1ul << 40)

#define TIMER(name, intid, ctl, cval, tval, count) \
    static void name##_steps(void) \
    { \
        const struct setting one = { intid, 0x80 }; \
        say(#name, intid); \
        WRITE(ctl, 0); \
        reset_with(&one, 1); \
        static const struct { const char *what; u64 control, compare; } cases[] = { \
            { "off, past", 0, 0 }, { "on, past", 1, 0 }, { "masked, past", 3, 0 }, { "mask alone, past", 2, 0 }, { "on, never", 1, ~0ul }, { "masked, never", 3, ~0ul }, \
        }; \
        for (unsigned i = 0; i < COUNT(cases); i++) { \
            WRITE(cval, cases[i].compare); \
            WRITE(ctl, cases[i].control); \
            u64 control_ = READ(ctl); \
            about(cases[i].what); \
            /* ISTATUS is UNKNOWN while the timer is disabled. */ \
            say(", CTL", cases[i].control & 1 ? control_ : control_ & 3); \
            state_of(cases[i].what, intid); \
        } \
        WRITE(cval, 0); \
        WRITE(ctl, 1); \
        say("IAR", get_iar()); \
        state_of("acknowledged", intid); \
        WRITE(cval, READ(count) + FAR); \
        state_of("moved on", intid); \
        put_eoir(intid); \
        state_of("ended", intid); \
        WRITE(tval, 2000); \
        say("not yet", get(ISPENDR, intid)); \
        while ((READ(ctl) & 4) == 0) \
            ; \
        state_of("came by itself", intid); \
        WRITE(tval, 0xfffffff0); \
        state_of("TVAL in the past", intid); \
        WRITE(tval, 0x7fffffff); \
        state_of("TVAL in the future", intid); \
        WRITE(ctl, 0); \
    }

TIMER(CNTP, CNTP_INTID, "cntp_ctl_el0", "cntp_cval_el0", "cntp_tval_el0", "cntpct_el0")
TIMER(CNTV, CNTV_INTID, "cntv_ctl_el0", "cntv_cval_el0", "cntv_tval_el0", "cntvct_el0")
TIMER(CNTHP, CNTHP_INTID, "cnthp_ctl_el2", "cnthp_cval_el2", "cnthp_tval_el2", "cntpct_el0")

static void of_el1(void)
{
    CNTP_steps();
    CNTV_steps();
}

/* CNTVOFF_EL2 moves the virtual timer and its interrupt, and no other. */
static void offsets(void)
{
    RESET_WITH({ CNTV_INTID, 0x80 }, { CNTP_INTID, 0x80 }, { CNTHP_INTID, 0x80 });
    WRITE("cntv_cval_el0", FAR);
    WRITE("cntp_cval_el0", FAR);
    WRITE("cnthp_cval_el2", FAR);
    WRITE("cntv_ctl_el0", 1);
    WRITE("cntp_ctl_el0", 1);
    WRITE("cnthp_ctl_el2", 1);
    static const u64 values[] = { 0, -FAR, FAR, -2 * FAR, 1ul << 63, -1ul, 0 };
    for (unsigned i = 0; i < COUNT(values); i++) {
        WRITE("cntvoff_el2", values[i]);
        about_hex(values[i]);
        list_start(" CNTVOFF, pending virtual, physical, hypervisor");
        list_add(get(ISPENDR, CNTV_INTID));
        list_add(get(ISPENDR, CNTP_INTID));
        list_add(get(ISPENDR, CNTHP_INTID));
        list_add(READ("cntv_ctl_el0"));
        list_end();
        WRITE("cntv_tval_el0", 0x40000000);
        say("TVAL under the offset", READ("cntv_cval_el0") + values[i] - READ("cntpct_el0") <= 0x40000000);
        say("pending after TVAL", get(ISPENDR, CNTV_INTID));
        WRITE("cntv_cval_el0", FAR);
    }
    WRITE("cntv_ctl_el0", 0);
    WRITE("cntp_ctl_el0", 0);
    WRITE("cnthp_ctl_el2", 0);
}

/* With E2H the names of EL1's timers reach those of EL2, whose lines they move; _EL02 reaches EL1's. */
static void host(void)
{
    RESET_WITH({ CNTV_INTID, 0x80 }, { CNTP_INTID, 0x80 }, { CNTHP_INTID, 0x80 }, { CNTHV_INTID, 0x80 });
    WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
    WRITE("cntvoff_el2", 2 * FAR);
    WRITE("cntp_cval_el0", 0);
    WRITE("cntp_ctl_el0", 1);
    list_start("host's CNTP, pending CNTP, CNTHP");
    list_add(get(ISPENDR, CNTP_INTID));
    list_add(get(ISPENDR, CNTHP_INTID));
    list_end();
    say("IAR", get_iar());
    WRITE("cntp_ctl_el0", 0);
    put_eoir(CNTHP_INTID);
    WRITE("cntv_cval_el0", 0);
    WRITE("cntv_ctl_el0", 1);
    list_start("host's CNTV, CTL, pending CNTV");
    list_add(READ("cntv_ctl_el0"));
    list_add(get(ISPENDR, CNTV_INTID));
    list_end();
    say("host's CNTV, pending CNTHV", get(ISPENDR, CNTHV_INTID));
    WRITE("cntv_ctl_el0", 0);
    /* EL1's under their names of EL2: the virtual one with its offset. */
    WRITE("s3_5_c14_c3_2", READ("cntpct_el0") - FAR);
    WRITE("s3_5_c14_c3_1", 1);
    list_start("EL1's CNTV, CTL, pending");
    list_add(READ("s3_5_c14_c3_1"));
    list_add(get(ISPENDR, CNTV_INTID));
    list_end();
    WRITE("cntvoff_el2", FAR / 2);
    list_start("EL1's CNTV with less offset, CTL, pending");
    list_add(READ("s3_5_c14_c3_1"));
    list_add(get(ISPENDR, CNTV_INTID));
    list_end();
    WRITE("s3_5_c14_c3_1", 0);
    WRITE("s3_5_c14_c2_2", 0);
    WRITE("s3_5_c14_c2_1", 1);
    list_start("EL1's CNTP, CTL, pending");
    list_add(READ("s3_5_c14_c2_1"));
    list_add(get(ISPENDR, CNTP_INTID));
    list_end();
    WRITE("s3_5_c14_c2_1", 0);
    WRITE("cntvoff_el2", 0);
    WRITE("hcr_el2", HCR_RW);
}

SNIPPET(counter, "mrs x0, cntpct_el0\n mov x0, #0")
SNIPPET(virtual_counter, "mrs x0, cntvct_el0\n mov x0, #0")
SNIPPET(timer_ctl, "mrs x0, cntp_ctl_el0\n and x0, x0, #3")
SNIPPET(timer_cval, "msr cntp_cval_el0, xzr")
SNIPPET(timer_tval, "mrs x0, cntp_tval_el0\n mov x0, #0")
SNIPPET(virtual_ctl, "mrs x0, cntv_ctl_el0\n and x0, x0, #3")
SNIPPET(secure_ctl, "mrs x0, cntps_ctl_el1")

static void traps(void)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "CNTPCT", counter }, { "CNTVCT", virtual_counter }, { "CNTP_CTL", timer_ctl }, { "CNTP_CVAL", timer_cval }, { "CNTP_TVAL", timer_tval }, { "CNTV_CTL", virtual_ctl }, { "CNTPS_CTL", secure_ctl } };
    for (u64 control = 0; control < 4; control++)
        for (int e2h = 0; e2h < 2; e2h++) {
            WRITE("hcr_el2", HCR_RW | (e2h ? HCR_E2H : 0));
            WRITE("cnthctl_el2", e2h ? control << 10 : control);
            for (unsigned i = 0; i < COUNT(accesses); i++) {
                print(e2h ? "E2H, CNTHCTL " : "CNTHCTL ");
                print_hex(control);
                record.el = 0;
                print(" ");
                print(accesses[i].name);
                attempt(EL1, accesses[i].pc, 0, 0);
                value(" from EL1", record.el << 32 | record.esr);
            }
            WRITE("hcr_el2", HCR_RW);
            WRITE("cnthctl_el2", 3);
        }
}

void program(void)
{
    both(of_el1);
    where = "EL2 ";
    CNTHP_steps();
    where = "";
    offsets();
    host();
    traps();
}
