/* What registers keep of what is written: widths, bits of one interrupt, identification. */
#include "../gic.h"

static const u8 patterns[] = { 0, 1, 7, 8, 0x0f, 0x10, 0x18, 0x7f, 0x80, 0xf0, 0xf8, 0xff };
/* With nothing in the bits that five bits of priority leave out. */
static const u8 priorities[] = { 0, 8, 0x10, 0x78, 0x80, 0xf0, 0xf8 };

static void interface(void)
{
    reset_gic();
    list_start("PMR");
    for (unsigned i = 0; i < COUNT(patterns); i++) {
        put_pmr(patterns[i]);
        list_add(get_pmr());
    }
    list_end();
    list_start("BPR0");
    for (u32 i = 0; i < 8; i++) {
        put_bpr0(i);
        list_add(get_bpr0());
    }
    list_end();
    list_start("BPR1");
    for (u32 i = 0; i < 8; i++) {
        put_bpr1(i);
        list_add(get_bpr1());
    }
    list_end();
    put_bpr0(5);
    put_bpr1(7);
    control(CTLR_EOIMODE);
    say("CTLR, EOImode", get_ctlr() & (CTLR_EOIMODE | CTLR_CBPR));
    control(CTLR_CBPR);
    say("CTLR, CBPR", get_ctlr() & (CTLR_EOIMODE | CTLR_CBPR));
#if GIC == 3
    say("BPR1 under CBPR", get_bpr1());
    put_bpr1(3);
    say("BPR1 under CBPR, written", get_bpr1());
    put_bpr0(7);
    say("BPR1 under CBPR, BPR0 7", get_bpr1());
    control(0);
    say("BPR1 after CBPR", get_bpr1());
    enable_groups(2);
    say("IGRPEN0", READ("s3_0_c12_c12_6"));
    say("IGRPEN1", READ("s3_0_c12_c12_7"));
#endif
    control(0);
    say("RPR", get_rpr());
    say("IAR0", get_iar0());
    say("HPPIR0", get_hppir0());
    put_ap0(0x80000001);
    say("AP0R0", get_ap0());
    say("RPR", get_rpr());
#if GIC == 3
    say("IAR1", get_iar1());
    say("HPPIR1", get_hppir1());
    put_ap0(0x100);
    say("RPR, level 8", get_rpr());
#endif
    put_ap0(0);
}

static void interrupts(void)
{
    static const u32 intids[] = { SGI_A, CNTV_INTID, SPI_A, 95 };
    reset_gic();
    for (unsigned i = 0; i < COUNT(intids); i++) {
        about_hex(intids[i]);
        list_start(" priorities");
        for (unsigned p = 0; p < COUNT(priorities); p++) {
            set_priority(intids[i], priorities[p]);
            list_add(get_priority(intids[i]));
        }
        list_end();
        about_hex(intids[i]);
        list_start(" group, enable, pending, active");
        for (int group = 0; group < 2; group++) {
            set_group(intids[i], group);
            list_add(get(IGROUPR, intids[i]));
        }
        /* SGIs of a GICv2 are enabled for good, and pending by source; of PPIs there the emulator lets nothing be pending. */
        if (GIC == 3 || intids[i] >= 32) {
            set(ISENABLER, intids[i]);
            list_add(get(ISENABLER, intids[i]));
            list_add(get(ICENABLER, intids[i]));
            set(ICENABLER, intids[i]);
            list_add(get(ISENABLER, intids[i]));
            set(ISPENDR, intids[i]);
            list_add(get(ISPENDR, intids[i]));
            list_add(get(ICPENDR, intids[i]));
            set(ICPENDR, intids[i]);
            list_add(get(ISPENDR, intids[i]));
        }
        set(ISACTIVER, intids[i]);
        list_add(get(ISACTIVER, intids[i]));
        list_add(get(ICACTIVER, intids[i]));
        set(ICACTIVER, intids[i]);
        list_add(get(ISACTIVER, intids[i]));
        list_end();
    }
    u64 sgis = frame_of(0) + ICFGR;
    MMIO32(sgis) = 0;
    say("ICFGR of SGIs", MMIO32(sgis));
    MMIO32(GICD + ICFGR + 8) = ~0u;
    say("ICFGR of SPIs, bit 1 of each", MMIO32(GICD + ICFGR + 8) & 0xaaaaaaaa);
    MMIO32(GICD + ICFGR + 8) = 0;
    say("ICFGR of SPIs, cleared", MMIO32(GICD + ICFGR + 8) & 0xaaaaaaaa);
    /* A word of IPRIORITYR, and its bytes. */
    set_priority(SPI_A, 0xff);
    say("priority of all ones", get_priority(SPI_A));
    MMIO32(GICD + IPRIORITYR + SPI_A) = 0x10203040;
    say("IPRIORITYR, byte 1", get_priority(SPI_A + 1));
    set_priority(SPI_A + 2, 0x88);
    say("IPRIORITYR, word", MMIO32(GICD + IPRIORITYR + SPI_A));
    say("beyond the last SPI", get(ISENABLER, 512) | get_priority(512));
}

