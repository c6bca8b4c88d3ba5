/* Which interrupt comes first, and what the priority mask holds back. */
#include "../gic.h"

/* On the emulator's GICv2, ISPENDR leaves PPIs alone. */
#define FIRST (GIC == 2 ? SPI_0 : 22)

static void drain(const char *name)
{
    list_start(name);
    for (int i = 0; i < 8; i++) {
        u32 intid = get_iar();
        list_add(intid);
        if (intid >= 1020)
            break;
        list_add(get_rpr());
        put_eoir(intid);
    }
    list_end();
}

static void order(const char *name, u32 first, u32 a, u32 b, u32 c)
{
    const struct setting list[] = { { FIRST, first }, { SPI_A, a }, { SPI_B, b }, { SPI_C, c } };
    reset_with(list, COUNT(list));
    set(ISPENDR, SPI_C);
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_B);
    set(ISPENDR, FIRST);
    state(name);
    drain(name);
}

static void all(void)
{
    order("all the same", 0x80, 0x80, 0x80, 0x80);
    order("as numbered", 0x10, 0x20, 0x30, 0x40);
    order("the other way round", 0x40, 0x30, 0x20, 0x10);
    order("two the same", 0x40, 0x20, 0x40, 0x20);
    order("highest and lowest", 0xf8, 0, 0xf0, 0);
#if GIC == 2
    order("implemented bits only", 0x47, 0x40, 0x44, 0x41);
#endif
    static const u8 masks[] = { 0, 8, 0x40, 0x78, 0x80, 0x81, 0x87, 0x88, 0xf0, 0xf8, 0xff };
    static const u8 priorities[] = { 0, 8, 0x78, 0x80, 0xf0, 0xf8 };
    for (unsigned p = 0; p < COUNT(priorities); p++) {
        const struct setting one = { SPI_A, priorities[p] };
        reset_with(&one, 1);
        set(ISPENDR, SPI_A);
        about_hex(priorities[p]);
        list_start(" under masks");
        for (unsigned m = 0; m < COUNT(masks); m++) {
            put_pmr(masks[m]);
            list_add(READ("isr_el1") >> 6 & 3);
        }
        list_end();
        put_pmr(0x40);
        about_hex(priorities[p]);
        say(" under mask 40, ISR", READ("isr_el1"));
        about_hex(priorities[p]);
        say(" IAR under mask 40", get_iar());
        put_pmr(0xff);
    }
    /* A mask that comes with the interrupt active takes nothing away; a priority that changes while pending counts. */
    RESET_WITH({ SPI_A, 0x80 }, { SPI_B, 0xc0 });
    set(ISPENDR, SPI_A);
    set(ISPENDR, SPI_B);
    set_priority(SPI_B, 0x40);
    state("raised while pending");
    set_priority(SPI_B, 0xe0);
    state("lowered while pending");
    say("IAR", get_iar());
    put_pmr(0);
    say("masked while active, RPR", get_rpr());
    put_eoir(SPI_A);
    say("ended under the mask, ISR", READ("isr_el1"));
    put_pmr(0xff);
    state("no mask");
}

void program(void)
{
    both(all);
}
