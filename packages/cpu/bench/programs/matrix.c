// Products of matrices of 32-bit integers.
#include "bench.h"

enum { N = 96 };
static i32 a[N][N], b[N][N], c[N][N];

u32 bench(void) {
  u32 seed = 3, sum = 0;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = next_random(&seed) >> 20;
      b[i][j] = next_random(&seed) >> 20;
    }
  }
  for (int round = 0; round < 300; round++) {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        i32 total = 0;
        for (int k = 0; k < N; k++) total += a[i][k] * b[k][j];
        c[i][j] = total;
      }
    }
    for (int i = 0; i < N; i++) sum = sum * 31 + c[i][(i + round) % N];
    a[round % N][round % N] ^= round;
  }
  return sum;
}
