/* FP and SIMD registers where CPACR_EL1.FPEN or CPTR_EL2 disable them: each kind of access, EL0, EL1 and EL2, both layouts, TGE. */
#include "../support.h"

static const struct access instructions[] = {
    { "fmov d0, xzr", 0x9e6703e0 }, { "fmov x2, d0", 0x9e660002 }, { "ldr q0, [x1]", 0x3dc00020 }, { "str d0, [x1]", 0xfd000020 }, { "ldp q0, q1, [x1]", 0xad400420 }, { "ldur b0, [x1]", 0x3c400020 },
    { "stp d0, d1, [x1]", 0x6d000420 }, { "mrs fpsr", WORD_MRS(3, 3, 4, 4, 1) }, { "ldr s0, literal", 0x1c000000 },
};
static const struct mode modes[] = { { "EL0 ", EL0 }, { "EL1 ", EL1 }, { "EL2 ", EL2 } };

void run(void)
{
    WRITE("cpacr_el1", 3ul << 20);
    sweep_start(instructions, COUNT(instructions), modes, 3);
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("cpacr_el1", fpen << 20);
        sweep("CPACR", fpen);
        WRITE("cptr_el2", CPTR | BIT(10));
        sweep("TFP, CPACR", fpen);
        WRITE("cptr_el2", CPTR);
    }
    WRITE("cpacr_el1", 3ul << 20);
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("hcr_el2", HCR_RW | HCR_E2H);
        WRITE("cptr_el2", fpen << 20);
        sweep("E2H CPTR", fpen);
        WRITE("hcr_el2", HCR_RW);
        WRITE("cptr_el2", CPTR);
    }
    sweep_start(instructions, COUNT(instructions), modes, 1);
    for (u64 fpen = 0; fpen < 3; fpen++) {
        WRITE("hcr_el2", HCR_RW | HCR_E2H | HCR_TGE);
        WRITE("cptr_el2", fpen << 20);
        sweep("E2H TGE CPTR", fpen);
        WRITE("hcr_el2", HCR_RW | HCR_TGE);
        WRITE("cptr_el2", CPTR);
        WRITE("cpacr_el1", fpen << 20);
        sweep("TGE CPACR", fpen);
        WRITE("cpacr_el1", 3ul << 20);
        WRITE("hcr_el2", HCR_RW);
    }
}
