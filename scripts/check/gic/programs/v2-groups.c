/* Groups of GICv2 without Security Extensions: GICC_CTLR.{AckCtl,FIQEn,CBPR}, GICC_IAR and 1022; switching the group while pending. */
#include "../gic.h"

#define FIQEN 8u

static void views(const char *name)
{
    head(name);
    print(": isr ");
    print_hex(READ("isr_el1"));
    print(" hppir ");
    print_hex(get_hppir0());
    print(" rpr ");
    print_hex(get_rpr());
    print("\n");
}

static void one(int group, u32 bits)
{
    RESET_WITH({ SPI_A, 0x80 });
    set_group(SPI_A, group);
    control(bits);
    set(ISPENDR, SPI_A);
    about(group ? "group 1, " : "group 0, ");
    about_hex(bits);
    views(" pending");
    set_group(SPI_A, !group);
    views("switched");
    set_group(SPI_A, group);
    for (u32 groups = 0; groups < 4; groups++) {
        about_hex(groups);
        enable_groups(groups);
        say(" enabled at the interface, ISR", READ("isr_el1"));
    }
    for (u32 groups = 0; groups < 4; groups++) {
        about_hex(groups);
        MMIO32(GICD) = groups;
        say(" enabled at the distributor, ISR", READ("isr_el1"));
    }
    u32 taken = get_iar0();
    say("IAR", taken);
    views("after IAR");
    if (taken >= 1020)
        set(ICPENDR, SPI_A);
    else
        put_eoir0(taken);
    views("ended");
    state_of("ended", SPI_A);
}

static void two(u32 priority0, u32 priority1, u32 bits)
{
    const struct setting list[] = { { SPI_A, priority0 }, { SPI_B, priority1 } };
    reset_with(list, COUNT(list));
    set_group(SPI_A, 0);
    set_group(SPI_B, 1);
    control(bits);
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_B);
    about_hex(priority0);
    about(" ");
    about_hex(priority1);
    about(" ");
    about_hex(bits);
    views(" both pending");
    list_start("IARs and ends");
    for (int i = 0; i < 3; i++) {
        u32 taken = get_iar0();
        list_add(taken);
        list_add(get_rpr());
        if (taken < 1020)
            put_eoir0(taken);
    }
    list_end();
    views("taken");
}

static void all(void)
{
    static const u32 settings[] = { 0, CTLR_ACKCTL, FIQEN, FIQEN | CTLR_ACKCTL, CTLR_CBPR };
    for (unsigned i = 0; i < COUNT(settings); i++) {
        one(0, settings[i]);
        one(1, settings[i]);
        two(0x80, 0x80, settings[i]);
        two(0x40, 0x80, settings[i]);
        two(0x80, 0x40, settings[i]);
    }
}

void program(void)
{
    both(all);
}
