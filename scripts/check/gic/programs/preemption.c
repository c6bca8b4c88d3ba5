/* Binary points: which priority preempts which, in both groups, and what the running priority is then. */
#include "../gic.h"

static const u8 running[] = { 0x08, 0x40, 0x48, 0x80, 0x88, 0xf8 };
static const u8 pending[] = { 0x00, 0x08, 0x38, 0x40, 0x78, 0x80, 0xf0 };

static void pairs(int group)
{
    /* From where every implementation with five bits begins. */
    for (u32 point = 3; point < 8; point++) {
        for (unsigned r = 0; r < COUNT(running); r++) {
            const struct setting list[] = { { SPI_A, running[r] }, { SPI_B, 0 } };
            reset_with(list, COUNT(list));
            set_group(SPI_A, group);
            set_group(SPI_B, group);
            control(CTLR_ACKCTL);
            if (group == 0)
                put_bpr0(point);
            else
                put_bpr1(point);
            set(ISPENDR, SPI_A);
            u32 taken = group == 0 ? get_iar0() : get_iar1();
            about(group == 0 ? "group 0, point " : "group 1, point ");
            about_hex(point);
            about(" running ");
            about_hex(running[r]);
            list_start("");
            list_add(taken);
            list_add(get_rpr());
            for (unsigned p = 0; p < COUNT(pending); p++) {
                set_priority(SPI_B, pending[p]);
                set(ISPENDR, SPI_B);
                list_add(READ("isr_el1") >> 6 & 3);
                set(ICPENDR, SPI_B);
            }
            list_end();
            if (group == 0)
                put_eoir0(SPI_A);
            else
                put_eoir1(SPI_A);
        }
    }
}

static void nested(void)
{
    RESET_WITH({ SGI_A, 0xc0 }, { SPI_A, 0x80 }, { SPI_B, 0x40 }, { SPI_C, 0x08 });
    static const u32 order[] = { SPI_A, SPI_B, SPI_C };
    for (unsigned i = 0; i < COUNT(order); i++) {
        set(ISPENDR, order[i]);
        say("nested IAR", get_iar());
        say("nested RPR", get_rpr());
#if GIC == 3
        say("nested active priorities", get_ap1());
#endif
    }
    for (unsigned i = COUNT(order); i-- > 0;) {
        put_eoir(order[i]);
        say("unwound RPR", get_rpr());
#if GIC == 3
        say("unwound active priorities", get_ap1());
#endif
        state_of("unwound", order[i]);
    }
    /* Ends in the order of the beginnings: each drops the highest priority that is active, whatever the number. */
    set(ISPENDR, SPI_A);
    get_iar();
    set(ISPENDR, SPI_B);
    get_iar();
    put_eoir(SPI_A);
    say("wrong order RPR", get_rpr());
    state_of("wrong order", SPI_A);
    state_of("wrong order", SPI_B);
    put_eoir(SPI_B);
    say("wrong order RPR", get_rpr());
    state_of("wrong order, second", SPI_B);
}

static void all(void)
{
    if (USUAL == 0)
        pairs(0);
    pairs(1);
    if (USUAL == 1)
        pairs(0);
    nested();
}

void program(void)
{
    both(all);
}
