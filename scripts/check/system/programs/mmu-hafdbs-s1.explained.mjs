// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^HA HD [67] EL1 fetch: .* esr 8600000f /,
    qemu: / esr 56000055 /,
    section: 'DDI 0487, pseudocode AArch64.S1DirectBasePermissions',
    why: 'a clean page is one that EL0 may write, so EL1 may not execute it; for the emulator it is writable by stores alone',
  },
  {
    line: /^ descriptor: 80000405000c3$/,
    qemu: /^ descriptor: 80000405004c3$/,
    section: 'DDI 0487, pseudocode AArch64.S1DirectBasePermissions',
    why: 'the access flag of the fetch before, which faults',
  },
];
