// CRC-32 by table: each step loads with an address that the step before computed.
#include "bench.h"

static u32 table[256];
static u8 data[4096];

u32 bench(void) {
  u32 seed = 1, crc = ~0u;
  for (u32 i = 0; i < 256; i++) {
    u32 value = i;
    for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (0xedb88320u & -(value & 1));
    table[i] = value;
  }
  for (int i = 0; i < 4096; i++) data[i] = next_random(&seed) >> 24;
  for (int round = 0; round < 36000; round++) {
    for (int i = 0; i < 4096; i++) crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}
