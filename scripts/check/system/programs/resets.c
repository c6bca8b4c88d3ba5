/* Values after reset, where the architecture or the board defines them; and PSTATE. */
#include "../support.h"

void run(void)
{
    value("currentel", READ("currentel"));
    value("daif", READ("daif"));
    value("spsel", READ("spsel"));
    value("sctlr_el2.M, C, I", READ("sctlr_el2") & (BIT(0) | BIT(2) | BIT(12)));
    value("mdcr_el2 but HPMN", READ("mdcr_el2") & ~0x1ful);
    value("oslsr_el1", READ("oslsr_el1"));
    value("osdlr_el1", READ("osdlr_el1"));
    value("dczid_el0", READ("dczid_el0"));
    value("isr_el1", READ("isr_el1"));
    value("vpidr = midr", READ("vpidr_el2") == READ("midr_el1"));
    value("vmpidr = mpidr", READ("vmpidr_el2") == READ("mpidr_el1"));
    value("rvbar_el2 low bits", READ("rvbar_el2") & 3);
    value("pan", READ("s3_0_c4_c2_3"));
    value("uao", READ("s3_0_c4_c2_4"));
}
