// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EOIcount, split mode, EOIR: .*misr 0 .*count 0$/,
    qemu: / misr 4 .*count 1$/,
    section: 'IHI 0069, "ICH_HCR_EL2", EOIcount',
    why: 'with EOImode 1, EOIR deactivates nothing, so that nothing is missing; DIR counts',
  },
  {
    line: /^EOIcount, split mode, EOIR pends 25: 0$/,
    qemu: /: 1$/,
    section: 'IHI 0069, "ICH_HCR_EL2", EOIcount',
    why: 'as before',
  },
  {
    line: /^EOIcount, split mode, DIR: .*count 1$/,
    qemu: / count 2$/,
    section: 'IHI 0069, "ICH_HCR_EL2", EOIcount',
    why: 'as before',
  },
];
