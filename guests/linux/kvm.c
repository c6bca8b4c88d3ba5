/*
 * What a kernel's KVM must get right on the machine below it: makes VMs through /dev/kvm, one for each virtual GIC that the host
 * offers, runs kvm-guest.c in them and checks every value that comes out. Lines begin with "test:", as init.c's do.
 * Environment: vgic, the versions that must be offered ("2", "3", "23"); rate, a number: only that many hypercalls, or device
 * loads where device is set, to be timed from outside.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kvm-guest.h"

extern const uint8_t guest_image[], guest_image_end[];

#define PES 2
#define CORE_REGISTER(name) (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))
#define ENTRY_MAIN RAM_BASE
#define ENTRY_RATE (RAM_BASE + 4)
#define COUNTER_START 0x123456789000ull
#define DEVICE_STORES 5

struct vm {
  int fd, vcpu[PES], gic;
  struct kvm_run *run[PES];
  uint8_t *ram, *logged, *readonly;
  uint64_t reports[REPORTS], reported[(REPORTS + 63) / 64];
  /* What the device saw. */
  uint64_t argument, stores[DEVICE_STORES], readonly_store;
  uint32_t store_bytes[DEVICE_STORES];
  int stored, pairs, pair_right, log_right, logs;
  /* What debugging saw. */
  uint64_t step_from, step_pc[2 * STEPPED_INSTRUCTIONS], breakpoint, watchpoint;
  int steps, breakpoints, watchpoints;
};

static int passed, failed;
static struct vm *current;

static void result(const char *name, const char *problem) {
  if (current) printf("test: vgic%d %s: %s\n", current->gic, name, problem ? problem : "ok");
  else printf("test: %s: %s\n", name, problem ? problem : "ok");
  fflush(stdout);
  if (problem) failed++;
  else passed++;
}

static void expect(const char *name, uint64_t value, uint64_t expected) {
  char problem[80];
  snprintf(problem, sizeof problem, "%#llx, not %#llx", (unsigned long long)value, (unsigned long long)expected);
  result(name, value == expected ? NULL : problem);
}

/* Ends the program: nothing works without this. */
static void fatal(const char *what) {
  char problem[120];
  snprintf(problem, sizeof problem, "%s: %s", what, strerror(errno));
  result("virtual machine", problem);
  printf("kvm: %d passed, %d failed\n", passed, failed);
  exit(1);
}

static int call(int fd, unsigned long request, void *argument, const char *what) {
  int value = ioctl(fd, request, argument);
  if (value < 0) fatal(what);
  return value;
}

static uint64_t get_register(int vcpu, uint64_t id) {
  uint64_t value = 0;
  struct kvm_one_reg one = {.id = id, .addr = (uintptr_t)&value};
  call(vcpu, KVM_GET_ONE_REG, &one, "KVM_GET_ONE_REG");
  return value;
}

static void set_register(int vcpu, uint64_t id, uint64_t value) {
  struct kvm_one_reg one = {.id = id, .addr = (uintptr_t)&value};
  call(vcpu, KVM_SET_ONE_REG, &one, "KVM_SET_ONE_REG");
}

/* ---- Making a VM ----------------------------------------------------------------------------------------------------- */

