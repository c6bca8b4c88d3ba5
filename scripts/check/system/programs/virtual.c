/* Virtual interrupts by HCR_EL2.{VI,VF,VSE}: when they are taken, in which order, and what ISR_EL1 shows. */
#include "../support.h"

SNIPPET(idle, "mrs x0, isr_el1\n nop")
SNIPPET(unmask, "mrs x0, isr_el1\n msr daifclr, #7\n nop\n nop")
SNIPPET(unmask_irq, "msr daifclr, #2\n nop")
SNIPPET(wait, "wfi\n mov x0, #0x77")
SNIPPET(isr, "mrs x0, isr_el1")

void run(void)
{
    /* The syndrome of a virtual SError. */
    WRITE("vsesr_el2", 0x1000042);
    static const struct { const char *name; u64 bits; } settings[] = {
        { "none", 0 }, { "VI", BIT(7) }, { "VI IMO", BIT(7) | BIT(4) }, { "VF FMO", BIT(6) | BIT(3) }, { "VSE AMO", BIT(8) | BIT(5) },
        /* Which of two goes first is IMPLEMENTATION DEFINED. */
        { "VI IMO TGE", BIT(7) | BIT(4) | HCR_TGE }, { "VI IMO E2H", BIT(7) | BIT(4) | HCR_E2H },
        { "VI VSE IMO AMO", BIT(7) | BIT(8) | BIT(4) | BIT(5) },
    };
    for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        u64 hcr = HCR_RW | settings[i].bits;
        for (u64 masked = 0; masked < 2; masked++) {
            u64 mask = masked ? 0x3c0 : 0;
            WRITE("hcr_el2", hcr);
            print(settings[i].name);
            try(masked ? " masked, EL0" : ", EL0", mask | 0, idle + 4);
            if ((hcr & HCR_TGE) == 0) {
                WRITE("hcr_el2", hcr);
                print(settings[i].name);
                try(masked ? " masked, EL1" : ", EL1", mask | 5, idle);
            }
            WRITE("hcr_el2", hcr);
            print(settings[i].name);
            try(masked ? " masked, EL2" : ", EL2", mask | 9, isr);
            WRITE("hcr_el2", HCR_RW);
        }
        if ((hcr & HCR_TGE) != 0)
            continue;
        WRITE("hcr_el2", hcr);
        print(settings[i].name);
        try(" unmasked by EL1", EL1, unmask);
        value(settings[i].name, READ("hcr_el2"));
        WRITE("hcr_el2", hcr);
        print(settings[i].name);
        try(" IRQ unmasked by EL1", EL1, unmask_irq);
        if (settings[i].bits != 0 && i > 1) {
            WRITE("hcr_el2", hcr);
            print(settings[i].name);
            try(" WFI", EL1, wait);
        }
        WRITE("hcr_el2", HCR_RW);
    }
}
