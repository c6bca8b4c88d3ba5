/* EL1 is not redirected: with E2H it reaches its own registers, which EL2 sees through the aliases; entry to EL2 writes EL2's. */
#include "../support.h"

SNIPPET(write, "msr far_el1, x0\n add x0, x0, #1\n msr contextidr_el1, x0\n add x0, x0, #1\n msr mair_el1, x0\n add x0, x0, #1\n msr esr_el1, x0\n add x0, x0, #1\n msr elr_el1, x0\n add x0, x0, #1\n msr afsr0_el1, x0\n hvc #3")
SNIPPET(read, "mrs x0, far_el1\n mrs x1, contextidr_el1\n eor x0, x0, x1\n mrs x1, mair_el1\n add x0, x0, x1\n hvc #4")
SNIPPET(call, "svc #5")
SNIPPET(hyper, "hvc #6")
SNIPPET(load, "ldr x1, [x0]")

static void registers(const char *what)
{
    u64 hcr = READ("hcr_el2");
    WRITE("hcr_el2", HCR_RW);
    print(what);
    print(":");
    print(" el1 ");
    print_hex(READ("esr_el1"));
    print(" ");
    print_hex(READ("far_el1"));
    print(" ");
    print_hex(READ("spsr_el1"));
    print(" ");
    print_hex(READ("elr_el1") & 0xffff);
    print(" ");
    print_hex(READ("contextidr_el1"));
    print(" ");
    print_hex(READ("mair_el1"));
    print(" el2 ");
    /* The emulator sets ISV for aborts of EL2 itself: see normalise.mjs. */
    print_hex(READ("esr_el2") & ~0x1ffc000ul);
    print(" ");
    print_hex(READ("far_el2"));
    print("\n");
    WRITE("hcr_el2", hcr);
}

void run(void)
{
    static const u64 hcrs[] = { 0, HCR_E2H };
    WRITE("spsr_el1", 0);
    for (int h = 0; h < 2; h++) {
        WRITE("hcr_el2", HCR_RW | hcrs[h]);
        WRITE("far_el2", 0x77);
        try_with("written at EL1", EL1, write, 0x1000, 0);
        registers("written at EL1");
        try_with("read at EL1", EL1, read, 0, 0);
        if (h) {
            value("far_el12", READ("s3_5_c6_c0_0"));
            value("contextidr_el12", READ("s3_5_c13_c0_1"));
            value("mair_el12", READ("s3_5_c10_c2_0"));
            value("esr_el12", READ("s3_5_c5_c2_0"));
            WRITE("s3_5_c6_c0_0", 0xabcd);
            WRITE("s3_5_c13_c0_1", 0x42);
        } else {
            WRITE("far_el1", 0xabcd);
            WRITE("contextidr_el1", 0x42);
        }
        try_with("read at EL1 again", EL1, read, 0, 0);
        /* What the entry to one EL leaves of the other's. */
        try("svc from EL0", EL0, call);
        try("hvc from EL1", EL1, hyper);
        registers("after hvc");
        try_with("abort at EL2", EL2, load, 0x100000000008, 0);
        registers("after an abort at EL2");
        try_with("abort at EL1", EL1, load, 0x100000000010, 0);
        WRITE("hcr_el2", HCR_RW);
    }
    WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
    try_with("abort at EL0 of the host", EL0, load, 0x100000000018, 0);
    registers("after an abort at EL0 of the host");
    WRITE("hcr_el2", HCR_RW);
}
