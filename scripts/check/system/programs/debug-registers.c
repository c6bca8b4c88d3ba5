/* The small debug registers: claim tags, the communication channel, the fields of MDSCR_EL1 that the OS lock opens, and masks. */
#include "../support.h"

#define OSDTRRX_EL1 "s2_0_c0_c0_2"
#define OSDTRTX_EL1 "s2_0_c0_c3_2"
#define DBGDTR_EL0 "s2_3_c0_c4_0"
#define DBGDTRX_EL0 "s2_3_c0_c5_0"
#define DBGCLAIMSET_EL1 "s2_0_c7_c8_6"
#define DBGCLAIMCLR_EL1 "s2_0_c7_c9_6"
#define DBGAUTHSTATUS_EL1 "s2_0_c7_c14_6"
#define DBGPRCR_EL1 "s2_0_c1_c4_4"

SNIPPET(seventh_breakpoint, "mrs x0, s2_0_c0_c6_4")
SNIPPET(fifth_watchpoint, "mrs x0, s2_0_c0_c4_6")
SNIPPET(dcc, "mrs x0, s2_3_c0_c1_0")

static void masks(const char *name, u64 ones, u64 zeros)
{
    print(name);
    print(": ");
    print_hex(ones);
    print(" ");
    print_hex(zeros);
    print("\n");
}

#define MASKS(name) { WRITE(name, ~0ul); u64 ones = READ(name); WRITE(name, 0ul); masks(name, ones, READ(name)); }

void run(void)
{
    value("locked", READ("oslsr_el1"));
    MASKS("mdscr_el1")
    WRITE("oslar_el1", 0);
    MASKS("mdscr_el1")
    MASKS(OSDTRRX_EL1) MASKS(OSDTRTX_EL1) MASKS(DBGPRCR_EL1)
    MASKS("dbgbvr0_el1") MASKS("dbgbvr5_el1") MASKS("dbgbcr0_el1") MASKS("dbgwvr3_el1") MASKS("dbgwcr3_el1")
    value("mdrar", READ("mdrar_el1"));
    value("authstatus", READ(DBGAUTHSTATUS_EL1));
    WRITE(DBGCLAIMCLR_EL1, 0xff);
    WRITE(DBGCLAIMSET_EL1, 0x135);
    value("claimed", READ(DBGCLAIMCLR_EL1));
    value("claimable", READ(DBGCLAIMSET_EL1));
    WRITE(DBGCLAIMCLR_EL1, 0x14);
    value("left", READ(DBGCLAIMCLR_EL1));
    value("channel", READ("mdccsr_el0"));
    WRITE(DBGDTR_EL0, 0x1122334455667788);
    value("channel after a write", READ("mdccsr_el0"));
    value("received", READ(OSDTRRX_EL1));
    value("sent", READ(OSDTRTX_EL1));
    value("both", READ(DBGDTR_EL0));
    WRITE(DBGDTRX_EL0, 0x99);
    value("sent again", READ(OSDTRTX_EL1));
    value("received still", READ(DBGDTRX_EL0));
    try("DBGBVR6", EL1, seventh_breakpoint);
    try("DBGWVR4", EL1, fifth_watchpoint);
    WRITE("mdscr_el1", BIT(12));
    try("TDCC", EL0, dcc);
    WRITE("mdscr_el1", 0);
}
