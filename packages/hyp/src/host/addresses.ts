/**
 * The address spaces of the host: a kernel address is a physical one plus `PAGE_OFFSET` (48-bit VAs, upper half), and the
 * hyp address space of a non-VHE host is the same without the upper 16 bits. Physical addresses are numbers below 2^47.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { Word64 } from '../cells.ts';

/** The upper word of `PAGE_OFFSET`, 0xffff_8000_0000_0000. */
export const KERNEL_HIGH = 0xffff_8000;
/** Where the linear map starts, by the low 48 bits of its addresses, in the kernel's and in the hyp address space. */
export const KERNEL_LOW48 = 2 ** 47;
/** The upper word of the hyp alias of physical address 0. */
export const HYP_HIGH = 0x0000_8000;

function withHigh(physical: number, high: number): Word64 {
  if (!Number.isSafeInteger(physical) || physical < 0 || physical >= 2 ** 47) throw new InvariantError(`0x${physical.toString(16)} is not in the linear map`);
  return { lo: physical >>> 0, hi: (high | Math.floor(physical / 2 ** 32)) >>> 0 };
}

export function kernelAddress(physical: number): Word64 {
  return withHigh(physical, KERNEL_HIGH);
}

export function hypAddress(physical: number): Word64 {
  return withHigh(physical, HYP_HIGH);
}

/** A physical or user address as two words. */
export function plainAddress(address: number): Word64 {
  return withHigh(address, 0);
}
