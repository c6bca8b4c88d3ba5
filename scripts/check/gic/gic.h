/*
 * What the programs of `check:gic` share: the registers of both versions of the GIC under common names, lines that say where
 * interrupts stand, code at EL1, handlers, and a second PE. GIC is 2 or 3.
 */
#ifndef GIC_H
#define GIC_H
#include "../system/support.h"

#define MMIO8(address) (*(volatile u8 *)(address))
#define MMIO32(address) (*(volatile u32 *)(address))
#define MMIO64(address) (*(volatile u64 *)(address))

#define GICD 0x08000000ul
#define GICC 0x08010000ul
#define GICH 0x08030000ul
#define GICV 0x08040000ul
#define GICR(pe) (0x080a0000ul + 0x20000ul * (pe))

/* Registers of the distributor, and for private interrupts of the redistributor, with a field for each interrupt. */
#define IGROUPR 0x080
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ISPENDR 0x200
#define ICPENDR 0x280
#define ISACTIVER 0x300
#define ICACTIVER 0x380
#define IPRIORITYR 0x400
#define ITARGETSR 0x800
#define ICFGR 0xc00
#define IROUTER 0x6000

/* Interrupts: any SGIs and SPIs, the timers' outputs, the real-time clock's. */
#define SGI_A 3
#define SGI_B 9
#define CNTHP_INTID 26
#define CNTV_INTID 27
#define CNTHV_INTID 28
#define CNTP_INTID 30
#define RTC_INTID 34
#define SPI_0 38
#define SPI_A 40
#define SPI_B 41
#define SPI_C 60
#define SPURIOUS 1023

static inline u32 this_pe(void)
{
    return READ("mpidr_el1") & 0xff;
}

static inline u64 frame_of(u32 intid)
{
    return GIC == 3 && intid < 32 ? GICR(this_pe()) + 0x10000 : GICD;
}

static inline void set(u32 reg, u32 intid)
{
    MMIO32(frame_of(intid) + reg + intid / 32 * 4) = 1u << intid % 32;
}

static inline u32 get(u32 reg, u32 intid)
{
    return MMIO32(frame_of(intid) + reg + intid / 32 * 4) >> intid % 32 & 1;
}

void set_group(u32 intid, int group);
void set_priority(u32 intid, u32 priority);
void set_edge(u32 intid, int is_edge);
u32 get_priority(u32 intid);

/* The CPU interface. The group that is IRQ without further ado, and that the programs use for what is about no group. */
#if GIC == 2
#define USUAL 0
#define GICC_REG(offset) MMIO32(GICC + (offset))
#define GET_REG(name, v2, v3) static inline u32 name(void) { return GICC_REG(v2); }
#define PUT_REG(name, v2, v3) static inline void name(u32 value) { GICC_REG(v2) = value; }
#else
#define USUAL 1
#define GET_REG(name, v2, v3) static inline u32 name(void) { u64 value = READ(v3); __asm__ volatile("dsb sy\n isb"); return value; }
#define PUT_REG(name, v2, v3) static inline void name(u32 value) { WRITE(v3, value); }
#endif
GET_REG(get_pmr, 0x04, "s3_0_c4_c6_0")
PUT_REG(put_pmr, 0x04, "s3_0_c4_c6_0")
GET_REG(get_iar0, 0x0c, "s3_0_c12_c8_0")
/* GICC_AIAR, GICC_AEOIR and GICC_AHPPIR are not in the emulator: with AckCtl, group 1 goes through the first three. */
GET_REG(get_iar1, 0x0c, "s3_0_c12_c12_0")
PUT_REG(put_eoir0, 0x10, "s3_0_c12_c8_1")
PUT_REG(put_eoir1, 0x10, "s3_0_c12_c12_1")
GET_REG(get_hppir0, 0x18, "s3_0_c12_c8_2")
GET_REG(get_hppir1, 0x18, "s3_0_c12_c12_2")
GET_REG(get_bpr0, 0x08, "s3_0_c12_c8_3")
PUT_REG(put_bpr0, 0x08, "s3_0_c12_c8_3")
GET_REG(get_bpr1, 0x1c, "s3_0_c12_c12_3")
PUT_REG(put_bpr1, 0x1c, "s3_0_c12_c12_3")
GET_REG(get_ap0, 0xd0, "s3_0_c12_c8_4")
PUT_REG(put_ap0, 0xd0, "s3_0_c12_c8_4")
GET_REG(get_ap1, 0xe0, "s3_0_c12_c9_0")
PUT_REG(put_ap1, 0xe0, "s3_0_c12_c9_0")
GET_REG(get_rpr, 0x14, "s3_0_c12_c11_3")
PUT_REG(put_dir, 0x1000, "s3_0_c12_c11_1")
GET_REG(get_ctlr, 0x00, "s3_0_c12_c12_4")
PUT_REG(put_ctlr, 0x00, "s3_0_c12_c12_4")

static inline u32 get_iar(void) { return USUAL ? get_iar1() : get_iar0(); }
static inline void put_eoir(u32 value) { if (USUAL) put_eoir1(value); else put_eoir0(value); }
static inline u32 get_hppir(void) { return USUAL ? get_hppir1() : get_hppir0(); }
static inline void put_bpr(u32 value) { if (USUAL) put_bpr1(value + 1); else put_bpr0(value); }

/* Bits of the control register that both versions have. */
#define CTLR_CBPR (GIC == 2 ? 1u << 4 : 1u)
#define CTLR_ACKCTL (GIC == 2 ? 1u << 2 : 0)
#define CTLR_EOIMODE (GIC == 2 ? 1u << 9 : 1u << 1)
/* The control register with both groups enabled where it enables them, and these bits. */
void control(u32 bits);
/* Which groups the CPU interface lets pass: bit 0 group 0, bit 1 group 1. */
void enable_groups(u32 groups);

/*
 * Everything of this PE and all SPIs as at the start: no interrupt enabled, pending or active, all in the usual group at
 * priority 0xa0, nothing masked, lowest binary points, both groups enabled.
 */
void reset_gic(void);
/* Reset, and these enabled, at these priorities. */
struct setting { u32 intid, priority; };
void reset_with(const struct setting *list, unsigned count);
#define RESET_WITH(...) do { static const struct setting list_[] = { __VA_ARGS__ }; reset_with(list_, COUNT(list_)); } while (0)

/* What stands before each line: where the test runs; and before the next line, what the test is about. */
extern const char *where;
void about(const char *text);
void about_hex(u64 number);
/* Begins a line, with what stands before it. */
void head(const char *name);
void say(const char *name, u64 value);
/* ISR_EL1, the highest pending interrupt, the running priority. */
void state(const char *name);
/* Pending, active and enabled of one interrupt, and ISR_EL1. */
void state_of(const char *name, u32 intid);
/* A list of numbers in one line. */
void list_start(const char *name);
void list_add(u64 value);
void list_end(void);

/* Runs a function at EL1, MMU off, everything masked; what it takes to EL2 instead ends it, and is printed. */
void at_el1(void (*test)(void));
/* At EL2 and again at EL1. */
void both(void (*test)(void));

/* IRQ and FIQ taken at the EL they came from, with SP_ELx: the function gets the vector's offset. Without one nothing is taken. */
extern void (*on_interrupt)(u64 vector);
void install_vectors(void);
#define UNMASK() __asm__ volatile("msr daifclr, #3\n isb" ::: "memory")
#define MASK() __asm__ volatile("msr daifset, #3\n isb" ::: "memory")

/* Runs a function on the second PE, which it starts, and waits for its end. */
void on_second(void (*work)(void));

/* A program defines this. */
void program(void);

#endif
