/* Event streams wake WFE: by each bit of the virtual count (CNTKCTL_EL1) and of the physical one (CNTHCTL_EL2), in both directions. The emulator's WFE never waits. */
#include "../gic.h"

/* How far the count gets in eight waits, in events: between seven and nine. The first wait takes what happened before. */
static void waits(const char *name, u32 bit)
{
    __asm__ volatile("sevl\n wfe\n wfe");
    u64 before = READ("cntpct_el0");
    for (int i = 0; i < 8; i++)
        __asm__ volatile("wfe" ::: "memory");
    u64 events = (READ("cntpct_el0") - before + (1ul << bit)) >> (bit + 1);
    head(name);
    print(": ");
    print(events == 8 ? "eight events" : events == 0 ? "no waiting" : "something else");
    print("\n");
}

#define STREAM(bit, direction) ((u64)(bit) << 4 | (direction) << 3 | 4)

static void of_el1(void)
{
    static const u8 bits[] = { 8, 11, 15 };
    for (unsigned i = 0; i < COUNT(bits); i++)
        for (u64 direction = 0; direction < 2; direction++) {
            WRITE("cntkctl_el1", STREAM(bits[i], direction));
            about_hex(bits[i]);
            waits(direction ? " CNTKCTL, falling" : " CNTKCTL, rising", bits[i]);
        }
    WRITE("cntkctl_el1", STREAM(10, 0) & ~4ul);
    waits("CNTKCTL, not enabled", 10);
    WRITE("cntkctl_el1", 0);
}

/* The phase: right after an event the count has the bit set, or clear, and everything below it clear. */
static void phase(void)
{
    for (u64 direction = 0; direction < 2; direction++) {
        WRITE("cntkctl_el1", STREAM(14, direction));
        __asm__ volatile("sevl\n wfe\n wfe\n wfe" ::: "memory");
        say(direction ? "after a falling bit 14" : "after a rising bit 14", READ("cntvct_el0") >> 10 & 31);
    }
    WRITE("cntkctl_el1", 0);
}

void program(void)
{
    both(of_el1);
    both(phase);
    for (u64 direction = 0; direction < 2; direction++) {
        WRITE("cnthctl_el2", 3 | STREAM(12, direction));
        waits(direction ? "CNTHCTL, falling" : "CNTHCTL, rising", 12);
    }
    WRITE("cnthctl_el2", 3);
    /* The virtual count has its offset, the physical one has none. */
    WRITE("cntvoff_el2", 1 << 13);
    WRITE("cntkctl_el1", STREAM(14, 0));
    __asm__ volatile("sevl\n wfe\n wfe\n wfe" ::: "memory");
    say("virtual count after a rising bit 14", READ("cntvct_el0") >> 10 & 31);
    WRITE("cntkctl_el1", 0);
    WRITE("cnthctl_el2", 3 | STREAM(14, 0));
    __asm__ volatile("sevl\n wfe\n wfe\n wfe" ::: "memory");
    say("physical count after a rising bit 14", READ("cntpct_el0") >> 10 & 31);
    WRITE("cnthctl_el2", 3);
    WRITE("cntvoff_el2", 0);
    /* An event that came before the wait is not lost. */
    WRITE("cntkctl_el1", STREAM(6, 0));
    __asm__ volatile("sevl\n wfe\n wfe" ::: "memory");
    u64 until = READ("cntvct_el0") + 1000;
    while (READ("cntvct_el0") < until)
        ;
    WRITE("cntkctl_el1", STREAM(15, 0));
    u64 before = READ("cntvct_el0");
    __asm__ volatile("wfe" ::: "memory");
    value("event before the wait", READ("cntvct_el0") - before < 200);
    WRITE("cntkctl_el1", 0);
}
