/* ISS of trapped MRS, MSR and SYS: every Rt, XZR, and the fields of the encoding. */
#include "../support.h"

static void show(const char *name, u64 spsr, u32 word)
{
    for (u32 rt = 0; rt < 32; rt++) {
        print(name);
        print_hex(rt);
        record.el = 0;
        attempt(spsr, assemble(word | rt), 0, 0x40200000);
        print(":");
        value(" esr", record.esr);
    }
}

void run(void)
{
    /* TID3, TVM, TRVM, TTLB, TPU, TPCP, TLOR. */
    WRITE("hcr_el2", HCR_RW | BIT(18) | BIT(26) | BIT(30) | BIT(25) | BIT(24) | BIT(23) | BIT(35) | BIT(17) | BIT(21) | BIT(22));
    show("mrs id_aa64mmfr1_el1, ", EL1, WORD_MRS(3, 0, 0, 7, 1));
    show("mrs contextidr_el1, ", EL1, WORD_MRS(3, 0, 13, 0, 1));
    show("msr contextidr_el1, ", EL1, WORD_MSR(3, 0, 13, 0, 1));
    show("msr csselr_el1, ", EL1, WORD_MSR(3, 2, 0, 0, 0));
    show("mrs clidr_el1, ", EL1, WORD_MRS(3, 1, 0, 0, 1));
    show("msr lorc_el1, ", EL1, WORD_MSR(3, 0, 10, 4, 3));
    show("tlbi vaale1is, ", EL1, WORD_MSR(1, 0, 8, 3, 7));
    show("tlbi vmalle1, ", EL1, WORD_MSR(1, 0, 8, 7, 0));
    show("ic ivau, ", EL1, WORD_MSR(1, 3, 7, 5, 1));
    show("dc cvau, ", EL0, WORD_MSR(1, 3, 7, 11, 1));
    show("dc csw, ", EL1, WORD_MSR(1, 0, 7, 10, 2));
    show("mrs ctr_el0, ", EL0, WORD_MRS(3, 3, 0, 0, 1));
    show("mrs pmccntr_el0, ", EL0, WORD_MRS(3, 3, 9, 13, 0));
    show("msr pmevtyper3_el0, ", EL0, WORD_MSR(3, 3, 14, 12, 3));
    show("mrs cntvct_el0, ", EL0, WORD_MRS(3, 3, 14, 0, 2));
    WRITE("cptr_el2", CPTR | BIT(10) | BIT(31));
    show("mrs fpcr, ", EL1, WORD_MRS(3, 3, 4, 4, 0));
    show("msr cpacr_el1, ", EL1, WORD_MSR(3, 0, 1, 0, 2));
    WRITE("cptr_el2", CPTR);
    WRITE("mdcr_el2", BIT(9) | BIT(10) | BIT(11));
    show("mrs dbgbvr1_el1, ", EL1, WORD_MRS(2, 0, 0, 1, 4));
    show("msr dbgwcr0_el1, ", EL1, WORD_MSR(2, 0, 0, 0, 7));
    show("msr oslar_el1, ", EL1, WORD_MSR(2, 0, 1, 0, 4));
    show("mrs mdrar_el1, ", EL1, WORD_MRS(2, 0, 1, 0, 0));
}
