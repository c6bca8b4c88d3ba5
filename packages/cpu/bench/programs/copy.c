// Copies 64 KiB, eight bytes at a time.
#include "bench.h"

static u64 from[8192], to[8192];

u32 bench(void) {
  u32 seed = 9;
  u64 sum = 0;
  for (int i = 0; i < 8192; i++) from[i] = next_random(&seed);
  for (int round = 0; round < 36000; round++) {
    volatile u64 *fence = &from[round & 8191];
    *fence ^= round;
    for (int i = 0; i < 8192; i++) to[i] = from[i];
    sum += to[round & 8191];
  }
  return (u32)(sum ^ (sum >> 32));
}
