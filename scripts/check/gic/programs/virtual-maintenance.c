/* Maintenance interrupts: each cause, its enable and its end; MISR, EISR, ELRSR, EOIcount; and the physical interrupt 25 at EL2. */
#include "../virtual.h"

#define MAINTENANCE_INTID 25

SNIPPET(idle, "nop\n nop\n nop")

static void line_of(const char *name)
{
    print(name);
    value(" pends 25", get(ISPENDR, MAINTENANCE_INTID));
}

static void show(const char *name)
{
    lrs_state(name);
    line_of(name);
}

static void serve_one(void) { u32 intid = V_IAR(); V_EOIR(intid); }
static void serve_two(void) { serve_one(); serve_one(); }
static void take_two(void) { V_IAR(); V_IAR(); }
static void end_foreign(void) { u32 intid = V_IAR(); V_EOIR(99); (void)intid; }
static void end_foreign_many(void)
{
    for (int i = 0; i < 3; i++) {
        V_IAR();
        V_EOIR(100 + i);
    }
}
static void dir_foreign(void) { v_dir(99); }
#if GIC == 2
static void disable_groups(void) { v_put_ctlr(0); }
static void enable_both(void) { v_put_ctlr(3); }
#else
static void disable_groups(void) { WRITE("s3_0_c12_c12_6", 0); WRITE("s3_0_c12_c12_7", 0); }
static void enable_both(void) { WRITE("s3_0_c12_c12_6", 1); WRITE("s3_0_c12_c12_7", 1); }
#endif

#define P(id, priority) LR(id, priority, USUAL, PENDING)

static void underflow(void)
{
    LOAD(VMCR_OPEN, EN | UIE, P(40, 0x80), P(41, 0x80), P(42, 0x80));
    show("underflow, three valid");
    guest(serve_one);
    show("underflow, two left");
    guest(serve_one);
    show("underflow, one left");
    guest(serve_one);
    show("underflow, none left");
    put_hcr(EN);
    show("underflow, not enabled");
    put_hcr(UIE);
    show("underflow, interface off");
    LOAD(VMCR_OPEN, EN | UIE, LR(40, 0x80, USUAL, ACTIVE), LR(41, 0x80, USUAL, BOTH_STATES));
    show("underflow, active ones count");
}

static void no_pending(void)
{
    LOAD(VMCR_OPEN, EN | NPIE, P(40, 0x80), P(41, 0x40));
    show("no pending, two pending");
    guest(take_two);
    show("no pending, both active");
    LOAD(VMCR_OPEN, EN | NPIE, LR(40, 0x80, USUAL, BOTH_STATES));
    show("no pending, pending and active");
    LOAD(VMCR(0, 0, 0, 0), EN | NPIE, P(40, 0x80));
    show("no pending, masked and disabled");
}

static void eoi_count(void)
{
    LOAD(VMCR_OPEN, EN | LRENPIE, P(40, 0x80), P(41, 0x40));
    show("EOIcount, none yet");
    guest(end_foreign);
    show("EOIcount, one");
    guest(end_foreign_many);
    show("EOIcount, more");
    put_hcr(EN | LRENPIE);
    show("EOIcount, written zero");
    put_hcr(EN | LRENPIE | 31ul << 27);
    show("EOIcount, all ones");
    LOAD(VMCR_OPEN, EN | LRENPIE | 31ul << 27, P(40, 0x80), P(41, 0x40));
    guest(end_foreign);
    show("EOIcount, beyond all ones");
    LOAD(VMCR_OPEN | VEOIM, EN | LRENPIE, P(40, 0x80));
    guest(end_foreign);
    show("EOIcount, split mode, EOIR");
    guest(dir_foreign);
    show("EOIcount, split mode, DIR");
    LOAD(VMCR_OPEN, EN | LRENPIE, P(40, 0x80));
    guest(dir_foreign);
    show("EOIcount, DIR without split mode");
}

