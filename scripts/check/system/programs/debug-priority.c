/* Which exception an instruction takes that could take several, one of them a debug exception. */
#include "../support.h"

#define MDE BIT(15)
#define SS BIT(0)
#define SPSR_SS BIT(21)
#define E BIT(0)
#define BAS (15ul << 5)
#define EL0_AND_EL1 (3ul << 1)
#define BYTES (0xfful << 5)
#define BOTH_WAYS (3ul << 3)

SNIPPET(undefined, ".inst 0")
SNIPPET(break_, "brk #1")
SNIPPET(call, "svc #1")
SNIPPET(access, "ldr x0, [x1]")
SNIPPET(store, "str x0, [x1]")
SNIPPET(exclusive, "ldxr x0, [x1]")
SNIPPET(store_exclusive, "stxr w2, x0, [x1]")

static const struct { const char *name; const char *pc; } snippets[] = {
    { "undefined", undefined }, { "brk", break_ }, { "svc", call }, { "ldr", access }, { "str", store }, { "ldxr", exclusive }, { "stxr", store_exclusive },
};
static u64 data[2] __attribute__((aligned(16)));

void run(void)
{
    WRITE("oslar_el1", 0);
    WRITE("dbgwvr0_el1", (u64)data);
    for (unsigned i = 0; i < COUNT(snippets); i++) {
        WRITE("dbgbvr0_el1", (u64)snippets[i].pc);
        for (unsigned bits = 0; bits < 16; bits++) {
            u64 spsr = EL0 | (bits & 4 ? SPSR_SS : 0) | (bits & 8 ? BIT(20) : 0);
            WRITE("dbgbcr0_el1", bits & 1 ? E | BAS | EL0_AND_EL1 : 0);
            WRITE("dbgwcr0_el1", E | BYTES | BOTH_WAYS | EL0_AND_EL1);
            print(bits & 1 ? "break " : "");
            print(bits & 2 ? "step " : "");
            print(bits & 4 ? "SS " : "");
            print(bits & 8 ? "IL " : "");
            WRITE("mdscr_el1", MDE | (bits & 2 ? SS : 0));
            try_with(snippets[i].name, spsr, snippets[i].pc, 0, (u64)data);
            WRITE("mdscr_el1", 0);
        }
        WRITE("dbgbcr0_el1", 0);
        WRITE("mdscr_el1", MDE);
        print("beside ");
        try_with(snippets[i].name, EL0, snippets[i].pc, 0, (u64)data + 16);
        WRITE("mdscr_el1", 0);
    }
    /* An Alignment fault comes first. */
    WRITE("mdscr_el1", MDE);
    try_with("ldxr misaligned", EL0, exclusive, 0, (u64)data + 1);
    WRITE("mdscr_el1", 0);
    WRITE("dbgwcr0_el1", 0);
}
