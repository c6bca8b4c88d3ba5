/**
 * What a core needs from outside, and what native software sees of a core. Types only: whoever implements one of these
 * is composed by the `machine` package; `hyp` knows a PE by {@link SoftwarePort} and by nothing else.
 */

import type { Row } from './arch/insn/row.ts';

/** What a bus access came to. `abort` is a synchronous external abort. */
export type BusResult = 'ok' | 'abort';

/**
 * The physical address space beside RAM: devices. Addresses are numbers below 2^48, sizes 1, 2, 4 or 8 bytes.
 * A 64-bit datum crosses as two words in `data`: `data[0]` low, `data[1]` high.
 */
export interface Bus {
  read(address: number, size: number, data: Uint32Array): BusResult;
  write(address: number, size: number, data: Uint32Array): BusResult;
}

/** Interrupt inputs of a PE; a line is level-sensitive, and devices and the GIC drive it by calling `set`. */
export interface InterruptLines {
  setIrq(level: boolean): void;
  setFiq(level: boolean): void;
  /** Virtual interrupts from the GIC's virtual CPU interface; HCR_EL2.{VI,VF} are OR-ed by the core. */
  setVirtualIrq(level: boolean): void;
  setVirtualFiq(level: boolean): void;
  /** Pends a physical SError; taken once. */
  pendSError(): void;
}

/**
 * System registers that live outside the core (GIC CPU interface, timers). The core has done redirection and traps;
 * a bank sees the register that is really accessed. `false`: the access is UNDEFINED.
 */
export interface SysRegBank {
  /** The register keys (`sysRegKey`) the bank answers for. */
  readonly keys: Iterable<number>;
  read(key: number, data: Uint32Array): boolean;
  write(key: number, data: Uint32Array): boolean;
}

/** Who is told of what a PE did: for traces. Registers and PC are already those behind the event. */
export interface CpuObserver {
  /** An exception was taken from EL `from` to `to`; whether FAR_ELx and HPFAR_EL2 were written with it. */
  exceptionTaken?(kind: 'sync' | 'irq' | 'fiq' | 'serror', from: number, to: 1 | 2, hasFar: boolean, hasIpa: boolean): void;
  /** An ERET of EL `from` was executed. */
  exceptionReturned?(from: number): void;
  /**
   * An MRS or MSR of the register `key` reached `reached`, as `sysRegKey` makes them, with this value. While somebody is told,
   * translated code makes no such access by itself.
   */
  registerAccessed?(key: number, reached: number, isRead: boolean, lo: number, hi: number): void;
}

/** Virtual time as devices see it, and the deadlines that end a slice. */
export interface TimeSource {
  /** Writes the physical count (CNTPCT) to `data[0]` (low) and `data[1]` (high). */
  readCounter(data: Uint32Array): void;
  /** Asks to be called when the physical count reaches the value in `deadline`; replaces the owner's earlier deadline. */
  setDeadline(owner: number, deadline: bigint | null): void;
}

/** The cycles that a PE's work amounts to, as its PMU counts them: whoever owns time decides what a cycle is. */
export interface CycleSource {
  /** Cycles so far: a number that only grows. Waiting takes none. */
  cycles(): number;
  /** How many instructions may retire before `cycles` more have passed: at least one, and otherwise so few that they have not. */
  instructionsUntil(cycles: number): number;
}

/**
 * A routine of native software, placed at an address of native text. It runs when the PC of a PE reaches that address;
 * the argument is that PE's port.
 */
export type NativeRoutine = (port: SoftwarePort) => void;

