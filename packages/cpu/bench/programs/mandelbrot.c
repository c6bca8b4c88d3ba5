// Iterations of the Mandelbrot set on a grid, in double precision.
#include "bench.h"

enum { SIZE = 400, LIMIT = 200 };

u32 bench(void) {
  u32 sum = 0;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      double cx = 3.0 * column / SIZE - 2.1, cy = 2.4 * row / SIZE - 1.2, x = 0, y = 0;
      int n = 0;
      while (n < LIMIT && x * x + y * y < 4) {
        double t = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = t;
        n++;
      }
      sum = sum * 31 + n;
    }
  }
  return sum;
}
