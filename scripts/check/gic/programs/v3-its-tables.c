/* Tables of the ITS: page sizes, flat and of two levels, what lies beyond them and where a page is missing; devices and collections. */
#include "../its.h"

static void works(const char *name, u32 device, u32 collection, u32 pe)
{
    MAPC(collection, pe, 1);
    MAPD(device, 2, EVENTS(1), 1);
    MAPTI(device, 1, LPI_A, collection);
    INT(device, 1);
    about_hex(device);
    about(" ");
    about_hex(collection);
    look(name);
    drain("ours");
    /* As found. */
    MAPD(device, 2, 0, 0);
    MAPC(collection, pe, 0);
}

static void start(u64 devices, u64 collections)
{
    its_start_with(devices, collections, 16);
    configure(LPI_A, 0x80 | ENABLED);
}

static void flat(void)
{
    static const struct { const char *name; u64 pages; u32 entries; } sizes[] = { { " 4K", PAGES_4K, 512 }, { " 16K", PAGES_16K, 2048 }, { " 64K", PAGES_64K, 8192 } };
    for (unsigned i = 0; i < COUNT(sizes); i++) {
        u64 register0 = VALID_TABLE | DEVICES | sizes[i].pages, register1 = VALID_TABLE | COLLECTIONS | sizes[i].pages;
        start(register0, register1);
        works(sizes[i].name, 1, 0, 0);
        works(sizes[i].name, sizes[i].entries - 1, 1, 0);
        start(register0, register1);
        works(sizes[i].name, sizes[i].entries, 0, 0);
        start(register0, register1);
        works(sizes[i].name, 1, sizes[i].entries - 1, 0);
        start(register0, register1);
        works(sizes[i].name, 1, sizes[i].entries, 0);
    }
    /* Two pages of 4 KiB. */
    start(VALID_TABLE | DEVICES | PAGES_4K | 1, VALID_TABLE | COLLECTIONS | PAGES_4K);
    works(" two pages", 1023, 0, 0);
    start(VALID_TABLE | DEVICES | PAGES_4K | 1, VALID_TABLE | COLLECTIONS | PAGES_4K);
    works(" two pages", 1024, 0, 0);
    start(VALID_TABLE | DEVICES | PAGES_64K, 0);
    works(" no collections", 1, 0, 0);
    start(0, VALID_TABLE | COLLECTIONS | PAGES_64K);
    works(" no devices", 1, 0, 0);
    start(VALID_TABLE | 0x60000000 | PAGES_64K, VALID_TABLE | COLLECTIONS | PAGES_64K);
    works(" devices in no memory", 1, 0, 0);
}

static void two_levels(void)
{
    static const struct { const char *name; u64 pages; u32 entries; } sizes[] = { { " 4K", PAGES_4K, 512 }, { " 64K", PAGES_64K, 8192 } };
    for (unsigned i = 0; i < COUNT(sizes); i++) {
        u32 entries = sizes[i].entries;
        start(VALID_TABLE | INDIRECT | DEVICES | sizes[i].pages, VALID_TABLE | COLLECTIONS | PAGES_4K);
        works(" no page", 5, 0, 0);
        MMIO64(DEVICES) = VALID_TABLE | LEVEL2(0);
        works(sizes[i].name, 5, 0, 0);
        works(sizes[i].name, entries - 1, 1, 0);
        works(" no second page", entries, 2, 0);
        MMIO64(DEVICES + 8 * 3) = VALID_TABLE | LEVEL2(1);
        works(sizes[i].name, 3 * entries + 7, 3, 0);
        MAPC(0, 0, 1);
        MAPD(5, 2, EVENTS(1), 1);
        MMIO64(DEVICES) = LEVEL2(0);
        INT(5, 1);
        look("a page taken away");
        MMIO64(DEVICES) = VALID_TABLE | LEVEL2(0);
        INT(5, 1);
        look("the page back");
        drain("ours");
        MAPD(5, 2, 0, 0);
    }
    start(VALID_TABLE | INDIRECT | DEVICES | PAGES_4K, VALID_TABLE | COLLECTIONS | PAGES_4K);
    MMIO64(DEVICES + 8 * 127) = VALID_TABLE | LEVEL2(0);
    works(" the last device", 0xffff, 0, 0);
    start(VALID_TABLE | INDIRECT | DEVICES | PAGES_4K, VALID_TABLE | INDIRECT | COLLECTIONS | PAGES_4K);
    MMIO64(DEVICES) = VALID_TABLE | LEVEL2(0);
    MMIO64(COLLECTIONS) = VALID_TABLE | LEVEL2(1);
    works(" both of two levels", 3, 4, 0);
}

static void events(void)
{
    for (u32 bits = 1; bits < 12; bits += 3) {
        start(VALID_TABLE | DEVICES | PAGES_64K, VALID_TABLE | COLLECTIONS | PAGES_64K);
        MAPC(0, 0, 1);
        MAPD(1, bits, EVENTS(0), 1);
        MAPTI(1, (1u << bits) - 1, LPI_A, 0);
        INT(1, (1u << bits) - 1);
        about_hex(bits);
        look(" bits, the last event");
        drain("ours");
        MAPTI(1, 1u << bits, LPI_A, 0);
        INT(1, 1u << bits);
        about_hex(bits);
        look(" bits, the one behind");
        drain("ours");
    }
}

static void all(void)
{
    flat();
    two_levels();
    events();
}

static void nothing(void)
{
}

void program(void)
{
    on_second(nothing);
    both(all);
}
