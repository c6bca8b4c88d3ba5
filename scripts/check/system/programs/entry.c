/* PSTATE inside the handler: what exception entry to EL1 and EL2 makes of DAIF, PAN, UAO, SSBS, SP and EL, by SPAN and DSSBS. */
#include "../support.h"

/* Vectors that note PSTATE, and then go on in those of the harness. */
__asm__(
    ".text\n"
    ".macro noted el, offset\n"
    ".balign 128\n"
    "msr tpidr_el0, x0\n msr tpidrro_el0, x1\n"
    "mrs x0, daif\n"
    "mrs x1, s3_0_c4_c2_3\n orr x0, x0, x1\n"
    "mrs x1, s3_0_c4_c2_4\n orr x0, x0, x1\n"
    "mrs x1, s3_3_c4_c2_6\n orr x0, x0, x1\n"
    "mrs x1, spsel\n orr x0, x0, x1\n"
    "mrs x1, currentel\n orr x0, x0, x1\n"
    "adr x1, seen\n str x0, [x1]\n"
    "mrs x0, tpidr_el0\n mrs x1, tpidrro_el0\n"
    "b vectors_el\\el + \\offset\n"
    ".endm\n"
    ".balign 2048\nnoting_el1:\n"
    ".irp offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780\n noted 1, \\offset\n .endr\n"
    ".balign 2048\nnoting_el2:\n"
    ".irp offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780\n noted 2, \\offset\n .endr\n"
    ".data\n.balign 8\nseen: .quad 0\n");
extern const char noting_el1[], noting_el2[], vectors_el1[], vectors_el2[];
extern volatile u64 seen;

SNIPPET(call, "svc #1")
SNIPPET(hyper, "hvc #2")

static const struct { const char *name; u64 bits; } states[] = {
    { "nothing", 0 }, { "NZCV", 0xful << 28 }, { "DAIF", 0x3c0 }, { "PAN", BIT(22) }, { "UAO", BIT(23) }, { "SSBS", BIT(12) }, { "all", 0xful << 28 | 0x3c0 | BIT(22) | BIT(23) | BIT(12) },
};

static void one(const char *what, const char *state, u64 spsr, const char *pc)
{
    WRITE("vbar_el1", (u64)noting_el1);
    WRITE("vbar_el2", (u64)noting_el2);
    seen = 0;
    record.el = 0;
    attempt(spsr, pc, 0, 0);
    WRITE("vbar_el2", (u64)vectors_el2);
    WRITE("vbar_el1", (u64)vectors_el1);
    u64 inside = seen;
    print(what);
    line(state, pc);
    /* The emulator clears NZCV, which stay by DDI 0487: they are not shown. */
    value("  inside", inside);
}

static void all(const char *what, u64 hcr)
{
    for (unsigned i = 0; i < COUNT(states); i++) {
        WRITE("hcr_el2", HCR_RW | hcr);
        print(what);
        one(" EL0 with ", states[i].name, states[i].bits, call);
        WRITE("hcr_el2", HCR_RW | hcr);
        print(what);
        one(" EL2h with ", states[i].name, states[i].bits | 9, call);
        print(what);
        one(" EL2t with ", states[i].name, states[i].bits | 8, call);
        if ((hcr & HCR_TGE) != 0)
            continue;
        print(what);
        one(" EL1t with ", states[i].name, states[i].bits | 4, call);
        print(what);
        one(" EL1h to EL2 with ", states[i].name, states[i].bits | 5, hyper);
    }
    WRITE("hcr_el2", HCR_RW);
}

void run(void)
{
    static const u64 hcrs[] = { 0, HCR_E2H, HCR_TGE, HCR_E2H | HCR_TGE };
    for (u64 span = 0; span < 2; span++) {
        for (u64 dssbs = 0; dssbs < 2; dssbs++) {
            u64 bits = span << 23 | dssbs << 44;
            WRITE("sctlr_el1", (SCTLR1 & ~BIT(23)) | bits);
            for (unsigned h = 0; h < 4; h++) {
                WRITE("hcr_el2", HCR_RW | hcrs[h]);
                WRITE("sctlr_el2", (SCTLR2 & ~BIT(23)) | bits);
                print("SPAN ");
                print_hex(span);
                print(" DSSBS ");
                print_hex(dssbs);
                print(" hosts ");
                print_hex(h);
                all(",", hcrs[h]);
            }
        }
    }
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el2", SCTLR2);
}
