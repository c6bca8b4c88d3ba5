// A scanner: one state and one character at a time, by comparisons.
#include "bench.h"

static char text[8192];

enum state { SPACE, WORD, NUMBER, STRING, ESCAPE, COMMENT };

u32 bench(void) {
  static const char alphabet[] = "abc xyz 019 \"\\# \n_ab12 ";
  u32 seed = 5, words = 0, numbers = 0, strings = 0, comments = 0;
  for (int i = 0; i < 8192; i++) text[i] = alphabet[(next_random(&seed) >> 16) % (sizeof alphabet - 1)];
  for (int round = 0; round < 10000; round++) {
    enum state state = SPACE;
    for (int i = 0; i < 8192; i++) {
      char c = text[i];
      if (state == STRING) {
        if (c == '\\') state = ESCAPE;
        else if (c == '"') state = SPACE;
      } else if (state == ESCAPE) state = STRING;
      else if (state == COMMENT) {
        if (c == '\n') state = SPACE;
      } else if (c == '"') {
        strings++;
        state = STRING;
      } else if (c == '#') {
        comments++;
        state = COMMENT;
      } else if (c >= '0' && c <= '9') {
        if (state == SPACE) {
          numbers++;
          state = NUMBER;
        }
      } else if ((c >= 'a' && c <= 'z') || c == '_') {
        if (state != WORD) words++;
        state = WORD;
      } else state = SPACE;
    }
  }
  return words * 3 + numbers * 5 + strings * 7 + comments * 11;
}
