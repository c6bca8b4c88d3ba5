/**
 * What the conformance suite asks of a core under test: little enough that an emulator behind gdb's protocol, an instruction-set
 * simulator or a real board can answer. It knows no core; ours is one of its backends (core-driver.ts).
 */

/** A value now or later: a driver may sit behind a socket. */
export type Awaitable<T> = T | Promise<T>;

/** `x0` to `x30`, the stack pointer in use, the PC, and PSTATE in the layout of SPSR_ELx. */
export type CpuTestRegister = `x${number}` | 'sp' | 'pc' | 'pstate';

/** Every register of a driver, in the order in which differences are looked for. */
export const CPU_TEST_REGISTERS: readonly CpuTestRegister[] = [...Array.from({ length: 31 }, (_, n) => `x${n}` as const), 'sp', 'pc', 'pstate'];

/** What a program may need beside a core and RAM, where QEMU's `virt` board has it. */
export type CpuTestNeed = 'gicv3' | 'timer';

/**
 * Why `run` returned. `semihosting`: HLT #0xF000 was executed, the PC is behind it, and whoever runs the program is to answer it in X0.
 * `exit`: the driver's own semihosting host answered everything until SYS_EXIT, and this is all that was written. `limit`: that many
 * instructions, or the driver's time, are over. `failed`: the core itself gave up.
 */
export type CpuTestStop =
  | { readonly reason: 'semihosting' | 'limit' }
  | { readonly reason: 'exit'; readonly text: string }
  | { readonly reason: 'failed'; readonly why: string };

/**
 * A core with RAM from 0x4000_0000 on (16 MiB are enough; the rest of the address space, but for the devices in `has`, aborts). SMC
 * is answered by firmware that knows no function: X0 is -1.
 */
export interface CpuTestDriver {
  /** Who is tested, as a table's head says it. */
  readonly name: string;
  readonly has: readonly CpuTestNeed[];
  /** Everything as after a cold reset: EL2 with its MMU off, DAIF set, RAM zero. */
  reset(): Awaitable<void>;
  getRegister(name: CpuTestRegister): Awaitable<bigint>;
  setRegister(name: CpuTestRegister, value: bigint): Awaitable<void>;
  /** Bytes by physical address. */
  readMemory(address: bigint, size: number): Awaitable<Uint8Array>;
  writeMemory(address: bigint, bytes: Uint8Array): Awaitable<void>;
  /** One instruction, or the exception that it takes. */
  step(): Awaitable<void>;
  /** Runs at most `limit` instructions. */
  run(limit: number): Awaitable<CpuTestStop>;
  /** Lets go of processes and sockets; a driver without them has none. */
  close?(): Awaitable<void>;
}
