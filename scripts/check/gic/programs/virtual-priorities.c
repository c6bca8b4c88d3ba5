/* Virtual priorities: binary points and preemption between list registers, the guest's own registers and VMCR, active priorities. */
#include "../virtual.h"

static u32 point;

static void preempts(void)
{
    if (USUAL)
        v_put_bpr1(point);
    else
        v_put_bpr0(point);
    u32 first = V_IAR();
    list_add(first);
    list_add(v_rpr());
    list_add(READ("isr_el1") >> 6 & 3);
    u32 second = V_IAR();
    list_add(second);
    list_add(v_rpr());
    if (second < 1020)
        V_EOIR(second);
    list_add(v_rpr());
    V_EOIR(first);
    list_add(v_rpr());
}

static void pairs(void)
{
    static const u8 priorities[] = { 0x00, 0x40, 0x48, 0x78, 0x80 };
    /* With GICv2 and 7 nothing preempts, which the emulator does not see while APR says otherwise. */
    for (point = 0; point < (GIC == 2 ? 7 : 8); point++)
        for (unsigned i = 0; i < COUNT(priorities); i++) {
            /* The second is made pending with the first already running: here both are, and the better goes first. */
            LOAD(VMCR_OPEN, EN, LR(40, 0x80, USUAL, ACTIVE), LR(41, priorities[i], USUAL, PENDING), LR(42, 0xc0, USUAL, PENDING));
            about_hex(point);
            about(" point, ");
            about_hex(priorities[i]);
            list_start(" over 80");
            guest(preempts);
            list_end();
            lrs_state("afterwards");
            list_start("active priorities");
            list_add(get_hap0());
#if GIC == 3
            list_add(get_hap1());
#endif
            list_end();
        }
}

static void registers_of_guest(void)
{
    static const u8 patterns[] = { 0, 7, 8, 0x78, 0x80, 0xff };
    list_start("guest PMR");
    for (unsigned i = 0; i < COUNT(patterns); i++) {
        v_put_pmr(patterns[i]);
        list_add(v_pmr());
    }
    list_end();
    list_start("guest BPR0");
    for (u32 i = 0; i < 8; i++) {
        v_put_bpr0(i);
        list_add(v_bpr0());
    }
    list_end();
    list_start("guest BPR1");
    for (u32 i = 0; i < 8; i++) {
        v_put_bpr1(i);
        list_add(v_bpr1());
    }
    list_end();
    v_put_ctlr(GIC == 2 ? 0x213 : 3);
    say("guest CTLR", v_ctlr() & (GIC == 2 ? 0x21f : 3));
    say("guest IAR", V_IAR());
    say("guest RPR", v_rpr());
}

static void vmcr(void)
{
    LOAD(VMCR_OPEN, EN, 0);
    guest(registers_of_guest);
    say("VMCR that the guest left", get_vmcr() & ~(u64)VFIQEN);
    static const u64 bits[] = { 0, VENG0, VENG1, VCBPR, VEOIM, VENG0 | VENG1 | VCBPR | VEOIM };
    for (unsigned i = 0; i < COUNT(bits); i++) {
        put_vmcr(VMCR(0x58, 4, 5, bits[i]));
        about_hex(bits[i]);
        say(" VMCR reads", get_vmcr() & ~(u64)VFIQEN);
    }
    list_start("VMCR, binary points");
    for (u64 i = 0; i < 8; i++) {
        put_vmcr(VMCR(0xf8, i, i, 0));
        list_add(get_vmcr() >> 18 & 0x3f);
    }
    list_end();
    say("VTR, ListRegs and PRIbits", GIC == 2 ? (MMIO32(GICH + 4) & 0xfc00003f) : (READ("s3_4_c12_c11_1") & 0xfc00001f));
    put_hcr(~0ul);
    say("HCR, all ones", get_hcr() & 0xf80000ff);
    put_hcr(0);
    say("HCR, zero", get_hcr());
}

static void lr_bits(void)
{
    static const u64 patterns[] = { ~0ul, LR(0x3ff, 0xff, 1, 3), LR(40, 0x85, 0, 1), LR(40, 0x80, 1, 2) | LR_HW(77), LR(40, 0x80, 1, 2) | LR_EOI };
    for (unsigned i = 1; i < COUNT(patterns); i++)
        for (u32 n = 0; n < LRS; n++) {
            put_lr(n, patterns[i]);
            about_hex(i);
            say(" list register reads", get_lr(n));
        }
    for (u32 n = 0; n < LRS; n++)
        put_lr(n, 0);
}

void program(void)
{
    pairs();
    vmcr();
    lr_bits();
}
