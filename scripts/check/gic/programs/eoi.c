/* End of interrupt: both modes, numbers that fit nothing, the special numbers. */
#include "../gic.h"

static void split(void)
{
    RESET_WITH({ SPI_A, 0x80 }, { SPI_B, 0x80 });
    control(CTLR_EOIMODE);
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_B);
    say("split IAR", get_iar());
    say("split RPR", get_rpr());
    put_eoir(SPI_A);
    state("split, priority dropped");
    state_of("split, priority dropped", SPI_A);
    say("split IAR", get_iar());
    put_dir(SPI_A);
    state_of("split, first deactivated", SPI_A);
    put_eoir(SPI_B);
    put_dir(SPI_B);
    state_of("split, second deactivated", SPI_B);
    state("split, both deactivated");
    /* DIR before EOIR. */
    set(ISPENDR, SPI_A);
    get_iar();
    put_dir(SPI_A);
    state_of("DIR first", SPI_A);
    say("DIR first RPR", get_rpr());
    put_eoir(SPI_A);
    say("then EOIR, RPR", get_rpr());
    /* Of what is not active, and of what was made active by register. */
    put_dir(SPI_A);
    state_of("DIR of nothing", SPI_A);
    set(ISACTIVER, SPI_A);
    put_dir(SPI_A);
    state_of("DIR of what a register made active", SPI_A);
    put_dir(SPURIOUS);
    state("DIR 1023");
    /* Pending again while the priority is dropped and the interrupt active. */
    set(ISPENDR, SPI_A);
    get_iar();
    put_eoir(SPI_A);
    set(ISPENDR, SPI_A);
    state("pending again, active");
    put_dir(SPI_A);
    state("pending again, deactivated");
    say("IAR", get_iar());
    put_eoir(SPI_A);
    put_dir(SPI_A);
    control(0);
}

static void joined(void)
{
    RESET_WITH({ SPI_A, 0x80 }, { SPI_B, 0x40 });
    state("nothing");
    say("IAR of nothing", get_iar());
    put_eoir(SPURIOUS);
    state("EOIR 1023 with nothing active");
    set(ISPENDR, SPI_A);
    say("IAR", get_iar());
    put_eoir(SPURIOUS);
    say("EOIR 1023, RPR", get_rpr());
    state_of("EOIR 1023", SPI_A);
    put_eoir(SPI_A);
    say("EOIR, RPR", get_rpr());
    state_of("EOIR", SPI_A);
    /* The mode changes between acknowledge and end. */
    set(ISPENDR, SPI_A);
    get_iar();
    control(CTLR_EOIMODE);
    put_eoir(SPI_A);
    state_of("mode set under way", SPI_A);
    control(0);
    set(ICACTIVER, SPI_A);
    set(ISPENDR, SPI_A);
    get_iar();
    set(ISPENDR, SPI_B);
    say("nested IAR", get_iar());
    put_eoir(SPI_B);
    say("nested, RPR", get_rpr());
    state_of("nested, outer", SPI_A);
    put_eoir(SPI_A);
    say("nested, RPR", get_rpr());
}

static void all(void)
{
    split();
    joined();
}

void program(void)
{
    both(all);
}
