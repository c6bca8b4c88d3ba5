// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^\(nothing\)/,
    qemu: /^CNTHCTL 0 EL0 mrs cntpct_el0: /,
    section: 'DDI 0487, "CNTPCT_EL0", accessor pseudocode',
    why: 'EL1PCTEN, bit 0, lets EL0 at the counter; the emulator asks bit 1',
  },
  {
    line: /^CNTHCTL 1 EL0 mrs cntpct_el0: 200000006232f841$/,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "CNTPCT_EL0", accessor pseudocode',
    why: 'EL1PCTEN, bit 0, is clear; the emulator asks bit 1',
  },
];