static void add_slot(struct vm *vm, uint32_t slot, uint64_t address, uint64_t bytes, void *memory, uint32_t flags) {
  struct kvm_userspace_memory_region region = {.slot = slot, .guest_phys_addr = address, .memory_size = bytes, .userspace_addr = (uintptr_t)memory, .flags = flags};
  call(vm->fd, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
}

static uint8_t *memory_of(uint64_t bytes) {
  uint8_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fatal("mmap");
  return memory;
}

static void set_attribute(int device, uint32_t group, uint64_t attribute, uint64_t value) {
  struct kvm_device_attr setting = {.group = group, .attr = attribute, .addr = (uintptr_t)&value};
  call(device, KVM_SET_DEVICE_ATTR, &setting, "KVM_SET_DEVICE_ATTR");
}

static int offers_gic(int vm, int version) {
  struct kvm_create_device device = {.type = version == 2 ? KVM_DEV_TYPE_ARM_VGIC_V2 : KVM_DEV_TYPE_ARM_VGIC_V3, .flags = KVM_CREATE_DEVICE_TEST};
  return ioctl(vm, KVM_CREATE_DEVICE, &device) == 0;
}

static void add_gic(struct vm *vm) {
  struct kvm_create_device device = {.type = vm->gic == 2 ? KVM_DEV_TYPE_ARM_VGIC_V2 : KVM_DEV_TYPE_ARM_VGIC_V3};
  call(vm->fd, KVM_CREATE_DEVICE, &device, "KVM_CREATE_DEVICE");
  uint32_t interrupts = GIC_INTERRUPTS;
  struct kvm_device_attr setting = {.group = KVM_DEV_ARM_VGIC_GRP_NR_IRQS, .addr = (uintptr_t)&interrupts};
  call(device.fd, KVM_SET_DEVICE_ATTR, &setting, "number of interrupts");
  set_attribute(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, vm->gic == 2 ? KVM_VGIC_V2_ADDR_TYPE_DIST : KVM_VGIC_V3_ADDR_TYPE_DIST, GICD_BASE);
  if (vm->gic == 2) set_attribute(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, GICC_BASE);
  else set_attribute(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, GICR_BASE);
  set_attribute(device.fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
}

/* Each page has MOV W0, #n + 1; RET. Nobody translated an access to it before it is executed. */
static void write_functions(uint8_t *ram) {
  for (uint32_t n = 0; n < CODE_PAGES; n++) {
    uint32_t *code = (uint32_t *)(ram + CODE_BASE - RAM_BASE + n * PAGE_BYTES);
    code[0] = 0x52800000 | (n + 1) << 5;
    code[1] = 0xd65f03c0;
    __builtin___clear_cache((char *)code, (char *)(code + 2));
  }
}

static void create(struct vm *vm, int kvm, int gic, uint64_t entry, uint64_t x0, uint64_t x1) {
  memset(vm, 0, sizeof *vm);
  vm->gic = gic;
  vm->fd = ioctl(kvm, KVM_CREATE_VM, 0ul);
  if (vm->fd < 0) fatal("KVM_CREATE_VM");
  struct kvm_enable_cap nisv = {.cap = KVM_CAP_ARM_NISV_TO_USER};
  call(vm->fd, KVM_ENABLE_CAP, &nisv, "KVM_CAP_ARM_NISV_TO_USER");
  vm->ram = memory_of(RAM_BYTES);
  vm->logged = memory_of(LOGGED_BYTES);
  vm->readonly = memory_of(READONLY_BYTES);
  add_slot(vm, 0, RAM_BASE, RAM_BYTES, vm->ram, 0);
  add_slot(vm, 1, LOGGED_BASE, LOGGED_BYTES, vm->logged, KVM_MEM_LOG_DIRTY_PAGES);
  add_slot(vm, 2, READONLY_BASE, READONLY_BYTES, vm->readonly, KVM_MEM_READONLY);
  memcpy(vm->ram, guest_image, guest_image_end - guest_image);
  __builtin___clear_cache((char *)vm->ram, (char *)vm->ram + (guest_image_end - guest_image));
  write_functions(vm->ram);
  *(uint32_t *)(vm->readonly + 8) = 0x5555;
  struct kvm_vcpu_init init;
  call(vm->fd, KVM_ARM_PREFERRED_TARGET, &init, "KVM_ARM_PREFERRED_TARGET");
  int run_bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  for (int n = 0; n < PES; n++) {
    vm->vcpu[n] = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)n);
    if (vm->vcpu[n] < 0) fatal("KVM_CREATE_VCPU");
    vm->run[n] = mmap(NULL, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu[n], 0);
    if (vm->run[n] == MAP_FAILED) fatal("mmap of kvm_run");
    init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2 | (n > 0 ? 1u << KVM_ARM_VCPU_POWER_OFF : 0);
    call(vm->vcpu[n], KVM_ARM_VCPU_INIT, &init, "KVM_ARM_VCPU_INIT");
  }
  add_gic(vm);
  set_register(vm->vcpu[0], CORE_REGISTER(regs.pc), entry);
  set_register(vm->vcpu[0], CORE_REGISTER(regs.regs[0]), x0);
  set_register(vm->vcpu[0], CORE_REGISTER(regs.regs[1]), x1);
}

