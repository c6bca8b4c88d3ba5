/* Exception return: legal and illegal, from EL2 and from EL1, and what PSTATE is afterwards. */
#include "../support.h"

SNIPPET(call, "svc #0x123")
SNIPPET(return_el1, "msr spsr_el1, x0\n msr elr_el1, x1\n mov x0, #0\n msr nzcv, x0\n eret")
SNIPPET(state, "mrs x0, nzcv\n mrs x1, daif\n orr x0, x0, x1\n mrs x1, spsel\n orr x0, x0, x1\n mrs x1, currentel\n orr x0, x0, x1, lsl #8\n svc #1")

void run(void)
{
    /* M of SPSR_EL2: every value. */
    for (u64 m = 0; m < 32; m++) {
        /* AArch32 at EL0, which the emulator's core has. */
        if (m == 16)
            continue;
        print("EL2 to ");
        print_hex(m);
        if (m == 5 || m == 4 || m == 0 || m == 8 || m == 9)
            try("", 0xa00003c0 | m, call);
        else
            try("", 0xa0000140 | m, call);
    }
    for (u64 m = 0; m < 32; m++) {
        if (m == 16)
            continue;
        print("EL1 to ");
        print_hex(m);
        try_with("", EL1, return_el1, 0xa00003c0 | m, (u64)state);
    }
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    for (u64 m = 0; m < 16; m++) {
        print("TGE, EL2 to ");
        print_hex(m);
        try("", 0x600003c0 | m, call);
    }
    WRITE("hcr_el2", HCR_RW | HCR_TGE | HCR_E2H);
    for (u64 m = 0; m < 16; m++) {
        print("TGE and E2H, EL2 to ");
        print_hex(m);
        try("", 0x600003c0 | m, call);
    }
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    for (u64 m = 0; m < 16; m++) {
        print("E2H, EL2 to ");
        print_hex(m);
        try("", 0x600003c0 | m, call);
    }
    WRITE("hcr_el2", HCR_RW);
    /* SPSR with IL set: the target's first instruction takes the exception. */
    try("IL at EL0", EL0 | BIT(20), call);
    try("IL at EL1", EL1 | BIT(20), call);
    try("IL at EL2", EL2 | BIT(20), call);
    try("to an odd address", EL1, call + 2);
}
