// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] range 1: ours 0 isr 0 theirs 0 /,
    qemu: /^EL[12] range 1: ours 8 isr 80 /,
    section: 'IHI 0069, "ICC_SGI1R_EL1", RS',
    why: 'range 1 is PEs with Aff0 16 to 31, which are not there; the emulator ignores the range',
  },
];
