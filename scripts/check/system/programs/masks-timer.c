/* Write masks of the timers' controls, CNTKCTL_EL1 and CNTHCTL_EL2 in both layouts: each bit alone and all together. */
#include "../support.h"

#define MASK(what, name, bits) \
    { \
        u64 saved = READ(name); WRITE(name, bits); u64 ones = READ(name); WRITE(name, 0ul); u64 zeros = READ(name); \
        print(what name ": "); print_hex(ones & (bits)); print(" "); print_hex(zeros); print("\n"); \
        for (int bit = 0; bit < 12; bit++) { \
            if (((bits) & BIT(bit)) == 0) continue; \
            WRITE(name, BIT(bit)); print(what name " bit "); print_hex(bit); value("", READ(name)); \
        } \
        WRITE(name, saved); \
    }

void run(void)
{
    WRITE("cntv_cval_el0", ~0ul);
    WRITE("cntp_cval_el0", ~0ul);
    WRITE("cnthp_cval_el2", ~0ul);
    WRITE("s3_4_c14_c3_2", ~0ul);
    /* Bit 2 of the controls is ISTATUS, UNKNOWN while the timer is off. */
    MASK("", "cntv_ctl_el0", 3ul)
    MASK("", "cntp_ctl_el0", 3ul)
    MASK("", "cnthp_ctl_el2", 3ul)
    MASK("", "s3_4_c14_c3_1", 3ul)
    MASK("", "cntv_cval_el0", ~0ul)
    MASK("", "cntp_cval_el0", ~0ul)
    MASK("", "cnthp_cval_el2", ~0ul)
    MASK("", "s3_4_c14_c3_2", ~0ul)
    MASK("", "cntvoff_el2", ~0ul)
    MASK("", "cntkctl_el1", 0x3fful)
    MASK("", "cnthctl_el2", 0xfful)
    WRITE("hcr_el2", HCR_RW | HCR_E2H);
    MASK("E2H ", "cnthctl_el2", 0xffful)
    MASK("E2H ", "cntkctl_el1", 0xffful)
    MASK("E2H ", "s3_5_c14_c1_0", 0x3fful)
    MASK("E2H ", "s3_5_c14_c2_1", 3ul)
    MASK("E2H ", "s3_5_c14_c3_1", 3ul)
    MASK("E2H ", "s3_5_c14_c2_2", ~0ul)
    MASK("E2H ", "s3_5_c14_c3_2", ~0ul)
    WRITE("hcr_el2", HCR_RW);
    /* Read-only at EL2, where EL2 is the highest EL: the frequency is not. */
    u64 frequency = READ("cntfrq_el0");
    WRITE("cntfrq_el0", 0x12345678);
    value("cntfrq_el0", READ("cntfrq_el0"));
    WRITE("cntfrq_el0", frequency);
}
