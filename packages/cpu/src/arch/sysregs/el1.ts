/**
 * Registers of EL1 and EL0 that are not identification, timer, interrupt, debug or PMU registers: control,
 * translation, exceptions, threads, PSTATE fields, pointer authentication keys, RAS and ordering regions
 * (DDI 0487, part D, "General system control registers").
 */
import {
  CONTEXTIDR_ELx,
  CPACR_ELx,
  DISR_ELx,
  ELR_ELx,
  ESR_ELx,
  FAR_ELx,
  IMPDEF,
  MAIR_ELx,
  PAR_EL1_F0,
  RMR_ELx,
  RVBAR_ELx,
  SCTLR_EL1_BITS,
  SCXTNUM_ELx,
  SPSR_ELx,
  SP_ELx,
  TCR_ELx,
  TPIDR_ELx,
  TRFCR_ELx,
  TTBR_ELx,
  VALUE_64,
  VBAR_ELx,
} from './layouts.ts';
import { defineRegister } from './register.ts';

// Control.
export const SCTLR_EL1 = defineRegister('SCTLR_EL1', [3, 0, 1, 0, 0], { access: '- RW RW', layout: SCTLR_EL1_BITS, reset: { M: 0, C: 0, I: 0 }, doc: 'System control' });
export const ACTLR_EL1 = defineRegister('ACTLR_EL1', [3, 0, 1, 0, 1], { access: '- RW RW', layout: IMPDEF, doc: 'Auxiliary control' });
export const CPACR_EL1 = defineRegister('CPACR_EL1', [3, 0, 1, 0, 2], { access: '- RW RW', layout: CPACR_ELx, doc: 'Access to FP, SVE, SME and trace' });

// Translation.
export const TTBR0_EL1 = defineRegister('TTBR0_EL1', [3, 0, 2, 0, 0], { access: '- RW RW', layout: TTBR_ELx, doc: 'Translation table base, lower VA range' });
export const TTBR1_EL1 = defineRegister('TTBR1_EL1', [3, 0, 2, 0, 1], { access: '- RW RW', layout: TTBR_ELx, doc: 'Translation table base, upper VA range' });
export const TCR_EL1 = defineRegister('TCR_EL1', [3, 0, 2, 0, 2], { access: '- RW RW', layout: TCR_ELx, doc: 'Translation control' });
export const MAIR_EL1 = defineRegister('MAIR_EL1', [3, 0, 10, 2, 0], { access: '- RW RW', layout: MAIR_ELx, doc: 'Memory attributes' });
export const AMAIR_EL1 = defineRegister('AMAIR_EL1', [3, 0, 10, 3, 0], { access: '- RW RW', layout: IMPDEF, doc: 'Auxiliary memory attributes' });
export const PAR_EL1 = defineRegister('PAR_EL1', [3, 0, 7, 4, 0], { access: '- RW RW', layout: PAR_EL1_F0, doc: 'Result of AT; PAR_EL1_F1 is the layout after a failure' });
export const CONTEXTIDR_EL1 = defineRegister('CONTEXTIDR_EL1', [3, 0, 13, 0, 1], { access: '- RW RW', layout: CONTEXTIDR_ELx, doc: 'Process identifier' });

// Pointer authentication keys, 128 bits in two halves.
const KEY = { access: '- RW RW', feature: 'PAuth' } as const;
export const APIAKeyLo_EL1 = defineRegister('APIAKeyLo_EL1', [3, 0, 2, 1, 0], { ...KEY, fields: { APIAKeyLo: '63:0' }, doc: 'Instruction key A, bits 63:0' });
export const APIAKeyHi_EL1 = defineRegister('APIAKeyHi_EL1', [3, 0, 2, 1, 1], { ...KEY, fields: { APIAKeyHi: '63:0' }, doc: 'Instruction key A, bits 127:64' });
export const APIBKeyLo_EL1 = defineRegister('APIBKeyLo_EL1', [3, 0, 2, 1, 2], { ...KEY, fields: { APIBKeyLo: '63:0' }, doc: 'Instruction key B, bits 63:0' });
export const APIBKeyHi_EL1 = defineRegister('APIBKeyHi_EL1', [3, 0, 2, 1, 3], { ...KEY, fields: { APIBKeyHi: '63:0' }, doc: 'Instruction key B, bits 127:64' });
export const APDAKeyLo_EL1 = defineRegister('APDAKeyLo_EL1', [3, 0, 2, 2, 0], { ...KEY, fields: { APDAKeyLo: '63:0' }, doc: 'Data key A, bits 63:0' });
export const APDAKeyHi_EL1 = defineRegister('APDAKeyHi_EL1', [3, 0, 2, 2, 1], { ...KEY, fields: { APDAKeyHi: '63:0' }, doc: 'Data key A, bits 127:64' });
export const APDBKeyLo_EL1 = defineRegister('APDBKeyLo_EL1', [3, 0, 2, 2, 2], { ...KEY, fields: { APDBKeyLo: '63:0' }, doc: 'Data key B, bits 63:0' });
export const APDBKeyHi_EL1 = defineRegister('APDBKeyHi_EL1', [3, 0, 2, 2, 3], { ...KEY, fields: { APDBKeyHi: '63:0' }, doc: 'Data key B, bits 127:64' });
export const APGAKeyLo_EL1 = defineRegister('APGAKeyLo_EL1', [3, 0, 2, 3, 0], { ...KEY, fields: { APGAKeyLo: '63:0' }, doc: 'Generic key A, bits 63:0' });
export const APGAKeyHi_EL1 = defineRegister('APGAKeyHi_EL1', [3, 0, 2, 3, 1], { ...KEY, fields: { APGAKeyHi: '63:0' }, doc: 'Generic key A, bits 127:64' });

