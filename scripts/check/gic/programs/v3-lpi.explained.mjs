// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] GICR_PENDBASER: 408[12]0780$/,
    qemu: /: 4000000040/,
    section: 'IHI 0069, "GICR_PENDBASER", PTZ',
    why: 'it is write-only and reads as 0',
  },
];
