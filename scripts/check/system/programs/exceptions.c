/* Exception entry: vector, ELR, ESR and SPSR of what an instruction raises by itself, from each EL and stack pointer. */
#include "../support.h"

SNIPPET(call, "svc #0x123")
SNIPPET(hyper, "nop\n hvc #0x456")
SNIPPET(secure, "nop\n smc #0x789")
SNIPPET(break_, "nop\n brk #0xabcd")
SNIPPET(halt, "nop\n hlt #0x12")
SNIPPET(undefined, "nop\n .inst 0")
SNIPPET(unallocated, "nop\n .inst 0x1f")
SNIPPET(eret_, "eret")
SNIPPET(flags, "mov x0, #0x5 << 28\n msr nzcv, x0\n svc #1")
SNIPPET(el2_register, "mrs x0, hcr_el2")
SNIPPET(el1_register, "mrs x0, sctlr_el1")
SNIPPET(no_register, "mrs x0, s3_0_c5_c7_3")
SNIPPET(unnamed_id, "mov x0, #-1\n mrs x0, s3_0_c0_c7_5")
SNIPPET(write_id, "msr s3_0_c0_c7_0, x0")
SNIPPET(current_el, "mrs x0, currentel")
SNIPPET(write_current_el, "msr currentel, x0")
SNIPPET(spsel, "mrs x0, spsel")
SNIPPET(no_operation, "sys #3, c7, c9, #5, x1")
SNIPPET(midr, "mrs x0, midr_el1")
SNIPPET(daif, "mrs x0, daif")
SNIPPET(set_daif, "msr daifset, #5\n mrs x0, daif")
/* Its value is the core's own. */
SNIPPET(cache_type, "mrs x0, ctr_el0\n mov x0, #0")
SNIPPET(udf_, "udf #7")
SNIPPET(wfi_el0, "mrs x0, dczid_el0")

static const struct { const char *name; const char *pc; } snippets[] = {
    { "svc", call }, { "hvc", hyper }, { "smc", secure }, { "brk", break_ }, { "hlt", halt }, { "undefined", undefined },
    { "unallocated", unallocated }, { "eret", eret_ }, { "nzcv", flags }, { "mrs hcr_el2", el2_register },
    { "mrs sctlr_el1", el1_register }, { "mrs of nothing", no_register }, { "mrs of an unnamed ID register", unnamed_id },
    { "msr of an ID register", write_id }, { "currentel", current_el }, { "msr currentel", write_current_el }, { "spsel", spsel }, { "sys of nothing", no_operation },
    { "daif", daif }, { "daifset", set_daif }, { "ctr_el0", cache_type }, { "udf", udf_ }, { "dczid_el0", wfi_el0 },
};
static const struct { const char *name; u64 spsr; } modes[] = {
    { "EL0 ", EL0 }, { "EL1t ", EL1T }, { "EL1h ", EL1 }, { "EL2t ", EL2T }, { "EL2h ", EL2 },
};

void run(void)
{
    for (unsigned mode = 0; mode < 5; mode++) {
        for (unsigned i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
            if (modes[mode].spsr == EL2 || modes[mode].spsr == EL2T) {
                /* An ERET of EL2 would use what the attempt wrote. */
                if (snippets[i].pc == eret_)
                    continue;
            } else if (snippets[i].pc == eret_) {
                WRITE("elr_el1", (u64)call);
                WRITE("spsr_el1", EL0 | BIT(31));
            }
            print(modes[mode].name);
            try(snippets[i].name, modes[mode].spsr, snippets[i].pc);
        }
    }
    /* What the entry does to PSTATE, and what SPSR keeps of it. */
    static const u64 bits[] = { 0xf0000000, 0x00c00000, 0x00400000, 0x00800000, 0x00100000, 0x00200000, 0x01000000, 0x02000000, 0x00001000, 0x00000c00, 0x08000000, 0x04000000, 0x40 };
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        print("EL1h with ");
        print_hex(bits[i]);
        try(" svc", EL1 | bits[i], call);
        print("EL0 with ");
        print_hex(bits[i]);
        try(" svc", EL0 | bits[i], call);
        print("EL2h with ");
        print_hex(bits[i]);
        try(" svc", EL2 | bits[i], call);
    }
    for (u64 span = 0; span < 2; span++) {
        WRITE("sctlr_el1", 0x30500800 | span << 23);
        try("SPAN svc from EL0", EL0, call);
        try("SPAN svc from EL1", EL1, call);
    }
}