// Exceptions.
export const SPSR_EL1 = defineRegister('SPSR_EL1', [3, 0, 4, 0, 0], { access: '- RW RW', layout: SPSR_ELx, doc: 'Saved program status' });
export const ELR_EL1 = defineRegister('ELR_EL1', [3, 0, 4, 0, 1], { access: '- RW RW', layout: ELR_ELx, doc: 'Exception link' });
export const SP_EL0 = defineRegister('SP_EL0', [3, 0, 4, 1, 0], { access: '- RW RW', layout: SP_ELx, doc: 'Stack pointer of EL0; UNDEFINED while SPSel.SP is 0' });
export const AFSR0_EL1 = defineRegister('AFSR0_EL1', [3, 0, 5, 1, 0], { access: '- RW RW', layout: IMPDEF, doc: 'Auxiliary fault status' });
export const AFSR1_EL1 = defineRegister('AFSR1_EL1', [3, 0, 5, 1, 1], { access: '- RW RW', layout: IMPDEF, doc: 'Auxiliary fault status' });
export const ESR_EL1 = defineRegister('ESR_EL1', [3, 0, 5, 2, 0], { access: '- RW RW', layout: ESR_ELx, doc: 'Exception syndrome' });
export const FAR_EL1 = defineRegister('FAR_EL1', [3, 0, 6, 0, 0], { access: '- RW RW', layout: FAR_ELx, doc: 'Faulting virtual address' });
export const VBAR_EL1 = defineRegister('VBAR_EL1', [3, 0, 12, 0, 0], { access: '- RW RW', layout: VBAR_ELx, doc: 'Vector base address' });
export const RVBAR_EL1 = defineRegister('RVBAR_EL1', [3, 0, 12, 0, 1], { access: '- R -', layout: RVBAR_ELx, highestEl: 'present', doc: 'Reset vector address' });
export const RMR_EL1 = defineRegister('RMR_EL1', [3, 0, 12, 0, 2], { access: '- RW -', layout: RMR_ELx, highestEl: 'present', reset: { RR: 0 }, doc: 'Reset management' });
export const ISR_EL1 = defineRegister('ISR_EL1', [3, 0, 12, 1, 0], {
  access: '- R R',
  fields: { IS: { bits: 10, feature: 'NMI' }, FS: { bits: 9, feature: 'NMI' }, A: 8, I: 7, F: 6 },
  res0: '63:11 5:0',
  doc: 'Pending interrupts; EL1 sees the virtual ones where routed to EL2',
});

