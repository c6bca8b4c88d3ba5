/* RAS registers and ESB: the error record registers of a core without records, DISR_EL1, VSESR_EL2 and VDISR_EL2, virtual SErrors deferred and taken. */
#include "../support.h"

SNIPPET(esb, "hint #16\n mrs x0, s3_0_c12_c1_1\n nop")
SNIPPET(esb_el0, "hint #16\n nop")
SNIPPET(clear, "msr s3_0_c12_c1_1, xzr\n mrs x0, s3_0_c12_c1_1")
SNIPPET(take, "msr daifclr, #4\n nop\n nop")
SNIPPET(erridr, "mrs x0, s3_0_c5_c3_0")
SNIPPET(vsesr, "mrs x0, s3_4_c5_c2_3")

void run(void)
{
    static const u64 syndromes[] = { 0, 0x1ffffff, 0x1000000, 0x1234567, ~0ul };
    WRITE("s3_0_c12_c1_1", 0);
    WRITE("s3_4_c12_c1_1", 0);
    try("erridr at EL1", EL1, erridr);
    try("erridr at EL0", EL0, erridr);
    try("vsesr at EL1", EL1, vsesr);
    for (unsigned i = 0; i < COUNT(syndromes); i++) {
        WRITE("s3_4_c5_c2_3", syndromes[i]);
        value("vsesr", READ("s3_4_c5_c2_3") & 0x1ffffff);
        WRITE("hcr_el2", HCR_RW | BIT(8) | BIT(5));
        try("taken at EL1", EL1, take);
        value("pending", READ("hcr_el2") & BIT(8));
        WRITE("hcr_el2", HCR_RW | BIT(8) | BIT(5));
        try("taken at EL0", 0x2c0, take);
        WRITE("hcr_el2", HCR_RW | BIT(8) | BIT(5));
        try("deferred at EL1", EL1, esb);
        value("pending", READ("hcr_el2") & BIT(8));
        value("vdisr", READ("s3_4_c12_c1_1"));
        try("disr cleared", EL1, clear);
        value("vdisr", READ("s3_4_c12_c1_1"));
        WRITE("hcr_el2", HCR_RW | BIT(8) | BIT(5));
        try("deferred at EL0", EL0, esb_el0);
        value("pending", READ("hcr_el2") & BIT(8));
        value("vdisr", READ("s3_4_c12_c1_1"));
        WRITE("s3_4_c12_c1_1", 0);
        /* Not masked: it is taken, at the ESB or before. */
        WRITE("hcr_el2", HCR_RW | BIT(8) | BIT(5));
        try("not masked", 0x2c5, esb);
        value("vdisr", READ("s3_4_c12_c1_1"));
        WRITE("hcr_el2", HCR_RW | BIT(8));
        try("not enabled", EL1, esb);
        value("vdisr", READ("s3_4_c12_c1_1"));
        WRITE("hcr_el2", HCR_RW);
    }
}
