// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] DIR of what a register made active: pending 0 active 0 /,
    qemu: / active 1 /,
    section: 'IHI 0048, "GICC_DIR"',
    why: 'an SPI has one active state; the emulator keeps one for each PE, and clears that of the PE that writes',
  },
];
