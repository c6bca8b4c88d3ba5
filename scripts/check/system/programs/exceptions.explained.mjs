// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL0 daifset: .* esr 620cd3ea /,
    qemu: / esr 620793ea /,
    section: 'DDI 0487, "ISS encoding for an exception from MSR, MRS, or System instruction execution"',
    why: 'op1 is 3 and op2 is 6 for MSR DAIFSet; the emulator exchanges them',
  },
];
