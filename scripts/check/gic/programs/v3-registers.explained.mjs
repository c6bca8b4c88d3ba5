// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^EL[12] priority of all ones: f8$/,
    qemu: /: ff$/,
    section: 'IHI 0069, "GICD_IPRIORITYR<n>"',
    why: 'unimplemented bits of a priority are RAZ, WI, five being implemented; the emulator has them in the distributor and not in the CPU interface',
  },
  {
    line: /^EL[12] TYPER, ITLinesNumber: 8$/,
    qemu: /: 7$/,
    section: 'IHI 0069, "GICD_TYPER", ITLinesNumber',
    why: 'it counts INTIDs in 32, SGIs and PPIs among them, less one: 288 are 8; the emulator leaves them out',
  },
  {
    line: /^EL[12] IROUTER: ff80ffffff$/,
    qemu: /: ffffffffffffffff$/,
    section: 'IHI 0069, "GICD_IROUTER<n>"',
    why: 'bits 63:40 and 30:24 are RES0',
  },
];
