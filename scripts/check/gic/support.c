/* What gic.h promises. */
#include "gic.h"

#define SPI_WORDS 3

void set_group(u32 intid, int group)
{
    volatile u32 *word = &MMIO32(frame_of(intid) + IGROUPR + intid / 32 * 4);
    u32 bit = 1u << intid % 32;
    *word = group ? *word | bit : *word & ~bit;
}

void set_priority(u32 intid, u32 priority)
{
    MMIO8(frame_of(intid) + IPRIORITYR + intid) = priority;
}

u32 get_priority(u32 intid)
{
    return MMIO8(frame_of(intid) + IPRIORITYR + intid);
}

void set_edge(u32 intid, int is_edge)
{
    volatile u32 *word = &MMIO32(frame_of(intid) + ICFGR + intid / 16 * 4);
    u32 bit = 2u << intid % 16 * 2;
    *word = is_edge ? *word | bit : *word & ~bit;
}

void control(u32 bits)
{
    put_ctlr(GIC == 2 ? bits | 3 : bits);
}

void enable_groups(u32 groups)
{
#if GIC == 2
    put_ctlr((get_ctlr() & ~3u) | groups);
#else
    WRITE("s3_0_c12_c12_6", groups & 1);
    WRITE("s3_0_c12_c12_7", groups >> 1 & 1);
#endif
}

void reset_gic(void)
{
    u32 group = USUAL ? ~0u : 0;
    put_ap0(0);
    put_ap1(0);
    for (u32 word = 0; word < SPI_WORDS; word++) {
        u64 frame = frame_of(32 * word);
        MMIO32(frame + ICENABLER + 4 * word) = ~0u;
        MMIO32(frame + ICPENDR + 4 * word) = ~0u;
        MMIO32(frame + ICACTIVER + 4 * word) = ~0u;
        MMIO32(frame + IGROUPR + 4 * word) = group;
        for (u32 i = 0; i < 8; i++)
            MMIO32(frame + IPRIORITYR + 32 * word + 4 * i) = 0xa0a0a0a0;
        if (word > 0) {
            MMIO32(frame + ICFGR + 8 * word) = 0;
            MMIO32(frame + ICFGR + 8 * word + 4) = 0;
#if GIC == 2
            for (u32 i = 0; i < 8; i++)
                MMIO32(frame + ITARGETSR + 32 * word + 4 * i) = 0x01010101;
#else
            for (u32 i = 0; i < 32; i++)
                MMIO64(GICD + IROUTER + 8 * (32 * word + i)) = 0;
#endif
        }
    }
#if GIC == 2
    for (u32 i = 0; i < 4; i++)
        MMIO32(GICD + 0xf10 + 4 * i) = ~0u;
#endif
    put_pmr(0xff);
    control(0);
    enable_groups(3);
    put_bpr0(0);
    put_bpr1(0);
}

void reset_with(const struct setting *list, unsigned count)
{
    reset_gic();
    for (unsigned i = 0; i < count; i++) {
        set_priority(list[i].intid, list[i].priority);
        set(ISENABLER, list[i].intid);
    }
}

const char *where = "";
static char subject[64];
static unsigned subject_length;

void about(const char *text)
{
    for (; *text != 0 && subject_length < sizeof(subject) - 1; text++)
        subject[subject_length++] = *text;
    subject[subject_length] = 0;
}

void about_hex(u64 number)
{
    char digit[2] = { 0, 0 };
    int shift = 60;
    while (shift > 0 && number >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4) {
        digit[0] = "0123456789abcdef"[number >> shift & 15];
        about(digit);
    }
}

void head(const char *name)
{
    print(where);
    print(subject);
    subject_length = 0;
    subject[0] = 0;
    print(name);
}

void say(const char *name, u64 number)
{
    head(name);
    value("", number);
}

static void part(const char *name, u64 number)
{
    print(name);
    print_hex(number);
}

void state(const char *name)
{
    head(name);
    part(": isr ", READ("isr_el1"));
    part(" hppi ", get_hppir());
    part(" rpr ", get_rpr());
    print("\n");
}

void state_of(const char *name, u32 intid)
{
    head(name);
    part(": pending ", get(ISPENDR, intid));
    part(" active ", get(ISACTIVER, intid));
    part(" enabled ", get(ISENABLER, intid));
    part(" isr ", READ("isr_el1"));
    print("\n");
}

void list_start(const char *name)
{
    head(name);
    print(":");
}

void list_add(u64 number)
{
    part(" ", number);
}

void list_end(void)
{
    print("\n");
}

extern const char call_in_x1[], gic_vectors_el1[], gic_vectors_el2[], second_start[];

void at_el1(void (*test)(void))
{
    record.el = 0;
    attempt(EL1, call_in_x1, 0, (u64)test);
    if (record.el != 0)
        line("ended at", call_in_x1);
}

void both(void (*test)(void))
{
    where = "EL2 ";
    test();
    where = "EL1 ";
    at_el1(test);
    where = "";
}

void (*on_interrupt)(u64 vector);

void interrupted(u64 vector);
void interrupted(u64 vector)
{
    on_interrupt(vector);
}

void install_vectors(void)
{
    WRITE("vbar_el1", (u64)gic_vectors_el1);
    WRITE("vbar_el2", (u64)gic_vectors_el2);
}

/* What every PE does once, at EL2. */
static void start_interface(void)
{
    WRITE("hcr_el2", HCR_RW);
    WRITE("cnthctl_el2", 3);
    WRITE("cntvoff_el2", 0);
#if GIC == 3
    WRITE("s3_4_c12_c9_5", 0xf);
    WRITE("s3_0_c12_c12_5", 7);
    MMIO32(GICR(this_pe()) + 0x14) = 0;
#endif
    MMIO32(GICD) = GIC == 2 ? 3 : 0x13;
    reset_gic();
}

static void (*volatile work_of_second)(void);
static int second_is_on;

void second_main(void);
void second_main(void)
{
    start_interface();
    for (;;) {
        void (*work)(void) = work_of_second;
        if (work != 0) {
            work();
            __asm__ volatile("dsb sy" ::: "memory");
            work_of_second = 0;
        }
        __asm__ volatile("yield");
    }
}

/* PSCI CPU_ON; from EL1 the programs do not start it. */
void on_second(void (*work)(void))
{
    work_of_second = work;
    __asm__ volatile("dsb sy" ::: "memory");
    if (!second_is_on) {
        register u64 x0 __asm__("x0") = 0xc4000003;
        register u64 x1 __asm__("x1") = 1;
        register u64 x2 __asm__("x2") = (u64)second_start;
        register u64 x3 __asm__("x3") = 0;
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17");
        second_is_on = 1;
    }
    while (work_of_second != 0)
        __asm__ volatile("yield");
}

void run(void)
{
    start_interface();
    program();
}
