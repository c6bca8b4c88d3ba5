/*
 * Runs single A64 instructions of EL0 and says what became of them: the far side of `npm run check:differential`.
 *
 * stdin:  the contents of the data area; then batches: a count, and so many cases.
 * stdout: for each batch the results, then the number of words outside the window that the batch changed.
 *
 * Slot i of the code page holds the instruction of case i of a batch, followed by a branch back; so the page is written
 * once a batch, and the emulator translates it once. X30 is the way back and SP the harness's own: no case uses them.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE_BASE 0x10000000ul
#define DATA_BASE 0x20000000ul
#define DATA_SIZE 0x10000ul
#define WINDOW_AT (DATA_SIZE / 2 - WINDOW_SIZE / 2)
#define WINDOW_SIZE 0x400ul
#define BATCH 1024
#define SLOT_WORDS 8

struct state {
    uint64_t nzcv, fpcr, fpsr;
    uint64_t x[30];
    uint64_t v[64];
};

struct kase {
    uint32_t word, unused;
    struct state in;
};

struct result {
    /* The signal, or 0; the first changed byte of the window and how many there are up to the last. */
    uint32_t signal;
    uint16_t first, length;
    struct state out;
    uint8_t bytes[64];
};

/* Offsets of struct state, for run(). */
#define OFF_X "24"
#define OFF_V "264"

static struct kase cases[BATCH];
static struct result results[BATCH];
static uint8_t initial[DATA_SIZE];
static int caught;
struct state *run_result;
uint64_t run_saved_sp;

extern void run(void *slot, struct state *in, struct state *out);
extern char run_return[];

__asm__(
    ".globl run, run_return\n"
    "run:\n"
    "  stp x29, x30, [sp, #-160]!\n"
    "  stp x19, x20, [sp, #16]\n  stp x21, x22, [sp, #32]\n  stp x23, x24, [sp, #48]\n"
    "  stp x25, x26, [sp, #64]\n  stp x27, x28, [sp, #80]\n"
    "  stp d8, d9, [sp, #96]\n  stp d10, d11, [sp, #112]\n  stp d12, d13, [sp, #128]\n  stp d14, d15, [sp, #144]\n"
    "  adrp x30, run_result\n  str x2, [x30, :lo12:run_result]\n"
    "  mov x30, x0\n"
    "  ldp x2, x3, [x1]\n  msr nzcv, x2\n  msr fpcr, x3\n  ldr x2, [x1, #16]\n  msr fpsr, x2\n"
    "  add x2, x1, #" OFF_V "\n"
    "  ldp q0, q1, [x2]\n  ldp q2, q3, [x2, #32]\n  ldp q4, q5, [x2, #64]\n  ldp q6, q7, [x2, #96]\n"
    "  ldp q8, q9, [x2, #128]\n  ldp q10, q11, [x2, #160]\n  ldp q12, q13, [x2, #192]\n  ldp q14, q15, [x2, #224]\n"
    "  ldp q16, q17, [x2, #256]\n  ldp q18, q19, [x2, #288]\n  ldp q20, q21, [x2, #320]\n  ldp q22, q23, [x2, #352]\n"
    "  ldp q24, q25, [x2, #384]\n  ldp q26, q27, [x2, #416]\n  ldp q28, q29, [x2, #448]\n  ldp q30, q31, [x2, #480]\n"
    "  add x1, x1, #" OFF_X "\n"
    "  ldp x2, x3, [x1, #16]\n  ldp x4, x5, [x1, #32]\n  ldp x6, x7, [x1, #48]\n  ldp x8, x9, [x1, #64]\n"
    "  ldp x10, x11, [x1, #80]\n  ldp x12, x13, [x1, #96]\n  ldp x14, x15, [x1, #112]\n  ldp x16, x17, [x1, #128]\n"
    "  ldp x18, x19, [x1, #144]\n  ldp x20, x21, [x1, #160]\n  ldp x22, x23, [x1, #176]\n  ldp x24, x25, [x1, #192]\n"
    "  ldp x26, x27, [x1, #208]\n  ldp x28, x29, [x1, #224]\n  ldp x0, x1, [x1]\n"
    "  br x30\n"
    "run_return:\n"
    "  adrp x30, run_result\n  ldr x30, [x30, :lo12:run_result]\n  add x30, x30, #" OFF_X "\n"
    "  stp x0, x1, [x30]\n  stp x2, x3, [x30, #16]\n  stp x4, x5, [x30, #32]\n  stp x6, x7, [x30, #48]\n"
    "  stp x8, x9, [x30, #64]\n  stp x10, x11, [x30, #80]\n  stp x12, x13, [x30, #96]\n  stp x14, x15, [x30, #112]\n"
    "  stp x16, x17, [x30, #128]\n  stp x18, x19, [x30, #144]\n  stp x20, x21, [x30, #160]\n  stp x22, x23, [x30, #176]\n"
    "  stp x24, x25, [x30, #192]\n  stp x26, x27, [x30, #208]\n  stp x28, x29, [x30, #224]\n"
    "  sub x0, x30, #" OFF_X "\n"
    "  mrs x1, nzcv\n  mrs x2, fpcr\n  stp x1, x2, [x0]\n  mrs x1, fpsr\n  str x1, [x0, #16]\n  msr fpcr, xzr\n"
    "  add x0, x0, #" OFF_V "\n"
    "  stp q0, q1, [x0]\n  stp q2, q3, [x0, #32]\n  stp q4, q5, [x0, #64]\n  stp q6, q7, [x0, #96]\n"
    "  stp q8, q9, [x0, #128]\n  stp q10, q11, [x0, #160]\n  stp q12, q13, [x0, #192]\n  stp q14, q15, [x0, #224]\n"
    "  stp q16, q17, [x0, #256]\n  stp q18, q19, [x0, #288]\n  stp q20, q21, [x0, #320]\n  stp q22, q23, [x0, #352]\n"
    "  stp q24, q25, [x0, #384]\n  stp q26, q27, [x0, #416]\n  stp q28, q29, [x0, #448]\n  stp q30, q31, [x0, #480]\n"
    "  ldp d8, d9, [sp, #96]\n  ldp d10, d11, [sp, #112]\n  ldp d12, d13, [sp, #128]\n  ldp d14, d15, [sp, #144]\n"
    "  ldp x19, x20, [sp, #16]\n  ldp x21, x22, [sp, #32]\n  ldp x23, x24, [sp, #48]\n"
    "  ldp x25, x26, [sp, #64]\n  ldp x27, x28, [sp, #80]\n"
    "  ldp x29, x30, [sp], #160\n"
    "  ret\n");