// PSTATE fields.
export const NZCV = defineRegister('NZCV', [3, 3, 4, 2, 0], { access: 'RW RW RW', fields: { N: 31, Z: 30, C: 29, V: 28 }, res0: '63:32 27:0', doc: 'Condition flags' });
export const DAIF = defineRegister('DAIF', [3, 3, 4, 2, 1], {
  access: 'RW RW RW',
  fields: { D: 9, A: 8, I: 7, F: 6 },
  res0: '63:10 5:0',
  reset: { D: 1, A: 1, I: 1, F: 1 },
  doc: 'Interrupt masks',
});
export const SPSel = defineRegister('SPSel', [3, 0, 4, 2, 0], { access: '- RW RW', fields: { SP: 0 }, res0: '63:1', reset: { SP: 1 }, doc: 'Stack pointer select' });
export const CurrentEL = defineRegister('CurrentEL', [3, 0, 4, 2, 2], { access: '- R R', fields: { EL: '3:2' }, res0: '63:4 1:0', doc: 'Current EL; resets to the highest implemented EL' });
export const PAN = defineRegister('PAN', [3, 0, 4, 2, 3], { access: '- RW RW', fields: { PAN: 22 }, res0: '63:23 21:0', feature: 'PAN', doc: 'Privileged access never' });
export const UAO = defineRegister('UAO', [3, 0, 4, 2, 4], { access: '- RW RW', fields: { UAO: 23 }, res0: '63:24 22:0', feature: 'UAO', doc: 'User access override' });
export const ALLINT = defineRegister('ALLINT', [3, 0, 4, 3, 0], { access: '- RW RW', fields: { ALLINT: 13 }, res0: '63:14 12:0', feature: 'NMI', doc: 'All interrupt mask' });
export const DIT = defineRegister('DIT', [3, 3, 4, 2, 5], { access: 'RW RW RW', fields: { DIT: 24 }, res0: '63:25 23:0', feature: 'DIT', doc: 'Data independent timing' });
export const SSBS = defineRegister('SSBS', [3, 3, 4, 2, 6], { access: 'RW RW RW', fields: { SSBS: 12 }, res0: '63:13 11:0', feature: 'SSBS2', doc: 'Speculative store bypass safe' });
export const TCO = defineRegister('TCO', [3, 3, 4, 2, 7], { access: 'RW RW RW', fields: { TCO: 25 }, res0: '63:26 24:0', feature: 'MTE', doc: 'Tag check override' });

// Floating-point.
export const FPCR = defineRegister('FPCR', [3, 3, 4, 4, 0], {
  access: 'RW RW RW',
  fields: {
    AHP: 26,
    DN: 25,
    FZ: 24,
    RMode: { bits: '23:22', values: { RN: 0, RP: 1, RM: 2, RZ: 3 } },
    Stride: { bits: '21:20', feature: 'AA32EL0' },
    FZ16: { bits: 19, feature: 'FP16' },
    Len: { bits: '18:16', feature: 'AA32EL0' },
    IDE: 15,
    EBF: { bits: 13, feature: 'EBF16' },
    IXE: 12,
    UFE: 11,
    OFE: 10,
    DZE: 9,
    IOE: 8,
    NEP: { bits: 2, feature: 'AFP' },
    AH: { bits: 1, feature: 'AFP' },
    FIZ: { bits: 0, feature: 'AFP' },
  },
  res0: '63:27 14 7:3',
  feature: 'FP',
  doc: 'Floating-point control',
});
export const FPSR = defineRegister('FPSR', [3, 3, 4, 4, 1], {
  access: 'RW RW RW',
  fields: {
    N: { bits: 31, feature: 'AA32EL0' },
    Z: { bits: 30, feature: 'AA32EL0' },
    C: { bits: 29, feature: 'AA32EL0' },
    V: { bits: 28, feature: 'AA32EL0' },
    QC: 27,
    IDC: 7,
    IXC: 4,
    UFC: 3,
    OFC: 2,
    DZC: 1,
    IOC: 0,
  },
  res0: '63:32 26:8 6:5',
  feature: 'FP',
  doc: 'Floating-point status, cumulative',
});

// Threads.
export const TPIDR_EL0 = defineRegister('TPIDR_EL0', [3, 3, 13, 0, 2], { access: 'RW RW RW', layout: TPIDR_ELx, doc: 'Thread ID of EL0' });
export const TPIDRRO_EL0 = defineRegister('TPIDRRO_EL0', [3, 3, 13, 0, 3], { access: 'R RW RW', layout: TPIDR_ELx, doc: 'Thread ID that EL0 can only read' });
export const TPIDR_EL1 = defineRegister('TPIDR_EL1', [3, 0, 13, 0, 4], { access: '- RW RW', layout: TPIDR_ELx, doc: 'Thread ID of EL1' });
export const SCXTNUM_EL0 = defineRegister('SCXTNUM_EL0', [3, 3, 13, 0, 7], { access: 'RW RW RW', layout: SCXTNUM_ELx, feature: 'CSV2_2', doc: 'Software context number of EL0' });
export const SCXTNUM_EL1 = defineRegister('SCXTNUM_EL1', [3, 0, 13, 0, 7], { access: '- RW RW', layout: SCXTNUM_ELx, feature: 'CSV2_2', doc: 'Software context number of EL1' });

// Random numbers.
export const RNDR = defineRegister('RNDR', [3, 3, 2, 4, 0], { access: 'R R R', fields: { RNDR: '63:0' }, feature: 'RNG', doc: 'Random number; sets NZCV' });
export const RNDRRS = defineRegister('RNDRRS', [3, 3, 2, 4, 1], { access: 'R R R', fields: { RNDRRS: '63:0' }, feature: 'RNG', doc: 'Random number after a reseed; sets NZCV' });

