// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] asleep: 0$/,
    qemu: /: 80$/,
    section: 'IHI 0069, "GICR_WAKER", ProcessorSleep',
    why: 'the redistributor sends nothing to a PE that is asleep; the emulator only keeps the bit',
  },
];
