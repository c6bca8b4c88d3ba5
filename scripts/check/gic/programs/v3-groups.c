/* Groups of GICv3: group 0 is FIQ, group 1 is IRQ; each has its own acknowledge and end; switching the group while pending; enables; preemption between groups. */
#include "../gic.h"

static void views(const char *name)
{
    head(name);
    print(": isr ");
    print_hex(READ("isr_el1"));
    print(" hppir0 ");
    print_hex(get_hppir0());
    print(" hppir1 ");
    print_hex(get_hppir1());
    print(" rpr ");
    print_hex(get_rpr());
    print("\n");
}

static void one(int group)
{
    RESET_WITH({ SPI_A, 0x80 });
    set_group(SPI_A, group);
    set(ISPENDR, SPI_A);
    say("group", group);
    views("pending");
    say("IAR of the other", group ? get_iar0() : get_iar1());
    set_group(SPI_A, !group);
    views("switched");
    set_group(SPI_A, group);
    views("switched back");
    for (u32 groups = 0; groups < 4; groups++) {
        about_hex(groups);
        enable_groups(groups);
        views(" enabled at the interface");
    }
    for (u32 groups = 0; groups < 4; groups++) {
        about_hex(groups);
        MMIO32(GICD) = 0x10 | groups;
        views(" enabled at the distributor");
    }
    say("IAR", group ? get_iar1() : get_iar0());
    views("active");
    set_group(SPI_A, !group);
    views("switched while active");
    set_group(SPI_A, group);
    if (group)
        put_eoir1(SPI_A);
    else
        put_eoir0(SPI_A);
    views("ended");
    state_of("ended", SPI_A);
}

static void two(u32 priority0, u32 priority1)
{
    const struct setting list[] = { { SPI_A, priority0 }, { SPI_B, priority1 } };
    reset_with(list, COUNT(list));
    set_group(SPI_A, 0);
    set_group(SPI_B, 1);
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_B);
    about_hex(priority0);
    about(" ");
    about_hex(priority1);
    views(" both pending");
    say("IAR1", get_iar1());
    views("after IAR1");
    say("IAR0", get_iar0());
    views("after IAR0");
    say("IAR1", get_iar1());
    views("after IAR1");
    list_start("active priorities");
    list_add(get_ap0());
    list_add(get_ap1());
    list_end();
    for (int i = 0; i < 2; i++) {
        if (get_ap0() != 0 && (get_ap1() == 0 || (get_ap0() & -get_ap0()) <= (get_ap1() & -get_ap1())))
            put_eoir0(SPI_A);
        else if (get_ap1() != 0)
            put_eoir1(SPI_B);
        views("after an end");
    }
}

/* Group 0 runs at `running`; which of group 1 preempts under BPR0, BPR1 and CBPR, and the other way round. */
static void across(int running_group, u32 point0, u32 point1, u32 cbpr)
{
    static const u8 priorities[] = { 0, 0x40, 0x48, 0x50, 0x60, 0x78, 0x80 };
    RESET_WITH({ SPI_A, 0x80 }, { SPI_B, 0 });
    set_group(SPI_A, running_group);
    set_group(SPI_B, !running_group);
    put_bpr0(point0);
    put_bpr1(point1);
    control(cbpr);
    set(ISPENDR, SPI_A);
    about(running_group ? "group 1 runs, " : "group 0 runs, ");
    about_hex(point0 << 8 | point1 << 4 | cbpr);
    list_start(" points, preempts");
    list_add(running_group ? get_iar1() : get_iar0());
    list_add(get_rpr());
    for (unsigned i = 0; i < COUNT(priorities); i++) {
        set_priority(SPI_B, priorities[i]);
        set(ISPENDR, SPI_B);
        list_add(READ("isr_el1") >> 6 & 3);
        set(ICPENDR, SPI_B);
    }
    list_end();
    if (running_group)
        put_eoir1(SPI_A);
    else
        put_eoir0(SPI_A);
}

static void all(void)
{
    one(0);
    one(1);
    two(0x80, 0x80);
    two(0x40, 0x80);
    two(0x80, 0x40);
    two(0x48, 0x40);
    for (int group = 0; group < 2; group++)
        for (u32 point = 2; point < 8; point++) {
            across(group, point, 3, 0);
            across(group, 2, point, 0);
            across(group, point, 3, CTLR_CBPR);
        }
}

void program(void)
{
    both(all);
}
