/*
 * Runs one floating-point instruction over many operands under many values of FPCR: the far side of `npm run check:fp`.
 *
 * stdin:  forms: the word, the number of FPCR values, the number of operands, 0; the values; the operands.
 * stdout: for each form, for each value of FPCR, for each operand a result.
 *
 * Operands are in V0 (which is also where results go), V1, V2, V3 and X1; a general result is in X0.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FPCR 64
#define MAX_OPERANDS 65536

struct operand {
    uint64_t v[8];
    uint64_t x1, unused;
};

struct result {
    uint64_t v0[2];
    uint64_t x0;
    uint32_t nzcv, fpsr;
};

static uint32_t fpcr[MAX_FPCR];
static struct operand operands[MAX_OPERANDS];
static struct result results[MAX_OPERANDS];

/* Runs the code at `code`, an instruction and a return, on `count` operands. */
extern void run(void *code, const struct operand *from, struct result *to, uint64_t count, uint64_t fpcr);

__asm__(
    ".globl run\n"
    "run:\n"
    "  stp x29, x30, [sp, #-64]!\n  stp x19, x20, [sp, #16]\n  stp x21, x22, [sp, #32]\n  stp x23, x24, [sp, #48]\n"
    "  mov x19, x0\n  mov x20, x1\n  mov x21, x2\n  mov x22, x3\n  mrs x23, fpcr\n"
    "  msr fpcr, x4\n"
    "1:\n"
    "  ldp q0, q1, [x20]\n  ldp q2, q3, [x20, #32]\n  ldr x1, [x20, #64]\n  mov x0, #0\n"
    "  msr fpsr, xzr\n  msr nzcv, xzr\n"
    "  blr x19\n"
    "  mrs x2, nzcv\n  mrs x3, fpsr\n"
    "  str q0, [x21]\n  str x0, [x21, #16]\n  stp w2, w3, [x21, #24]\n"
    "  add x20, x20, #80\n  add x21, x21, #32\n"
    "  subs x22, x22, #1\n  b.ne 1b\n"
    "  msr fpcr, x23\n"
    "  ldp x19, x20, [sp, #16]\n  ldp x21, x22, [sp, #32]\n  ldp x23, x24, [sp, #48]\n  ldp x29, x30, [sp], #64\n"
    "  ret\n");

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

int main(void)
{
    uint32_t header[4];
    uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (code == MAP_FAILED)
        return 1;
    while (read_all(header, sizeof header)) {
        if (header[1] > MAX_FPCR || header[2] > MAX_OPERANDS || header[2] == 0)
            return 1;
        if (!read_all(fpcr, header[1] * sizeof fpcr[0]) || !read_all(operands, header[2] * sizeof operands[0]))
            return 1;
        code[0] = header[0];
        code[1] = 0xd65f03c0; /* ret */
        __builtin___clear_cache((char *)code, (char *)(code + 2));
        for (uint32_t i = 0; i < header[1]; i++) {
            run(code, operands, results, header[2], fpcr[i]);
            write_all(results, header[2] * sizeof results[0]);
        }
    }
    return 0;
}
