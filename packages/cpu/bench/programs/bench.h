// What every program has: a function that computes for about half a second and returns a checksum.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef int i32;
typedef long i64;

u32 bench(void);

/** A small generator with a fixed seed, so that every run works on the same numbers. */
static inline u32 next_random(u32 *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state;
}
