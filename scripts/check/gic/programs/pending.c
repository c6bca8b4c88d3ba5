/* Pending, active, enabled: by register, by acknowledge and end, of SGIs (of GICv3), PPIs and SPIs. */
#include "../gic.h"

#define PPI_A 22

static void steps(u32 intid)
{
    reset_gic();
    set(ISPENDR, intid);
    state_of("pending, not enabled", intid);
    set(ISENABLER, intid);
    state_of("pending, enabled", intid);
    state("pending, enabled");
    set(ICENABLER, intid);
    state_of("disabled again", intid);
    say("IAR while disabled", get_iar());
    set(ISENABLER, intid);
    say("IAR", get_iar());
    state_of("acknowledged", intid);
    state("acknowledged");
    say("IAR again", get_iar());
    set(ISPENDR, intid);
    state_of("pending while active", intid);
    set(ICENABLER, intid);
    put_eoir(intid);
    state_of("ended while disabled", intid);
    set(ISENABLER, intid);
    state_of("enabled after the end", intid);
    set(ICPENDR, intid);
    state_of("pending cleared", intid);
    say("IAR of nothing", get_iar());
    set(ISACTIVER, intid);
    state_of("active by register", intid);
    set(ISPENDR, intid);
    state_of("active by register, pending", intid);
    state("active by register, pending");
    set(ICACTIVER, intid);
    state_of("active cleared", intid);
    say("IAR", get_iar());
    set(ICACTIVER, intid);
    state_of("active cleared under way", intid);
    state("active cleared under way");
    put_eoir(intid);
    state("ended");
}

static void distributor_off(void)
{
    RESET_WITH({ SPI_A, 0x80 }, { SPI_0, 0x80 });
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_0);
    state("distributor on");
    MMIO32(GICD) = GIC == 2 ? 0 : 0x10;
    state("distributor off");
    MMIO32(GICD) = GIC == 2 ? 3 : 0x13;
    state("distributor on again");
    enable_groups(0);
    state("interface off");
    enable_groups(3);
    state("interface on again");
#if GIC == 3
    MMIO32(GICR(0) + 0x14) = 2;
    say("asleep", READ("isr_el1"));
    MMIO32(GICR(0) + 0x14) = 0;
    state("awake");
#endif
}

static void all(void)
{
    /* On GICv2 ISPENDR leaves SGIs alone, and on the emulator PPIs, too. */
    static const u32 intids[] = { SGI_A, PPI_A, SPI_A, SPI_C };
    for (unsigned i = GIC == 2 ? 2 : 0; i < COUNT(intids); i++) {
        say("interrupt", intids[i]);
        steps(intids[i]);
    }
    distributor_off();
}

void program(void)
{
    both(all);
}
