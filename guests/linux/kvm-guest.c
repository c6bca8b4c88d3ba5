/*
 * The guest that kvm.c runs: bare metal at EL1, one thing after the other, and what each gave goes to user space as a report.
 * Knows nothing of what is right. Freestanding, linked at RAM_BASE, whose memory is zero.
 */
#include <stdint.h>
#include "kvm-guest.h"

#define read_register(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " name : "=r"(value_) : : "memory"); value_; })
#define write_register(name, value) __asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define isb() __asm__ volatile("isb" : : : "memory")

uint64_t fp_across_exit(uintptr_t address, uint32_t value);
uint64_t registers_across_exit(uintptr_t address, uint32_t value);
void stepped(uintptr_t address, uint32_t first, uint32_t second);
uint64_t breakpoint_target(void);
void enter_el0(uint64_t value);
void leave_el0(void);
void secondary_start(void);
extern const uint32_t el0_program[3];

/* One load or store each, of a form that leaves a syndrome. */
static inline uint32_t load32(uintptr_t address) {
  uint32_t value;
  __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
  return value;
}

static inline void store32(uintptr_t address, uint32_t value) {
  __asm__ volatile("str %w0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static inline void store64(uintptr_t address, uint64_t value) {
  __asm__ volatile("str %x0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static void report(enum report n, uint64_t value) {
  store64(DEVICE_BASE + REPORT + 8 * n, value);
}

static void command(enum command n, uint64_t argument) {
  store64(DEVICE_BASE + ARGUMENT, argument);
  store32(DEVICE_BASE + COMMAND, n);
}

/* The class of the exception that is about to be provoked. */
static volatile uint64_t expected_class;

/* ---- SMCCC ----------------------------------------------------------------------------------------------------------- */

#define PSCI_VERSION 0x84000000
#define PSCI_CPU_OFF 0x84000002
#define PSCI_CPU_ON 0xc4000003
#define PSCI_AFFINITY_INFO 0xc4000004
#define PSCI_SYSTEM_OFF 0x84000008
#define SMCCC_VERSION 0x80000000
#define SMCCC_VENDOR_UID 0x8600ff01
#define SMCCC_NOBODY 0x8600fe00

struct answer { uint64_t x0, x1, x2, x3; };

static struct answer hvc(uint64_t function, uint64_t first, uint64_t second, uint64_t third) {
  register uint64_t x0 __asm__("x0") = function;
  register uint64_t x1 __asm__("x1") = first;
  register uint64_t x2 __asm__("x2") = second;
  register uint64_t x3 __asm__("x3") = third;
  __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
  return (struct answer){x0, x1, x2, x3};
}

static void hypercalls(void) {
  report(PSCI_VERSION_VALUE, hvc(PSCI_VERSION, 0, 0, 0).x0);
  report(PSCI_UNKNOWN, hvc(SMCCC_NOBODY, 0, 0, 0).x0);
  report(SMCCC_VERSION_VALUE, hvc(SMCCC_VERSION, 0, 0, 0).x0);
  struct answer uid = hvc(SMCCC_VENDOR_UID, 0, 0, 0);
  report(VENDOR_UID_LOW, uid.x0 | uid.x1 << 32);
  report(VENDOR_UID_HIGH, uid.x2 | uid.x3 << 32);
  /* Without an EL3 it may be undefined: X0 stays. */
  expected_class = 0;
  register uint64_t x0 __asm__("x0") = SMCCC_NOBODY;
  __asm__ volatile("smc #1" : "+r"(x0) : : "memory");
  report(SMC_RESULT, x0);
}

/* ---- Exceptions ------------------------------------------------------------------------------------------------------ */

struct frame { uint64_t x29, x30, x[20]; };

static volatile uint64_t taken_syndrome, el0_x0, el0_spsr;

static uint64_t exception_class(uint64_t syndrome) {
  return syndrome >> 26 & 0x3f;
}

void guest_unexpected(struct frame *frame) {
  (void)frame;
  store64(DEVICE_BASE + UNEXPECTED_EXCEPTION, read_register("esr_el1"));
  store64(DEVICE_BASE + UNEXPECTED_EXCEPTION + 8, read_register("elr_el1"));
  store64(DEVICE_BASE + UNEXPECTED_EXCEPTION + 16, read_register("far_el1"));
  hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void guest_synchronous(struct frame *frame) {
  uint64_t syndrome = read_register("esr_el1");
  if (exception_class(syndrome) == 0x15) {
    el0_x0 = frame->x[0];
    el0_spsr = read_register("spsr_el1");
    taken_syndrome = syndrome;
    write_register("elr_el1", leave_el0);
    write_register("spsr_el1", 0x3c5);
    return;
  }
  if (exception_class(syndrome) != expected_class) guest_unexpected(frame);
  taken_syndrome = syndrome;
  expected_class = ~0ull;
  write_register("elr_el1", read_register("elr_el1") + 4);
}

/* ---- Identification, registers across exits -------------------------------------------------------------------------- */

static void identification(void) {
  report(ID_MIDR, read_register("midr_el1"));
  report(ID_MPIDR, read_register("mpidr_el1"));
  report(ID_PFR0, read_register("id_aa64pfr0_el1"));
  report(ID_ISAR0, read_register("id_aa64isar0_el1"));
  report(ID_MMFR0, read_register("id_aa64mmfr0_el1"));
  report(ID_DFR0, read_register("id_aa64dfr0_el1"));
  report(ID_RESERVED, read_register("s3_0_c0_c7_7"));
  taken_syndrome = ~0ull;
  expected_class = 0;
  (void)read_register("s3_0_c15_c0_0");
  report(UNKNOWN_REGISTER, exception_class(taken_syndrome));
}

static void mmio(void) {
  uint64_t value;
  const uintptr_t from = DEVICE_BASE + READ_DATA, to = DEVICE_BASE + WRITE_DATA;
  __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(from));
  report(MMIO_BYTE, value);
  __asm__ volatile("ldrh %w0, [%1]" : "=r"(value) : "r"(from));
  report(MMIO_HALFWORD, value);
  __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(from));
  report(MMIO_WORD, value);
  __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(from));
  report(MMIO_DOUBLEWORD, value);
  __asm__ volatile("ldrsb %0, [%1]" : "=r"(value) : "r"(from + 4));
  report(MMIO_SIGNED_BYTE, value);
  __asm__ volatile("ldrsh %w0, [%1]" : "=r"(value) : "r"(from + 4));
  report(MMIO_SIGNED_HALFWORD, value);
  __asm__ volatile("ldrsw %0, [%1]" : "=r"(value) : "r"(from));
  report(MMIO_SIGNED_WORD, value);
  value = 0x1122334455667788;
  __asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(to));
  __asm__ volatile("strh %w0, [%1]" : : "r"(value), "r"(to));
  __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(to));
  __asm__ volatile("str %0, [%1]" : : "r"(value), "r"(to));
  __asm__ volatile("str wzr, [%0]" : : "r"(to));
  /* No syndrome for a pair: user space is told, moves the PC on, and the registers stay. */
  uint64_t low = 1, high = 2;
  __asm__ volatile("ldp %0, %1, [%2]" : "+r"(low), "+r"(high) : "r"(from));
}

