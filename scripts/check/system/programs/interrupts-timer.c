/* Physical interrupts from the timers: IRQ (group 1) and FIQ (group 0), by IMO, FMO, TGE and E2H, from each EL, masked and not; ISR_EL1. */
#include "../support.h"

SNIPPET(idle, "mrs x0, isr_el1\n nop\n nop\n nop")
SNIPPET(unmask, "mrs x0, isr_el1\n msr daifclr, #3\n nop\n nop\n nop")

#define GICD_CTLR (*(volatile u32 *)0x08000000)
#define GICR_WAKER (*(volatile u32 *)0x080a0014)
#define GICR_IGROUPR0 (*(volatile u32 *)0x080b0080)
#define GICR_ISENABLER0 (*(volatile u32 *)0x080b0100)
#define GICR_ICENABLER0 (*(volatile u32 *)0x080b0180)

static void pend(u32 intid, int group)
{
    GICR_ICENABLER0 = ~0u;
    GICR_IGROUPR0 = group ? ~0u : 0;
    GICR_ISENABLER0 = 1u << intid;
    SYS("nop");
}

static void all(const char *what, const char *kind)
{
    static const struct { const char *name; u64 hcr; } settings[] = {
        { " plain", 0 }, { " IMO", BIT(4) }, { " FMO", BIT(3) }, { " AMO", BIT(5) }, { " IMO FMO", BIT(3) | BIT(4) }, { " TGE", HCR_TGE }, { " E2H", HCR_E2H }, { " E2H TGE", HCR_E2H | HCR_TGE }, { " E2H IMO FMO", HCR_E2H | BIT(3) | BIT(4) },
        { " TGE IMO", HCR_TGE | BIT(4) }, { " E2H TGE IMO FMO", HCR_E2H | HCR_TGE | BIT(3) | BIT(4) },
    };
    static const struct mode modes[] = { { " EL0", 0 }, { " EL1t", 4 }, { " EL1h", 5 }, { " EL2t", 8 }, { " EL2h", 9 } };
    static const struct { const char *name; u64 bits; } masks[] = { { " unmasked", 0x300 }, { " I", 0x380 }, { " F", 0x340 }, { " I and F", 0x3c0 } };
    for (unsigned s = 0; s < COUNT(settings); s++) {
        for (unsigned m = 0; m < COUNT(modes); m++) {
            if ((settings[s].hcr & HCR_TGE) != 0 && (m == 1 || m == 2))
                continue;
            for (unsigned k = 0; k < COUNT(masks); k++) {
                WRITE("hcr_el2", HCR_RW | settings[s].hcr);
                print(what);
                print(kind);
                print(settings[s].name);
                print(modes[m].name);
                try(masks[k].name, modes[m].spsr | masks[k].bits, m == 0 ? idle + 4 : idle);
                WRITE("hcr_el2", HCR_RW);
            }
            if (m == 0)
                continue;
            WRITE("hcr_el2", HCR_RW | settings[s].hcr);
            print(what);
            print(kind);
            print(settings[s].name);
            print(modes[m].name);
            try(" unmasks", modes[m].spsr | 0x3c0, unmask);
            WRITE("hcr_el2", HCR_RW);
        }
    }
}

void run(void)
{
    GICR_WAKER = 0;
    GICD_CTLR = 0x13;
    WRITE("s3_4_c12_c9_5", 0xf); /* ICC_SRE_EL2 */
    WRITE("s3_0_c4_c6_0", 0xff); /* ICC_PMR_EL1 */
    WRITE("s3_0_c12_c12_6", 1); /* ICC_IGRPEN0_EL1 */
    WRITE("s3_0_c12_c12_7", 1); /* ICC_IGRPEN1_EL1 */
    WRITE("cntp_cval_el0", 0);
    WRITE("cntp_ctl_el0", 1);
    pend(30, 1);
    all("CNTP", " IRQ");
    pend(30, 0);
    all("CNTP", " FIQ");
    /* IMASK takes the line away, and so does a later CVAL. */
    WRITE("cntp_ctl_el0", 3);
    try("IMASK", 0x305, idle);
    WRITE("cntp_ctl_el0", 1);
    WRITE("cntp_cval_el0", ~0ul);
    try("CVAL in the future", 0x305, idle);
    WRITE("cntp_ctl_el0", 0);
    /* The other timers, each by its INTID; the emulator's board has no line for CNTHV. */
    pend(27, 1);
    WRITE("cntv_cval_el0", 0);
    WRITE("cntv_ctl_el0", 1);
    try("CNTV", 0x305, idle);
    WRITE("cntv_ctl_el0", 0);
    pend(26, 1);
    WRITE("cnthp_cval_el2", 0);
    WRITE("cnthp_ctl_el2", 1);
    try("CNTHP at EL1", 0x305, idle);
    WRITE("hcr_el2", HCR_RW | BIT(4));
    try("CNTHP at EL1, IMO", 0x305, idle);
    try("CNTHP at EL2, IMO", 0x309, idle);
    WRITE("hcr_el2", HCR_RW);
    WRITE("cnthp_ctl_el2", 0);
}
