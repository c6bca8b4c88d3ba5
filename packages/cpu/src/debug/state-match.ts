/** At which ELs a breakpoint or watchpoint matches (DDI 0487, D2, pseudocode AArch64.StateMatch). */

/** ELs as bits. */
const EL0 = 1 << 0;
const EL1 = 1 << 1;
const EL2 = 1 << 2;

/** The combinations HMC:SSC:PxC that a PE without EL3 and Secure state defines; HMC 1 needs EL2. */
const DEFINED: Readonly<Record<number, number>> = {
  0b0_00_01: EL1,
  0b0_00_10: EL0,
  0b0_00_11: EL1 | EL0,
  0b1_00_01: EL2 | EL1,
  0b1_00_11: EL2 | EL1 | EL0,
  0b1_11_00: EL2,
};

const NON_SECURE = 0b01;

/**
 * The ELs at which the controls match, as bits. A reserved combination matches nowhere, except that SSC 0b01 (Non-secure
 * state), reserved without EL3, means both states: there is no other. Both are among the CONSTRAINED UNPREDICTABLE choices.
 */
export function matchingEls(HMC: number, SSC: number, PxC: number, hasEl2: boolean): number {
  if (HMC === 1 && !hasEl2) return 0;
  return DEFINED[(HMC << 4) | ((SSC === NON_SECURE ? 0 : SSC) << 2) | PxC] ?? 0;
}

export function matchesEl(els: number, el: number): boolean {
  return (els & (1 << el)) !== 0;
}
