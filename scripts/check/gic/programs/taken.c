/* Interrupts as exceptions: handlers at EL2 and EL1, nested by priority, IRQ and FIQ, and what goes to EL2 by IMO and FMO. */
#include "../gic.h"

SNIPPET(idle, "mrs x0, isr_el1\n nop\n nop\n nop")

static u32 pend_in[4];

/* Takes what is there; the handler of SPI_A pends what the test says, and lets itself be interrupted. */
static void handler(u64 vector)
{
    int is_fiq = (vector & 0x180) == 0x100;
    u32 intid = is_fiq && GIC == 3 ? get_iar0() : get_iar();
    list_add(vector);
    list_add(intid);
    list_add(get_rpr());
    if (intid == SPI_A) {
        for (unsigned i = 0; i < COUNT(pend_in); i++)
            if (pend_in[i] != 0)
                set(ISPENDR, pend_in[i]);
        UNMASK();
        __asm__ volatile("nop\n nop");
        MASK();
    }
    list_add(0x1000 + intid);
    if (intid >= 1020)
        return;
    if (is_fiq && GIC == 3)
        put_eoir0(intid);
    else
        put_eoir(intid);
}

static void nest(const char *name, u32 first, u32 second)
{
    pend_in[0] = first;
    pend_in[1] = second;
    list_start(name);
    set(ISPENDR, SPI_A);
    UNMASK();
    __asm__ volatile("nop\n nop");
    MASK();
    list_end();
    state("afterwards");
}

static void all(void)
{
    on_interrupt = handler;
    RESET_WITH({ SPI_A, 0x80 }, { SPI_B, 0x40 }, { SPI_C, 0x80 }, { SPI_0, 0xc0 });
    nest("alone", 0, 0);
    nest("a higher one comes", SPI_B, 0);
    nest("an equal one comes", SPI_C, 0);
    nest("a lower one comes", SPI_0, 0);
    nest("an equal and a higher one", SPI_C, SPI_B);
    put_bpr(6);
    nest("no preemption within 80", SPI_B, 0);
#if GIC == 2
    put_bpr(7);
    nest("no preemption at all", SPI_B, 0);
#endif
    put_bpr(5);
    nest("40 and 80 apart", SPI_B, 0);
    put_bpr(0);
#if GIC == 3
    set_group(SPI_B, 0);
    nest("a FIQ comes", SPI_B, 0);
    set_group(SPI_A, 0);
    set_group(SPI_B, 1);
    nest("an IRQ comes in a FIQ", SPI_B, 0);
#else
    control(8);
    nest("as FIQ", SPI_B, 0);
#endif
    control(0);
}

static u32 timer_count;
/* A level that nobody takes away comes again, until it is masked. */
static void timer_handler(u64 vector)
{
    u32 intid = get_iar();
    list_add(intid);
    list_add(READ("cntp_ctl_el0"));
    if (++timer_count == 3)
        WRITE("cntp_ctl_el0", 3);
    put_eoir(intid);
}

static void again(void)
{
    RESET_WITH({ CNTP_INTID, 0x80 });
    on_interrupt = timer_handler;
    timer_count = 0;
    list_start("a level again and again");
    WRITE("cntp_cval_el0", 0);
    WRITE("cntp_ctl_el0", 1);
    UNMASK();
    __asm__ volatile("nop\n nop");
    MASK();
    list_end();
    say("how often", timer_count);
    WRITE("cntp_ctl_el0", 0);
}

static void routed(void)
{
    static const struct { const char *name; u64 hcr; } settings[] = { { "plain", 0 }, { "IMO", BIT(4) }, { "FMO", BIT(3) }, { "IMO FMO", BIT(3) | BIT(4) }, { "TGE", HCR_TGE }, { "E2H TGE", HCR_E2H | HCR_TGE } };
    static const struct mode modes[] = { { " EL0", 0 }, { " EL1", 5 }, { " EL2", 9 } };
    for (unsigned s = 0; s < COUNT(settings); s++)
        for (unsigned m = 0; m < 3; m++)
            for (int group = 0; group < 2; group++) {
                if ((settings[s].hcr & HCR_TGE) != 0 && m == 1)
                    continue;
                RESET_WITH({ SPI_A, 0x80 });
                set_group(SPI_A, group);
                if (GIC == 2)
                    control(8);
                set(ISPENDR, SPI_A);
                WRITE("hcr_el2", HCR_RW | settings[s].hcr);
                about(settings[s].name);
                about(modes[m].name);
                record.el = 0;
                attempt(modes[m].spsr | 0x300, m == 0 ? idle + 4 : idle, 0, 0);
                WRITE("hcr_el2", HCR_RW);
                say(group ? " group 1, EL and vector" : " group 0, EL and vector", record.el << 12 | record.vector);
            }
}

void program(void)
{
    routed();
    install_vectors();
    where = "EL2 ";
    /* Without these, EL2 is never interrupted. */
    WRITE("hcr_el2", HCR_RW | BIT(3) | BIT(4));
    all();
    again();
    WRITE("hcr_el2", HCR_RW);
    where = "EL1 ";
    at_el1(all);
    at_el1(again);
}
