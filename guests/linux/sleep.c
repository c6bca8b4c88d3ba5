/* Sleeps for as many seconds as it is told, and says when. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
  unsigned seconds = count > 1 ? (unsigned)atoi(arguments[1]) : 0;
  printf("sleep: begins\n");
  fflush(stdout);
  sleep(seconds);
  printf("sleep: ends\n");
  return 0;
}
