// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] pending, now theirs: ours 0 3ff theirs 80 28$/,
    qemu: / theirs 0 3ff$/,
    section: 'IHI 0048, "GICD_ITARGETSRn"',
    why: 'a change counts for a pending interrupt; the emulator decides when it becomes pending',
  },
  {
    line: /^EL[12] active with (us|them), pending: ours 0 3ff theirs 0 3ff$/,
    qemu: / 80 28/,
    section: 'IHI 0048, "Interrupt handling state machine"',
    why: 'an SPI that is active is not offered to any PE; the emulator keeps one active state for each PE',
  },
  {
    line: /^EL[12] both, taken by the other: ours 0 3ff theirs 0 3ff$/,
    qemu: / ours 80 28 /,
    section: 'IHI 0048, "Models for handling interrupts", 1-N',
    why: 'who acknowledges first has it, and the others read spurious',
  },
  {
    line: /^EL[12] both, our IAR: 3ff$/,
    qemu: /: 28$/,
    section: 'IHI 0048, "Models for handling interrupts", 1-N',
    why: 'who acknowledges first has it, and the others read spurious',
  },
];
