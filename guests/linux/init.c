/*
 * The first process of a Linux guest: loads the virtio modules, tests what the kernel below it and the machine below that must
 * get right, prints one line a test, and powers off. Static, without a shell. Lines begin with "test:" and end with "ok" or a
 * reason; the last one counts. Where the RAM disk has a file /run, a program and its arguments, one a line, that runs instead.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int passed, failed;

static void result(const char *name, const char *problem) {
  printf("test: %s: %s\n", name, problem ? problem : "ok");
  fflush(stdout);
  if (problem) failed++;
  else passed++;
}

/* ---- Processes and signals ------------------------------------------------------------------------------------------- */

static const char *processes(void) {
  for (int n = 0; n < 20; n++) {
    pid_t child = fork();
    if (child < 0) return "fork failed";
    if (child == 0) _exit(n);
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != n) return "wrong exit status";
  }
  return NULL;
}

/* A page written by parent and child after fork has two copies. */
static const char *copy_on_write(void) {
  volatile int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return "mmap failed";
  page[0] = 1;
  pid_t child = fork();
  if (child == 0) {
    page[0] = 2;
    _exit(page[0] == 2 ? 0 : 1);
  }
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status) == 0 && page[0] == 1 ? NULL : "a write was shared";
}

static volatile sig_atomic_t caught;
static volatile double in_handler;

static void on_signal(int number) {
  caught = number;
  /* The handler uses FP registers: the interrupted code must not see it. */
  in_handler = in_handler * 1.5 + 0.25;
}

static const char *signals(void) {
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  double sum = 0.5;
  for (int n = 0; n < 1000; n++) {
    sum = sum * 1.000001 + 0.125;
    if (n % 100 == 50) raise(SIGUSR1);
  }
  double expected = 0.5;
  for (int n = 0; n < 1000; n++) expected = expected * 1.000001 + 0.125;
  if (caught != SIGUSR1) return "no signal";
  return sum == expected ? NULL : "FP registers changed under a signal";
}

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
  caught++;
}

