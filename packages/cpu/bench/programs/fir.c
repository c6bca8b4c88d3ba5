// A filter of 32 taps over blocks of samples, in single precision, four at a time.
#include <arm_neon.h>
#include "bench.h"

enum { TAPS = 32, SAMPLES = 4096, ROUNDS = 200 };

static float input[SAMPLES + TAPS], output[SAMPLES], taps[TAPS];

static void filter(void) {
  for (int i = 0; i < SAMPLES; i += 4) {
    float32x4_t sum = vdupq_n_f32(0.5f);
    for (int k = 0; k < TAPS; k++) sum = vfmaq_n_f32(sum, vld1q_f32(&input[i + k]), taps[k]);
    vst1q_f32(&output[i], sum);
  }
}

u32 bench(void) {
  u32 seed = 1;
  for (int i = 0; i < SAMPLES + TAPS; i++) {
    seed = seed * 1664525 + 1013904223;
    input[i] = (float)(int)(seed >> 8) / 8388608.0f - 0.999f;
  }
  for (int k = 0; k < TAPS; k++) taps[k] = 0.031f + 0.001f * (float)k;
  u32 sum = 0;
  for (int round = 0; round < ROUNDS; round++) {
    filter();
    for (int i = 0; i < SAMPLES; i += 64) sum = sum * 31 + (u32)(int)(output[i] * 1000.0f);
    input[round] += 0.25f;
  }
  return sum;
}
