/* The ITS: every command, commands in error, the queue, and GITS_TRANSLATER. */
#include "../its.h"

static void second_drains(void)
{
    for (int i = 0; i < 12; i++) {
        u32 intid = get_iar1();
        if (intid == SPURIOUS)
            break;
        put_eoir1(intid);
    }
}

static void empty(void)
{
    second_drains();
    on_second(second_drains);
}

static void start(void)
{
    its_start();
    configure(LPI_A, 0x80 | ENABLED);
    configure(LPI_B, 0x80 | ENABLED);
    configure(LPI_C, 0x80 | ENABLED);
    configure(LPI_D, 0x80 | ENABLED);
    INVALL(0);
    INVALL(1);
}

static void registers(void)
{
    start();
    u64 typer = MMIO64(GITS + 8);
    say("GITS_TYPER, Physical, Virtual, CCT", typer & 7);
    say("GITS_TYPER, ID_bits and Devbits", typer >> 8 & 0x3ff);
    say("GITS_TYPER, PTA", typer >> 19 & 1);
    say("GITS_TYPER, HCC", typer >> 24 & 255);
    say("GITS_TYPER, CIL and CIDbits", typer >> 32 & 31);
    say("GITS_PIDR2, architecture", MMIO32(GITS + 0xffe8) >> 4 & 15);
    say("GITS_CTLR, enabled", GITS_CTLR & 0x80000001);
    GITS_CTLR = 0;
    say("GITS_CTLR, disabled", GITS_CTLR & 0x80000001);
    for (u32 n = 0; n < 8; n++) {
        GITS_BASER(n) = 0;
        about_hex(n);
        say(" GITS_BASER, type and entry", GITS_BASER(n) & (7ul << 56 | 31ul << 48));
        GITS_BASER(n) = VALID_TABLE | INDIRECT | DEVICES | PAGES_64K | 3;
        about_hex(n);
        say(" GITS_BASER, written", GITS_BASER(n));
    }
    GITS_CBASER = VALID_TABLE | QUEUE | 3;
    say("GITS_CBASER", GITS_CBASER);
    say("GITS_CREADR after it", GITS_CREADR);
    GITS_CWRITER = 0x40;
    say("GITS_CWRITER", GITS_CWRITER);
    say("GITS_CREADR of an ITS that is disabled", GITS_CREADR);
}

static void commands(void)
{
    start();
    INT(0, 0);
    look("INT of an event that is not mapped");
    MAPTI(0, 0, LPI_A, 0);
    INT(0, 0);
    look("MAPTI, INT");
    drain("taken");
    MAPI(0, 1, 0);
    INT(0, 1);
    look("MAPI of an event below 8192");
    MAPD(1, 14, EVENTS(1), 1);
    MAPI(1, 8192 + 1, 0);
    INT(1, 8192 + 1);
    look("MAPI of event 8193");
    drain("taken");
    INT(0, 0);
    CLEAR(0, 0);
    look("INT, CLEAR");
    INT(0, 0);
    DISCARD(0, 0);
    look("INT, DISCARD");
    INT(0, 0);
    look("INT of what was discarded");
    MAPTI(0, 0, LPI_A, 0);
    INT(0, 0);
    MOVI(0, 0, 1);
    look("INT, MOVI");
    INT(0, 0);
    look("INT after MOVI");
    MOVI(0, 0, 0);
    look("MOVI back");
    empty();
    MAPTI(0, 2, LPI_B, 0);
    MAPTI(0, 3, LPI_C, 0);
    INT(0, 0);
    INT(0, 2);
    INT(0, 3);
    MOVALL(0, 1);
    look("three, MOVALL");
    MOVALL(1, 0);
    look("MOVALL back");
    drain("taken");
    MOVALL(0, 0);
    look("MOVALL to itself");
    MAPC(0, 1, 1);
    INT(0, 0);
    look("MAPC to the other PE, INT");
    empty();
    MAPC(0, 0, 0);
    INT(0, 0);
    look("MAPC unmaps, INT");
    MAPC(0, 0, 1);
    INT(0, 0);
    look("mapped again, INT");
    drain("taken");
    MAPD(0, 4, 0, 0);
    INT(0, 0);
    look("MAPD unmaps, INT");
    MAPD(0, 4, EVENTS(0), 1);
    INT(0, 0);
    look("mapped again with its table, INT");
    drain("taken");
    SYNC(0);
    look("SYNC");
}

