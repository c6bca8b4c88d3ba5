/* Address breakpoints: at which ELs they match, by HMC, SSC and PMC; which word; each of the six. */
#include "../support.h"

#define MDE BIT(15)
#define KDE BIT(13)
#define SPSR_D BIT(9)
#define TDE BIT(8)
#define BAS (15ul << 5)
#define E BIT(0)

SNIPPET(code, "nop\n nop\n nop\n nop")

static const struct mode modes[] = { { "EL0", EL0 }, { "EL1", EL1 }, { "EL2", EL2 } };
/* HMC, SSC, PMC: what is defined without EL3. */
static const u8 scopes[] = { 0x01, 0x02, 0x03, 0x11, 0x13, 0x1c };

static u64 scope(u8 bits)
{
    return (bits & 0x10ul) << 9 | (bits & 0xcul) << 12 | (bits & 3ul) << 1;
}

static void go(const char *name, u64 spsr)
{
    WRITE("mdscr_el1", MDE | KDE);
    try(name, spsr, code);
    WRITE("mdscr_el1", 0);
}

#define EACH(n) \
    WRITE("dbgbvr" #n "_el1", (u64)code + 4); WRITE("dbgbcr" #n "_el1", E | BAS | scope(3)); go("breakpoint " #n, EL0); WRITE("dbgbcr" #n "_el1", 0);

void run(void)
{
    WRITE("oslar_el1", 0);
    WRITE("dbgbcr0_el1", 0); WRITE("dbgbcr1_el1", 0); WRITE("dbgbcr2_el1", 0); WRITE("dbgbcr3_el1", 0); WRITE("dbgbcr4_el1", 0); WRITE("dbgbcr5_el1", 0);
    EACH(0) EACH(1) EACH(2) EACH(3) EACH(4) EACH(5)
    WRITE("dbgbvr0_el1", (u64)code + 8);
    for (unsigned tde = 0; tde < 2; tde++) {
        WRITE("mdcr_el2", 6 | (tde ? TDE : 0));
        for (unsigned i = 0; i < COUNT(scopes); i++) {
            WRITE("dbgbcr0_el1", E | BAS | scope(scopes[i]));
            for (unsigned mode = 0; mode < 3; mode++) {
                print(tde ? "TDE " : "");
                print_hex(scopes[i]);
                print(" ");
                print(modes[mode].name);
                go("", modes[mode].spsr & ~SPSR_D);
                print(tde ? "TDE " : "");
                print_hex(scopes[i]);
                print(" ");
                print(modes[mode].name);
                go(" D", modes[mode].spsr);
            }
        }
    }
    WRITE("mdcr_el2", 6);
    WRITE("dbgbcr0_el1", BAS | scope(3));
    go("not enabled", EL0);
    WRITE("dbgbcr0_el1", E | BAS | scope(3));
    try("without MDE", EL0, code);
    WRITE("mdscr_el1", MDE);
    try("without KDE, EL1", EL1 & ~SPSR_D, code);
    try("without KDE, EL0", EL0, code);
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    try("TGE", EL0, code);
    WRITE("hcr_el2", HCR_RW);
    WRITE("dbgbvr0_el1", (u64)code + 0x100000000);
    try("another word above", EL0, code);
    WRITE("dbgbvr0_el1", (u64)code);
    try("the first", EL0, code);
    WRITE("mdscr_el1", 0);
    WRITE("dbgbcr0_el1", 0);
}
