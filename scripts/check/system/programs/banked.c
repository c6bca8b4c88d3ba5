/* Stack pointers, SPSel, and registers as EL1 sees them through EL2: MIDR, MPIDR; thread registers; DAIF. */
#include "../support.h"

SNIPPET(sp, "mov x0, sp")
SNIPPET(select_0, "mov x1, sp\n msr spsel, #0\n mov x0, sp\n msr spsel, #1\n mov x2, sp\n cmp x1, x2\n cset x2, eq\n add x0, x0, x2")
SNIPPET(select_1, "msr spsel, #1\n mov x0, sp")
SNIPPET(write_sp_el0, "mov x1, #0x5550\n msr sp_el0, x1\n msr spsel, #0\n mov x0, sp")
SNIPPET(sp_el0_in_use, "msr spsel, #0\n mrs x0, sp_el0")
SNIPPET(write_sp_in_use, "msr spsel, #0\n msr sp_el0, x0")
SNIPPET(push, "mov x9, sp\n mov sp, x0\n str x1, [sp, #-16]!\n mov x0, sp\n ldr x2, [sp], #16\n mov sp, x9\n sub x0, x0, x2")
SNIPPET(midr, "mrs x0, midr_el1")
SNIPPET(mpidr, "mrs x0, mpidr_el1")
SNIPPET(tpidr_el0, "mrs x0, tpidr_el0")
SNIPPET(tpidrro, "mrs x0, tpidrro_el0")
SNIPPET(write_tpidrro, "msr tpidrro_el0, x0")
SNIPPET(tpidr_el1, "mrs x0, tpidr_el1")
SNIPPET(tpidr_el2, "mrs x0, tpidr_el2")
SNIPPET(daif_all, "msr daifclr, #15\n mrs x1, daif\n msr daifset, #9\n mrs x0, daif\n orr x0, x0, x1, lsl #16")
SNIPPET(write_daif, "mov x1, #-1\n msr daif, x1\n mrs x0, daif")
SNIPPET(pan_uao, ".inst 0xd500419f\n .inst 0xd500417f\n mrs x0, s3_0_c4_c2_3\n mrs x1, s3_0_c4_c2_4\n orr x0, x0, x1")
SNIPPET(write_pan, "mov x1, #-1\n msr s3_0_c4_c2_3, x1\n mrs x0, s3_0_c4_c2_3")
SNIPPET(ssbs, "mov x1, #-1\n msr s3_3_c4_c2_6, x1\n mrs x0, s3_3_c4_c2_6")
SNIPPET(nzcv, "mov x1, #-1\n msr nzcv, x1\n mrs x0, nzcv")
SNIPPET(elr, "mrs x0, elr_el1")
SNIPPET(odd_sp, "mov x9, sp\n mov sp, x0\n add x0, sp, #3\n mov sp, x9")

void run(void)
{
    static const struct { const char *name; const char *pc; } snippets[] = {
        { "sp", sp }, { "spsel 0", select_0 }, { "spsel 1", select_1 }, { "sp_el0 written", write_sp_el0 }, { "sp_el0 in use", sp_el0_in_use }, { "sp_el0 written in use", write_sp_in_use }, { "push", push },
        { "midr", midr }, { "mpidr", mpidr }, { "tpidr_el0", tpidr_el0 }, { "tpidrro_el0", tpidrro }, { "tpidrro_el0 written", write_tpidrro }, { "tpidr_el1", tpidr_el1 }, { "tpidr_el2", tpidr_el2 }, { "daif", daif_all },
        { "daif written", write_daif }, { "pan and uao", pan_uao }, { "pan written", write_pan }, { "ssbs", ssbs }, { "nzcv", nzcv }, { "odd sp", odd_sp },
    };
    static const struct { const char *name; u64 spsr; } modes[] = { { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 } };
    WRITE("vpidr_el2", 0x12345678);
    WRITE("vmpidr_el2", 0x80000305);
    WRITE("tpidr_el0", 0x1111);
    WRITE("tpidrro_el0", 0x2222);
    for (int mode = 0; mode < 5; mode++) {
        for (unsigned i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
            WRITE("sp_el0", 0x40300000);
            WRITE("sp_el1", 0x40310000);
            WRITE("tpidr_el1", 0x3333);
            WRITE("tpidr_el2", 0x4444);
            /* EL2's own stack pointer and identity are the program's. */
            if (modes[mode].spsr == EL2 && (snippets[i].pc == sp || snippets[i].pc == select_1))
                continue;
            if ((modes[mode].spsr & 8) != 0 && (snippets[i].pc == midr || snippets[i].pc == mpidr || snippets[i].pc == select_1))
                continue;
            /* The emulator exchanges op1 and op2 of MSR (immediate): see `exceptions`. */
            if (mode == 0 && snippets[i].pc == daif_all)
                continue;
            print(modes[mode].name);
            try_with(snippets[i].name, modes[mode].spsr, snippets[i].pc, 0x40320000, 0x10);
            value(" sp_el0", READ("sp_el0"));
            value(" sp_el1", READ("sp_el1"));
        }
    }
}
