/*
 * Page tables of each granule, and the accesses that the `mmu-` programs of `check:system` make to them. Stage 1 has 39 bits of
 * VA: RAM flat for EL1, again at USER_CODE for EL0, and the page under test at AT. Stage 2 has 39 bits of IPA, RAM flat.
 */
#ifndef MMU_H
#define MMU_H
#include "support.h"

#define VALID 3ul
#define BLOCK 1ul
#define AF BIT(10)
#define NG BIT(11)
#define USER BIT(6)
#define READ_ONLY BIT(7)
#define DBM BIT(51)
#define CONTIGUOUS BIT(52)
#define PXN BIT(53)
#define UXN BIT(54)
#define S2_RW (3ul << 6)
#define S2_NORMAL (15ul << 2)

#define RAM 0x40000000ul
#define AT 0x1080000000ul
/* Memory that the page under test maps: aligned for the block of any level that is used, at its beginning 64 KiB of ours. */
#define PAGE 0x40500000ul
#define USER_CODE(pc) ((const void *)((u64)(pc) + 0xc0000000ul))
#define ADDRESS(descriptor) ((descriptor) & 0x0000fffffffff000ul)
#define BITS 39

struct granule {
    const char *name;
    u64 tg0, tg1;
    int bits;
    /* The first level of 39 bits, and that at which RAM is a block. */
    int start, block;
};
static const struct granule granules[3] = { { "4K", 0, 2, 12, 1, 1 }, { "16K", 2, 1, 14, 1, 2 }, { "64K", 1, 3, 16, 2, 2 } };

static inline int shift_of(const struct granule *g, int level)
{
    return g->bits + (3 - level) * (g->bits - 3);
}

/* A table of 64 KiB, aligned, of zeros. */
static u64 *big_table(void)
{
    static u64 count;
    volatile u64 *table = (volatile u64 *)(0x40800000ul + 0x10000 * count++);
    for (int i = 0; i < 8192; i++)
        table[i] = 0;
    return (u64 *)table;
}

/* The descriptor of `va` at `level`; tables above it are made. The first index is as wide as it has to be. */
static u64 *entry_of(u64 *root, const struct granule *g, u64 va, int level)
{
    u64 *table = root;
    for (int at = g->start;; at++) {
        u64 index = va >> shift_of(g, at);
        u64 *entry = table + (at == g->start ? index : index & ((1ul << (g->bits - 3)) - 1));
        if (at == level)
            return entry;
        if ((*entry & VALID) != VALID)
            *entry = (u64)big_table() | VALID;
        table = (u64 *)ADDRESS(*entry);
    }
}

/* Stage 1 of EL1&0 on, the page under test mapped for both ELs; `tcr` on top of granule and size. Returns the root. */
static inline u64 *make_stage1(const struct granule *g, u64 tcr)
{
    u64 *root = big_table();
    *entry_of(root, g, RAM, g->block) = RAM | AF | BLOCK;
    *entry_of(root, g, (u64)USER_CODE(RAM), g->block) = RAM | AF | BLOCK | USER | READ_ONLY;
    *entry_of(root, g, AT, 3) = PAGE | AF | VALID | USER;
    WRITE("mair_el1", 0x44bb04ff);
    WRITE("tcr_el1", (64 - BITS) | g->tg0 << 14 | BIT(23) | 5ul << 32 | tcr);
    WRITE("ttbr0_el1", (u64)root);
    WRITE("ttbr1_el1", 0);
    WRITE("sctlr_el1", SCTLR1 | 1);
    SYS("tlbi vmalle1");
    return root;
}

/* Stage 2 on, RAM flat; `vtcr` on top of granule, size and first level. Returns the root. */
static inline u64 *make_stage2(const struct granule *g, u64 vtcr)
{
    u64 *root = big_table();
    *entry_of(root, g, RAM, g->block) = RAM | AF | BLOCK | S2_RW | S2_NORMAL;
    u64 sl0 = g->bits == 12 ? 2 - g->start : 3 - g->start;
    WRITE("vtcr_el2", BIT(31) | (64 - BITS) | sl0 << 6 | g->tg0 << 14 | 5 << 16 | vtcr);
    WRITE("vttbr_el2", (u64)root | 5ul << 48);
    WRITE("hcr_el2", HCR_RW | HCR_VM);
    SYS("tlbi vmalls12e1");
    return root;
}

SNIPPET(mmu_load, "ldr x0, [x0]")
SNIPPET(mmu_store, "str x1, [x0]")
SNIPPET(mmu_fetch, "br x0")
SNIPPET(mmu_swap, "swp x1, x2, [x0]")

/* The word that a fetch of the page under test meets: SVC #0x55. */
static inline void fill_page(void)
{
    ((volatile u32 *)PAGE)[0] = WORD_SVC(0x55);
    ((volatile u32 *)PAGE)[1] = WORD_SVC(0x56);
}

/* Load, store and fetch of both ELs; with `stage1`, EL0 runs the code at its own addresses. */
static inline void all_at(const char *what, u64 address, int stage1)
{
    static const struct { const char *name; const char *pc; } accesses[] = { { "ldr", mmu_load }, { "str", mmu_store }, { "fetch", mmu_fetch }, { "swp", mmu_swap } };
    SYS("tlbi vmalls12e1");
    for (unsigned i = 0; i < COUNT(accesses); i++) {
        for (int el = 0; el < 2; el++) {
            const void *pc = el == 0 && stage1 ? USER_CODE(accesses[i].pc) : accesses[i].pc;
            fill_page();
            print(what);
            print(el ? ", EL1 " : ", EL0 ");
            try_with(accesses[i].name, el ? EL1 : EL0, pc, address, 0x1234);
        }
    }
}

/* The same with one descriptor replaced, named by its level. */
static inline void with_entry(const char *what, u64 *entry, int level, u64 descriptor, u64 address, int stage1)
{
    u64 saved = *entry;
    *entry = descriptor;
    print_hex(level);
    print(" ");
    all_at(what, address, stage1);
    *entry = saved;
}

/*
 * PAR_EL1 of an address translation instruction. Left out: NS, UNKNOWN here, and SH of Device and Non-cacheable memory, which
 * is Outer Shareable in PAR_EL1 and for the emulator what the descriptor says.
 */
static inline u64 known_par(u64 par)
{
    u64 attr = par >> 56;
    if (par & 1)
        return par;
    return par & ~BIT(9) & ~(attr < 0x10 || attr == 0x44 ? 3ul << 7 : 0);
}
#define PAR(op, address) ({ WRITE("par_el1", 0); SYSX("at " op, address); known_par(READ("par_el1")); })

#endif
