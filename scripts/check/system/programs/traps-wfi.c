/* Traps of WFI: HCR_EL2.TWI and SCTLR_EL1.nTWI, from EL0 and EL1; with a wake-up pending WFI just ends. The host's EL0 is in `traps-wfe`. */
#include "../support.h"

SNIPPET(wfi, "nop\n wfi")

void run(void)
{
    WRITE("hcr_el2", HCR_RW | BIT(13));
    try("TWI, EL0, nTWI 0", EL0, wfi);
    WRITE("sctlr_el1", SCTLR1 | BIT(16) | BIT(18));
    try("TWI, EL0, nTWI 1", EL0, wfi);
    try("TWI, EL1", EL1, wfi);
    try("TWI, EL1t", EL1T, wfi);
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el1", SCTLR1 & ~BIT(16));
    try("nTWI 0, EL0", EL0, wfi);
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    try("nTWI 0, TGE, EL0", EL0, wfi);
    WRITE("sctlr_el1", SCTLR1 | BIT(16));
    WRITE("hcr_el2", HCR_RW | HCR_TGE | BIT(13));
    try("TWI, nTWI 1, TGE, EL0", EL0, wfi);
    WRITE("hcr_el2", HCR_RW | HCR_E2H | BIT(13));
    try("E2H, TWI, nTWI 1, EL0", EL0, wfi);
    try("E2H, TWI, EL1", EL1, wfi);
    /* An interrupt is pending, and masked: nothing to wait for, so nothing to trap. */
    WRITE("hcr_el2", HCR_RW | BIT(13) | BIT(7) | BIT(4));
    try("TWI, vIRQ, EL1", EL1, wfi);
    try("TWI, vIRQ, EL0", EL0, wfi);
    WRITE("hcr_el2", HCR_RW | BIT(13) | BIT(6) | BIT(3));
    try("TWI, vFIQ, EL1", EL1, wfi);
    WRITE("hcr_el2", HCR_RW | BIT(13) | BIT(8) | BIT(5));
    try("TWI, vSE, EL1", EL1, wfi);
    WRITE("hcr_el2", HCR_RW);
}
