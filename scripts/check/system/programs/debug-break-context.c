/* Breakpoints that compare a context alone: CONTEXTIDR_EL1, CONTEXTIDR_EL2, the VMID, and both; and on a breakpoint that cannot. */
#include "../support.h"

#define MDE BIT(15)
#define BAS (15ul << 5)
#define E BIT(0)
#define EL0_ONLY (2ul << 1)
#define BT(type) ((u64)(type) << 20)
#define CONTEXT 0x12345677ul
#define CONTEXT2 0x76543213ul
#define VMID 0x5aul

SNIPPET(code, "nop\n nop")

static void go(const char *name, unsigned type, u64 value)
{
    WRITE("dbgbvr5_el1", value);
    WRITE("dbgbcr5_el1", E | BT(type) | BAS | EL0_ONLY);
    WRITE("mdscr_el1", MDE);
    try(name, EL0, code);
    WRITE("mdscr_el1", 0);
    WRITE("dbgbcr5_el1", 0);
}

void run(void)
{
    WRITE("oslar_el1", 0);
    WRITE("contextidr_el1", CONTEXT);
    WRITE("s3_4_c13_c0_1", CONTEXT2);
    WRITE("vttbr_el2", VMID << 48);
    go("context", 2, CONTEXT);
    go("other context", 2, CONTEXT ^ 1);
    go("linked context", 3, CONTEXT);
    go("CONTEXTIDR_EL1", 6, CONTEXT);
    go("VMID", 8, VMID << 32);
    go("other VMID", 8, (VMID ^ 1) << 32);
    go("VMID of 16 bits", 8, (VMID | 0x100) << 32);
    go("VMID and context", 10, VMID << 32 | CONTEXT);
    go("VMID and other context", 10, VMID << 32 | (CONTEXT ^ 1));
    go("other VMID and context", 10, (VMID ^ 1) << 32 | CONTEXT);
    go("CONTEXTIDR_EL2", 12, CONTEXT2 << 32);
    go("other CONTEXTIDR_EL2", 12, CONTEXT << 32);
    go("both", 14, CONTEXT2 << 32 | CONTEXT);
    go("both, other", 14, CONTEXT2 << 32 | CONTEXT2);
    /* The first breakpoints compare addresses alone. */
    WRITE("dbgbvr0_el1", CONTEXT);
    WRITE("dbgbcr0_el1", E | BT(2) | BAS | EL0_ONLY);
    WRITE("mdscr_el1", MDE);
    try("not for contexts", EL0, code);
    WRITE("mdscr_el1", 0);
    WRITE("dbgbcr0_el1", 0);
    WRITE("vttbr_el2", 0);
}