static const char *faults(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  volatile char *pages = mmap(NULL, 16 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  caught = 0;
  for (int n = 0; n < 16; n++) pages[n * 4096 + n] = (char)n;
  for (int n = 0; n < 16; n++) if (pages[n * 4096 + n] != n) return "lost a store";
  signal(SIGSEGV, SIG_DFL);
  return caught == 16 ? NULL : "wrong number of faults";
}

/* ---- Threads --------------------------------------------------------------------------------------------------------- */

#define THREADS 4
#define ROUNDS 2000

static void *fp_thread(void *argument) {
  long seed = (long)argument;
  double value = (double)seed;
  for (int n = 0; n < 20000; n++) {
    value = value * 0.999 + (double)seed;
    if (n % 500 == 0) sched_yield();
  }
  double expected = (double)seed;
  for (int n = 0; n < 20000; n++) expected = expected * 0.999 + (double)seed;
  return value == expected ? NULL : (void *)1;
}

static const char *fp_context(void) {
  pthread_t threads[THREADS];
  for (long n = 0; n < THREADS; n++) if (pthread_create(&threads[n], NULL, fp_thread, (void *)(n + 1)) != 0) return "pthread_create failed";
  const char *problem = NULL;
  for (int n = 0; n < THREADS; n++) {
    void *wrong;
    pthread_join(threads[n], &wrong);
    if (wrong) problem = "FP registers changed across a switch";
  }
  return problem;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long guarded;
static long atomics;

static void *counting_thread(void *argument) {
  (void)argument;
  for (int n = 0; n < ROUNDS; n++) {
    pthread_mutex_lock(&mutex);
    guarded++;
    pthread_mutex_unlock(&mutex);
    __atomic_fetch_add(&atomics, 1, __ATOMIC_SEQ_CST);
    if (n % 97 == 0) sched_yield();
  }
  return NULL;
}

static const char *locks(void) {
  pthread_t threads[THREADS];
  for (int n = 0; n < THREADS; n++) pthread_create(&threads[n], NULL, counting_thread, NULL);
  for (int n = 0; n < THREADS; n++) pthread_join(threads[n], NULL);
  return guarded == THREADS * ROUNDS && atomics == THREADS * ROUNDS ? NULL : "an increment was lost";
}

static int ball;

/* Each player has a PE of its own where there are two. */
static void *player(void *argument) {
  int side = (int)(long)argument;
  cpu_set_t mine;
  CPU_ZERO(&mine);
  CPU_SET(side % sysconf(_SC_NPROCESSORS_ONLN), &mine);
  if (sched_setaffinity(0, sizeof mine, &mine) != 0) return (void *)1;
  for (int n = 0; n < 500; n++) {
    while (__atomic_load_n(&ball, __ATOMIC_ACQUIRE) != side) syscall(SYS_futex, &ball, FUTEX_WAIT, 1 - side, NULL, NULL, 0);
    __atomic_store_n(&ball, 1 - side, __ATOMIC_RELEASE);
    syscall(SYS_futex, &ball, FUTEX_WAKE, 1, NULL, NULL, 0);
  }
  return NULL;
}

/* Two threads hand a word to each other: on several PEs each hand-over is an interrupt to another one. */
static const char *futexes(void) {
  pthread_t players[2];
  for (long n = 0; n < 2; n++) if (pthread_create(&players[n], NULL, player, (void *)n) != 0) return "pthread_create failed";
  const char *problem = NULL;
  for (int n = 0; n < 2; n++) {
    void *unplaced;
    pthread_join(players[n], &unplaced);
    if (unplaced) problem = "no affinity";
  }
  return problem ? problem : ball == 0 ? NULL : "the ball is lost";
}

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static const char *timers(void) {
  for (int n = 1; n <= 5; n++) {
    struct timespec wait = {.tv_nsec = n * 3000000};
    int64_t before = now();
    nanosleep(&wait, NULL);
    int64_t slept = now() - before;
    if (slept < wait.tv_nsec) return "woke too early";
    if (slept > wait.tv_nsec + 100000000) return "woke much too late";
  }
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGALRM, &action, NULL);
  caught = 0;
  timer_t timer;
  struct itimerspec every = {.it_value.tv_nsec = 2000000};
  if (timer_create(CLOCK_MONOTONIC, NULL, &timer) != 0) return "timer_create failed";
  timer_settime(timer, 0, &every, NULL);
  int64_t limit = now() + 1000000000;
  while (caught != SIGALRM) if (now() > limit) return "no alarm";
  return NULL;
}

/* ---- Block device ---------------------------------------------------------------------------------------------------- */

#define BLOCK_BYTES (1 << 20)

static uint32_t checksum(const uint8_t *bytes, size_t count) {
  uint32_t sum = 2166136261u;
  for (size_t n = 0; n < count; n++) sum = (sum ^ bytes[n]) * 16777619u;
  return sum;
}

static const char *block_device(void) {
  int file = open("/dev/vda", O_RDWR | O_SYNC);
  if (file < 0) return "no /dev/vda";
  uint8_t *bytes = malloc(BLOCK_BYTES);
  uint32_t state = 1;
  for (size_t n = 0; n < BLOCK_BYTES; n++) bytes[n] = (uint8_t)((state = state * 1664525u + 1013904223u) >> 24);
  uint32_t before = checksum(bytes, BLOCK_BYTES);
  if (pwrite(file, bytes, BLOCK_BYTES, 4096) != BLOCK_BYTES || fsync(file) != 0) return "write failed";
  close(file);
  /* Read from the device, not from the page cache. */
  int caches = open("/proc/sys/vm/drop_caches", O_WRONLY);
  if (write(caches, "3", 1) != 1) return "caches not dropped";
  close(caches);
  file = open("/dev/vda", O_RDONLY);
  memset(bytes, 0, BLOCK_BYTES);
  if (pread(file, bytes, BLOCK_BYTES, 4096) != BLOCK_BYTES) return "read failed";
  close(file);
  uint32_t after = checksum(bytes, BLOCK_BYTES);
  free(bytes);
  return before == after ? NULL : "another checksum";
}

static const char *processors(void) {
  static char problem[64];
  char *wanted = getenv("pes");
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  if (wanted == NULL || online == atol(wanted)) return NULL;
  snprintf(problem, sizeof problem, "%ld processors online, not %s", online, wanted);
  return problem;
}

/* On a machine that has a virtio console: a line there, which whoever started it looks for. */
static const char *virtio_console(int file) {
  static const char line[] = "init: a line for hvc0\n";
  if (write(file, line, sizeof line - 1) != sizeof line - 1) return "write failed";
  return tcdrain(file) == 0 ? NULL : "not drained";
}

/* ---- Start ----------------------------------------------------------------------------------------------------------- */

static void load_module(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "/modules/%s.ko", name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) printf("init: %s: %s\n", path, strerror(errno));
  close(file);
}

static void self_test(void) {
  result("processors", processors());
  result("processes", processes());
  result("copy on write", copy_on_write());
  result("signals", signals());
  result("faults", faults());
  result("FP context", fp_context());
  result("locks", locks());
  result("futexes", futexes());
  result("timers", timers());
  result("block device", block_device());
  int hvc = open("/dev/hvc0", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (hvc >= 0) result("virtio console", virtio_console(hvc));
  printf("init: %d passed, %d failed\n", passed, failed);
}

/* Runs what `list` says, to its end. */
static void run_program(FILE *list) {
  static char text[4096];
  char *arguments[64];
  size_t count = 0;
  text[fread(text, 1, sizeof text - 1, list)] = 0;
  for (char *line = strtok(text, "\n"); line != NULL && count < 63; line = strtok(NULL, "\n")) arguments[count++] = line;
  arguments[count] = NULL;
  pid_t child = fork();
  if (child == 0) {
    execv(arguments[0], arguments);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("init: %s ended with %d\n", arguments[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(void) {
  mkdir("/proc", 0755);
  mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("dev", "/dev", "devtmpfs", 0, NULL);
  printf("init: started\n");
  fflush(stdout);
  static const char *const modules[] = {"virtio_ring", "virtio", "virtio_mmio", "virtio_blk", "virtio-rng", "virtio_console"};
  for (size_t n = 0; n < sizeof modules / sizeof *modules; n++) load_module(modules[n]);
  FILE *list = fopen("/run", "r");
  if (list != NULL) run_program(list);
  else self_test();
  fflush(stdout);
  sync();
  reboot(RB_POWER_OFF);
  return 0;
}
