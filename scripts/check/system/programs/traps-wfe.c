/* Traps of WFE, and of the host's EL0 by SCTLR_EL2.{nTWI,nTWE}. What the exception return before it left in the Event Register ends the first WFE. */
#include "../support.h"

SNIPPET(wfi, "nop\n wfi")
SNIPPET(wfe, "wfe\n nop\n wfe")

void run(void)
{
    WRITE("hcr_el2", HCR_RW | BIT(14));
    try("TWE, EL0, nTWE 0", EL0, wfe);
    WRITE("sctlr_el1", SCTLR1 | BIT(18) | BIT(16));
    try("TWE, EL0, nTWE 1", EL0, wfe);
    try("TWE, EL1", EL1, wfe);
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el1", SCTLR1 & ~BIT(18));
    try("nTWE 0, EL0", EL0, wfe);
    WRITE("hcr_el2", HCR_RW | HCR_TGE);
    try("nTWE 0, TGE, EL0", EL0, wfe);
    WRITE("sctlr_el1", SCTLR1 | BIT(18));
    WRITE("hcr_el2", HCR_RW | HCR_E2H | BIT(14));
    try("E2H, TWE, EL1", EL1, wfe);
    /* The host's EL0: neither HCR_EL2 nor SCTLR_EL1 has a say. */
    WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
    WRITE("sctlr_el2", SCTLR2 & ~(BIT(16) | BIT(18)));
    try("E2H TGE, EL0, nTWI 0", EL0, wfi);
    try("E2H TGE, EL0, nTWE 0", EL0, wfe);
    WRITE("hcr_el2", HCR_RW);
    WRITE("sctlr_el2", SCTLR2);
}
