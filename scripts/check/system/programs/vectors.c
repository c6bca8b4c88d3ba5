/* Which of the sixteen vectors: synchronous, virtual IRQ, FIQ and SError from EL0, EL1t and EL1h to EL1; HVC and aborts to EL2 from each; VBAR's low bits. */
#include "../support.h"

SNIPPET(call, "svc #1")
SNIPPET(hyper, "hvc #2")
SNIPPET(load, "ldr x1, [x0]")
SNIPPET(idle, "nop\n nop\n nop")

static const struct mode modes[] = { { "EL0", 0 }, { "EL1t", 4 }, { "EL1h", 5 }, { "EL2t", 8 }, { "EL2h", 9 } };

static void all(const char *what, u64 hcr)
{
    static const struct { const char *name; u64 bits; } interrupts[] = { { " vIRQ", BIT(7) | BIT(4) }, { " vFIQ", BIT(6) | BIT(3) }, { " vSE", BIT(8) | BIT(5) } };
    for (unsigned m = 0; m < 5; m++) {
        if ((hcr & HCR_TGE) != 0 && (m == 1 || m == 2))
            continue;
        WRITE("hcr_el2", HCR_RW | hcr);
        print(what);
        print(modes[m].name);
        try(" svc", modes[m].spsr | 0x3c0, call);
        print(what);
        print(modes[m].name);
        try(" hvc", modes[m].spsr | 0x3c0, hyper);
        print(what);
        print(modes[m].name);
        try_with(" abort", modes[m].spsr | 0x3c0, load, 0x100000000000, 0);
        for (unsigned i = 0; i < 3; i++) {
            WRITE("hcr_el2", HCR_RW | hcr | interrupts[i].bits);
            print(what);
            print(modes[m].name);
            try(interrupts[i].name, modes[m].spsr, idle);
            WRITE("hcr_el2", HCR_RW);
        }
        WRITE("hcr_el2", HCR_RW);
    }
}

void run(void)
{
    all("", 0);
    all("E2H ", HCR_E2H);
    all("TGE ", HCR_TGE);
    all("E2H TGE ", HCR_E2H | HCR_TGE);
    /* Bits 10 to 0 of VBAR are RES0. */
    u64 vbar1 = READ("vbar_el1"), vbar2 = READ("vbar_el2");
    WRITE("vbar_el1", vbar1 & ~0x7fful);
    WRITE("vbar_el2", vbar2 & ~0x7fful);
    all("aligned ", 0);
}
