/* PC alignment and fetches from nowhere: FAR, ELR and EC at each EL, by each way to get there; and which of the two is reported. */
#include "../support.h"

SNIPPET(branch, "br x0")
SNIPPET(call, "blr x0")
SNIPPET(return_, "ret x0")
SNIPPET(eret_el1, "msr elr_el1, x0\n msr spsr_el1, x1\n eret")

static const struct mode modes[] = { { "EL0", EL0 }, { "EL1t", EL1T }, { "EL1h", EL1 }, { "EL2t", EL2T }, { "EL2h", EL2 } };

static void all(const char *what, u64 address)
{
    static const struct { const char *name; const char *pc; } ways[] = { { " br", branch }, { " blr", call }, { " ret", return_ } };
    for (unsigned m = 0; m < 5; m++) {
        for (unsigned w = 0; w < 3; w++) {
            print(what);
            print(modes[m].name);
            try_with(ways[w].name, modes[m].spsr, ways[w].pc, address, 0);
        }
        print(what);
        print(modes[m].name);
        try(" eret", modes[m].spsr, (const void *)address);
        if (m == 1 || m == 2) {
            print(what);
            print(modes[m].name);
            try_with(" eret to EL0", modes[m].spsr, eret_el1, address, EL0);
        }
    }
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    print(what);
    try_with("TGE EL0 br", EL0, branch, address, 0);
    WRITE("hcr_el2", HCR_RW | HCR_TGE | HCR_E2H);
    print(what);
    try_with("E2H TGE EL0 br", EL0, branch, address, 0);
    WRITE("hcr_el2", HCR_RW);
}

void run(void)
{
    /* Odd and out of the range of addresses: PC alignment goes first, but not for the emulator. */
    static const u64 addresses[] = { 0x40200001, 0x40200002, 0x40200003, 0x100000000001, 0x100000000000, 0xfffffffffffffffc };
    for (unsigned i = 0; i < COUNT(addresses); i++) {
        print_hex(addresses[i]);
        print("\n");
        all("", addresses[i]);
    }
}
