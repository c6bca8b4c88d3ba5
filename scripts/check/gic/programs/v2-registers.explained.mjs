// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] BPR0: 2 2 2 3 4 5 6 7$/,
    qemu: / BPR0: 0 1 2 /,
    section: 'IHI 0048, "GICC_BPR"',
    why: 'the smallest value is IMPLEMENTATION DEFINED: 2 where five bits of a priority are implemented; the emulator has bits for more',
  },
  {
    line: /^EL[12] BPR1: 3 3 3 3 4 5 6 7$/,
    qemu: / BPR1: 1 1 2 /,
    section: 'IHI 0048, "GICC_ABPR"',
    why: 'the smallest value is one more than that of GICC_BPR',
  },
  {
    line: /^EL[12] ITARGETSR of SPIs: 3030303$/,
    qemu: /: ffffffff$/,
    section: 'IHI 0048, "GICD_ITARGETSRn"',
    why: 'bits of PEs that are not there are RAZ, WI',
  },
  {
    line: /^EL[12] ITARGETSR, a byte: 3030203$/,
    qemu: /: ffff02ff$/,
    section: 'IHI 0048, "GICD_ITARGETSRn"',
    why: 'bits of PEs that are not there are RAZ, WI',
  },
];