static void registers_over_exits(void) {
  report(FP_REGISTERS, fp_across_exit(DEVICE_BASE + COMMAND, COMMAND_USE_FP));
  report(GENERAL_REGISTERS, registers_across_exit(DEVICE_BASE + COMMAND, COMMAND_USE_FP));
  static const uint64_t pattern = 0x0000123456789000;
  write_register("tpidr_el0", pattern + 1);
  write_register("tpidrro_el0", pattern + 2);
  write_register("tpidr_el1", pattern + 3);
  write_register("sp_el0", pattern + 4);
  write_register("contextidr_el1", 5);
  write_register("far_el1", pattern + 6);
  write_register("elr_el1", pattern + 7);
  write_register("spsr_el1", 0x3c5);
  write_register("par_el1", 0x1800);
  write_register("csselr_el1", 0);
  command(COMMAND_USE_FP, 0);
  report(SYSTEM_REGISTERS, (read_register("tpidr_el0") != pattern + 1) + (read_register("tpidrro_el0") != pattern + 2) + (read_register("tpidr_el1") != pattern + 3)
    + (read_register("sp_el0") != pattern + 4) + (read_register("contextidr_el1") != 5) + (read_register("far_el1") != pattern + 6)
    + (read_register("elr_el1") != pattern + 7) + (read_register("spsr_el1") != 0x3c5) + (read_register("par_el1") != 0x1800));
}

