/* WFI: what ends it, masked and unmasked, at EL1 and EL2. */
#include "../gic.h"

static void wait(const char *name)
{
    u64 before = READ("cntpct_el0");
    __asm__ volatile("dsb sy\n wfi" ::: "memory");
    u64 after = READ("cntpct_el0");
    head(name);
    print(": waited ");
    print(after - before >= 1000 ? "long" : "not at all");
    print(" isr ");
    print_hex(READ("isr_el1"));
    print("\n");
}

#define ARM(name) do { WRITE("cnt" name "_tval_el0", 5000); WRITE("cnt" name "_ctl_el0", 1); } while (0)

static void all(void)
{
    RESET_WITH({ CNTP_INTID, 0x80 }, { CNTV_INTID, 0x80 });
    ARM("p");
    wait("physical timer");
    wait("again, it is pending");
    WRITE("cntp_ctl_el0", 0);
    ARM("v");
    wait("virtual timer");
    WRITE("cntv_ctl_el0", 0);
    /* Nearer one first. */
    WRITE("cntp_tval_el0", 2000);
    WRITE("cntv_tval_el0", 9000);
    WRITE("cntp_ctl_el0", 1);
    WRITE("cntv_ctl_el0", 1);
    wait("the nearer of two");
    say("virtual one not yet", READ("cntv_ctl_el0") & 4);
    WRITE("cntp_ctl_el0", 0);
    wait("then the other");
    WRITE("cntv_ctl_el0", 0);
    /* In the past already. */
    WRITE("cntp_cval_el0", 0);
    WRITE("cntp_ctl_el0", 1);
    wait("in the past");
    WRITE("cntp_ctl_el0", 0);
    /* A timer that the GIC holds back does not wake, a nearer one does. */
    set(ICENABLER, CNTP_INTID);
    WRITE("cntp_tval_el0", 1000);
    WRITE("cntp_ctl_el0", 1);
    WRITE("cntv_tval_el0", 8000);
    WRITE("cntv_ctl_el0", 1);
    wait("one disabled, one not");
    say("both have fired", (READ("cntp_ctl_el0") & READ("cntv_ctl_el0")) & 4);
    WRITE("cntp_ctl_el0", 0);
    WRITE("cntv_ctl_el0", 0);
}

static void handler(u64 vector)
{
    list_add(vector);
    list_add(get_iar());
    WRITE("cntp_ctl_el0", 0);
    put_eoir(CNTP_INTID);
}

static void taken(void)
{
    on_interrupt = handler;
    RESET_WITH({ CNTP_INTID, 0x80 });
    list_start("taken while waiting");
    ARM("p");
    UNMASK();
    __asm__ volatile("wfi" ::: "memory");
    MASK();
    list_end();
}

void program(void)
{
    both(all);
    install_vectors();
    where = "EL2 ";
    WRITE("hcr_el2", HCR_RW | BIT(3) | BIT(4));
    taken();
    WRITE("hcr_el2", HCR_RW);
    where = "EL1 ";
    at_el1(taken);
    where = "";
}
