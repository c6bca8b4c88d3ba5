/* Faults of each kind at each level of one granule: of stage 1, of stage 2, and of stage 2 on the walk of stage 1. */
#ifndef MMU_FAULTS_H
#define MMU_FAULTS_H
#include "mmu.h"

/* An output address that is aligned at every level, beyond what PS 0 allows, and where no memory is. */
/* The emulator has blocks at level 1 of 16 KiB pages, which need FEAT_LPA2: none are tried. */
#define TOO_WIDE 0x100000000000ul

static inline void stage1_faults(const struct granule *g)
{
    u64 *root = make_stage1(g, 0);
    all_at("mapped", AT, 1);
    for (int level = g->start; level < 4; level++) {
        u64 *entry = entry_of(root, g, AT, level);
        u64 leaf = (level == 3 ? VALID : BLOCK) | USER;
        u64 output = level == 3 ? PAGE : RAM;
        int is_leaf = level == 3 || shift_of(g, level) < 31;
        with_entry("invalid", entry, level, 0, AT, 1);
        if (level == 3)
            with_entry("reserved", entry, level, PAGE | AF | BLOCK, AT, 1);
        if (is_leaf) {
            with_entry("AF", entry, level, output | leaf, AT, 1);
            with_entry("read-only", entry, level, output | AF | leaf | READ_ONLY, AT, 1);
            with_entry("EL1 only", entry, level, (output | AF | leaf) & ~USER, AT, 1);
            with_entry("never executable", entry, level, output | AF | leaf | PXN | UXN, AT, 1);
            with_entry("no memory", entry, level, TOO_WIDE | AF | leaf, AT, 1);
        }
        WRITE("tcr_el1", READ("tcr_el1") & ~(7ul << 32));
        with_entry("address size", entry, level, TOO_WIDE | (is_leaf ? leaf | AF : VALID), AT, 1);
        with_entry("address size of a table", entry, level, TOO_WIDE | VALID | AF, AT, 1);
        WRITE("tcr_el1", READ("tcr_el1") | 5ul << 32);
    }
    all_at("beyond T0SZ", 1ul << BITS, 1);
    all_at("upper range, EPD1", ~0ul << BITS, 1);
}

static inline void stage2_faults(const struct granule *g)
{
    u64 *root = make_stage2(g, 0);
    *entry_of(root, g, AT, 3) = PAGE | AF | VALID | S2_RW | S2_NORMAL;
    all_at("mapped", AT, 0);
    for (int level = g->start; level < 4; level++) {
        u64 *entry = entry_of(root, g, AT, level);
        u64 leaf = (level == 3 ? VALID : BLOCK) | S2_NORMAL;
        u64 output = level == 3 ? PAGE : RAM;
        int is_leaf = level == 3 || shift_of(g, level) < 31;
        with_entry("invalid", entry, level, 0, AT + 0x5670, 0);
        if (level == 3)
            with_entry("reserved", entry, level, PAGE | AF | BLOCK | S2_RW, AT, 0);
        if (is_leaf) {
            with_entry("AF", entry, level, output | leaf | S2_RW, AT + 0x5670, 0);
            for (u64 ap = 0; ap < 4; ap++) {
                print_hex(ap);
                with_entry(" S2AP", entry, level, output | AF | leaf | ap << 6, AT, 0);
            }
            for (u64 xn = 1; xn < 4; xn++) {
                print_hex(xn);
                with_entry(" XN", entry, level, output | AF | leaf | S2_RW | xn << 53, AT, 0);
            }
            with_entry("no memory", entry, level, TOO_WIDE | AF | leaf | S2_RW, AT, 0);
        }
    }
    all_at("beyond T0SZ", 1ul << BITS, 0);
}

/* The table of each level of stage 1 behind a descriptor of stage 2 of the same level, which then faults. */
static inline void walk_faults(const struct granule *g)
{
    u64 *root2 = make_stage2(g, 0);
    u64 *root = make_stage1(g, 0);
    *entry_of(root2, g, AT, 3) = PAGE | AF | VALID | S2_RW | S2_NORMAL;
    *entry_of(root, g, AT, 3) = AT | AF | VALID | USER;
    all_at("both stages", AT, 1);
    for (int level = g->start + 1; level < 4; level++) {
        u64 *above = entry_of(root, g, AT, level - 1);
        u64 saved = *above;
        /* An IPA of its own, at the same level. */
        u64 ipa = 0x2000000000ul + ((u64)level << 34);
        u64 *entry = entry_of(root2, g, ipa, level);
        *above = ipa | VALID;
        static const u64 bad[] = { 0, BLOCK, AF };
        for (unsigned i = 0; i < COUNT(bad); i++) {
            if (level < 3 && i > 0)
                continue;
            u64 target = ADDRESS(saved);
            *entry = i == 0 ? 0 : i == 1 ? (target | AF | BLOCK | S2_RW | S2_NORMAL) : (target | VALID | S2_RW | S2_NORMAL);
            SYS("tlbi vmalls12e1");
            print_hex(level);
            print(i == 0 ? " invalid" : i == 1 ? " reserved" : " AF");
            try_with(", EL1 ldr", EL1, mmu_load, AT + 0x678, 0);
            print_hex(level);
            print(i == 0 ? " invalid" : i == 1 ? " reserved" : " AF");
            try_with(", EL0 ldr", EL0, USER_CODE(mmu_load), AT + 0x678, 0);
            print_hex(level);
            print(i == 0 ? " invalid" : i == 1 ? " reserved" : " AF");
            try_with(", EL0 fetch", EL0, USER_CODE(mmu_fetch), AT + 0x678, 0);
        }
        if (level == 3) {
            for (u64 ap = 0; ap < 4; ap++) {
                *entry = ADDRESS(saved) | AF | VALID | S2_NORMAL | ap << 6;
                SYS("tlbi vmalls12e1");
                print_hex(ap);
                try_with(" S2AP of the table, EL1 ldr", EL1, mmu_load, AT, 0);
                print_hex(ap);
                try_with(" S2AP of the table, EL0 fetch", EL0, USER_CODE(mmu_fetch), AT, 0);
            }
        }
        *above = saved;
    }
}

#endif