static void identification(void)
{
    u32 typer = MMIO32(GICD + 4);
    say("TYPER, ITLinesNumber", typer & 31);
#if GIC == 2
    say("TYPER, CPUNumber", typer >> 5 & 7);
    say("TYPER, SecurityExtn", typer >> 10 & 1);
    say("ICPIDR2, architecture", MMIO32(GICD + 0xfe8) >> 4 & 15);
    for (u32 intid = 0; intid < 32; intid += 4)
        say("ITARGETSR, own PE", MMIO32(GICD + ITARGETSR + intid));
    MMIO32(GICD + ITARGETSR + SPI_A) = ~0u;
    say("ITARGETSR of SPIs", MMIO32(GICD + ITARGETSR + SPI_A));
    MMIO8(GICD + ITARGETSR + SPI_A + 1) = 2;
    say("ITARGETSR, a byte", MMIO32(GICD + ITARGETSR + SPI_A));
    MMIO32(GICD) = ~0u;
    say("GICD_CTLR", MMIO32(GICD));
    MMIO32(GICD) = 0;
    say("GICD_CTLR, cleared", MMIO32(GICD));
    MMIO32(GICD) = 3;
    GICC_REG(0) = ~0u;
    say("GICC_CTLR, what is no bypass", GICC_REG(0) & 0x21f);
    GICC_REG(0) = 0;
    say("GICC_CTLR, cleared", GICC_REG(0));
#else
    say("TYPER, MBIS", typer >> 16 & 1);
    say("TYPER, ESPI", typer >> 8 & 1);
    say("PIDR2, architecture", MMIO32(GICD + 0xffe8) >> 4 & 15);
    say("GICR_PIDR2, architecture", MMIO32(GICR(0) + 0xffe8) >> 4 & 15);
    MMIO32(GICD) = ~0u;
    say("GICD_CTLR", MMIO32(GICD) & 0x53);
    MMIO32(GICD) = 0;
    say("GICD_CTLR, cleared", MMIO32(GICD) & 0x53);
    MMIO32(GICD) = 0x13;
    MMIO64(GICD + IROUTER + 8 * SPI_A) = ~0ul;
    say("IROUTER", MMIO64(GICD + IROUTER + 8 * SPI_A));
    MMIO64(GICD + IROUTER + 8 * SPI_A) = 0;
    say("ITARGETSR", MMIO32(GICD + ITARGETSR + SPI_A));
    for (u32 pe = 0; pe < 2; pe++) {
        u64 redistributor = MMIO64(GICR(pe) + 8);
        say("GICR_TYPER, affinity", redistributor >> 32);
        say("GICR_TYPER, processor number", redistributor >> 8 & 0xffff);
        say("GICR_TYPER, Last", redistributor >> 4 & 1);
        say("GICR_TYPER, VLPIS", redistributor >> 1 & 1);
    }
    say("GICR_WAKER", MMIO32(GICR(0) + 0x14));
    MMIO32(GICR(0) + 0x14) = 2;
    say("GICR_WAKER, asleep", MMIO32(GICR(0) + 0x14));
    MMIO32(GICR(0) + 0x14) = 0;
    say("GICR_WAKER, awake", MMIO32(GICR(0) + 0x14));
    say("GICR_CTLR, RWP and UWP", MMIO32(GICR(0)) & 0x80000008);
    say("ICC_CTLR, PRIbits and A3V", READ("s3_0_c12_c12_4") & 0x8700);
#endif
}

void program(void)
{
    both(interface);
    both(interrupts);
    both(identification);
}
