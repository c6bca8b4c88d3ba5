// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^E2H 0 sctlr_el12: el2 vector 200 esr 2000000 /,
    qemu: / esr 56000ffe /,
    section: 'DDI 0487, "SCTLR_EL1", accessor pseudocode of SCTLR_EL12',
    why: 'UNDEFINED at EL2 with E2H 0; the emulator reads it',
  },
];
