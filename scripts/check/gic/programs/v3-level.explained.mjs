// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] level again, asserted: pending 1 active 0 enabled 1 isr 80$/,
    qemu: / isr 0$/,
    section: 'IHI 0069, "GICR_ICFGR1", "GICD_ICFGR<n>"',
    why: 'a level-sensitive input that is asserted is pending; the emulator notices at the next change',
  },
];
