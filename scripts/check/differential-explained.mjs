// @ts-check
/** Explained differences of `npm run check:differential`; the rules are in lib/explained.mjs. `tool` is the CPU of the emulator. */
import { FP_EXPLAINED } from './fp-explained.mjs';

/** @typedef {import('./lib/explained.mjs').Explained} Explained */

/** @type {readonly Explained[]} */
export const EXPLAINED = [
  ...FP_EXPLAINED,
  {
    kind: 'signal', tool: 'max', row: null, when: '0x10111100000xxx111111xxxxxxxxxx',
    section: 'C4.1 "Advanced SIMD modified immediate"',
    why: 'cmode 1111 with o2 = 1 is FMOV of half precision for op = 0 only; the emulator executes it for op = 1 too',
  },
  {
    kind: 'signal', tool: 'max', row: null, when: '0x001110x1110000110010xxxxxxxxxx | 0x001110x1110000111110xxxxxxxxxx',
    section: 'C4.1 "Advanced SIMD across lanes"',
    why: 'the maxima and minima of half precision have size<0> = 0; the emulator does not look',
  },
  {
    kind: 'signal', tool: 'max', row: null, when: '01011110x1110000110x10xxxxxxxxxx | 01011110x1110000111110xxxxxxxxxx',
    section: 'C4.1 "Advanced SIMD scalar pairwise"',
    why: 'sums, maxima and minima of two half-precision numbers have sz = 0; the emulator does not look',
  },
];
