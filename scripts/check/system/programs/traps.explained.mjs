// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^HCR 14 EL1 mrs s3_0_c15_c2_0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "HCR_EL2", TIDCP',
    why: 'the emulator ignores TIDCP',
  },
  {
    line: /^MDCR 5 EL1 m(rs|sr) pmcr_el0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "MDCR_EL2", TPMCR',
    why: 'the emulator ignores TPMCR',
  },
  {
    line: /^MDSCR c EL0 mrs mdccsr_el0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "MDSCR_EL1", TDCC',
    why: 'the emulator ignores TDCC',
  },
];
