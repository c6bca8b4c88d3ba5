// @ts-check
/** @type {readonly import('../../lib/programs.mjs').Explained[]} */
export const EXPLAINED = [
  {
    line: /^masked \w+: .*hppir 28 /,
    qemu: / hppir 3ff /,
    section: 'IHI 0048, "GICC_HPPIR", "GICV_HPPIR"',
    why: 'the priority mask holds back what is signalled and not what is pending; so says IHI 0069 of ICV_HPPIR0_EL1',
  },
  {
    line: /^group disabled \w+: /,
    qemu: / 28|: 2028|: 28/,
    section: 'IHI 0048, "GICV_CTLR", EnableGrp0',
    why: 'an interrupt of a group that is not enabled is not acknowledged; for the emulator the bits are about the lines alone',
  },
  {
    line: /^SGI of PE 2(, active)? \w+: .*hppir [48]03 /,
    qemu: / hppir 3 /,
    section: 'IHI 0048, "GICC_HPPIR", CPUID',
    why: 'the source of an SGI is in it, as in GICC_IAR',
  },
  {
    line: /^interface off: isr 0 hppir 28 /,
    qemu: / hppir 3ff /,
    section: 'IHI 0048, "GICH_HCR", En',
    why: 'it is about signalling; so says IHI 0069 of ICV_HPPIR0_EL1',
  },
];
