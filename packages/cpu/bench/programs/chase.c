// Follows pointers through 256 KiB and then through 16 MiB in an order without a pattern: caches and TLBs.
#include "bench.h"

static u32 small[65536], large[4194304];

/** One cycle through all elements (Sattolo). */
static void shuffle(u32 *order, u32 count) {
  u32 seed = 17;
  for (u32 i = 0; i < count; i++) order[i] = i;
  for (u32 i = count - 1; i > 0; i--) {
    u32 j = (u32)(((u64)next_random(&seed) * i) >> 32), held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
}

static u32 follow(const u32 *order, u32 steps) {
  u32 at = 0;
  for (u32 i = 0; i < steps; i++) at = order[at];
  return at;
}

u32 bench(void) {
  shuffle(small, 65536);
  shuffle(large, 4194304);
  return follow(small, 20000000) * 31 + follow(large, 2000000);
}
