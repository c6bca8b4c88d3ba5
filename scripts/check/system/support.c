/* The part of the programs of `check:system` that prints and hands out pages. */
#include "support.h"

static u64 semihosting(u64 operation, const void *argument)
{
    register u64 x0 __asm__("x0") = operation;
    register const void *x1 __asm__("x1") = argument;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}

void print(const char *text)
{
    semihosting(4, text);
}

void print_hex(u64 value)
{
    char text[17];
    int at = 16;
    text[16] = 0;
    do {
        text[--at] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value != 0);
    print(text + at);
}

static void field(const char *name, u64 value)
{
    print(name);
    print_hex(value);
}

void value(const char *name, u64 value)
{
    print(name);
    field(": ", value);
    print("\n");
}

void line(const char *name, const void *pc)
{
    u64 offset = record.elr - (u64)pc;
    print(name);
    field(": el", record.el);
    field(" vector ", record.vector);
    field(" esr ", record.esr);
    if (offset < 0x1000)
        field(" elr +", offset);
    else
        field(" elr ", record.elr);
    field(" far ", record.far);
    field(" hpfar ", record.hpfar);
    field(" spsr ", record.spsr);
    field(" x0 ", record.x0);
    print("\n");
}

void try_with(const char *name, u64 spsr, const void *pc, u64 x0, u64 x1)
{
    record.el = 0;
    attempt(spsr, pc, x0, x1);
    line(name, pc);
}

static u32 code[4] __attribute__((aligned(16)));

const void *assemble2(u32 word, u32 second)
{
    volatile u32 *to = code;
    to[0] = word;
    to[1] = second;
    to[2] = 0xd4000001 | 0xffe << 5;
    __asm__ volatile("dc cvau, %0\n dsb sy\n ic ivau, %0\n dsb sy\n isb" :: "r"(code) : "memory");
    return code;
}

const void *assemble(u32 word)
{
    return assemble2(word, 0xd503201f);
}

u64 outcome(u64 spsr, u32 word)
{
    if ((word & 0xfff00000) == 0xd5300000 || (word & 0xfff00000) == 0xd5200000)
        word |= 2;
    const void *pc = assemble2(word, WORD_SVC(0x77));
    if ((spsr & 0xc) == 4) {
        WRITE("spsr_el1", EL1);
        WRITE("elr_el1", (u64)pc + 4);
    }
    record.el = 0;
    attempt(spsr, pc, 0, 0x40200000);
    return record.esr | record.el << 60 | (record.elr & 0xf) << 40;
}

#define MOST_MODES 4
#define MOST_ACCESSES 512

static struct {
    const struct access *list;
    const struct mode *modes;
    unsigned count, mode_count;
    u64 usual[MOST_MODES][MOST_ACCESSES];
} swept;

/* With the MMU off DC ZVA is an Alignment fault, which the emulator does not know: only its traps are shown. */
static int is_zero_block(u32 word)
{
    return word == (WORD_MSR(1, 3, 7, 4, 1) | 1);
}

void sweep_start(const struct access *list, unsigned count, const struct mode *modes, unsigned mode_count)
{
    swept.list = list;
    swept.modes = modes;
    swept.count = count < MOST_ACCESSES ? count : MOST_ACCESSES;
    swept.mode_count = mode_count < MOST_MODES ? mode_count : MOST_MODES;
    for (unsigned mode = 0; mode < swept.mode_count; mode++) {
        for (unsigned i = 0; i < swept.count; i++) {
            swept.usual[mode][i] = outcome(modes[mode].spsr, list[i].word);
            if (is_zero_block(list[i].word))
                continue;
            print(modes[mode].name);
            value(list[i].name, swept.usual[mode][i]);
        }
    }
}

void sweep(const char *control, u64 number)
{
    for (unsigned mode = 0; mode < swept.mode_count; mode++) {
        for (unsigned i = 0; i < swept.count; i++) {
            u64 now = outcome(swept.modes[mode].spsr, swept.list[i].word);
            if (now == swept.usual[mode][i] || (is_zero_block(swept.list[i].word) && (now >> 26 & 63) != 0x18))
                continue;
            print(control);
            print(" ");
            print_hex(number);
            print(" ");
            print(swept.modes[mode].name);
            value(swept.list[i].name, now);
        }
    }
}

/* From 4 MiB after the start of RAM. */
static u64 next_table = 0x40400000;

u64 *new_table(void)
{
    u64 *table = (u64 *)next_table;
    next_table += 4096;
    for (int i = 0; i < 512; i++)
        ((volatile u64 *)table)[i] = 0;
    return table;
}

void start(void);
void start(void)
{
    static const u64 exit[2] = { 0x20026, 0 };
    WRITE("hcr_el2", HCR_RW);
    WRITE("cptr_el2", CPTR);
    WRITE("cpacr_el1", 3ul << 20);
    WRITE("mdcr_el2", READ("mdcr_el2") & 0x1f);
    WRITE("sctlr_el1", SCTLR1);
    WRITE("sctlr_el2", SCTLR2);
    WRITE("vttbr_el2", 0);
    /* UNKNOWN after reset, and shown. */
    WRITE("esr_el1", 0);
    WRITE("far_el1", 0);
    WRITE("esr_el2", 0);
    WRITE("far_el2", 0);
    WRITE("hpfar_el2", 0);
    WRITE("s3_4_c5_c2_3", 0); /* VSESR_EL2 */
    WRITE("sp_el0", 0x40300000);
    WRITE("sp_el1", 0x40310000);
    run();
    semihosting(0x18, exit);
}
