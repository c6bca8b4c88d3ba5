/* What the programs of `check:system` share. A program defines `run`, which makes attempts and prints a line for each. */
#ifndef SUPPORT_H
#define SUPPORT_H

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

/* What an exception wrote; X0 and X1 as they were when it was taken. */
struct record {
    u64 el, vector, esr, elr, far, hpfar, spsr, x0, x1;
};
extern volatile struct record record;

void attempt(u64 spsr, const void *pc, u64 x0, u64 x1);
void run(void);

/* SPSR of a mode with D, A, I and F masked. */
#define EL0 0x3c0ul
#define EL1T 0x3c4ul
#define EL1 0x3c5ul
#define EL2T 0x3c8ul
#define EL2 0x3c9ul

/* Code for attempts; it ends with SVC #0xffe where nothing else ends it. */
#define SNIPPET(name, body) \
    __asm__(".text\n.balign 4\n" #name ":\n" body "\nsvc #0xffe\n"); \
    extern const char name[];

#define READ(name) ({ u64 value_; __asm__ volatile("mrs %0, " name : "=r"(value_)); value_; })
#define WRITE(name, value) ({ u64 value_ = (value); __asm__ volatile("msr " name ", %0\n isb" :: "r"(value_) : "memory"); })
#define SYS(op) __asm__ volatile("dsb sy\n" op "\ndsb sy\nisb" ::: "memory")
#define SYSX(op, value) __asm__ volatile("dsb sy\n" op ", %0\ndsb sy\nisb" :: "r"((u64)(value)) : "memory")

#define BIT(n) (1ul << (n))

/* Printing. `try` prints the exception that ended the attempt. */
void print(const char *text);
void print_hex(u64 value);
void value(const char *name, u64 value);
void line(const char *name, const void *pc);
void try_with(const char *name, u64 spsr, const void *pc, u64 x0, u64 x1);
#define try(name, spsr, pc) try_with(name, spsr, pc, 0, 0)

/* A writable word of code, followed by SVC #0xffe: where a program assembles what it attempts. */
const void *assemble(u32 word);
const void *assemble2(u32 word, u32 second);

/* Words of instructions; X2 is the register of an MRS of `outcome`. */
#define WORD_MRS(op0, op1, crn, crm, op2) (0xd5200000u | (op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define WORD_MSR(op0, op1, crn, crm, op2) (0xd5000000u | (op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define WORD_SVC(imm) (0xd4000001u | (imm) << 5)

/* A list of accesses: a register read, written with zero, or both; an operation on X1, which points into RAM. */
struct access { const char *name; u32 word; };
#define READS(name, op0, op1, crn, crm, op2) { "mrs " name, WORD_MRS(op0, op1, crn, crm, op2) }
#define WRITES(name, op0, op1, crn, crm, op2) { "msr " name, WORD_MSR(op0, op1, crn, crm, op2) | 31 }
#define BOTH(name, op0, op1, crn, crm, op2) READS(name, op0, op1, crn, crm, op2), WRITES(name, op0, op1, crn, crm, op2)
#define OP(name, op1, crn, crm, op2) { name, WORD_MSR(1, op1, crn, crm, op2) | 1 }
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct mode { const char *name; u64 spsr; };

/* What one word came to: ESR, the low bits of ELR from bit 40 up, the EL from bit 60 up. */
u64 outcome(u64 spsr, u32 word);
/* The outcomes of a list in each mode, printed; then those that differ from them under some control. */
void sweep_start(const struct access *list, unsigned count, const struct mode *modes, unsigned mode_count);
void sweep(const char *control, u64 number);

/* HCR_EL2 with EL1 in AArch64. */
#define HCR_RW BIT(31)
#define HCR_TGE BIT(27)
#define HCR_E2H BIT(34)
#define HCR_VM BIT(0)
/* SCTLR_ELx with the MMU off, and CPTR_EL2 that traps nothing, in both layouts. */
#define SCTLR1 0x30d00800ul
#define SCTLR2 0x30c50830ul
#define CPTR 0x33fful
#define CPTR_E2H (3ul << 20)

/* Page tables: 4 KiB of zeros each, never given back. */
u64 *new_table(void);

#endif
