/* Sequences of exclusives: exceptions and returns between load and store, other sizes and addresses, CLREX, and failing stores. */
#include "../support.h"

SNIPPET(other_address, "ldxr x1, [x0]\n add x2, x0, #4096\n stxr w3, x1, [x2]\n mov x0, x3")
SNIPPET(clear, "ldxr x1, [x0]\n clrex #3\n stxr w3, x1, [x0]\n mov x0, x3")
SNIPPET(three, "ldxr x1, [x0]\n stxr w3, x1, [x0]\n ldxr x1, [x0]\n stxr w4, x1, [x0]\n stxr w5, x1, [x0]\n add x0, x3, x4, lsl #4\n add x0, x0, x5, lsl #8")
SNIPPET(reload, "add x2, x0, #8\n ldxr x1, [x0]\n ldxr x1, [x2]\n stxr w3, x1, [x2]\n mov x0, x3")
SNIPPET(failed_first, "add x2, x0, #4096\n ldxr x1, [x0]\n stxr w3, x1, [x2]\n stxr w4, x1, [x0]\n add x0, x3, x4, lsl #4")
SNIPPET(loop, "mov x5, #100\n1: ldaxr x1, [x0]\n add x1, x1, #1\n stlxr w3, x1, [x0]\n cbnz w3, 1b\n subs x5, x5, #1\n b.ne 1b\n mov x0, x1")
SNIPPET(add_loop, "mov x5, #100\n mov x6, #3\n1: ldadd x6, x1, [x0]\n subs x5, x5, #1\n b.ne 1b\n mov x0, x1")
SNIPPET(compare_loop, "mov x5, #100\n1: ldr x1, [x0]\n2: add x2, x1, #1\n mov x3, x1\n cas x3, x2, [x0]\n cmp x3, x1\n mov x1, x3\n b.ne 2b\n subs x5, x5, #1\n b.ne 1b\n mov x0, x1")
SNIPPET(load_then_call, "ldxr x1, [x0]\n svc #1")
SNIPPET(store_after, "stxr w3, x1, [x0]\n mov x0, x3")

void run(void)
{
    static const struct { const char *name; const char *pc; } snippets[] = {
        { "other address", other_address }, { "clrex", clear }, { "three", three }, { "reload", reload }, { "failed first", failed_first }, { "loop", loop }, { "ldadd loop", add_loop }, { "cas loop", compare_loop },
    };
    static const u64 modes[] = { EL0, EL1, EL2 };
    for (int mode = 0; mode < 3; mode++) {
        for (unsigned i = 0; i < COUNT(snippets); i++) {
            volatile u64 *at = (volatile u64 *)0x40600000;
            at[0] = 5;
            at[1] = 6;
            at[512] = 7;
            print_hex((u64)mode);
            try_with(snippets[i].name, modes[mode], snippets[i].pc, (u64)at, 0);
            value(" memory", at[0] ^ at[1] << 16 ^ at[512] << 32);
        }
        /* The return of an exception clears the monitor. */
        try_with("load and svc", modes[mode], load_then_call, 0x40600000, 0);
        try_with("store after it", modes[mode], store_after, 0x40600000, 0);
    }
}
