/* LPIs: configuration, priorities, no active state, pending tables when they are disabled and enabled, how many there are. */
#include "../its.h"

static void registers(void)
{
    its_start();
    u32 typer = MMIO32(GICD + 4);
    say("GICD_TYPER, LPIS", typer >> 17 & 1);
    say("GICD_TYPER, IDbits", typer >> 19 & 31);
    for (u32 pe = 0; pe < 2; pe++) {
        say("GICR_TYPER, PLPIS", MMIO64(GICR(pe) + 8) & 1);
        say("GICR_CTLR, EnableLPIs", GICR_CTLR(pe) & 1);
        GICR_CTLR(pe) = 0;
        say("GICR_CTLR, EnableLPIs cleared", GICR_CTLR(pe) & 1);
        GICR_PROPBASER(pe) = PROPERTIES | 13 | 7 << 7 | 1 << 10;
        say("GICR_PROPBASER", GICR_PROPBASER(pe));
        GICR_PENDBASER(pe) = PENDING_TABLE(pe) | 7 << 7 | 1 << 10 | 1ul << 62;
        say("GICR_PENDBASER", GICR_PENDBASER(pe));
        MMIO32(GICR(pe) + 0x78) = (u32)PENDING_TABLE(pe);
        MMIO32(GICR(pe) + 0x7c) = 0;
        say("GICR_PENDBASER by halves", GICR_PENDBASER(pe));
    }
}

static void map_all(void)
{
    its_start();
    MAPTI(0, 0, LPI_A, 0);
    MAPTI(0, 1, LPI_B, 0);
    MAPTI(0, 2, LPI_C, 0);
    MAPTI(0, 3, LPI_D, 0);
}

static void priorities(void)
{
    static const struct { const char *name; u8 a, b, c, d; } cases[] = {
        { "all the same", 0x80, 0x80, 0x80, 0x80 }, { "falling", 0x80, 0x60, 0x40, 0x20 }, { "rising", 0x20, 0x40, 0x60, 0x80 }, { "two the same", 0x40, 0x20, 0x40, 0x20 }, { "lowest", 0xf8, 0xf0, 0xf8, 0 },
    };
    for (unsigned i = 0; i < COUNT(cases); i++) {
        map_all();
        configure(LPI_A, cases[i].a | ENABLED);
        configure(LPI_B, cases[i].b | ENABLED);
        configure(LPI_C, cases[i].c | ENABLED);
        configure(LPI_D, cases[i].d | ENABLED);
        INVALL(0);
        for (u32 event = 4; event-- > 0;)
            INT(0, event);
        look(cases[i].name);
        drain(cases[i].name);
    }
    /* Among SPIs. */
    for (u32 priority = 0x40; priority <= 0xc0; priority += 0x40) {
        map_all();
        configure(LPI_A, 0x80 | ENABLED);
        set_priority(SPI_A, priority);
        set(ISENABLER, SPI_A);
        set(ISPENDR, SPI_A);
        INT(0, 0);
        about_hex(priority);
        look(" SPI beside an LPI of 80");
        drain("SPI and LPI");
    }
    map_all();
    configure(LPI_A, 0x80 | ENABLED);
    INT(0, 0);
    list_start("masks");
    for (u32 mask = 0x70; mask <= 0x90; mask += 8) {
        put_pmr(mask);
        list_add(READ("isr_el1"));
    }
    list_end();
    put_pmr(0xff);
    enable_groups(1);
    say("group 1 off at the interface, ISR", READ("isr_el1"));
    enable_groups(3);
    MMIO32(GICD) = 0x11;
    say("group 1 off at the distributor, ISR", READ("isr_el1"));
    MMIO32(GICD) = 0x13;
    say("all on, ISR", READ("isr_el1"));
}

static void configuration(void)
{
    map_all();
    INT(0, 0);
    look("pending, not enabled");
    configure(LPI_A, 0x80 | ENABLED);
    INV(0, 0);
    look("enabled, INV");
    configure(LPI_A, 0x80);
    INV(0, 0);
    look("disabled, INV");
    configure(LPI_A, 0x80 | ENABLED);
    INVALL(0);
    look("enabled, INVALL");
    configure(LPI_B, 0x40 | ENABLED);
    INT(0, 1);
    look("a better one");
    configure(LPI_B, 0xc0 | ENABLED);
    INV(0, 1);
    look("a worse one, INV");
    configure(LPI_A, 0xfe | ENABLED);
    INVALL(0);
    look("both low, INVALL");
    drain("both");
}