/* The state at the fault is what run_return saves. */
static void on_signal(int signal, siginfo_t *info, void *context)
{
    (void)info;
    caught = signal;
    ((ucontext_t *)context)->uc_mcontext.pc = (uint64_t)run_return;
}

/* An instruction that never ends is the generator's mistake: says which. */
static uint32_t current;
static void on_alarm(int signal)
{
    char text[] = "the instruction 0x???????? does not end\n";
    for (int i = 0; i < 8; i++)
        text[18 + i] = "0123456789abcdef"[current >> (28 - 4 * i) & 15];
    signal = (int)write(2, text, sizeof text - 1);
    _exit(signal < 0);
}

static int read_all(void *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(0, (char *)to + done, size - done);
        if (got <= 0)
            return 0;
        done += (size_t)got;
    }
    return 1;
}

static void write_all(const void *from, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = write(1, (const char *)from + done, size - done);
        if (put <= 0)
            exit(1);
        done += (size_t)put;
    }
}

/* Records what changed in the window, and undoes it. */
static void compare_window(struct result *r)
{
    uint8_t *now = (uint8_t *)DATA_BASE + WINDOW_AT;
    const uint8_t *was = initial + WINDOW_AT;
    size_t first = 0, end = WINDOW_SIZE;
    while (first < WINDOW_SIZE && *(uint64_t *)(now + first) == *(const uint64_t *)(was + first))
        first += 8;
    if (first == WINDOW_SIZE)
        return;
    while (*(uint64_t *)(now + end - 8) == *(const uint64_t *)(was + end - 8))
        end -= 8;
    while (now[first] == was[first])
        first++;
    while (now[end - 1] == was[end - 1])
        end--;
    r->first = (uint16_t)first;
    r->length = (uint16_t)(end - first);
    memcpy(r->bytes, now + first, r->length < 64 ? r->length : 64);
    memcpy(now, was, WINDOW_SIZE);
}

int main(void)
{
    static char stack[65536];
    stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGTRAP, SIGFPE };
    uint32_t *code = mmap((void *)CODE_BASE, BATCH * SLOT_WORDS * 4, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    uint64_t *data = mmap((void *)DATA_BASE, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    uint32_t count;

    if (code == MAP_FAILED || data == MAP_FAILED || !read_all(initial, DATA_SIZE))
        return 1;
    memcpy(data, initial, DATA_SIZE);
    sigaltstack(&alternate, NULL);
    signal(SIGALRM, on_alarm);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);

    while (alarm(30), read_all(&count, sizeof count) && count <= BATCH && read_all(cases, count * sizeof cases[0])) {
        uint32_t strays = 0;
        memset(results, 0, count * sizeof results[0]);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t *slot = code + i * SLOT_WORDS;
            slot[0] = cases[i].word;
            slot[1] = 0x5800007e; /* ldr x30, .+12 */
            slot[2] = 0xd61f03c0; /* br x30 */
            slot[3] = 0;
            *(uint64_t *)(slot + 4) = (uint64_t)run_return;
        }
        __builtin___clear_cache((char *)code, (char *)(code + count * SLOT_WORDS));
        for (uint32_t i = 0; i < count; i++) {
            caught = 0;
            current = cases[i].word;
            run(code + i * SLOT_WORDS, &cases[i].in, &results[i].out);
            results[i].signal = (uint32_t)caught;
            compare_window(&results[i]);
        }
        for (size_t i = 0; i < DATA_SIZE / 8; i++) {
            uint64_t was = ((uint64_t *)initial)[i];
            if (data[i] != was) {
                data[i] = was;
                strays++;
            }
        }
        write_all(results, count * sizeof results[0]);
        write_all(&strays, sizeof strays);
    }
    return 0;
}
