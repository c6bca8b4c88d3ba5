/* What the guest of kvm.c (kvm-guest.c, kvm-guest.S) and its user space agree on: addresses, commands, reports. */
#ifndef KVM_GUEST_H
#define KVM_GUEST_H

/* Guest physical addresses. The GIC is where the `virt` boards have it, in no slot; so is the device, which is user space's. */
#define GICD_BASE 0x08000000
#define GICC_BASE 0x08010000
#define GICR_BASE 0x080a0000
#define DEVICE_BASE 0x0a000000
#define RAM_BASE 0x40000000
#define RAM_BYTES 0x04000000
#define LOGGED_BASE 0x50000000
#define LOGGED_BYTES 0x00800000
#define READONLY_BASE 0x51000000
#define READONLY_BYTES 0x00010000

/* In RAM, beyond the program. */
#define STACK_TOP(pe) (RAM_BASE + 0x100000 + 0x10000 * (pe))
/* Pages that nobody touched before the guest does. */
#define FRESH_BASE (RAM_BASE + 0x02000000)
#define FRESH_PAGES 4096
/* Functions that user space writes: page n has one that returns n + 1. */
#define CODE_BASE (RAM_BASE + 0x01000000)
#define CODE_PAGES 64
/* Pages that user space takes away or changes while the guest runs. */
#define CHANGING_BASE (RAM_BASE + 0x00400000)
/* A block that EL0 may read and execute. */
#define EL0_BASE (RAM_BASE + 0x00600000)
#define PAGE_BYTES 4096

/* Offsets in the device. A store to COMMAND asks user space for something; a store to REPORT + 8n is the value of report n. */
#define COMMAND 0x00
#define ARGUMENT 0x08
#define READ_DATA 0x10
#define WRITE_DATA 0x20
#define UNEXPECTED_EXCEPTION 0x40
#define REPORT 0x1000

/* Loads from READ_DATA give the low bytes of this. */
#define DEVICE_PATTERN 0x89abcdef8badf00dull

#ifndef __ASSEMBLER__

enum {
  SPI_LEVEL = 40,
  SPI_EDGE = 41,
  SPI_LATER = 42,
  SPI_MASKED = 43,
  SPI_MANY = 64,
  SPI_MANY_COUNT = 20,
  GIC_INTERRUPTS = 128,
};

enum command {
  COMMAND_RAISE = 1,
  COMMAND_LOWER,
  COMMAND_PULSE,
  COMMAND_PULSE_LATER,
  COMMAND_RAISE_MANY,
  COMMAND_USE_FP,
  COMMAND_DISCARD_PAGE,
  COMMAND_REPLACE_PAGE,
  COMMAND_CHECK_LOG,
  COMMAND_STEP,
  COMMAND_STEPPED,
  COMMAND_BREAKPOINT,
  COMMAND_WATCHPOINT,
  COMMAND_NO_DEBUG,
};

#define STEPPED_INSTRUCTIONS 8
#define SECOND_CONTEXT 0x5ec0
#define ROUNDS 20

enum report {
  PSCI_VERSION_VALUE,
  PSCI_UNKNOWN,
  SMCCC_VERSION_VALUE,
  VENDOR_UID_LOW,
  VENDOR_UID_HIGH,
  SMC_RESULT,
  ID_MIDR,
  ID_MPIDR,
  ID_PFR0,
  ID_ISAR0,
  ID_MMFR0,
  ID_DFR0,
  ID_RESERVED,
  UNKNOWN_REGISTER,
  GICD_IIDR_VALUE,
  GICD_LINES,
  GICD_ENABLED,
  MMIO_BYTE,
  MMIO_HALFWORD,
  MMIO_WORD,
  MMIO_DOUBLEWORD,
  MMIO_SIGNED_BYTE,
  MMIO_SIGNED_HALFWORD,
  MMIO_SIGNED_WORD,
  FP_REGISTERS,
  GENERAL_REGISTERS,
  SYSTEM_REGISTERS,
  EL0_SYSCALL,
  EL0_STATE,
  VIRTUAL_COUNTER,
  VIRTUAL_TIMER,
  PHYSICAL_TIMER,
  LEVEL_INTERRUPT,
  EDGE_INTERRUPT,
  LATE_INTERRUPT,
  MASKED_INTERRUPT,
  MANY_INTERRUPTS,
  SGI_TO_SELF,
  SECOND_PE,
  SECOND_PE_ROUNDS,
  SECOND_PE_OFF,
  FRESH_SUM,
  CODE_SUM,
  DISCARDED,
  REPLACED,
  LOGGED,
  READONLY_VALUE,
  REPORTS,
};

#endif
#endif
