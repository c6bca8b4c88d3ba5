/* Breakpoints and watchpoints linked to a breakpoint that compares CONTEXTIDR_EL1 or CONTEXTIDR_EL2. */
#include "../support.h"

#define MDE BIT(15)
#define KDE BIT(13)
#define SPSR_D BIT(9)
#define TDE BIT(8)
#define BAS (15ul << 5)
#define E BIT(0)
#define BT(type) ((u64)(type) << 20)
#define LBN(n) ((u64)(n) << 16)
/* EL2, EL1 and EL0. */
#define ANYWHERE (BIT(13) | 3ul << 1)
#define BYTES (0xfful << 5)
#define BOTH_WAYS (3ul << 3)

SNIPPET(code, "nop\n ldr x0, [x1]")

static u64 data[2] __attribute__((aligned(16)));
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

static void go(const char *name, int is_watchpoint)
{
    WRITE("dbgbcr0_el1", is_watchpoint ? 0 : E | BT(1) | LBN(5) | BAS | ANYWHERE);
    WRITE("dbgwcr0_el1", is_watchpoint ? E | BIT(20) | LBN(5) | BYTES | BOTH_WAYS | ANYWHERE : 0);
    for (unsigned mode = 0; mode < 3; mode++) {
        print(is_watchpoint ? "watchpoint " : "breakpoint ");
        print(modes[mode].name);
        WRITE("mdcr_el2", 6 | TDE);
        WRITE("mdscr_el1", MDE | KDE);
        try_with(name, modes[mode].spsr & ~SPSR_D, code, 0, (u64)data);
        WRITE("mdscr_el1", 0);
    }
}

static void all(const char *name)
{
    go(name, 0);
    go(name, 1);
}

void run(void)
{
    WRITE("oslar_el1", 0);
    WRITE("dbgbvr0_el1", (u64)code);
    WRITE("dbgwvr0_el1", (u64)data);
    WRITE("contextidr_el1", 0x12345677);
    WRITE("s3_4_c13_c0_1", 0x76543213);
    for (unsigned e2h = 0; e2h < 2; e2h++) {
        WRITE("hcr_el2", HCR_RW | (e2h ? HCR_E2H : 0));
        if (e2h)
            WRITE("cptr_el2", 3ul << 20);
        print("");
        WRITE("dbgbcr5_el1", 0);
        all(e2h ? "E2H link off" : "link off");
        for (unsigned other = 0; other < 2; other++) {
            WRITE("dbgbvr5_el1", 0x12345677 + other);
            WRITE("dbgbcr5_el1", E | BT(3) | BAS | ANYWHERE);
            all(other ? (e2h ? "E2H other context" : "other context") : (e2h ? "E2H context" : "context"));
            WRITE("dbgbcr5_el1", E | BT(7) | BAS | ANYWHERE);
            all(other ? (e2h ? "E2H other CONTEXTIDR_EL1" : "other CONTEXTIDR_EL1") : (e2h ? "E2H CONTEXTIDR_EL1" : "CONTEXTIDR_EL1"));
        }
        /* Not linked, and an address: neither can be linked to. */
        WRITE("dbgbvr5_el1", 0x12345677);
        WRITE("dbgbcr5_el1", E | BT(1) | BAS | ANYWHERE);
        all(e2h ? "E2H address" : "address");
    }
    WRITE("hcr_el2", HCR_RW);
    WRITE("dbgbcr5_el1", 0);
    WRITE("dbgbcr0_el1", 0);
    WRITE("dbgwcr0_el1", 0);
}