static void exception_level_0(void) {
  enter_el0(0x1234);
  report(EL0_SYSCALL, (taken_syndrome & 0xffff) | exception_class(taken_syndrome) << 16);
  report(EL0_STATE, el0_x0 << 16 | (el0_spsr & 0x1f));
}

/* ---- Stage 1 --------------------------------------------------------------------------------------------------------- */

static uint64_t level1[512] __attribute__((aligned(4096)));
static uint64_t level2[512] __attribute__((aligned(4096)));

/* Identity: devices in the first GiB, memory in the second, by blocks of 2 MiB. */
static void write_tables(void) {
  for (uint64_t n = 0; n < 512; n++) level2[n] = (RAM_BASE + (n << 21)) | 0b11 << 8 | 1 << 10 | 0b01;
  level2[(EL0_BASE - RAM_BASE) >> 21] |= 0b11 << 6;
  level1[0] = 0b11ull << 53 | 1 << 10 | 1 << 2 | 0b01;
  level1[1] = (uintptr_t)level2 | 0b11;
  for (int n = 0; n < 3; n++) ((volatile uint32_t *)EL0_BASE)[n] = el0_program[n];
}

static void mmu_on(void) {
  /* Attributes: 0 normal write-back, 1 Device-nGnRnE. T0SZ 32, 4 KiB, inner shareable write-back, no TTBR1. */
  write_register("mair_el1", 0x00ff);
  write_register("tcr_el1", 32 | 0b01 << 8 | 0b01 << 10 | 0b11 << 12 | 1 << 23 | 1ull << 32);
  write_register("ttbr0_el1", level1);
  __asm__ volatile("dsb ish; tlbi vmalle1; dsb ish; isb" : : : "memory");
  write_register("sctlr_el1", read_register("sctlr_el1") | 1 | 1 << 2 | 1 << 12);
  isb();
}

/* ---- GIC ------------------------------------------------------------------------------------------------------------- */

static uint64_t gic;

#define GICD(offset) (GICD_BASE + (offset))
#define GICC(offset) (GICC_BASE + (offset))
/* The frame with the private interrupts of this PE. */
static uintptr_t private_base(void) {
  return gic == 2 ? GICD_BASE : GICR_BASE + (read_register("mpidr_el1") & 0xff) * 0x20000 + 0x10000;
}

static uintptr_t frame_of(uint32_t intid) {
  return intid < 32 ? private_base() : GICD_BASE;
}

static void gic_enable(uint32_t intid) {
  store32(frame_of(intid) + 0x080 + intid / 32 * 4, load32(frame_of(intid) + 0x080 + intid / 32 * 4) | (gic == 3 ? 1u << intid % 32 : 0));
  store32(frame_of(intid) + 0x100 + intid / 32 * 4, 1u << intid % 32);
}

static void gic_set_priority(uint32_t intid, uint8_t priority) {
  __asm__ volatile("strb %w0, [%1]" : : "r"(priority), "r"(frame_of(intid) + 0x400 + intid) : "memory");
}

static void gic_set_edge(uint32_t intid, uint32_t edge) {
  uintptr_t address = frame_of(intid) + 0xc00 + intid / 16 * 4;
  store32(address, (load32(address) & ~(2u << intid % 16 * 2)) | edge << 1 << intid % 16 * 2);
}

static void gic_set_mask(uint8_t priority) {
  if (gic == 2) store32(GICC(4), priority);
  else write_register("s3_0_c4_c6_0", priority);
  isb();
}

