/* List registers as a guest works on them: every state, acknowledged and ended in both modes, deactivated; what EL2 reads afterwards. */
#include "../virtual.h"

static u32 number;

static void looks(void)
{
    print(" isr ");
    print_hex(READ("isr_el1"));
    print(" hppir ");
    print_hex(V_HPPIR());
    print(" rpr ");
    print_hex(v_rpr());
}
static void acks(void) { looks(); print(" iar "); print_hex(V_IAR()); looks(); }
static void ends(void) { V_EOIR(number); looks(); }
static void deactivates(void) { v_dir(number); looks(); }
static void serves(void) { u32 intid = V_IAR(); print(" iar "); print_hex(intid); V_EOIR(intid); looks(); }
static void splits(void)
{
    u32 intid = V_IAR();
    print(" iar ");
    print_hex(intid);
    V_EOIR(intid);
    looks();
    v_dir(intid);
    looks();
}

static const struct { const char *name; void (*code)(void); } steps[] = { { " looks", looks }, { " acks", acks }, { " ends", ends }, { " deactivates", deactivates }, { " serves", serves }, { " splits", splits } };

static void all(const char *name, u64 vmcr, u64 first, u64 second)
{
    for (unsigned i = 0; i < COUNT(steps); i++) {
        LOAD(vmcr, EN, first, second);
        print(name);
        print(steps[i].name);
        print(":");
        guest(steps[i].code);
        print("\n");
        about(name);
        lrs_state(steps[i].name);
    }
}

#define ONE(state, more) (LR(40, 0x80, USUAL, state) | (more))

void program(void)
{
    number = 40;
    static const char *const names[] = { "inactive", "pending", "active", "pending and active" };
    for (u64 i = 0; i < 4; i++)
        all(names[i], VMCR_OPEN, ONE(i, 0), 0);
    all("pending, EOI", VMCR_OPEN, ONE(PENDING, LR_EOI), 0);
    all("active, EOI", VMCR_OPEN, ONE(ACTIVE, LR_EOI), 0);
    all("pending, split mode", VMCR_OPEN | VEOIM, ONE(PENDING, 0), 0);
    all("pending, EOI, split mode", VMCR_OPEN | VEOIM, ONE(PENDING, LR_EOI), 0);
    all("active, split mode", VMCR_OPEN | VEOIM, ONE(ACTIVE, 0), 0);
    all("pending and active, split mode", VMCR_OPEN | VEOIM, ONE(BOTH_STATES, 0), 0);
    all("two, second first", VMCR_OPEN, ONE(PENDING, 0), LR(41, 0x40, USUAL, PENDING));
    all("two the same", VMCR_OPEN, ONE(PENDING, 0), LR(39, 0x80, USUAL, PENDING));
    all("one active, one higher", VMCR_OPEN, ONE(ACTIVE, 0), LR(41, 0x40, USUAL, PENDING));
    all("masked", VMCR(0x80, 0, 0, VENG0 | VENG1), ONE(PENDING, 0), 0);
    all("not quite masked", VMCR(0x88, 0, 0, VENG0 | VENG1), ONE(PENDING, 0), 0);
    all("group disabled", VMCR(0xf8, 0, 0, USUAL ? VENG0 : VENG1), ONE(PENDING, 0), 0);
    all("both groups", VMCR_OPEN, LR(40, 0x80, 0, PENDING), LR(41, 0x80, 1, PENDING));
    all("the other group", VMCR_OPEN, LR(40, 0x80, !USUAL, PENDING), 0);
    all("the other group and FIQEn", VMCR_OPEN | VFIQEN, LR(40, 0x80, !USUAL, PENDING), 0);
#if GIC == 2
    all("group 0, FIQEn", VMCR_OPEN | VFIQEN, LR(40, 0x80, 0, PENDING), 0);
    all("group 1, AckCtl", VMCR_OPEN | VACKCTL, LR(40, 0x80, 1, PENDING), 0);
    number = 3 | 2 << 10;
    all("SGI of PE 2", VMCR_OPEN, LR(number, 0x80, 0, PENDING), 0);
    all("SGI of PE 2, active", VMCR_OPEN, LR(number, 0x80, 0, ACTIVE), LR(3 | 1 << 10, 0x80, 0, PENDING));
    number = 40;
#endif
    /* An interrupt in no list register. */
    number = 50;
    all("ends what is nowhere", VMCR_OPEN, ONE(PENDING, 0), 0);
    all("ends what is nowhere, split mode", VMCR_OPEN | VEOIM, ONE(PENDING, 0), 0);
    number = SPURIOUS;
    all("ends 1023", VMCR_OPEN, ONE(PENDING, 0), 0);
    /* Off at EL2: nothing. */
    number = 40;
    LOAD(VMCR_OPEN, 0, ONE(PENDING, 0));
    print("interface off:");
    guest(acks);
    print("\n");
    lrs_state("interface off");
    /* Virtual interrupts that HCR_EL2 does not let through. */
    LOAD(VMCR_OPEN, EN, ONE(PENDING, 0));
    say("at EL2", READ("isr_el1"));
    put_hcr(0);
}
