// SHA-256 (FIPS 180-4) of one block, over and over.
#include "bench.h"

static u32 constants[64];
static u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static inline u32 rotate(u32 x, int n) { return x >> n | x << (32 - n); }

static void block(const u32 *words) {
  u32 w[64];
  u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(words[i]);
  for (int i = 16; i < 64; i++) {
    u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  for (int i = 0; i < 64; i++) {
    u32 t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i];
    u32 t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

u32 bench(void) {
  u32 words[16], seed = 13;
  // Any constants do for a benchmark.
  for (int i = 0; i < 64; i++) constants[i] = next_random(&seed);
  for (int i = 0; i < 16; i++) words[i] = next_random(&seed);
  for (int round = 0; round < 1200000; round++) {
    words[round & 15] ^= state[0];
    block(words);
  }
  return state[0] ^ state[7];
}