static void eoi(void)
{
    LOAD(VMCR_OPEN, EN, P(40, 0x80) | LR_EOI, P(41, 0x40) | LR_EOI, P(42, 0x20));
    show("EOI, none yet");
    guest(serve_one);
    show("EOI, the plain one");
    guest(serve_one);
    show("EOI, the second");
    guest(serve_one);
    show("EOI, the first");
    put_lr(1, 0);
    show("EOI, one cleared");
    put_lr(0, 0);
    show("EOI, both cleared");
    LOAD(VMCR_OPEN, EN, LR(40, 0x80, USUAL, INACTIVE) | LR_EOI);
    show("EOI, inactive as written");
    LOAD(VMCR_OPEN, EN, LR(40, 0x80, USUAL, INACTIVE) | LR_HW(77));
    show("HW, inactive as written");
}

static void groups(void)
{
    static const struct { const char *name; u64 bit; } enables[] = { { "group 0 enabled", VGRP0EIE }, { "group 0 disabled", VGRP0DIE }, { "group 1 enabled", VGRP1EIE }, { "group 1 disabled", VGRP1DIE } };
    for (unsigned i = 0; i < COUNT(enables); i++) {
        LOAD(VMCR_OPEN, EN | enables[i].bit, 0);
        about(enables[i].name);
        show(", both are");
        guest(disable_groups);
        about(enables[i].name);
        show(", none is");
        guest(enable_both);
        about(enables[i].name);
        show(", both are again");
    }
    LOAD(VMCR_OPEN, EN | 0xf8 | UIE | LRENPIE | NPIE, 0);
    show("every cause enabled");
}

/* A virtual interrupt that stands for a physical one. */
static void hardware(void)
{
    RESET_WITH({ SPI_A, 0x80 });
    set(ISPENDR, SPI_A);
    say("physical IAR", get_iar());
    state_of("physical, acknowledged", SPI_A);
    LOAD(VMCR_OPEN, EN, P(50, 0x80) | LR_HW(SPI_A));
    guest(serve_one);
    show("hardware, served");
    state_of("physical, served", SPI_A);
    put_eoir(SPI_A);
    say("physical RPR", get_rpr());
    /* The usual way: priority dropped first, deactivated by the guest. */
    control(CTLR_EOIMODE);
    set(ISPENDR, SPI_A);
    get_iar();
    put_eoir(SPI_A);
    LOAD(VMCR_OPEN | VEOIM, EN, P(50, 0x80) | LR_HW(SPI_A));
    guest(serve_one);
    state_of("physical, guest's EOIR in split mode", SPI_A);
    set(ISPENDR, SPI_A);
    state("physical, pending again");
    LOAD(VMCR_OPEN, EN, LR(50, 0x80, USUAL, BOTH_STATES) | LR_HW(SPI_A));
    show("hardware, pending and active");
    LOAD(VMCR_OPEN, EN, P(50, 0x80) | LR_HW(95));
    guest(serve_one);
    show("hardware, of what is not active");
    control(0);
    reset_gic();
}

static void taken(void)
{
    RESET_WITH({ MAINTENANCE_INTID, 0x80 });
    LOAD(VMCR_OPEN, EN | UIE, 0);
    WRITE("hcr_el2", HCR_GUEST);
    try("underflow taken from EL1", 5, idle);
    try("underflow, masked at EL1", EL1, idle);
    WRITE("hcr_el2", HCR_RW);
    say("physical IAR", get_iar());
    put_hcr(EN);
    put_eoir(MAINTENANCE_INTID);
    state_of("maintenance, ended", MAINTENANCE_INTID);
    put_hcr(EN | UIE);
    state_of("maintenance, enabled again", MAINTENANCE_INTID);
    LOAD(VMCR_OPEN, EN | UIE, P(40, 0x80), P(41, 0x80));
    state_of("maintenance, two list registers", MAINTENANCE_INTID);
    guest(serve_two);
    state_of("maintenance, both served", MAINTENANCE_INTID);
    put_hcr(0);
}

void program(void)
{
    underflow();
    no_pending();
    eoi_count();
    eoi();
    groups();
    hardware();
    taken();
}
