/**
 * The port's cells as this hypervisor names them. A cell is native software's register: it is neither machine state nor
 * memory, so nothing may rely on one across guest execution. Exit vectors load their pointers anew, as the assembly does.
 */

import type { SP_BASE as PortSpBase, X_BASE as PortXBase } from '@worldswitch/cpu';

/** The port's base registers. Only types of the core may be imported, so the numbers stand here again, held to its own. */
export const SP_BASE = 64 satisfies typeof PortSpBase;
export const X_BASE = 128 satisfies typeof PortXBase;

/** The vCPU, as the code that runs can address it: a kernel address, or a hyp address in non-VHE code at EL2. */
export const VCPU = 0;
/** The context of the host on this PE, in the same address space as {@link VCPU}. */
export const HOST = 1;
/** The VM, in the same address space. */
export const VM = 2;
/** Scratch of whatever runs; dead after every operation. */
export const T = 3;
export const T2 = 4;
/** The argument of a hyp function, and its result. */
export const ARG = 5;
export const RESULT = 6;
/** The exit code of the last guest run, and its syndrome while the switch is at work. */
export const CODE = 7;
export const ESR = 8;
/** The base of a memory-mapped frame, or of a table. */
export const FRAME = 9;
/** The second argument of a hyp function that takes two. */
export const ARG2 = 11;
/** Whether FP was enabled in the run that ended: a local of the switch function. */
export const FP_ENABLED = 10;
/** Scratch of the C code of the host kernel outside the switch. */
export const K = 16;
export const K2 = 17;
export const K3 = 18;
/** Scratch, two cells, of what runs in the kernel and in interrupts alike: see `Cpu.scratch`. */
export const K_SCRATCH = 20;
/** A per-CPU area of the host kernel. */
export const PERCPU = 19;
/** A user-space address: what the VMM at EL0 works on. */
export const USER = 24;

/** Of exception vectors. */
export const V = 32;
export const V2 = 33;
/** ELR_EL2, ESR_EL2 and SPSR_EL2 across the window in which a pending SError is taken. */
export const EXIT_ELR = 34;
export const EXIT_ESR = 35;
export const EXIT_SPSR = 36;
export const EXIT_CODE = 37;

/** Of interrupt routines and of the system call entry, which both run on a host exception. */
export const I = 48;
export const I2 = 49;
/** The interrupt as it was acknowledged, and the frame that the next access is to. */
export const I_IAR = 50;
export const I_ADDRESS = 51;
/** Two cells. */
export const I_SCRATCH = 52;

/** A 64-bit constant as two words. */
export interface Word64 {
  readonly lo: number;
  readonly hi: number;
}

export function word64(value: bigint): Word64 {
  return { lo: Number(BigInt.asUintN(32, value)), hi: Number(BigInt.asUintN(32, value >> 32n)) };
}

export const ZERO: Word64 = { lo: 0, hi: 0 };

export function setCell(cells: Uint32Array, cell: number, { lo, hi }: Word64): void {
  cells[2 * cell] = lo;
  cells[2 * cell + 1] = hi;
}

/** A cell as one number; of another array, the pair of words with this number. */
export function cellValue(cells: Uint32Array, cell: number): bigint {
  return (BigInt(cells[2 * cell + 1]!) << 32n) | BigInt(cells[2 * cell]!);
}

/** A signed number of 32 bits, sign-extended. */
export function setCellInt(cells: Uint32Array, cell: number, value: number): void {
  cells[2 * cell] = value;
  cells[2 * cell + 1] = value < 0 ? -1 : 0;
}

/** `cell += value`, modulo 2^64; `value` at least 0 and below 2^32. */
export function addToCell(cells: Uint32Array, cell: number, value: number): void {
  const sum = cells[2 * cell]! + value;
  cells[2 * cell] = sum;
  if (sum > 0xffff_ffff) cells[2 * cell + 1] = cells[2 * cell + 1]! + 1;
}

export function copyCell(cells: Uint32Array, to: number, from: number): void {
  cells[2 * to] = cells[2 * from]!;
  cells[2 * to + 1] = cells[2 * from + 1]!;
}
