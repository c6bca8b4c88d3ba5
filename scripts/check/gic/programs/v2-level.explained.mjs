// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] level, pending by register(, line came and went)?: pending 1 active 0 enabled 1 isr 80$/,
    qemu: /: pending 0 /,
    section: 'IHI 0048, "GICD_ISPENDRn"',
    why: 'it makes PPIs pending; the emulator asks GICD_ITARGETSR, which has none for them',
  },
];
