// An interpreter of a small stack machine: an indirect branch for each operation.
#include "bench.h"

enum { PUSH, ADD, SUB, DUP, SWAP, DROP, LOAD, STORE, LOOP, XOR, END };

static const u8 program[] = {
  PUSH, 0, STORE, 0, PUSH, 200, STORE, 1,
  LOAD, 0, PUSH, 7, ADD, DUP, PUSH, 3, XOR, ADD, STORE, 0,
  LOAD, 1, PUSH, 1, SUB, DUP, STORE, 1, LOOP, 8,
  LOAD, 0, END,
};

#define NEXT goto *labels[code[pc++]]

__attribute__((noinline)) static u32 run(const u8 *code, u32 start) {
  static const void *const labels[] = {&&push, &&add, &&sub, &&dup, &&swap, &&drop, &&load, &&store, &&loop, &&xor, &&end};
  u32 stack[16], variables[4], *sp = stack;
  u32 pc = 0, carry = start;
  variables[2] = start;
  NEXT;
push: *sp++ = code[pc++] + carry; carry = 0; NEXT;
add: sp--; sp[-1] += *sp; NEXT;
sub: sp--; sp[-1] -= *sp; NEXT;
dup: *sp = sp[-1]; sp++; NEXT;
swap: { u32 top = sp[-1]; sp[-1] = sp[-2]; sp[-2] = top; } NEXT;
drop: sp--; NEXT;
load: *sp++ = variables[code[pc++]]; NEXT;
store: variables[code[pc++]] = *--sp; NEXT;
loop: if (*--sp != 0) pc = code[pc]; else pc++; NEXT;
xor: sp--; sp[-1] ^= *sp; NEXT;
end: return sp[-1];
}

u32 bench(void) {
  u32 sum = 0;
  for (u32 round = 0; round < 36000; round++) sum = sum * 31 + run(program, round & 1);
  return sum;
}
