// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^host's CNTV, pending CNTHV: 1$/,
    qemu: /: 0$/,
    section: 'DDI 0487, "CNTHV_CTL_EL2"',
    why: 'the EL2 virtual timer has an output like the others, 28 by Arm BSA; the emulator\'s board has no line for it',
  },
];
