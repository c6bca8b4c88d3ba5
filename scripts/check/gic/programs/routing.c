/* Where SPIs go: GICD_ITARGETSR or GICD_IROUTER, changed while pending, to PEs that are there and to none. */
#include "../gic.h"

static volatile u32 theirs[4];

static void second_looks(void) { theirs[0] = READ("isr_el1"); theirs[1] = get_hppir(); }
static void second_takes(void) { theirs[0] = get_iar(); theirs[1] = READ("isr_el1"); }
static void second_ends(void) { put_eoir(SPI_A); }
static void second_resets(void) { put_ap0(0); put_ap1(0); put_pmr(0xff); control(0); enable_groups(3); }

static void look(const char *name)
{
    on_second(second_looks);
    head(name);
    print(": ours ");
    print_hex(READ("isr_el1"));
    print(" ");
    print_hex(get_hppir());
    print(" theirs ");
    print_hex(theirs[0]);
    print(" ");
    print_hex(theirs[1]);
    print("\n");
}

static void route(u64 to)
{
#if GIC == 2
    MMIO8(GICD + ITARGETSR + SPI_A) = to;
#else
    MMIO64(GICD + IROUTER + 8 * SPI_A) = to;
#endif
}

#if GIC == 2
#define OURS 1
#define THEIRS 2
static const struct { const char *name; u64 to; } cases[] = { { "ours", 1 }, { "theirs", 2 }, { "nobody's", 0 }, { "of PEs that are not", 0xfc } };
#else
#define OURS 0
#define THEIRS 1
static const struct { const char *name; u64 to; } cases[] = { { "ours", 0 }, { "theirs", 1 }, { "of a PE that is not", 5 }, { "Aff1 1", 0x100 }, { "Aff2 1", 0x10000 }, { "Aff3 1", 1ul << 32 }, { "any", 1ul << 31 } };
#endif

static void all(void)
{
    for (unsigned i = 0; i < COUNT(cases); i++) {
        RESET_WITH({ SPI_A, 0x80 });
        route(cases[i].to);
        set(ISPENDR, SPI_A);
        look(cases[i].name);
        set(ICPENDR, SPI_A);
    }
    RESET_WITH({ SPI_A, 0x80 });
    set(ISPENDR, SPI_A);
    look("pending, ours");
    route(THEIRS);
    look("pending, now theirs");
    route(OURS);
    look("pending, ours again");
    say("IAR", get_iar());
    route(THEIRS);
    set(ISPENDR, SPI_A);
    look("active with us, pending");
    put_eoir(SPI_A);
    look("ended");
    on_second(second_takes);
    list_start("taken by the other");
    list_add(theirs[0]);
    list_add(theirs[1]);
    list_end();
    state_of("taken by the other", SPI_A);
    route(OURS);
    set(ISPENDR, SPI_A);
    look("active with them, pending");
    on_second(second_ends);
    look("ended by them");
#if GIC == 2
    /* To both: each is offered it, the first to acknowledge has it. */
    RESET_WITH({ SPI_A, 0x80 });
    route(3);
    set(ISPENDR, SPI_A);
    look("both");
    on_second(second_takes);
    look("both, taken by the other");
    u32 taken = get_iar();
    say("both, our IAR", taken);
    if (taken < 1020)
        put_eoir(taken);
    on_second(second_ends);
    look("both, ended by the other");
#endif
}

void program(void)
{
    on_second(second_resets);
    both(all);
}
