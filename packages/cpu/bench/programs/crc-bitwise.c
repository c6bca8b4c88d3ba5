// CRC-32, one bit at a time: arithmetic in registers, one load for eight rounds.
#include "bench.h"

static u8 data[4096];

u32 bench(void) {
  u32 seed = 1, crc = ~0u;
  for (int i = 0; i < 4096; i++) data[i] = next_random(&seed) >> 24;
  for (int round = 0; round < 12000; round++) {
    for (int i = 0; i < 4096; i++) {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & -(crc & 1));
    }
  }
  return ~crc;
}
