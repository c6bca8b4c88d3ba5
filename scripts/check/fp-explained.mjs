// @ts-check
/**
 * Explained differences of `npm run check:fp`, and of `check:differential`; the rules are in lib/explained.mjs. `under FZ`:
 * while FPCR.FZ is 1.
 */

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

/** @type {readonly Explained[]} */
export const FP_EXPLAINED = [
  {
    kind: 'V', tool: 'max', row: 'FCVTZS_fix_sisd', when: 'immh=001x',
    section: 'C7.2 "FCVTZS (vector, fixed-point)", V[d] = result; and C1.2 on writes of scalar SIMD&FP registers',
    why: 'a write of Hd zeroes the rest of Vd; the emulator leaves the sign of a negative half-precision result in bits 31:16',
  },
  {
    kind: 'NZCV under FZ', tool: 'max', row: 'FJCVTZS', when: 'Rd=xxxxx',
    section: 'shared/functions/float, FPToFixedJS',
    why: 'a positive denormal number that FZ flushes is no integer zero: Z is 0; the emulator looks at the sign alone (it was corrected later: QEMU issue 2375)',
  },
];