// Limited ordering regions. Addresses in units of 64K.
const LOR = { access: '- RW RW', feature: 'LOR' } as const;
export const LORSA_EL1 = defineRegister('LORSA_EL1', [3, 0, 10, 4, 0], { ...LOR, fields: { SA: '51:16', Valid: 0 }, res0: '63:52 15:1', reset: { Valid: 0 }, doc: 'Start of the selected region' });
export const LOREA_EL1 = defineRegister('LOREA_EL1', [3, 0, 10, 4, 1], { ...LOR, fields: { EA: '51:16' }, res0: '63:52 15:0', doc: 'End of the selected region' });
export const LORN_EL1 = defineRegister('LORN_EL1', [3, 0, 10, 4, 2], { ...LOR, fields: { Num: '7:0' }, res0: '63:8', doc: 'Region number' });
export const LORC_EL1 = defineRegister('LORC_EL1', [3, 0, 10, 4, 3], { ...LOR, fields: { DS: '9:2', EN: 0 }, res0: '63:10 1', reset: { EN: 0 }, doc: 'Control of the ordering regions' });
export const LORID_EL1 = defineRegister('LORID_EL1', [3, 0, 10, 4, 7], { access: '- R R', fields: { LD: '23:16', LR: '7:0' }, res0: '63:24 15:8', feature: 'LOR', doc: 'Number of regions and descriptors' });

// Reliability: error records by window, and the deferred error.
const RECORD = { access: '- RW RW', layout: VALUE_64, feature: 'RAS' } as const;
export const ERRIDR_EL1 = defineRegister('ERRIDR_EL1', [3, 0, 5, 3, 0], { access: '- R R', fields: { NUM: '15:0' }, res0: '63:16', feature: 'RAS', doc: 'Number of error records' });
export const ERRSELR_EL1 = defineRegister('ERRSELR_EL1', [3, 0, 5, 3, 1], { access: '- RW RW', fields: { SEL: '15:0' }, res0: '63:16', feature: 'RAS', doc: 'Error record select' });
export const ERXFR_EL1 = defineRegister('ERXFR_EL1', [3, 0, 5, 4, 0], { ...RECORD, access: '- R R', doc: 'Selected error record: features' });
export const ERXCTLR_EL1 = defineRegister('ERXCTLR_EL1', [3, 0, 5, 4, 1], { ...RECORD, doc: 'Selected error record: control' });
export const ERXSTATUS_EL1 = defineRegister('ERXSTATUS_EL1', [3, 0, 5, 4, 2], { ...RECORD, doc: 'Selected error record: status' });
export const ERXADDR_EL1 = defineRegister('ERXADDR_EL1', [3, 0, 5, 4, 3], { ...RECORD, doc: 'Selected error record: address' });
export const ERXPFGF_EL1 = defineRegister('ERXPFGF_EL1', [3, 0, 5, 4, 4], { ...RECORD, access: '- R R', feature: 'RASv1p1', doc: 'Selected error record: fault injection features' });
export const ERXPFGCTL_EL1 = defineRegister('ERXPFGCTL_EL1', [3, 0, 5, 4, 5], { ...RECORD, feature: 'RASv1p1', doc: 'Selected error record: fault injection control' });
export const ERXPFGCDN_EL1 = defineRegister('ERXPFGCDN_EL1', [3, 0, 5, 4, 6], { ...RECORD, feature: 'RASv1p1', doc: 'Selected error record: fault injection countdown' });
export const ERXMISC0_EL1 = defineRegister('ERXMISC0_EL1', [3, 0, 5, 5, 0], { ...RECORD, doc: 'Selected error record: miscellaneous' });
export const ERXMISC1_EL1 = defineRegister('ERXMISC1_EL1', [3, 0, 5, 5, 1], { ...RECORD, doc: 'Selected error record: miscellaneous' });
export const ERXMISC2_EL1 = defineRegister('ERXMISC2_EL1', [3, 0, 5, 5, 2], { ...RECORD, feature: 'RASv1p1', doc: 'Selected error record: miscellaneous' });
export const ERXMISC3_EL1 = defineRegister('ERXMISC3_EL1', [3, 0, 5, 5, 3], { ...RECORD, feature: 'RASv1p1', doc: 'Selected error record: miscellaneous' });
export const DISR_EL1 = defineRegister('DISR_EL1', [3, 0, 12, 1, 1], { access: '- RW RW', layout: DISR_ELx, feature: 'RAS', doc: 'Deferred SError; EL1 reaches VDISR_EL2 while HCR_EL2.AMO is 1' });

// Trace filter.
export const TRFCR_EL1 = defineRegister('TRFCR_EL1', [3, 0, 1, 2, 1], { access: '- RW RW', layout: TRFCR_ELx, feature: 'TRF', doc: 'Trace filter of EL1 and EL0' });