static void gic_start(void) {
  if (gic == 3) {
    write_register("s3_0_c12_c12_5", 7);
    isb();
    uintptr_t waker = private_base() - 0x10000 + 0x14;
    store32(waker, load32(waker) & ~2u);
    while (load32(waker) & 4);
    store32(GICD(0), 0x12);
    write_register("s3_0_c12_c12_3", 0);
    write_register("s3_0_c12_c12_7", 1);
  } else {
    store32(GICD(0), 1);
    store32(GICC(8), 0);
    store32(GICC(0), 1);
  }
  gic_set_mask(0xf0);
  for (uint32_t intid = 0; intid < 4; intid++) {
    gic_set_priority(intid, 0xa0);
    gic_enable(intid);
  }
}

static uint32_t gic_acknowledge(void) {
  return gic == 2 ? load32(GICC(0x0c)) : (uint32_t)read_register("s3_0_c12_c12_0");
}

static void gic_end(uint32_t acknowledged) {
  if (gic == 2) store32(GICC(0x10), acknowledged);
  else write_register("s3_0_c12_c12_1", acknowledged);
}

static void gic_send(uint32_t intid, uint32_t pe) {
  __asm__ volatile("dsb ish" : : : "memory");
  if (gic == 2) store32(GICD(0xf00), 1u << (16 + pe) | intid);
  else write_register("s3_0_c12_c11_5", (uint64_t)intid << 24 | 1u << pe);
  isb();
}

/* ---- Interrupts ------------------------------------------------------------------------------------------------------ */

enum { SGI_SELF = 1, SGI_PING = 2, SGI_PONG = 3, PPI_VIRTUAL_TIMER = 27, PPI_PHYSICAL_TIMER = 30 };

static volatile uint32_t counts[2][GIC_INTERRUPTS];
static volatile uint32_t order[SPI_MANY_COUNT], ordered;
static volatile uint64_t counter_at_interrupt;

void guest_interrupt(struct frame *frame) {
  (void)frame;
  uint32_t acknowledged = gic_acknowledge();
  uint32_t intid = acknowledged & 0x3ff, pe = read_register("mpidr_el1") & 1;
  if (intid >= GIC_INTERRUPTS) return;
  counts[pe][intid]++;
  isb();
  if (intid == PPI_VIRTUAL_TIMER) {
    counter_at_interrupt = read_register("cntvct_el0");
    write_register("cntv_ctl_el0", 0);
  } else if (intid == PPI_PHYSICAL_TIMER) {
    counter_at_interrupt = read_register("cntpct_el0");
    write_register("cntp_ctl_el0", 0);
  } else if (intid == SPI_LEVEL) {
    /* A level that stays makes the interrupt pending again. */
    if (counts[pe][intid] == 3) command(COMMAND_LOWER, intid);
  } else if (intid >= SPI_MANY && intid < SPI_MANY + SPI_MANY_COUNT) {
    if (ordered < SPI_MANY_COUNT) order[ordered++] = intid;
  } else if (intid == SGI_PING) {
    gic_send(SGI_PONG, 0);
  }
  isb();
  gic_end(acknowledged);
}

static void interrupts_on(void) {
  __asm__ volatile("msr daifclr, #2; isb" : : : "memory");
}

static void interrupts_off(void) {
  __asm__ volatile("msr daifset, #2; isb" : : : "memory");
}

/* Waits, asleep, until this PE has taken `intid` that often. */
static void wait_for(uint32_t intid, uint32_t count) {
  uint32_t pe = read_register("mpidr_el1") & 1;
  interrupts_off();
  while (counts[pe][intid] < count) {
    __asm__ volatile("wfi" : : : "memory");
    interrupts_on();
    interrupts_off();
  }
}

/* Takes what is pending. */
static void take_pending(void) {
  interrupts_on();
  for (int n = 0; n < 100; n++) isb();
  interrupts_off();
}

/* 0, or what was wrong: 1 the time, 2 the number of interrupts. */
static uint64_t timers(uint32_t intid) {
  const int virtual = intid == PPI_VIRTUAL_TIMER;
  gic_set_priority(intid, 0x80);
  gic_enable(intid);
  for (uint32_t n = 1; n <= 5; n++) {
    uint64_t compare = (virtual ? read_register("cntvct_el0") : read_register("cntpct_el0")) + read_register("cntfrq_el0") / 1000 * n;
    if (virtual) {
      write_register("cntv_cval_el0", compare);
      write_register("cntv_ctl_el0", 1);
    } else {
      write_register("cntp_cval_el0", compare);
      write_register("cntp_ctl_el0", 1);
    }
    /* Asleep once, spinning the next time: KVM has two ways. */
    if (n % 2) wait_for(intid, n);
    interrupts_on();
    while (counts[0][intid] < n);
    interrupts_off();
    if (counter_at_interrupt < compare) return 1;
  }
  take_pending();
  return counts[0][intid] == 5 ? 0 : 2;
}

