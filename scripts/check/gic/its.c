/* What its.h promises. */
#if GIC == 3
#include "its.h"

static u64 at;

void command(u64 first, u64 second, u64 third, u64 fourth)
{
    volatile u64 *entry = (volatile u64 *)(QUEUE + at);
    entry[0] = first;
    entry[1] = second;
    entry[2] = third;
    entry[3] = fourth;
    at = (at + 32) % 4096;
    __asm__ volatile("dsb sy" ::: "memory");
    GITS_CWRITER = at;
    /* Ours and the emulator's are done by now; others take their time. */
    for (int i = 0; i < 100 && GITS_CREADR != at; i++)
        ;
}

static void second_resets(void)
{
    reset_gic();
}

static void zeros(u64 from, u64 bytes)
{
    for (u64 address = from; address < from + bytes; address += 8)
        MMIO64(address) = 0;
}

void its_start_with(u64 devices, u64 collections, u64 id_bits)
{
    GITS_CTLR = 0;
    reset_gic();
    on_second(second_resets);
    for (u32 pe = 0; pe < 2; pe++)
        GICR_CTLR(pe) = 0;
    zeros(PROPERTIES, 0x4000);
    zeros(PENDING_TABLE(0), 0x1000);
    zeros(PENDING_TABLE(1), 0x1000);
    zeros(DEVICES, 0x800);
    zeros(COLLECTIONS, 0x800);
    zeros(EVENTS(0), 0x8000);
    for (u32 pe = 0; pe < 2; pe++) {
        GICR_PROPBASER(pe) = PROPERTIES | (id_bits - 1);
        GICR_PENDBASER(pe) = PENDING_TABLE(pe);
        GICR_CTLR(pe) = 1;
    }
    GITS_BASER(0) = devices;
    GITS_BASER(1) = collections;
    GITS_CBASER = VALID_TABLE | QUEUE;
    at = 0;
    GITS_CWRITER = 0;
    GITS_CTLR = 1;
}

void its_start(void)
{
    its_start_with(VALID_TABLE | DEVICES | PAGES_64K, VALID_TABLE | COLLECTIONS | PAGES_64K, 16);
    MAPC(0, 0, 1);
    MAPC(1, 1, 1);
    MAPD(0, 4, EVENTS(0), 1);
}

static volatile u32 theirs[2];

static void second_looks(void)
{
    theirs[0] = READ("isr_el1");
    theirs[1] = get_hppir1();
}

void look(const char *name)
{
    on_second(second_looks);
    head(name);
    print(": ours ");
    print_hex(READ("isr_el1"));
    print(" ");
    print_hex(get_hppir1());
    print(" theirs ");
    print_hex(theirs[0]);
    print(" ");
    print_hex(theirs[1]);
    print("\n");
}

void drain(const char *name)
{
    list_start(name);
    for (int i = 0; i < 12; i++) {
        u32 intid = get_iar1();
        list_add(intid);
        if (intid == SPURIOUS)
            break;
        list_add(get_rpr());
        put_eoir1(intid);
    }
    list_end();
}
#endif
