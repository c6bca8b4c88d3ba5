/* SGIs of GICv3: ICC_SGI1R_EL1 and ICC_SGI0R_EL1 by target list, affinity and routing mode, to either group; two PEs. */
#include "../gic.h"

static volatile u64 theirs[8];
static u64 to_send;

static u32 pending(u32 pe)
{
    return MMIO32(GICR(pe) + 0x10000 + ISPENDR);
}

static void send1(u64 value) { WRITE("s3_0_c12_c11_5", value); SYS("nop"); }
static void send0(u64 value) { WRITE("s3_0_c12_c11_7", value); SYS("nop"); }
static void second_sends(void) { send1(to_send); }
static void second_looks(void)
{
    theirs[0] = READ("isr_el1");
    theirs[1] = get_hppir1();
    theirs[2] = get_hppir0();
}
static void second_takes(void)
{
    theirs[0] = get_iar1();
    theirs[1] = get_iar1();
    put_eoir1(theirs[0]);
    theirs[2] = get_iar1();
    theirs[3] = READ("isr_el1");
}
static void second_resets(void) { reset_gic(); MMIO32(GICR(1) + 0x10000 + ISENABLER) = 0xffff; }

static void look(const char *name)
{
    on_second(second_looks);
    head(name);
    print(": ours ");
    print_hex(pending(0));
    print(" isr ");
    print_hex(READ("isr_el1"));
    print(" theirs ");
    print_hex(pending(1));
    print(" isr ");
    print_hex(theirs[0]);
    print(" hppi ");
    print_hex(theirs[1]);
    print(" ");
    print_hex(theirs[2]);
    print("\n");
}

static void clean(void)
{
    reset_gic();
    MMIO32(GICR(0) + 0x10000 + ISENABLER) = 0xffff;
    on_second(second_resets);
}

#define SGI(intid, targets) ((u64)(intid) << 24 | (targets))

static void targets(void)
{
    static const struct { const char *name; u64 value; } cases[] = {
        { "nobody", SGI(SGI_A, 0) }, { "self", SGI(SGI_A, 1) }, { "other", SGI(SGI_A, 2) }, { "both", SGI(SGI_A, 3) }, { "more than there are", SGI(SGI_A, 0xfffe) }, { "Aff1 1", SGI(SGI_A, 3) | 1 << 16 }, { "Aff2 1", SGI(SGI_A, 3) | 1ul << 32 },
        { "Aff3 1", SGI(SGI_A, 3) | 1ul << 48 }, { "range 1", SGI(SGI_A, 3) | 1ul << 44 }, { "all but self", SGI(SGI_A, 0) | 1ul << 40 }, { "all but self, with a list", SGI(SGI_A, 3) | 1ul << 40 }, { "SGI 15", SGI(15, 2) }, { "SGI 0", SGI(0, 2) },
    };
    for (unsigned i = 0; i < COUNT(cases); i++) {
        clean();
        send1(cases[i].value);
        look(cases[i].name);
    }
    clean();
    to_send = SGI(SGI_B, 0) | 1ul << 40;
    on_second(second_sends);
    look("all but self, sent by the other");
    clean();
    to_send = SGI(SGI_B, 1);
    on_second(second_sends);
    look("to us, sent by the other");
    send1(SGI(SGI_B, 1));
    look("to us, again by us");
    say("IAR", get_iar1());
    put_eoir1(SGI_B);
    look("one end ends it");
}

static void groups(void)
{
    for (int group = 0; group < 2; group++) {
        clean();
        set_group(SGI_A, group);
        MMIO32(GICR(1) + 0x10000 + IGROUPR) = group ? ~0u : 0;
        about(group ? "group 1" : "group 0");
        send0(SGI(SGI_A, 3));
        look(", SGI0R");
        clean();
        set_group(SGI_A, group);
        MMIO32(GICR(1) + 0x10000 + IGROUPR) = group ? ~0u : 0;
        about(group ? "group 1" : "group 0");
        send1(SGI(SGI_A, 3));
        look(", SGI1R");
    }
}

static void delivery(void)
{
    clean();
    send1(SGI(SGI_A, 2));
    send1(SGI(SGI_B, 2));
    on_second(second_takes);
    list_start("taken by the other");
    for (int i = 0; i < 4; i++)
        list_add(theirs[i]);
    list_end();
    /* Sent while active: pending again. */
    clean();
    send1(SGI(SGI_A, 1));
    say("IAR", get_iar1());
    send1(SGI(SGI_A, 1));
    state_of("sent while active", SGI_A);
    put_eoir1(SGI_A);
    state_of("ended", SGI_A);
    say("IAR", get_iar1());
    put_eoir1(SGI_A);
    /* Not enabled: pending all the same. */
    set(ICENABLER, SGI_A);
    send1(SGI(SGI_A, 1));
    state_of("not enabled", SGI_A);
    set(ISENABLER, SGI_A);
    state_of("enabled", SGI_A);
}

static void all(void)
{
    targets();
    groups();
    delivery();
}

void program(void)
{
    on_second(second_resets);
    both(all);
}