/**
 * Frames. The PE keeps a stack of native frames, each a return point (PC, EL, SPSel) in native text:
 * - an exception taken while native code runs pushes one. PC is the preferred return address: after HVC, SVC and SMC the
 *   current label plus 4, for faults and interrupts the current label. An exception from machine code pushes nothing;
 * - an ERET whose new PC, EL and SPSel equal the top frame pops it, and ends the call that pushed it;
 * - an ERET to any other place in native text runs the routine registered there (none: an external abort), in the new EL;
 * - an ERET to machine code leaves the frames as they are: they belong to the code that called {@link SoftwarePort.runGuest}
 *   and waits for it. It is a mistake of the program in a routine that an interrupt started.
 *
 * A routine that has made an ERET (out of native text, or back to a frame) does nothing more: it returns at once, and so
 * does whoever called it, up to the port call or `runGuest` that reached the vector. A routine that returns *without* an
 * ERET of its own has branched: the code that was interrupted goes on in the state that the PE is in now.
 */

/**
 * Where a call that may leave the current code ended. `returned`: an ERET came back to the frame that the call pushed.
 * `taken`: the routine that the exception (or the ERET to native text) reached returned without an ERET; the caller goes
 * on at the new EL, and the frame that an exception pushed stays: an ERET to it later ends as `returned`, in whichever
 * call makes it. `in-guest`: an ERET left for machine code, here or in the routine; return to the run loop and call
 * {@link SoftwarePort.runGuest}.
 */
export type NativeOutcome = 'returned' | 'taken' | 'in-guest';

/**
 * Why machine code stopped running. `returned`: native text was reached and the routine there did not go back into machine
 * code. Either it made an ERET to the top frame, which is popped (non-VHE: the return to the host at EL1 after its HVC), or
 * it returned without an ERET (VHE: the exit routine set the PC with `label` and goes on in the caller, at EL2). The
 * caller of `runGuest` continues in the PE's state as it is. A routine that went back into machine code (a fast path) does
 * not end the call. `quantum`: the PE's share of time is spent; call again. `blocked`: the PE waits for an interrupt; call
 * again when it may run. `stop`: the machine stops (limit, power off, a diagnostic); unwind without touching the port.
 */
export type GuestOutcome = 'returned' | 'quantum' | 'blocked' | 'stop';

/** The base register of a port's load or store: a cell (0 to 63), the stack pointer, or X register n as `X_BASE + n`. */
export const SP_BASE = 64;
export const X_BASE = 128;

/**
 * One PE as software on it sees it. Every call behaves exactly as if the PE executed that instruction at its current EL
 * and state: traps, UNDEFINED, E2H redirection, `_EL12` aliases, translation and counting included; it counts as one
 * native instruction. A call that faults takes the exception: the routine at the vector runs before the call returns.
 *
 * 64-bit values cross in {@link cells}: cell `c` is `cells[2 * c]` (low word) and `cells[2 * c + 1]` (high word). A cell
 * is native software's register: not machine state, and not touched by exceptions. By convention 0 to 31 belong to the
 * code that a thread runs, 32 to 47 to exception vectors, 48 to 63 to interrupt routines.
 */
export interface SoftwarePort {
  /** The PE's number. */
  readonly pe: number;
  readonly cells: Uint32Array;

  /**
   * Any row of the instruction table but branches, exception generation and exception return: as if the PE executed it here.
   * `operands` are the fields of the word by name; registers are the PE's own, 31 as the row has it. The shortcuts below
   * are the same with operands in cells. A row that no definition executes is a mistake of the program.
   */
  exec(row: Row, operands: Readonly<Record<string, number>>): void;

  /** MRS and MSR (register); `register` is a `sysRegKey`. */
  mrs(cell: number, register: number): void;
  msr(register: number, cell: number): void;
  /** MSR (immediate): `field` is `op1 << 3 | op2` of a row of `PSTATE_FIELDS`. */
  msrImm(field: number, imm: number): void;

  /** LDR/STR of 64 and 32 bits (zero-extended): the address is the base plus `offset`. MMIO goes this way too. */
  ldr(cell: number, base: number, offset: number): void;
  str(cell: number, base: number, offset: number): void;
  ldr32(cell: number, base: number, offset: number): void;
  str32(cell: number, base: number, offset: number): void;