static void interrupts(void) {
  report(GICD_IIDR_VALUE, load32(GICD(8)));
  report(GICD_LINES, load32(GICD(4)) & 0x1f);
  gic_start();
  for (uint32_t intid = 32; intid < GIC_INTERRUPTS; intid++) {
    if (gic == 2) __asm__ volatile("strb %w0, [%1]" : : "r"(1), "r"(GICD(0x800 + intid)) : "memory");
    else store64(GICD(0x6000 + 8 * intid), 0);
    gic_set_priority(intid, 0x90);
  }
  gic_set_edge(SPI_LEVEL, 0);
  gic_enable(SPI_LEVEL);
  report(GICD_ENABLED, load32(GICD(0x104)));

  report(VIRTUAL_COUNTER, read_register("cntvct_el0"));
  report(VIRTUAL_TIMER, timers(PPI_VIRTUAL_TIMER));
  report(PHYSICAL_TIMER, timers(PPI_PHYSICAL_TIMER));

  command(COMMAND_RAISE, SPI_LEVEL);
  wait_for(SPI_LEVEL, 3);
  take_pending();
  report(LEVEL_INTERRUPT, counts[0][SPI_LEVEL]);

  gic_set_edge(SPI_EDGE, 1);
  gic_enable(SPI_EDGE);
  command(COMMAND_PULSE, SPI_EDGE);
  command(COMMAND_PULSE, SPI_EDGE);
  take_pending();
  command(COMMAND_PULSE, SPI_EDGE);
  take_pending();
  report(EDGE_INTERRUPT, counts[0][SPI_EDGE]);

  gic_set_edge(SPI_LATER, 1);
  gic_enable(SPI_LATER);
  command(COMMAND_PULSE_LATER, SPI_LATER);
  wait_for(SPI_LATER, 1);
  report(LATE_INTERRUPT, counts[0][SPI_LATER]);

  gic_set_edge(SPI_MASKED, 1);
  gic_enable(SPI_MASKED);
  gic_set_mask(0x80);
  command(COMMAND_PULSE, SPI_MASKED);
  take_pending();
  uint32_t while_masked = counts[0][SPI_MASKED];
  gic_set_mask(0xf0);
  take_pending();
  report(MASKED_INTERRUPT, while_masked << 8 | counts[0][SPI_MASKED]);

  /* More than there are list registers: the last has the highest priority. */
  for (uint32_t n = 0; n < SPI_MANY_COUNT; n++) {
    gic_set_edge(SPI_MANY + n, 1);
    gic_set_priority(SPI_MANY + n, 0xd0 - 8 * n);
    gic_enable(SPI_MANY + n);
  }
  command(COMMAND_RAISE_MANY, 0);
  take_pending();
  wait_for(SPI_MANY, 1);
  uint64_t in_order = ordered;
  for (uint32_t n = 0; n < SPI_MANY_COUNT; n++) if (order[n] != SPI_MANY + SPI_MANY_COUNT - 1 - n) in_order |= 1ull << (8 + n);
  report(MANY_INTERRUPTS, in_order);

  gic_send(SGI_SELF, 0);
  take_pending();
  gic_send(SGI_SELF, 0);
  wait_for(SGI_SELF, 2);
  report(SGI_TO_SELF, counts[0][SGI_SELF]);
}

/* ---- The second PE --------------------------------------------------------------------------------------------------- */

static volatile uint64_t second_context;

void guest_secondary(uint64_t context) {
  mmu_on();
  gic_start();
  second_context = context;
  __asm__ volatile("dsb ish" : : : "memory");
  wait_for(SGI_PING, ROUNDS);
  hvc(PSCI_CPU_OFF, 0, 0, 0);
}

