// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^guest BPR1: 3 3 3 3 4 5 6 7$/,
    qemu: /: 1 1 2 3 /,
    section: 'IHI 0048, "GICV_ABPR"',
    why: 'the smallest value is one more than that of GICV_BPR, 2 with five bits',
  },
];
