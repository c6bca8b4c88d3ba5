/* The Illegal Execution state: illegal returns of every kind, and what the instruction after them is: its own cause never counts. */
#include "../support.h"

SNIPPET(call, "svc #1")
SNIPPET(hyper, "hvc #1")
SNIPPET(brk_, "brk #1")
SNIPPET(undefined, ".inst 0")
SNIPPET(load_now, "ldr x0, [x0]")
SNIPPET(nop_, "nop")
SNIPPET(wfi_, "wfi")
SNIPPET(eret_, "eret")
SNIPPET(mrs_, "mrs x0, hcr_el2")
SNIPPET(branch, "b .+8\n nop")
SNIPPET(from_el1, "msr spsr_el1, x0\n msr elr_el1, x1\n eret")

static const struct { const char *name; const char *pc; } snippets[] = {
    { "svc", call }, { "hvc", hyper }, { "brk", brk_ }, { "undefined", undefined }, { "ldr", load_now }, { "nop", nop_ }, { "wfi", wfi_ }, { "eret", eret_ }, { "mrs hcr_el2", mrs_ }, { "b", branch },
};

void run(void)
{
    /* IL in SPSR_EL2: at every EL, whatever the instruction. */
    static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };
    for (unsigned m = 0; m < 5; m++) {
        for (unsigned i = 0; i < COUNT(snippets); i++) {
            print("IL ");
            print(modes[m].name);
            try_with(snippets[i].name, modes[m].spsr | BIT(20), snippets[i].pc, 0x100000000000, 0);
        }
        /* The address of the instruction counts first. */
        print("IL ");
        print(modes[m].name);
        try("odd", modes[m].spsr | BIT(20), call + 2);
        print("IL ");
        print(modes[m].name);
        try_with("unmapped", modes[m].spsr | BIT(20), (const void *)0x100000000000, 0, 0);
    }
    /* Illegal returns of EL1 and EL2; NZCV and DAIF are those of the SPSR, the EL and the stack pointer stay. */
    static const u64 psrs[] = { 0x3ce, 0x3cf, 0x3c1, 0x3c2, 0x3c3, 0x3c6, 0x3c7, 0x3ca, 0x3cb, 0x3cc, 0x3cd, 0x1f | 0x3c0, 0xa00003ce, 0x500000ce, 0x014003ce, 0x008003cf, 0x001003cd, 0x002003cd, 0x3de };
    for (unsigned i = 0; i < COUNT(psrs); i++) {
        print("EL2, SPSR ");
        print_hex(psrs[i]);
        try("", psrs[i] & ~BIT(22), call);
        print("EL1, SPSR ");
        print_hex(psrs[i]);
        try_with("", EL1, from_el1, psrs[i] & ~BIT(22), (u64)call);
        print("EL1t, SPSR ");
        print_hex(psrs[i]);
        try_with("", EL1T, from_el1, psrs[i] & ~BIT(22), (u64)hyper);
    }
    /* EL1 may not return to EL2; with TGE EL2 may not return to EL1. */
    try_with("EL1 to EL2h", EL1, from_el1, 0x3c9, (u64)call);
    try_with("EL1 to EL2t", EL1, from_el1, 0x3c8, (u64)call);
    static const u64 hcrs[] = { HCR_TGE, HCR_TGE | HCR_E2H, HCR_E2H };
    for (unsigned h = 0; h < 3; h++) {
        static const u64 targets[] = { 0x3c0, 0x3c4, 0x3c5, 0x3c8, 0x3c9, 0x600003c5 };
        for (unsigned i = 0; i < COUNT(targets); i++) {
            WRITE("hcr_el2", HCR_RW | hcrs[h]);
            print("hosts ");
            print_hex(h);
            print(", SPSR ");
            print_hex(targets[i]);
            try("", targets[i], call);
            WRITE("hcr_el2", HCR_RW);
        }
    }
    /* An interrupt that is unmasked is taken in the Illegal Execution state too, and IL is kept in SPSR. */
    WRITE("hcr_el2", HCR_RW | BIT(7) | BIT(4));
    try("IL, vIRQ at EL1", 0x345 | BIT(20), call);
    WRITE("hcr_el2", HCR_RW | BIT(7) | BIT(4));
    try("IL, vIRQ at EL0", 0x340 | BIT(20), call);
    WRITE("hcr_el2", HCR_RW);
}
