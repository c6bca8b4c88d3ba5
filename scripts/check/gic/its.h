/* LPIs and the ITS for the programs of `check:gic`: tables in RAM, the command queue, commands. GICv3 only. */
#ifndef ITS_H
#define ITS_H
#include "gic.h"

#define GITS 0x08080000ul
#define GITS_CTLR MMIO32(GITS)
#define GITS_CBASER MMIO64(GITS + 0x80)
#define GITS_CWRITER MMIO64(GITS + 0x88)
#define GITS_CREADR MMIO64(GITS + 0x90)
#define GITS_BASER(n) MMIO64(GITS + 0x100 + 8 * (n))
#define GITS_TRANSLATER MMIO32(GITS + 0x10040)
#define GICR_CTLR(pe) MMIO32(GICR(pe))
#define GICR_PROPBASER(pe) MMIO64(GICR(pe) + 0x70)
#define GICR_PENDBASER(pe) MMIO64(GICR(pe) + 0x78)

/* Where the tables are: 64 KiB each, aligned. */
#define PROPERTIES 0x40800000ul
#define PENDING_TABLE(pe) (0x40810000ul + 0x10000ul * (pe))
#define QUEUE 0x40830000ul
#define DEVICES 0x40840000ul
#define COLLECTIONS 0x40850000ul
#define EVENTS(n) (0x40860000ul + 0x1000ul * (n))
#define LEVEL2(n) (0x40880000ul + 0x10000ul * (n))

#define VALID_TABLE (1ul << 63)
#define INDIRECT (1ul << 62)
#define PAGES_4K 0ul
#define PAGES_16K (1ul << 8)
#define PAGES_64K (2ul << 8)

/* Any LPIs, and their configuration. */
#define LPI_A 8192
#define LPI_B 8193
#define LPI_C 9000
#define LPI_D 20000
#define ENABLED 1

static inline void configure(u32 lpi, u32 byte)
{
    MMIO8(PROPERTIES + lpi - 8192) = byte;
}

/* Everything off, tables of zeros where the programs use them, then on: LPIs of both PEs, and the ITS with these GITS_BASER of devices and collections. */
void its_start_with(u64 devices, u64 collections, u64 id_bits);
/* The same with flat tables of 64 KiB, collections 0 and 1 at PEs 0 and 1, and device 0 with 16 events, none mapped. */
void its_start(void);

void command(u64 first, u64 second, u64 third, u64 fourth);
#define MAPD(device, bits, table, valid) command(8 | (u64)(device) << 32, (bits) - 1, (u64)(valid) << 63 | (table), 0)
#define MAPC(collection, pe, valid) command(9, 0, (u64)(valid) << 63 | (u64)(pe) << 16 | (collection), 0)
#define MAPTI(device, event, lpi, collection) command(0xa | (u64)(device) << 32, (event) | (u64)(lpi) << 32, collection, 0)
#define MAPI(device, event, collection) command(0xb | (u64)(device) << 32, event, collection, 0)
#define MOVI(device, event, collection) command(1 | (u64)(device) << 32, event, collection, 0)
#define INT(device, event) command(3 | (u64)(device) << 32, event, 0, 0)
#define CLEAR(device, event) command(4 | (u64)(device) << 32, event, 0, 0)
#define DISCARD(device, event) command(0xf | (u64)(device) << 32, event, 0, 0)
#define INV(device, event) command(0xc | (u64)(device) << 32, event, 0, 0)
#define INVALL(collection) command(0xd, 0, collection, 0)
#define MOVALL(from, to) command(0xe, 0, (u64)(from) << 16, (u64)(to) << 16)
#define SYNC(pe) command(5, 0, (u64)(pe) << 16, 0)

/* What both PEs are offered, in a line. */
void look(const char *name);
/* All interrupts that this PE is offered, acknowledged and ended, in a line. */
void drain(const char *name);

#endif
