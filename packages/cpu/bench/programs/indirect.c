// Calls through a table of functions.
#include "bench.h"

typedef u32 (*operation)(u32, u32);

__attribute__((noinline)) static u32 add(u32 a, u32 b) { return a + b; }
__attribute__((noinline)) static u32 xor(u32 a, u32 b) { return a ^ b; }
__attribute__((noinline)) static u32 rotate(u32 a, u32 b) { return (a << 5 | a >> 27) + b; }
__attribute__((noinline)) static u32 multiply(u32 a, u32 b) { return a * (b | 1); }

static operation operations[4] = {add, xor, rotate, multiply};

u32 bench(void) {
  u32 seed = 11, value = 1;
  for (int i = 0; i < 48000000; i++) value = ((volatile operation *)operations)[(i ^ (i >> 3)) & 3](value, next_random(&seed));
  return value;
}
