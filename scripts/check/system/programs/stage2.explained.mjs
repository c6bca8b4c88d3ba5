// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^walk, level 2 table invalid: .* esr 92000087 /,
    qemu: / esr 92000086 /,
    section: 'DDI 0487, pseudocode AArch64.S2Walk',
    why: 'the level is that of the stage 2 walk that faulted; the emulator has that of stage 1',
  },
  {
    line: /^walk, store, level 3 table invalid: .* esr 92000087 /,
    qemu: / esr 920000c7 /,
    section: 'DDI 0487, "ISS encoding for an exception from a Data Abort", WnR',
    why: 'the access that faulted is a read of a descriptor; the emulator reports the store',
  },
  {
    line: /^s1e1r: 4400000080000900$/,
    qemu: /^s1e1r: 44000000800008|^s1e1r: 4400000080000980/,
    section: 'DDI 0487, "PAR_EL1", SH',
    why: 'Normal memory, Inner and Outer Non-cacheable, is reported as Outer Shareable',
  },
];
