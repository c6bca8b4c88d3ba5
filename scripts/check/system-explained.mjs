// @ts-check
/**
 * Explained differences of `npm run check:system`: the program, our line and the emulator's as regular expressions, and the
 * manual's section that decides. Each must match something.
 */

/** @typedef {{ program: string, line: RegExp, qemu: RegExp, section: string, why: string }} Explained */

/** @type {readonly Explained[]} */
export const EXPLAINED = [
  {
    program: 'exceptions',
    line: /^EL0 daifset: .* esr 620cd3ea /,
    qemu: / esr 620793ea /,
    section: 'DDI 0487, "ISS encoding for an exception from MSR, MRS, or System instruction execution"',
    why: 'op1 is 3 and op2 is 6 for MSR DAIFSet; the emulator exchanges them',
  },
  {
    program: 'traps',
    line: /^HCR 14 EL1 mrs s3_0_c15_c2_0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "HCR_EL2", TIDCP',
    why: 'the emulator ignores TIDCP',
  },
  {
    program: 'traps',
    line: /^MDCR 5 EL1 mrs pmcr_el0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "MDCR_EL2", TPMCR',
    why: 'the emulator ignores TPMCR',
  },
  {
    program: 'traps',
    line: /^MDSCR c EL0 mrs mdccsr_el0: /,
    qemu: /^\(nothing\)/,
    section: 'DDI 0487, "MDSCR_EL1", TDCC',
    why: 'the emulator ignores TDCC',
  },
  {
    program: 'vhe',
    line: /^E2H 0 sctlr_el12: el2 vector 200 esr 2000000 /,
    qemu: / esr 56000ffe /,
    section: 'DDI 0487, "SCTLR_EL1", accessor pseudocode of SCTLR_EL12',
    why: 'UNDEFINED at EL2 with E2H 0; the emulator reads it',
  },
  {
    program: 'stage2',
    line: /^walk, level 2 table invalid: .* esr 92000087 /,
    qemu: / esr 92000086 /,
    section: 'DDI 0487, pseudocode AArch64.S2Walk',
    why: 'the level is that of the stage 2 walk that faulted; the emulator has that of stage 1',
  },
  {
    program: 'stage2',
    line: /^walk, store, level 3 table invalid: .* esr 92000087 /,
    qemu: / esr 920000c7 /,
    section: 'DDI 0487, "ISS encoding for an exception from a Data Abort", WnR',
    why: 'the access that faulted is a read of a descriptor; the emulator reports the store',
  },
  {
    program: 'stage2',
    line: /^walk, at s1e1r: .* esr 92000187 /,
    qemu: / esr 920001c7 /,
    section: 'DDI 0487, "ISS encoding for an exception from a Data Abort", WnR',
    why: 'WnR is 0 for address translation instructions',
  },
  {
    program: 'stage2',
    line: /^s1e1r: 4400000080000900$/,
    qemu: /^s1e1r: 44000000800008|^s1e1r: 4400000080000980/,
    section: 'DDI 0487, "PAR_EL1", SH',
    why: 'Normal memory, Inner and Outer Non-cacheable, is reported as Outer Shareable',
  },
];
