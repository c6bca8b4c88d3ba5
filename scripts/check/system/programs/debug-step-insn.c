/* What one step does with an instruction of each kind: the syndrome's ISV and EX, and SPSR.SS of what it raises itself. */
#include "../support.h"

#define MDSCR_SS BIT(0)
#define MDSCR_KDE BIT(13)
#define SPSR_D BIT(9)
#define SPSR_SS BIT(21)
#define TDE BIT(8)

SNIPPET(nop_, "nop")
SNIPPET(add_, "add x0, x0, #1")
SNIPPET(branch, "b 1f\n nop\n 1: nop")
SNIPPET(not_taken, "cbnz xzr, .\n nop")
SNIPPET(call, "bl 1f\n nop\n 1: nop")
SNIPPET(load, "ldr x0, [x1]")
SNIPPET(ldxr_, "ldxr x0, [x1]")
SNIPPET(ldaxr_, "ldaxr w0, [x1]")
SNIPPET(ldxrb_, "ldxrb w0, [x1]")
SNIPPET(ldxp_, "ldxp x0, x2, [x1]")
SNIPPET(ldaxp_, "ldaxp w0, w2, [x1]")
SNIPPET(ldar_, "ldar x0, [x1]")
SNIPPET(stxr_, "stxr w0, x2, [x1]")
SNIPPET(ldapr_, "ldapr x0, [x1]")
SNIPPET(svc_, "svc #3")
SNIPPET(hvc_, "hvc #4")
SNIPPET(brk_, "brk #6")
SNIPPET(undefined, ".inst 0")
SNIPPET(trapped, "mrs x0, mdscr_el1")
SNIPPET(el2_register, "mrs x0, hcr_el2")
SNIPPET(unaligned, "ldxr x0, [x1, #0]")
SNIPPET(isb_, "isb")
SNIPPET(nzcv_, "msr nzcv, xzr")
SNIPPET(daifset, "msr daifset, #8")

static const struct { const char *name; const char *pc; } snippets[] = {
    { "nop", nop_ }, { "add", add_ }, { "b", branch }, { "cbnz", not_taken }, { "bl", call }, { "ldr", load }, { "ldxr", ldxr_ }, { "ldaxr", ldaxr_ },
    { "ldxrb", ldxrb_ }, { "ldxp", ldxp_ }, { "ldaxp", ldaxp_ }, { "ldar", ldar_ }, { "stxr", stxr_ }, { "ldapr", ldapr_ }, { "svc", svc_ }, { "hvc", hvc_ },
    { "brk", brk_ }, { "undefined", undefined }, { "mrs hcr_el2", el2_register }, { "isb", isb_ }, { "msr nzcv", nzcv_ },
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

void run(void)
{
    static u64 data[2] __attribute__((aligned(16)));
    WRITE("oslar_el1", 0);
    for (unsigned tde = 0; tde < 2; tde++) {
        WRITE("mdcr_el2", 6 | (tde ? TDE : 0));
        for (unsigned mode = 0; mode < 3; mode++) {
            for (unsigned i = 0; i < COUNT(snippets); i++) {
                for (unsigned ss = 0; ss < 2; ss++) {
                    print(tde ? "TDE " : "");
                    print(modes[mode].name);
                    print(ss ? "SS " : "");
                    WRITE("mdscr_el1", MDSCR_SS | MDSCR_KDE);
                    try_with(snippets[i].name, (modes[mode].spsr & ~SPSR_D) | (ss ? SPSR_SS : 0), snippets[i].pc, 1, (u64)data);
                    WRITE("mdscr_el1", 0);
                }
            }
        }
    }
    WRITE("mdcr_el2", 6);
    for (unsigned mode = 1; mode < 3; mode++) {
        WRITE("mdcr_el2", 6 | (mode == 2 ? TDE : 0));
        WRITE("mdscr_el1", MDSCR_SS | MDSCR_KDE);
        print(modes[mode].name);
        try("daifset", (modes[mode].spsr & ~SPSR_D) | SPSR_SS, daifset);
        WRITE("mdscr_el1", 0);
    }
    /* A trap of the stepped instruction: to be stepped again. */
    WRITE("mdcr_el2", 6 | BIT(9));
    WRITE("mdscr_el1", MDSCR_SS | MDSCR_KDE);
    try("trapped mrs", (EL1 & ~SPSR_D) | SPSR_SS, trapped);
    WRITE("mdscr_el1", 0);
    WRITE("mdcr_el2", 6);
    WRITE("mdscr_el1", MDSCR_SS | MDSCR_KDE);
    try_with("unaligned", (EL1 & ~SPSR_D) | SPSR_SS, unaligned, 0, (u64)data + 1);
    WRITE("mdscr_el1", 0);
    /* Active-pending comes before everything that the instruction or its address could raise. */
    WRITE("mdscr_el1", MDSCR_SS);
    try("pending, PC misaligned", EL0, (const char *)nop_ + 2);
    try("pending, illegal state", EL0 | BIT(20), nop_);
    try("stepped, illegal state", EL0 | BIT(20) | SPSR_SS, nop_);
    try("stepped, PC misaligned", EL0 | SPSR_SS, (const char *)nop_ + 2);
    WRITE("mdscr_el1", 0);
}
