/* An exception inside a handler of EL1: ELR, SPSR and ESR are the second's; what the handler saved brings it back. And EL0's call through EL1 to EL2 and back. */
#include "../support.h"

/* EL1's own vectors: a call from below makes a second call, whose handler tells EL2 what it sees. */
__asm__(
    ".text\n.balign 2048\nown_vectors:\n"
    ".macro told\n .balign 128\n mrs x0, elr_el1\n adr x1, own_vectors\n sub x0, x0, x1\n mrs x1, spsr_el1\n orr x0, x0, x1, lsl #16\n mrs x1, esr_el1\n hvc #0x21\n .endm\n"
    "told\n told\n told\n told\n told\n told\n told\n told\n"
    ".balign 128\n mrs x2, elr_el1\n mrs x3, spsr_el1\n mrs x4, esr_el1\n sub w4, w4, w5\n cbz w4, 1f\n svc #0x22\n"
    "1: hvc #0x23\n msr elr_el1, x2\n msr spsr_el1, x3\n mov x0, #0x66\n eret\n"
    ".balign 2048\n");
extern const char own_vectors[], vectors_el1[];

SNIPPET(call, "mov x5, #0\n svc #0x11")
SNIPPET(through, "mov w5, #0x12\n movk w5, #0x5600, lsl #16\n svc #0x12\n mov x1, #0x55\n svc #0x13")
SNIPPET(chain, "msr elr_el1, x1\n mov x2, #0x3c0\n msr spsr_el1, x2\n hvc #0x31")
SNIPPET(returns, "eret")

void run(void)
{
    WRITE("vbar_el1", (u64)own_vectors);
    static const struct { const char *name; u64 spsr; } states[] = { { "EL0", 0x3c0 }, { "EL0 unmasked", 0 } };
    for (unsigned i = 0; i < 2; i++) {
        record.el = 0;
        attempt(states[i].spsr, call, 0, 0);
        line(states[i].name, call);
        value(" esr_el1", record.x1);
        value(" elr_el1", READ("elr_el1") - (u64)own_vectors);
        value(" spsr_el1", READ("spsr_el1"));
    }
    record.el = 0;
    attempt(0x3c0, through, 0, 0);
    line("EL0 through EL1 to EL2", through);
    value(" elr_el1", READ("elr_el1") - (u64)through);
    value(" spsr_el1", READ("spsr_el1"));
    value(" esr_el1", READ("esr_el1"));
    WRITE("vbar_el1", (u64)vectors_el1);
    /* EL2 leaves what EL1 was about to return with. */
    try_with("EL1 stops before its return", EL1, chain, 0, (u64)call);
    value(" elr_el1", READ("elr_el1") == (u64)call);
    try("EL1 returns", EL1, returns);
    value(" elr_el1", READ("elr_el1") - (u64)call);
    value(" elr_el2", record.elr - (u64)call);
}
