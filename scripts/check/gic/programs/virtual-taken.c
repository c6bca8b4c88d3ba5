/* Virtual interrupts taken by a guest at EL1: one after the other, nested by priority, beside physical ones that go to EL2; HCR_EL2.VI and VF. */
#include "../virtual.h"

SNIPPET(idle, "nop\n nop\n nop")

static void handler(u64 vector)
{
    u32 intid = (vector & 0x180) == 0x100 ? v_iar0() : V_IAR();
    list_add(vector);
    list_add(intid);
    list_add(v_rpr());
    if (intid == 40) {
        UNMASK();
        __asm__ volatile("nop\n nop");
        MASK();
    }
    if (intid < 1020) {
        if ((vector & 0x180) == 0x100)
            v_eoir0(intid);
        else
            V_EOIR(intid);
    }
    list_add(0x1000 + intid);
}

static void unmask(void)
{
    UNMASK();
    __asm__ volatile("nop\n nop");
    MASK();
    list_add(READ("isr_el1"));
}

static void run_guest(const char *name)
{
    list_start(name);
    guest(unmask);
    list_end();
    lrs_state("afterwards");
}

#define P(id, priority) LR(id, priority, USUAL, PENDING)

static void vi_handler(u64 vector)
{
    list_add(vector);
    __asm__ volatile("hvc #0xfff");
}

void program(void)
{
    install_vectors();
    reset_gic();
    on_interrupt = handler;
    LOAD(VMCR_OPEN, EN, P(40, 0x80));
    run_guest("one");
    LOAD(VMCR_OPEN, EN, P(40, 0x80), P(41, 0x80), P(42, 0xc0));
    run_guest("three in turn");
    LOAD(VMCR_OPEN, EN, P(40, 0x40), P(41, 0x80), P(42, 0x80));
    run_guest("the highest first");
    LOAD(VMCR(0x80, 0, 0, VENG0 | VENG1), EN, P(40, 0x40), P(41, 0x80));
    run_guest("one masked");
    LOAD(VMCR_OPEN | (GIC == 2 ? VACKCTL : 0), EN, LR(40, 0x80, USUAL, PENDING), LR(41, 0x40, !USUAL, PENDING));
    run_guest("both groups");
#if GIC == 2
    LOAD(VMCR_OPEN | VFIQEN, EN, LR(40, 0x80, 0, PENDING), LR(41, 0x40, 0, PENDING));
    run_guest("FIQs");
#endif
    /* Injected by HCR_EL2, without any list register. */
    on_interrupt = vi_handler;
    LOAD(VMCR_OPEN, EN, 0);
    for (int bit = 6; bit < 8; bit++) {
        list_start(bit == 7 ? "HCR_EL2.VI" : "HCR_EL2.VF");
        WRITE("hcr_el2", HCR_GUEST | BIT(bit));
        at_el1(unmask);
        WRITE("hcr_el2", HCR_RW);
        list_end();
    }
    /* A physical interrupt goes to EL2 though the guest masks it. */
    RESET_WITH({ SPI_A, 0x80 });
    set(ISPENDR, SPI_A);
    LOAD(VMCR_OPEN, EN, P(40, 0x80));
    WRITE("hcr_el2", HCR_GUEST);
    try("physical and virtual", EL1, idle);
    WRITE("hcr_el2", HCR_RW);
    say("physical IAR", get_iar());
    put_eoir(SPI_A);
    WRITE("hcr_el2", HCR_GUEST);
    try("only the virtual one, masked", EL1, idle);
    WRITE("hcr_el2", HCR_RW);
    put_hcr(0);
}