/* After each, the queue has gone on and the ITS works. */
static void after(const char *name)
{
    say(name, GITS_CREADR == GITS_CWRITER);
    look(name);
    INT(0, 0);
    drain(name);
}

static void errors(void)
{
    start();
    MAPTI(0, 0, LPI_A, 0);
    MAPTI(9, 0, LPI_B, 0);
    after("MAPTI of a device that is not mapped");
    MAPTI(0, 16, LPI_B, 0);
    after("MAPTI of an event beyond the table");
    MAPTI(0, 1, 8191, 0);
    INT(0, 1);
    after("MAPTI of no LPI");
    MAPTI(0, 2, 1ul << 16, 0);
    INT(0, 2);
    after("MAPTI of an LPI beyond all");
    MAPTI(0, 3, LPI_B, 7);
    INT(0, 3);
    after("MAPTI to a collection that is not mapped");
    MAPC(2, 7, 1);
    MAPTI(0, 4, LPI_B, 2);
    INT(0, 4);
    after("MAPC to a PE that is not there");
    MAPD(3, 17, EVENTS(3), 1);
    MAPTI(3, 0, LPI_B, 0);
    INT(3, 0);
    after("MAPD with too many bits");
    INT(5, 0);
    after("INT of a device that is not mapped");
    INT(0, 500);
    after("INT of an event beyond the table");
    CLEAR(0, 9);
    after("CLEAR of an event that is not mapped");
    DISCARD(0, 9);
    after("DISCARD of an event that is not mapped");
    MOVI(0, 9, 1);
    after("MOVI of an event that is not mapped");
    MOVI(0, 0, 7);
    after("MOVI to a collection that is not mapped");
    INV(0, 9);
    after("INV of an event that is not mapped");
    INVALL(7);
    after("INVALL of a collection that is not mapped");
    MOVALL(0, 7);
    after("MOVALL to a PE that is not there");
    command(0x77, ~0ul, ~0ul, ~0ul);
    after("no command");
    command(0, 0, 0, 0);
    after("zeros");
    command(~0ul, ~0ul, ~0ul, ~0ul);
    after("ones");
}

static void queue(void)
{
    start();
    MAPTI(0, 0, LPI_A, 0);
    for (int i = 0; i < 300; i++)
        SYNC(0);
    INT(0, 0);
    look("three hundred commands");
    drain("taken");
    say("where the queue is", GITS_CREADR);
    /* Commands wait until the ITS is enabled, and until CWRITER says so. */
    u64 here = GITS_CREADR;
    GITS_CTLR = 0;
    for (u64 i = 0; i < 3; i++) {
        volatile u64 *entry = (volatile u64 *)(QUEUE + here + 32 * i);
        entry[0] = i == 1 ? 3 : 5;
        entry[1] = entry[2] = entry[3] = 0;
    }
    GITS_CWRITER = here + 96;
    say("disabled, CREADR stays", GITS_CREADR == here);
    look("disabled");
    GITS_CTLR = 1;
    say("enabled, CREADR has gone on", GITS_CREADR == here + 96);
    look("enabled");
    drain("taken");
    /* A queue that lies in no memory. */
    GITS_CTLR = 0;
    GITS_CBASER = VALID_TABLE | 0x60000000;
    GITS_CTLR = 1;
    GITS_CWRITER = 0x20;
    say("no memory, CREADR", GITS_CREADR);
    /* A PE writes to GITS_TRANSLATER as device 0. */
    start();
    MAPTI(0, 0, LPI_A, 0);
    MAPTI(0, 3, LPI_B, 1);
    GITS_TRANSLATER = 0;
    look("GITS_TRANSLATER, event 0");
    GITS_TRANSLATER = 3;
    look("GITS_TRANSLATER, event 3");
    GITS_TRANSLATER = 9;
    look("GITS_TRANSLATER, not mapped");
    empty();
    GITS_CTLR = 0;
    GITS_TRANSLATER = 0;
    look("GITS_TRANSLATER, disabled");
    GITS_CTLR = 1;
    look("GITS_TRANSLATER, enabled again");
}

static void all(void)
{
    registers();
    commands();
    errors();
    queue();
}

static void nothing(void)
{
}

void program(void)
{
    on_second(nothing);
    both(all);
}