  /** LDR/STR and LDP/STP of the PE's own X registers. */
  ldrX(t: number, base: number, offset: number): void;
  strX(t: number, base: number, offset: number): void;
  ldpX(t: number, t2: number, base: number, offset: number): void;
  stpX(t: number, t2: number, base: number, offset: number): void;
  /** LDP/STP of the X registers from an even or odd `first` to `last`, a pair at a time, upwards: of words from the address up. */
  ldpXs(first: number, last: number, base: number, offset: number): void;
  stpXs(first: number, last: number, base: number, offset: number): void;
  /** MRS and STR, or LDR and MSR, for each register of a list in turn, through `cell`. */
  saveRegisters(cell: number, list: RegisterList, base: number): void;
  restoreRegisters(cell: number, list: RegisterList, base: number): void;
  /** STP with pre-index -16 and LDP with post-index 16 on SP. */
  pushX(t: number, t2: number): void;
  popX(t: number, t2: number): void;
  /** LDP/STP of Q registers. */
  ldpQ(t: number, t2: number, base: number, offset: number): void;
  stpQ(t: number, t2: number, base: number, offset: number): void;

  /** MOV between a cell and an X register, and between a cell and SP. */
  movToX(x: number, cell: number): void;
  movFromX(cell: number, x: number): void;
  movToSp(cell: number): void;
  movFromSp(cell: number): void;

  isb(): void;
  /** `option` is the CRm field: a row of `BARRIER_OPTIONS`. */
  dsb(option: number): void;
  dmb(option: number): void;
  /** HINT #imm: ESB, PSB CSYNC, NOP. */
  hint(imm: number): void;
  /** SYS: TLBI, AT, DC, IC by the key of the operation; `cell` -1 where the operation takes no register. */
  sys(operation: number, cell: number): void;

  hvc(imm16: number): NativeOutcome;
  svc(imm16: number): NativeOutcome;
  smc(imm16: number): NativeOutcome;
  /** ERET: `returned` if the top frame was its target, `taken` for another place in native text, else `in-guest`. */
  eret(): NativeOutcome;
  wfi(): void;
  wfe(): void;
  sev(): void;

  /**
   * A direct branch within native text, to a label by the physical address that {@link NativeText.place} gave: the bits of
   * the PC above the size of the native text region stay, so it works under any mapping that keeps the region in one
   * piece. It counts nothing and runs no routine: the code that goes on is the caller. The label is what ELR shows of
   * faults and interrupts from here on, and HVC, SVC and SMC return to it plus 4.
   */
  label(address: number): void;

  /** Runs machine code after an outcome `in-guest`, until native text is reached again. */
  runGuest(): GuestOutcome;

  /** Charges what host C code that we do not execute would cost; `tally` is a row of a committed tally table. */
  charge(tally: SoftwareTally): void;
}

/** System registers and where their words are: keys (`sysRegKey`) and offsets from a base. */
export interface RegisterList {
  readonly keys: Int32Array;
  readonly offsets: Int32Array;
}

/** Abstract operations of one function of host C code, per call (architecture.md, "Cost model"). */
export interface SoftwareTally {
  readonly name: string;
  readonly loads: number;
  readonly stores: number;
  readonly branches: number;
  readonly alu: number;
  readonly atomics: number;
  readonly calls: number;
}

/** Places native routines. Addresses are physical, in the native text region; a label takes 4 bytes. */
export interface NativeText {
  /** Places `routine` at the next free label and returns its address; without one the label can only be branched to. */
  place(name: string, routine?: NativeRoutine): number;
  /** Places a vector table of 16 slots, 2 KiB aligned, in the order of the architecture; null slots abort. */
  placeVectors(name: string, slots: readonly (NativeRoutine | null)[]): number;
}

/** Physical memory of the host, for native software that builds its own tables and contexts. */
export interface HostMemory {
  /** Takes `size` bytes of machine RAM, holding zeros, at a multiple of `align`; returns the physical address. */
  allocate(size: number, align: number): number;
}