static void no_active_state(void)
{
    map_all();
    configure(LPI_A, 0x80 | ENABLED);
    configure(LPI_B, 0x40 | ENABLED);
    INT(0, 0);
    say("IAR", get_iar1());
    say("RPR", get_rpr());
    say("IAR again", get_iar1());
    INT(0, 0);
    look("pending again while it runs");
    INT(0, 1);
    look("a better one preempts");
    say("IAR", get_iar1());
    say("RPR", get_rpr());
    put_eoir1(LPI_B);
    say("RPR", get_rpr());
    put_eoir1(LPI_A);
    look("ended, pending again");
    say("IAR", get_iar1());
    put_eoir1(LPI_A);
    /* Split mode: nothing is there to deactivate. */
    control(CTLR_EOIMODE);
    INT(0, 0);
    say("split IAR", get_iar1());
    put_eoir1(LPI_A);
    say("split RPR", get_rpr());
    INT(0, 0);
    look("split, pending again before DIR");
    put_dir(LPI_A);
    look("split, after DIR");
    drain("split");
    control(0);
}

static u32 pending_bit(u32 pe, u32 lpi)
{
    return MMIO8(PENDING_TABLE(pe) + lpi / 8) >> lpi % 8 & 1;
}

static void tables(void)
{
    map_all();
    configure(LPI_A, 0x80 | ENABLED);
    configure(LPI_D, 0x40 | ENABLED);
    INT(0, 0);
    INT(0, 3);
    look("two pending");
    GICR_CTLR(0) = 0;
    look("LPIs disabled");
    list_start("bits of the table");
    list_add(pending_bit(0, LPI_A));
    list_add(pending_bit(0, LPI_B));
    list_add(pending_bit(0, LPI_D));
    list_end();
    INT(0, 1);
    MMIO8(PENDING_TABLE(0) + LPI_C / 8) |= 1 << LPI_C % 8;
    configure(LPI_C, 0x20 | ENABLED);
    configure(LPI_B, 0x10 | ENABLED);
    GICR_CTLR(0) = 1;
    look("enabled again, with one more in the table");
    drain("enabled again");
    GICR_CTLR(0) = 0;
    list_start("bits of the table");
    list_add(pending_bit(0, LPI_A));
    list_add(pending_bit(0, LPI_C));
    list_add(pending_bit(0, LPI_D));
    list_end();
    /* Fewer LPIs: 14 bits of an INTID. */
    its_start_with(VALID_TABLE | DEVICES | PAGES_64K, VALID_TABLE | COLLECTIONS | PAGES_64K, 14);
    MAPC(0, 0, 1);
    MAPD(0, 4, EVENTS(0), 1);
    MAPTI(0, 0, 16383, 0);
    MAPTI(0, 1, 16384, 0);
    configure(16383, 0x80 | ENABLED);
    configure(16384, 0x40 | ENABLED);
    INT(0, 1);
    look("beyond 14 bits");
    INT(0, 0);
    look("within 14 bits");
}

static void handler(u64 vector)
{
    u32 intid = get_iar1();
    list_add(vector);
    list_add(intid);
    put_eoir1(intid);
}

static void taken(void)
{
    on_interrupt = handler;
    map_all();
    configure(LPI_A, 0x80 | ENABLED);
    configure(LPI_C, 0x40 | ENABLED);
    INT(0, 0);
    INT(0, 2);
    list_start("taken");
    UNMASK();
    __asm__ volatile("nop\n nop");
    MASK();
    list_end();
}

static void all(void)
{
    registers();
    priorities();
    configuration();
    no_active_state();
    tables();
}

static void nothing(void)
{
}

void program(void)
{
    on_second(nothing);
    both(all);
    install_vectors();
    where = "EL2 ";
    WRITE("hcr_el2", HCR_RW | BIT(3) | BIT(4));
    taken();
    WRITE("hcr_el2", HCR_RW);
    where = "EL1 ";
    at_el1(taken);
}
