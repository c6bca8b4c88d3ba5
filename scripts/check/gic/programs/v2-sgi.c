/* SGIs of GICv2: pending by source, the filters of GICD_SGIR, what GICC_IAR says of the source; two PEs. */
#include "../gic.h"

static volatile u32 theirs[8];

static u32 sources(u32 intid)
{
    return MMIO8(GICD + 0xf20 + intid);
}

static void send(u32 filter, u32 targets, u32 intid)
{
    MMIO32(GICD + 0xf00) = filter << 24 | targets << 16 | intid;
}

static void second_sends(void) { send(0, 1, SGI_A); }
static void second_sends_all_others(void) { send(1, 0, SGI_B); }
static void second_looks(void)
{
    theirs[0] = sources(SGI_A);
    theirs[1] = sources(SGI_B);
    theirs[2] = READ("isr_el1");
    /* The source's number is not in the emulator's GICC_HPPIR. */
    theirs[3] = get_hppir0() & 0x3ff;
}
static void second_takes(void)
{
    theirs[0] = get_iar0();
    theirs[1] = get_iar0();
    put_eoir0(theirs[0]);
    theirs[2] = get_iar0();
    put_eoir0(theirs[2]);
    theirs[3] = READ("isr_el1");
}
static void second_resets(void) { reset_gic(); }

static void look(const char *name)
{
    on_second(second_looks);
    head(name);
    print(": ours ");
    print_hex(sources(SGI_A));
    print(" ");
    print_hex(sources(SGI_B));
    print(" isr ");
    print_hex(READ("isr_el1"));
    print(" theirs ");
    print_hex(theirs[0]);
    print(" ");
    print_hex(theirs[1]);
    print(" isr ");
    print_hex(theirs[2]);
    print(" hppi ");
    print_hex(theirs[3]);
    print("\n");
}

static void clean(void)
{
    reset_gic();
    on_second(second_resets);
}

static void filters(void)
{
    static const struct { const char *name; u32 filter, targets; } cases[] = {
        { "list: none", 0, 0 }, { "list: self", 0, 1 }, { "list: other", 0, 2 }, { "list: both", 0, 3 }, { "list: nobody", 0, 0xfc }, { "all others", 1, 0 }, { "all others, with a list", 1, 1 }, { "self", 2, 0 }, { "self, with a list", 2, 2 },
    };
    for (unsigned i = 0; i < COUNT(cases); i++) {
        clean();
        send(cases[i].filter, cases[i].targets, SGI_A);
        look(cases[i].name);
    }
    clean();
    on_second(second_sends_all_others);
    look("all others, sent by the other");
}

static void two_sources(void)
{
    clean();
    on_second(second_sends);
    send(2, 0, SGI_A);
    look("from both");
    u32 first = get_iar0();
    say("IAR", first);
    look("one taken");
    state_of("one taken", SGI_A);
    say("IAR while active", get_iar0());
    put_eoir0(first);
    look("one ended");
    state_of("one ended", SGI_A);
    u32 second = get_iar0();
    say("IAR", second);
    on_second(second_sends);
    look("sent again while active");
    put_eoir0(second);
    say("IAR", get_iar0());
    put_eoir0(1 << 10 | SGI_A);
    look("all ended");
}

static void registers(void)
{
    clean();
    MMIO8(GICD + 0xf20 + SGI_A) = 3;
    look("SPENDSGIR of both sources");
    MMIO8(GICD + 0xf10 + SGI_A) = 1;
    look("CPENDSGIR of source 0");
    say("IAR", get_iar0());
    put_eoir0(1 << 10 | SGI_A);
    MMIO32(GICD + 0xf20 + 8) = 0x00000300;
    look("SPENDSGIR, a word");
    MMIO32(GICD + ICPENDR) = ~0u;
    look("ICPENDR leaves SGIs alone");
    MMIO32(GICD + ISPENDR) = 8;
    look("ISPENDR leaves SGIs alone");
}

static void delivery(void)
{
    clean();
    send(0, 2, SGI_A);
    send(0, 2, SGI_B);
    on_second(second_takes);
    list_start("taken by the other");
    for (int i = 0; i < 4; i++)
        list_add(theirs[i]);
    list_end();
    /* Priority between sources of two SGIs. */
    clean();
    set_priority(SGI_B, 0x20);
    send(2, 0, SGI_A);
    on_second(second_sends_all_others);
    u32 intid = get_iar0();
    say("higher priority first", intid);
    put_eoir0(intid);
    intid = get_iar0();
    say("then the other", intid);
    put_eoir0(intid);
    /* Disabled group at the distributor, and an SGI of group 1. */
    clean();
    set_group(SGI_A, 1);
    send(2, 0, SGI_A);
    look("group 1");
    say("IAR", get_iar0());
    control(CTLR_ACKCTL);
    say("IAR with AckCtl", get_iar0());
    put_eoir0(SGI_A);
    control(0);
    look("group 1, ended");
}

static void all(void)
{
    filters();
    two_sources();
    registers();
    delivery();
}

void program(void)
{
    on_second(second_resets);
    both(all);
}
