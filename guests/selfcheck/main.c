// Checks that an exit leaves a guest as it was: registers, flags, stack pointer, EL1 system registers and memory, after
// each of 10,000 hypercalls and device reads. The same binary runs bare at EL1, where firmware answers the hypercalls.
typedef unsigned int u32;
typedef unsigned long u64;

enum { EXITS = 10000, HVC = 0, READ = 1, WORDS = 64, UART = 0x09000000, UART_ID = UART + 0xfe0 };
enum { UNKNOWN_CALL = 0x4b000000 };
static const u32 PSCI_VERSION = 0x84000000, SYSTEM_OFF = 0x84000008;

struct context { u64 before[31], after[31], flags, flags_after, kind, sp_before, sp_after; } context;
void exit_once(void);

static u64 tables[512] __attribute__((aligned(4096)));
static volatile u64 memory[WORDS];
static u64 shadow[WORDS], seed = 1;
static u32 mismatches;

static u64 next(void) { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return seed; }

static void print(const char *text) { while (*text) *(volatile u32 *)UART = *text++; }

static void print_number(u64 value, u32 base) {
  char digits[24], *at = digits + sizeof digits;
  *--at = 0;
  do *--at = "0123456789abcdef"[value % base]; while (value /= base);
  print(at);
}

static void check(u64 expected, u64 found, const char *what, u32 number, u32 exit) {
  if (expected == found || mismatches++ >= 10) return;
  print("exit "); print_number(exit, 10); print(": "); print(what); print_number(number, 10);
  print(" is 0x"); print_number(found, 16); print(", expected 0x"); print_number(expected, 16); print("\n");
}

static void power_off(void) {
  register u64 x0 asm("x0") = SYSTEM_OFF;
  asm volatile("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
}

void unexpected(u64 esr, u64 elr) {
  print("FAIL: exception, ESR 0x"); print_number(esr, 16); print(" ELR 0x"); print_number(elr, 16); print("\n");
  power_off();
}

// System registers that the program itself does not need, with bits that every implementation keeps.
#define REGISTERS(R) R(tpidr_el0, ~0ul) R(tpidrro_el0, ~0ul) R(tpidr_el1, ~0ul) R(sp_el0, ~0ul) R(contextidr_el1, 0xffffffff) \
  R(ttbr1_el1, 0xfffffff000) R(elr_el1, ~0ul) R(spsr_el1, 0xf0000000) R(far_el1, ~0ul) R(esr_el1, 0xffffffff) R(cpacr_el1, 3 << 20)
enum {
#define R(name, mask) name,
  REGISTERS(R)
#undef R
  REGISTER_COUNT
};
static u64 registers[REGISTER_COUNT];

static void write_registers(void) {
#define R(name, mask) registers[name] = next() & (mask); asm volatile("msr " #name ", %0" : : "r"(registers[name]));
  REGISTERS(R)
#undef R
}

static void check_registers(u32 exit) {
  u64 value;
#define R(name, mask) asm volatile("mrs %0, " #name : "=r"(value)); check(registers[name], value, #name " ", 0, exit);
  REGISTERS(R)
#undef R
}

// One gigabyte of devices and one of memory, each where it is: four entries of level 1 (T0SZ 32).
static void mmu_on(void) {
  tables[0] = 0x0000000000000401;           // Device-nGnRnE, AF, block
  tables[1] = 0x0000000040000705;           // Normal, Inner Shareable, AF, block
  asm volatile("msr mair_el1, %0; msr tcr_el1, %1; msr ttbr0_el1, %2; dsb ish; isb; tlbi vmalle1; dsb ish; isb"
               : : "r"(0xff00ul), "r"(0x280803520ul), "r"(tables) : "memory");
  u64 sctlr;
  asm volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
  asm volatile("msr sctlr_el1, %0; isb" : : "r"(sctlr | 0x1005) : "memory");
}

void main(void) {
  static const u32 ids[4] = { 0x11, 0x10, 0x14, 0x00 };
  u32 calls = 0;
  mmu_on();
  for (u32 exit = 0; exit < EXITS; exit++) {
    u32 kind = next() & 1, id = next() & 3, known = next() & 1;
    for (u32 n = 0; n < 31; n++) context.before[n] = next();
    if (kind == HVC) context.before[0] = known ? PSCI_VERSION : UNKNOWN_CALL;
    else context.before[1] = UART_ID + 4 * id;
    context.flags = next() & 0xf0000000;
    context.kind = kind;
    u32 at = next() % WORDS;
    memory[at] = shadow[at] = next();
    write_registers();
    exit_once();
    check_registers(exit);
    if (kind == READ) check(ids[id], context.after[0], "x", 0, exit);
    else if (known) check(0, context.after[0] >> 31, "version, upper bits: ", 0, exit);
    else check(~0ul, context.after[0] | 0xffffffff00000000, "x", 0, exit);
    // A call may change x1 to x3 (SMCCC); a read changes nothing but its target.
    for (u32 n = kind == READ ? 1 : 4; n < 31; n++) check(context.before[n], context.after[n], "x", n, exit);
    check(context.flags, context.flags_after, "flags ", 0, exit);
    check(context.sp_before, context.sp_after, "sp ", 0, exit);
    for (u32 n = 0; n < WORDS; n++) check(shadow[n], memory[n], "memory word ", n, exit);
    calls += kind == HVC;
  }
  print(mismatches ? "FAIL: " : "PASS: ");
  print_number(EXITS, 10); print(" exits, "); print_number(calls, 10); print(" calls and "); print_number(EXITS - calls, 10);
  print(" reads, "); print_number(mismatches, 10); print(" mismatches\n");
}