static void destroy(struct vm *vm, int kvm) {
  int run_bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  for (int n = 0; n < PES; n++) {
    munmap(vm->run[n], run_bytes);
    close(vm->vcpu[n]);
  }
  close(vm->fd);
  munmap(vm->ram, RAM_BYTES);
  munmap(vm->logged, LOGGED_BYTES);
  munmap(vm->readonly, READONLY_BYTES);
}

/* ---- What the guest asks for ----------------------------------------------------------------------------------------- */

static void set_line(struct vm *vm, uint32_t intid, int level) {
  struct kvm_irq_level line = {.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid, .level = level};
  call(vm->fd, KVM_IRQ_LINE, &line, "KVM_IRQ_LINE");
}

static void pulse(struct vm *vm, uint32_t intid) {
  set_line(vm, intid, 1);
  set_line(vm, intid, 0);
}

/* From another thread, when the guest sleeps in WFI. */
static void *pulse_later(void *argument) {
  struct vm *vm = argument;
  usleep(20000);
  pulse(vm, (uint32_t)vm->argument);
  return NULL;
}

static void use_fp(void) {
  __asm__ volatile(
    "movi v0.16b, #0x55; mov v1.16b, v0.16b; mov v2.16b, v0.16b; mov v3.16b, v0.16b; mov v4.16b, v0.16b; mov v5.16b, v0.16b; mov v6.16b, v0.16b; mov v7.16b, v0.16b;"
    "movi v16.16b, #0x66; mov v17.16b, v16.16b; mov v18.16b, v16.16b; mov v19.16b, v16.16b; mov v20.16b, v16.16b; mov v24.16b, v16.16b; mov v28.16b, v16.16b; mov v31.16b, v16.16b;"
    "movi v8.16b, #0x77; movi v15.16b, #0x78"
    : : : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v15", "v16", "v17", "v18", "v19", "v20", "v24", "v28", "v31");
}

static void check_log(struct vm *vm, int round) {
  static const int dirty[3][4] = {{3, 77, 2047, -1}, {5, 77, -1}, {-1}};
  uint64_t expected[LOGGED_BYTES / PAGE_BYTES / 64] = {0}, log[LOGGED_BYTES / PAGE_BYTES / 64] = {0};
  for (int n = 0; dirty[round][n] >= 0; n++) expected[dirty[round][n] / 64] |= 1ull << dirty[round][n] % 64;
  struct kvm_dirty_log request = {.slot = 1, .dirty_bitmap = log};
  call(vm->fd, KVM_GET_DIRTY_LOG, &request, "KVM_GET_DIRTY_LOG");
  vm->logs++;
  vm->log_right += memcmp(log, expected, sizeof log) == 0;
}

static void guest_debug(struct vm *vm, struct kvm_guest_debug setting) {
  call(vm->vcpu[0], KVM_SET_GUEST_DEBUG, &setting, "KVM_SET_GUEST_DEBUG");
}

/* Enabled, for EL1 and EL0, all bytes of a word or a doubleword; for a watchpoint loads and stores. */
static struct kvm_guest_debug at_address(uint64_t address, int data) {
  struct kvm_guest_debug setting = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW};
  if (data) {
    setting.arch.dbg_wvr[0] = address;
    setting.arch.dbg_wcr[0] = 1 | 3 << 1 | 3 << 3 | 0xff << 5;
  } else {
    setting.arch.dbg_bvr[0] = address;
    setting.arch.dbg_bcr[0] = 1 | 3 << 1 | 0xf << 5;
  }
  return setting;
}

