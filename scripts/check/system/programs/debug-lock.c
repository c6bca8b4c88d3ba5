/* The OS lock and the OS double lock: no software step, breakpoint or watchpoint while one of them is set; BRK always. */
#include "../support.h"

#define MDE BIT(15)
#define SS BIT(0)
#define SPSR_SS BIT(21)
#define E BIT(0)
#define BAS (15ul << 5)
#define EL0_ONLY (2ul << 1)
#define BYTES (0xfful << 5)
#define BOTH_WAYS (3ul << 3)

SNIPPET(code, "nop\n nop")
SNIPPET(access, "ldr x0, [x1]")
SNIPPET(break_, "brk #2")

/* RAM behind the program, at an address that its size does not move. */
#define DATA 0x40200000ul

static void all(const char *name)
{
    WRITE("mdscr_el1", SS);
    print(name); try("step", EL0 | SPSR_SS, code);
    print(name); try("pending", EL0, code);
    WRITE("mdscr_el1", MDE);
    WRITE("dbgbcr0_el1", E | BAS | EL0_ONLY);
    print(name); try("breakpoint", EL0, code);
    WRITE("dbgbcr0_el1", 0);
    WRITE("dbgwcr0_el1", E | BYTES | BOTH_WAYS | EL0_ONLY);
    print(name); try_with("watchpoint", EL0, access, 0, DATA);
    WRITE("dbgwcr0_el1", 0);
    WRITE("mdscr_el1", 0);
    print(name); try("brk", EL0, break_);
    print(name); value("oslsr", READ("oslsr_el1"));
}

void run(void)
{
    WRITE("dbgbvr0_el1", (u64)code);
    WRITE("dbgwvr0_el1", DATA);
    all("reset ");
    WRITE("oslar_el1", 0);
    all("unlocked ");
    WRITE("oslar_el1", 1);
    all("locked ");
    WRITE("oslar_el1", ~1ul);
    all("unlocked again ");
}
