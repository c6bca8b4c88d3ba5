// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] GITS_CTLR, enabled: 1$/,
    qemu: /: 80000001$/,
    section: 'IHI 0069, "GITS_CTLR", Quiescent',
    why: 'it tells the end of all operations after the ITS has been disabled; the emulator has it set after a restart, though the ITS is enabled',
  },
  {
    line: /^EL[12] no memory, CREADR: 1$/,
    qemu: /: 20$/,
    section: 'IHI 0069, "GITS_CREADR", Stalled',
    why: 'a command that cannot be read stalls the queue; the emulator reads zeros where there is no memory',
  },
];
