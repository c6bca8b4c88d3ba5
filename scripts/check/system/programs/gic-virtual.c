/* The virtual CPU interface as EL1 sees it: list registers, groups, priorities, VPMR, enables; vIRQ and vFIQ; acknowledge, end, and what EL2 reads afterwards. */
#include "../support.h"

#define ICH_HCR "s3_4_c12_c11_0"
#define ICH_VMCR "s3_4_c12_c11_7"
#define ICH_LR0 "s3_4_c12_c12_0"
#define ICH_LR1 "s3_4_c12_c12_1"
#define LR(id, priority, group, state) ((u64)(id) | (u64)(priority) << 48 | (u64)(group) << 60 | (u64)(state) << 62)

SNIPPET(idle, "mrs x0, isr_el1\n nop\n nop")
SNIPPET(ack1, "mrs x0, s3_0_c12_c12_0\n isb")
SNIPPET(ack0, "mrs x0, s3_0_c12_c8_0\n isb")
SNIPPET(serve1, "mrs x0, s3_0_c12_c12_0\n isb\n mrs x1, s3_0_c12_c11_3\n msr s3_0_c12_c12_1, x0\n isb")
SNIPPET(serve0, "mrs x0, s3_0_c12_c8_0\n isb\n mrs x1, s3_0_c12_c11_3\n msr s3_0_c12_c8_1, x0\n isb")
SNIPPET(highest1, "mrs x0, s3_0_c12_c12_2")
SNIPPET(running, "mrs x0, s3_0_c12_c11_3")
SNIPPET(end1, "msr s3_0_c12_c12_1, x0\n isb")
SNIPPET(deactivate, "msr s3_0_c12_c11_1, x0\n isb")
SNIPPET(mask, "msr s3_0_c4_c6_0, x0\n isb\n mrs x0, s3_0_c4_c6_0")

static void state(const char *what)
{
    print(what);
    print(" lrs: ");
    print_hex(READ(ICH_LR0));
    print(" ");
    print_hex(READ(ICH_LR1));
    print(" ap ");
    print_hex(READ("s3_4_c12_c8_0"));
    print(" ");
    print_hex(READ("s3_4_c12_c9_0"));
    print(" misr ");
    print_hex(READ("s3_4_c12_c11_2"));
    print(" eisr ");
    print_hex(READ("s3_4_c12_c11_3") & 3);
    print(" elrsr ");
    print_hex(READ("s3_4_c12_c11_5") & 3);
    print(" hcr ");
    print_hex(READ(ICH_HCR));
    print("\n");
}

static void start_with(u64 lr0, u64 lr1, u64 vmcr)
{
    WRITE("s3_4_c12_c8_0", 0);
    WRITE("s3_4_c12_c9_0", 0);
    WRITE(ICH_HCR, 1);
    WRITE(ICH_VMCR, vmcr);
    WRITE(ICH_LR0, lr0);
    WRITE(ICH_LR1, lr1);
    WRITE("hcr_el2", HCR_RW | BIT(3) | BIT(4));
}

void run(void)
{
    WRITE("s3_4_c12_c9_5", 0xf);
    WRITE("s3_0_c12_c12_5", 7);
    WRITE("s3_4_c12_c12_2", 0);
    WRITE("s3_4_c12_c12_3", 0);
    static const struct { const char *name; u64 lr0, lr1, vmcr; } settings[] = {
        { "group 1", LR(40, 0x80, 1, 1), 0, 0xff000003 }, { "group 0", LR(41, 0x80, 0, 1), 0, 0xff00000b }, { "group 0 not FIQ", LR(41, 0x80, 0, 1), 0, 0xff000003 }, { "two, second first", LR(40, 0x80, 1, 1), LR(41, 0x40, 1, 1), 0xff000003 },
        { "masked by VPMR", LR(40, 0x80, 1, 1), 0, 0x80000003 }, { "just above VPMR", LR(40, 0x78, 1, 1), 0, 0x80000003 }, { "group disabled", LR(40, 0x80, 1, 1), 0, 0xff000001 }, { "active", LR(40, 0x80, 1, 2), 0, 0xff000003 },
        { "pending and active", LR(40, 0x80, 1, 3), 0, 0xff000003 }, { "both groups", LR(40, 0x80, 1, 1), LR(41, 0x80, 0, 1), 0xff00000b }, { "EOI wanted", LR(40, 0x80, 1, 1) | BIT(41), 0, 0xff000003 }, { "EOImode 1", LR(40, 0x80, 1, 1), 0, 0xff000203 }, { "empty", 0, 0, 0xff000003 },
    };
    for (unsigned s = 0; s < COUNT(settings); s++) {
        static const struct { const char *name; const char *pc; u64 x0; } steps[] = { { " ack 1", ack1, 0 }, { " ack 0", ack0, 0 }, { " served 1", serve1, 0 }, { " served 0", serve0, 0 }, { " highest", highest1, 0 }, { " end without ack", end1, 99 }, { " deactivate", deactivate, 40 }, { " mask", mask, 0x40 } };
        start_with(settings[s].lr0, settings[s].lr1, settings[s].vmcr);
        print(settings[s].name);
        try(" unmasked", 5, idle);
        start_with(settings[s].lr0, settings[s].lr1, settings[s].vmcr);
        print(settings[s].name);
        try(" masked", EL1, idle);
        state(settings[s].name);
        for (unsigned i = 0; i < COUNT(steps); i++) {
            start_with(settings[s].lr0, settings[s].lr1, settings[s].vmcr);
            print(settings[s].name);
            try_with(steps[i].name, EL1, steps[i].pc, steps[i].x0, 0);
            state(settings[s].name);
            print(settings[s].name);
            try(" running", EL1, running);
        }
        WRITE("hcr_el2", HCR_RW);
    }
    /* Off, or not virtual: nothing. */
    start_with(LR(40, 0x80, 1, 1), 0, 0xff000003);
    WRITE(ICH_HCR, 0);
    try("interface off", 5, idle);
    start_with(LR(40, 0x80, 1, 1), 0, 0xff000003);
    WRITE("hcr_el2", HCR_RW);
    try("IMO 0", 5, idle);
    WRITE(ICH_HCR, 0);
}
