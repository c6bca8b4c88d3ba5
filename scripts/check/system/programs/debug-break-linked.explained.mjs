// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^(breakpoint|watchpoint) EL2 (E2H )?CONTEXTIDR_EL1: .* esr 56000ffe /,
    qemu: / esr (c6|d6)000022 /,
    section: 'DDI 0487, pseudocode AArch64.BreakpointValueMatch, match_cid1',
    why: 'CONTEXTIDR_EL1 is compared at EL1 and EL0 only; the emulator compares it at EL2, too',
  },
];