static void second_pe(void) {
  struct answer started = hvc(PSCI_CPU_ON, 1, (uintptr_t)secondary_start, SECOND_CONTEXT);
  while (started.x0 == 0 && second_context == 0);
  report(SECOND_PE, started.x0 << 32 | second_context);
  for (uint32_t n = 1; n <= ROUNDS; n++) {
    gic_send(SGI_PING, 1);
    wait_for(SGI_PONG, n);
  }
  report(SECOND_PE_ROUNDS, counts[1][SGI_PING] << 8 | counts[0][SGI_PONG]);
  while (hvc(PSCI_AFFINITY_INFO, 1, 0, 0).x0 != 1);
  report(SECOND_PE_OFF, hvc(PSCI_AFFINITY_INFO, 1, 0, 0).x0);
}

/* ---- Stage 2 --------------------------------------------------------------------------------------------------------- */

static volatile uint64_t *word_at(uintptr_t base, uint64_t page) {
  return (volatile uint64_t *)(base + page * PAGE_BYTES);
}

static void pages(void) {
  for (uint64_t n = 0; n < FRESH_PAGES; n++) *word_at(FRESH_BASE, n) = n * n + 1;
  uint64_t sum = 0;
  for (uint64_t n = 0; n < FRESH_PAGES; n++) sum += *word_at(FRESH_BASE, n);
  report(FRESH_SUM, sum);

  sum = 0;
  for (uint64_t n = 0; n < CODE_PAGES; n++) sum += ((uint64_t (*)(void))(CODE_BASE + n * PAGE_BYTES))();
  report(CODE_SUM, sum);

  *word_at(CHANGING_BASE, 0) = 11;
  *word_at(CHANGING_BASE, 1) = 22;
  command(COMMAND_DISCARD_PAGE, 0);
  report(DISCARDED, *word_at(CHANGING_BASE, 0) << 8 | *word_at(CHANGING_BASE, 1));
  command(COMMAND_REPLACE_PAGE, 1);
  report(REPLACED, *word_at(CHANGING_BASE, 1));

  sum = 0;
  for (uint64_t n = 0; n < LOGGED_BYTES / PAGE_BYTES; n++) sum += *word_at(LOGGED_BASE, n);
  *word_at(LOGGED_BASE, 3) = 1;
  *word_at(LOGGED_BASE, 77) = 1;
  *word_at(LOGGED_BASE, 2047) = 1;
  command(COMMAND_CHECK_LOG, 0);
  *word_at(LOGGED_BASE, 5) = 1;
  *word_at(LOGGED_BASE, 77) += sum + 1;
  command(COMMAND_CHECK_LOG, 1);
  command(COMMAND_CHECK_LOG, 2);
  report(LOGGED, *word_at(LOGGED_BASE, 77));

  /* A store is the device's; a load is memory's. */
  store32(READONLY_BASE + 8, 0x77);
  report(READONLY_VALUE, load32(READONLY_BASE + 8));
}

/* ---- Debug ----------------------------------------------------------------------------------------------------------- */

static volatile uint64_t watched[2];

static void debug(void) {
  stepped(DEVICE_BASE + COMMAND, COMMAND_STEP, COMMAND_STEPPED);
  command(COMMAND_BREAKPOINT, (uintptr_t)breakpoint_target);
  (void)breakpoint_target();
  command(COMMAND_WATCHPOINT, (uintptr_t)&watched[1]);
  watched[0] = 1;
  watched[1] = 2;
  command(COMMAND_NO_DEBUG, 0);
}

void guest_main(uint64_t version) {
  gic = version;
  expected_class = ~0ull;
  hypercalls();
  identification();
  mmio();
  write_tables();
  mmu_on();
  registers_over_exits();
  exception_level_0();
  interrupts();
  second_pe();
  pages();
  debug();
  hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

/* The other program: hypercalls or loads from a device, for time. */
void guest_rate(uint64_t count, uint64_t device) {
  for (uint64_t n = 0; n < count; n++) {
    if (device) (void)load32(DEVICE_BASE + READ_DATA);
    else hvc(SMCCC_NOBODY, 0, 0, 0);
  }
  hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