static void command(struct vm *vm, uint32_t number) {
  uint32_t intid = (uint32_t)vm->argument;
  uint8_t *page = vm->ram + CHANGING_BASE - RAM_BASE + vm->argument % CODE_PAGES * PAGE_BYTES;
  pthread_t thread;
  switch (number) {
    case COMMAND_RAISE: set_line(vm, intid, 1); break;
    case COMMAND_LOWER: set_line(vm, intid, 0); break;
    case COMMAND_PULSE: pulse(vm, intid); break;
    case COMMAND_PULSE_LATER:
      pthread_create(&thread, NULL, pulse_later, vm);
      pthread_detach(thread);
      break;
    case COMMAND_RAISE_MANY: for (int n = 0; n < SPI_MANY_COUNT; n++) pulse(vm, SPI_MANY + n); break;
    case COMMAND_USE_FP: use_fp(); break;
    case COMMAND_DISCARD_PAGE: madvise(page, PAGE_BYTES, MADV_DONTNEED); break;
    case COMMAND_REPLACE_PAGE:
      if (mmap(page, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) fatal("mmap of a page");
      *(uint64_t *)page = 33;
      break;
    case COMMAND_CHECK_LOG: check_log(vm, (int)vm->argument); break;
    case COMMAND_STEP:
      vm->step_from = get_register(vm->vcpu[0], CORE_REGISTER(regs.pc));
      guest_debug(vm, (struct kvm_guest_debug){.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP});
      break;
    case COMMAND_BREAKPOINT:
      vm->breakpoint = vm->argument;
      guest_debug(vm, at_address(vm->argument, 0));
      break;
    case COMMAND_WATCHPOINT:
      vm->watchpoint = vm->argument;
      guest_debug(vm, at_address(vm->argument, 1));
      break;
    case COMMAND_STEPPED:
    case COMMAND_NO_DEBUG: guest_debug(vm, (struct kvm_guest_debug){0}); break;
    default: result("command", "unknown");
  }
}

/* ---- Exits ----------------------------------------------------------------------------------------------------------- */

/* 0 where the guest must end. */
static int on_mmio(struct vm *vm, struct kvm_run *run) {
  uint64_t offset = run->mmio.phys_addr - DEVICE_BASE, value = 0;
  if (!run->mmio.is_write) {
    value = DEVICE_PATTERN >> (offset - READ_DATA) * 8;
    memcpy(run->mmio.data, &value, run->mmio.len);
    return offset >= READ_DATA && offset < READ_DATA + 8;
  }
  memcpy(&value, run->mmio.data, run->mmio.len);
  if (run->mmio.phys_addr == READONLY_BASE + 8) vm->readonly_store = value;
  else if (offset == COMMAND) command(vm, (uint32_t)value);
  else if (offset == ARGUMENT) vm->argument = value;
  else if (offset == WRITE_DATA && vm->stored < DEVICE_STORES) {
    vm->store_bytes[vm->stored] = run->mmio.len;
    vm->stores[vm->stored++] = value;
  } else if (offset >= REPORT && offset < REPORT + 8 * REPORTS) {
    uint64_t n = (offset - REPORT) / 8;
    vm->reports[n] = value;
    vm->reported[n / 64] |= 1ull << n % 64;
  } else {
    char problem[80];
    snprintf(problem, sizeof problem, "%#llx to %#llx", (unsigned long long)value, run->mmio.phys_addr);
    result(offset >= UNEXPECTED_EXCEPTION && offset < UNEXPECTED_EXCEPTION + 24 ? "unexpected exception (ESR, ELR, FAR)" : "store to nowhere", problem);
  }
  return 1;
}

static void on_pair(struct vm *vm, struct kvm_run *run) {
  vm->pairs++;
  vm->pair_right += run->arm_nisv.fault_ipa == DEVICE_BASE + READ_DATA && (run->arm_nisv.esr_iss >> 24 & 1) == 0;
  uint64_t pc = CORE_REGISTER(regs.pc);
  set_register(vm->vcpu[0], pc, get_register(vm->vcpu[0], pc) + 4);
}

static void on_debug(struct vm *vm, struct kvm_run *run) {
  uint64_t pc = get_register(vm->vcpu[0], CORE_REGISTER(regs.pc));
  uint32_t class = run->debug.arch.hsr >> 26;
  if (class == 0x32 && vm->steps < 2 * STEPPED_INSTRUCTIONS) vm->step_pc[vm->steps++] = pc;
  if (class == 0x30 && pc == vm->breakpoint) vm->breakpoints++;
  if (class == 0x34 && run->debug.arch.far == vm->watchpoint) vm->watchpoints++;
  if (class != 0x32) guest_debug(vm, (struct kvm_guest_debug){0});
}

static const char *run_guest(struct vm *vm) {
  static char problem[80];
  struct kvm_run *run = vm->run[0];
  for (;;) {
    if (ioctl(vm->vcpu[0], KVM_RUN, 0) < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      snprintf(problem, sizeof problem, "KVM_RUN: %s at %#llx", strerror(errno), (unsigned long long)get_register(vm->vcpu[0], CORE_REGISTER(regs.pc)));
      return problem;
    }
    switch (run->exit_reason) {
      case KVM_EXIT_MMIO:
        if (!on_mmio(vm, run)) return "a load from nowhere";
        break;
      case KVM_EXIT_ARM_NISV: on_pair(vm, run); break;
      case KVM_EXIT_DEBUG: on_debug(vm, run); break;
      case KVM_EXIT_SYSTEM_EVENT: return run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN ? NULL : "another system event";
      default:
        snprintf(problem, sizeof problem, "exit %u", run->exit_reason);
        return problem;
    }
  }
}

static void on_kick(int number) {
  (void)number;
}

static void *run_second(void *argument) {
  struct vm *vm = argument;
  while (!vm->run[1]->immediate_exit) ioctl(vm->vcpu[1], KVM_RUN, 0);
  return NULL;
}

/* ---- What must have come out ----------------------------------------------------------------------------------------- */

static void check_registers(struct vm *vm) {
  static const struct { enum report n; const char *name; uint64_t id; } registers[] = {
    {ID_MIDR, "MIDR_EL1", ARM64_SYS_REG(3, 0, 0, 0, 0)},
    {ID_MPIDR, "MPIDR_EL1", ARM64_SYS_REG(3, 0, 0, 0, 5)},
    {ID_PFR0, "ID_AA64PFR0_EL1", ARM64_SYS_REG(3, 0, 0, 4, 0)},
    {ID_ISAR0, "ID_AA64ISAR0_EL1", ARM64_SYS_REG(3, 0, 0, 6, 0)},
    {ID_MMFR0, "ID_AA64MMFR0_EL1", ARM64_SYS_REG(3, 0, 0, 7, 0)},
    {ID_DFR0, "ID_AA64DFR0_EL1", ARM64_SYS_REG(3, 0, 0, 5, 0)},
  };
  for (size_t n = 0; n < sizeof registers / sizeof *registers; n++) {
    expect(registers[n].name, vm->reports[registers[n].n], get_register(vm->vcpu[0], registers[n].id));
  }
  expect("a reserved identification register", vm->reports[ID_RESERVED], 0);
  expect("a register that KVM does not know: exception class", vm->reports[UNKNOWN_REGISTER], 0);
}

static void check_stores(struct vm *vm) {
  static const uint64_t values[DEVICE_STORES] = {0x88, 0x7788, 0x55667788, 0x1122334455667788, 0};
  static const uint32_t bytes[DEVICE_STORES] = {1, 2, 4, 8, 4};
  int right = vm->stored == DEVICE_STORES && memcmp(vm->stores, values, sizeof values) == 0 && memcmp(vm->store_bytes, bytes, sizeof bytes) == 0;
  result("stores to a device, all sizes", right ? NULL : "another value or size");
  expect("a pair from a device goes to user space without syndrome", (uint64_t)vm->pairs << 8 | (uint64_t)vm->pair_right, 0x101);
}

/* Some kernels stop before the first instruction too. */
static void check_steps(struct vm *vm) {
  static const uint8_t offsets[STEPPED_INSTRUCTIONS + 1] = {4, 8, 12, 20, 24, 28, 32, 36, 40};
  int skipped = vm->steps == STEPPED_INSTRUCTIONS ? 1 : 0, right = vm->steps + skipped == STEPPED_INSTRUCTIONS + 1;
  for (int n = 0; right && n < vm->steps; n++) right = vm->step_pc[n] == vm->step_from + offsets[n + skipped];
  char problem[80];
  snprintf(problem, sizeof problem, "%d steps, the first to %#llx from %#llx", vm->steps, (unsigned long long)vm->step_pc[0], (unsigned long long)vm->step_from);
  result("single steps", right ? NULL : problem);
}

static void check_memory(struct vm *vm) {
  uint64_t sum = 0, seen = 0;
  for (uint64_t n = 0; n < FRESH_PAGES; n++) {
    sum += n * n + 1;
    seen += *(uint64_t *)(vm->ram + FRESH_BASE - RAM_BASE + n * PAGE_BYTES);
  }
  expect("fresh pages, as the guest sees them", vm->reports[FRESH_SUM], sum);
  expect("fresh pages, as user space sees them", seen, sum);
  expect("code in fresh pages", vm->reports[CODE_SUM], CODE_PAGES * (CODE_PAGES + 1) / 2);
  expect("a discarded page is zero, its neighbour stays", vm->reports[DISCARDED], 22);
  expect("a replaced page", vm->reports[REPLACED], 33);
  expect("logs of dirty pages", (uint64_t)vm->logs << 8 | (uint64_t)vm->log_right, 0x303);
  expect("a logged page's value", vm->reports[LOGGED], 2);
  expect("a store to a read-only slot goes to user space", vm->readonly_store, 0x77);
  expect("a load from a read-only slot is memory's", vm->reports[READONLY_VALUE], 0x5555);
}

static void check_interrupts(struct vm *vm) {
  const uint64_t *reports = vm->reports;
  expect("distributor in the kernel: IIDR", reports[GICD_IIDR_VALUE] & 0xff000fff, 0x4b00043b);
  expect("distributor: lines", reports[GICD_LINES], GIC_INTERRUPTS / 32 - 1);
  expect("distributor: an enabled interrupt", reports[GICD_ENABLED], 1u << SPI_LEVEL % 32);
  uint64_t counted = reports[VIRTUAL_COUNTER] - COUNTER_START;
  result("virtual counter from where it was set", counted < 1ull << 40 ? NULL : "far from there");
  expect("virtual timer", reports[VIRTUAL_TIMER], 0);
  expect("physical timer", reports[PHYSICAL_TIMER], 0);
  expect("a level fires until it is lowered", reports[LEVEL_INTERRUPT], 3);
  expect("edges", reports[EDGE_INTERRUPT], 2);
  expect("an interrupt wakes a PE in WFI", reports[LATE_INTERRUPT], 1);
  expect("the priority mask holds an interrupt back", reports[MASKED_INTERRUPT], 1);
  expect("twenty interrupts in the order of priority", reports[MANY_INTERRUPTS], SPI_MANY_COUNT);
  expect("SGIs to oneself", reports[SGI_TO_SELF], 2);
  expect("CPU_ON", reports[SECOND_PE], SECOND_CONTEXT);
  expect("SGIs to and fro", reports[SECOND_PE_ROUNDS], ROUNDS << 8 | ROUNDS);
  expect("CPU_OFF", reports[SECOND_PE_OFF], 1);
}

static void check(struct vm *vm) {
  const uint64_t *reports = vm->reports;
  int missing = 0;
  for (int n = 0; n < REPORTS; n++) missing += !(vm->reported[n / 64] >> n % 64 & 1);
  expect("reports that are missing", (uint64_t)missing, 0);
  expect("PSCI_VERSION", reports[PSCI_VERSION_VALUE], get_register(vm->vcpu[0], KVM_REG_ARM_PSCI_VERSION));
  expect("a function that nobody knows", reports[PSCI_UNKNOWN], ~0ull);
  expect("SMCCC_VERSION", reports[SMCCC_VERSION_VALUE], 0x10001);
  expect("KVM's UID, low", reports[VENDOR_UID_LOW], 0xe911c52eb66fb428);
  expect("KVM's UID, high", reports[VENDOR_UID_HIGH], 0x743a004d564bcaa9);
  expect("SMC", reports[SMC_RESULT], ~0ull);
  check_registers(vm);
  expect("LDRB from a device", reports[MMIO_BYTE], DEVICE_PATTERN & 0xff);
  expect("LDRH from a device", reports[MMIO_HALFWORD], DEVICE_PATTERN & 0xffff);
  expect("LDR (word) from a device", reports[MMIO_WORD], DEVICE_PATTERN & 0xffffffff);
  expect("LDR from a device", reports[MMIO_DOUBLEWORD], DEVICE_PATTERN);
  /* KVM of Linux 6.1 loses the sign again (vcpu_data_host_to_guest), on any machine. */
  expect("LDRSB from a device", reports[MMIO_SIGNED_BYTE] & 0xff, DEVICE_PATTERN >> 32 & 0xff);
  expect("LDRSH (word) from a device", reports[MMIO_SIGNED_HALFWORD] & 0xffff, DEVICE_PATTERN >> 32 & 0xffff);
  expect("LDRSW from a device", reports[MMIO_SIGNED_WORD] & 0xffffffff, DEVICE_PATTERN & 0xffffffff);
  check_stores(vm);
  expect("FP registers changed by an exit", reports[FP_REGISTERS], 0);
  expect("general registers changed by an exit", reports[GENERAL_REGISTERS], 0);
  expect("system registers changed by an exit", reports[SYSTEM_REGISTERS], 0);
  expect("SVC from EL0", reports[EL0_SYSCALL], 0x150007);
  expect("EL0 in SPSR_EL1, and its X0", reports[EL0_STATE], 0x12350000);
  check_interrupts(vm);
  check_memory(vm);
  check_steps(vm);
  expect("a breakpoint of user space", (uint64_t)vm->breakpoints, 1);
  expect("a watchpoint of user space", (uint64_t)vm->watchpoints, 1);
}

static void test(int kvm, int gic) {
  static struct vm vm;
  create(&vm, kvm, gic, ENTRY_MAIN, (uint64_t)gic, 0);
  current = &vm;
  set_register(vm.vcpu[0], KVM_REG_ARM_TIMER_CNT, COUNTER_START);
  pthread_t second;
  pthread_create(&second, NULL, run_second, &vm);
  result("power off", run_guest(&vm));
  vm.run[1]->immediate_exit = 1;
  pthread_kill(second, SIGUSR1);
  pthread_join(second, NULL);
  check(&vm);
  destroy(&vm, kvm);
  current = NULL;
}

static void time_rate(int kvm, int gic, uint64_t count, int device) {
  static struct vm vm;
  create(&vm, kvm, gic, ENTRY_RATE, count, (uint64_t)device);
  result("round trips", run_guest(&vm));
  destroy(&vm, kvm);
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  struct sigaction kick = {.sa_handler = on_kick};
  sigaction(SIGUSR1, &kick, NULL);
  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (kvm < 0) fatal("/dev/kvm");
  expect("KVM_GET_API_VERSION", (uint64_t)ioctl(kvm, KVM_GET_API_VERSION, 0), KVM_API_VERSION);
  int scratch = ioctl(kvm, KVM_CREATE_VM, 0ul);
  if (scratch < 0) fatal("KVM_CREATE_VM");
  char offered[3] = "";
  for (int version = 2; version <= 3; version++) if (offers_gic(scratch, version)) strcat(offered, version == 2 ? "2" : "3");
  close(scratch);
  const char *wanted = getenv("vgic"), *rate = getenv("rate");
  if (wanted != NULL) result("virtual GICs", strcmp(wanted, offered) == 0 ? NULL : offered);
  for (const char *version = offered; *version; version++) {
    if (rate == NULL) test(kvm, *version - '0');
    else if (version[1] == 0) time_rate(kvm, *version - '0', strtoull(rate, NULL, 0), getenv("device") != NULL);
  }
  printf("kvm: %d passed, %d failed\n", passed, failed);
  return failed > 0;
}
