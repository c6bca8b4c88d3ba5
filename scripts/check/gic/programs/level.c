/* Level-sensitive and edge-triggered inputs: a timer's PPI and the real-time clock's SPI. */
#include "../gic.h"

#define RTC 0x09010000ul

static void timer_line(int level)
{
    WRITE("cntp_cval_el0", 0);
    WRITE("cntp_ctl_el0", level ? 1 : 0);
}

/* The alarm at the second at hand raises the line at once. */
static void clock_line(int level)
{
    if (level) {
        MMIO32(RTC + 0x10) = 1;
        MMIO32(RTC + 4) = MMIO32(RTC);
    } else
        MMIO32(RTC + 0x1c) = 1;
}

static void input(const char *name, u32 intid, void (*line)(int level))
{
    const struct setting one = { intid, 0x80 };
    say(name, intid);
    line(0);
    reset_with(&one, 1);
    set_edge(intid, 0);
    line(1);
    state_of("level, asserted", intid);
    set(ICPENDR, intid);
    state_of("level, asserted, ICPENDR", intid);
    say("level IAR", get_iar());
    state_of("level, acknowledged", intid);
    state("level, acknowledged");
    put_eoir(intid);
    state_of("level, ended, still asserted", intid);
    say("level IAR again", get_iar());
    line(0);
    state_of("level, dropped while active", intid);
    put_eoir(intid);
    state_of("level, ended, dropped", intid);
    line(1);
    line(0);
    state_of("level, was asserted", intid);
    say("level IAR of what is gone", get_iar());
    /* Pending by register too: that stays until acknowledged. */
    set(ISPENDR, intid);
    state_of("level, pending by register", intid);
    line(1);
    line(0);
    state_of("level, pending by register, line came and went", intid);
    set(ICPENDR, intid);
    state_of("level, cleared", intid);
    line(1);
    set(ISPENDR, intid);
    say("level IAR, line and register", get_iar());
    line(0);
    state_of("level, line and register, dropped while active", intid);
    put_eoir(intid);
    state_of("level, line and register, ended", intid);
    /* Split end: pending again only when deactivated. */
    control(CTLR_EOIMODE);
    line(1);
    say("level split IAR", get_iar());
    put_eoir(intid);
    state_of("level split, priority dropped", intid);
    put_dir(intid);
    state_of("level split, deactivated", intid);
    line(0);
    control(0);
    state_of("level split, dropped", intid);
    /* Edge. */
    set_edge(intid, 1);
    line(1);
    state_of("edge, raised", intid);
    line(0);
    state_of("edge, raised and dropped", intid);
    say("edge IAR", get_iar());
    state_of("edge, acknowledged", intid);
    line(1);
    state_of("edge, raised while active", intid);
    put_eoir(intid);
    state_of("edge, ended", intid);
    say("edge IAR again", get_iar());
    put_eoir(intid);
    state_of("edge, ended, still high", intid);
    line(0);
    line(1);
    set(ICPENDR, intid);
    state_of("edge, cleared while high", intid);
    line(0);
    line(1);
    state_of("edge, the next one", intid);
    set(ICPENDR, intid);
    set_edge(intid, 0);
    state_of("level again, asserted", intid);
    line(0);
    state_of("level again, dropped", intid);
}

static void all(void)
{
    input("timer", CNTP_INTID, timer_line);
    input("clock", RTC_INTID, clock_line);
}

void program(void)
{
    both(all);
}
