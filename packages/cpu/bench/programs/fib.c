// Fibonacci numbers by recursion: calls, returns and the stack.
#include "bench.h"

__attribute__((noinline, optimize("no-optimize-sibling-calls", "no-inline"))) static u32 fib(u32 n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

u32 bench(void) {
  u32 sum = 0;
  for (u32 n = 20; n < 36; n++) sum = sum * 31 + fib(n);
  return sum;
}
