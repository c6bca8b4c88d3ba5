/**
 * Registers of EL2 (DDI 0487, part D, "Virtualization registers" and "General system control registers"). The row of a
 * register with two layouts carries the one for HCR_EL2.E2H = 0; `vhe.ts` pairs it with the other.
 */
import {
  CONTEXTIDR_ELx,
  CPTR_EL2_E2H0,
  DISR_ELx,
  ELR_ELx,
  ESR_ELx,
  FAR_ELx,
  IMPDEF,
  MAIR_ELx,
  MIDR_ELx,
  MPIDR_ELx,
  RMR_ELx,
  RVBAR_ELx,
  SCTLR_EL2_E2H0,
  SCXTNUM_ELx,
  SPSR_AArch32,
  SPSR_ELx,
  SP_ELx,
  TCR_EL2_E2H0,
  TPIDR_ELx,
  TTBR0_EL2_E2H0,
  TTBR_ELx,
  VBAR_ELx,
  VTCR_ELx,
  VTTBR_ELx,
} from './layouts.ts';
import { defineRegister } from './register.ts';

const EL2 = { access: '- - RW', feature: 'EL2' } as const;
const AARCH32 = { access: '- - RW', feature: 'AA32EL1' } as const;

// Configuration and traps.
export const HCR_EL2 = defineRegister('HCR_EL2', [3, 4, 1, 1, 0], {
  ...EL2,
  fields: {
    TWEDEL: { bits: '63:60', feature: 'TWED' },
    TWEDEn: { bits: 59, feature: 'TWED' },
    TID5: { bits: 58, feature: 'MTE2' },
    DCT: { bits: 57, feature: 'MTE2' },
    ATA: { bits: 56, feature: 'MTE2' },
    TTLBOS: { bits: 55, feature: 'EVT' },
    TTLBIS: { bits: 54, feature: 'EVT' },
    EnSCXT: { bits: 53, feature: 'CSV2_2' },
    TOCU: { bits: 52, feature: 'EVT' },
    AMVOFFEN: { bits: 51, feature: 'AMUv1p1' },
    TICAB: { bits: 50, feature: 'EVT' },
    TID4: { bits: 49, feature: 'EVT' },
    GPF: { bits: 48, feature: 'RME' },
    FIEN: { bits: 47, feature: 'RASv1p1' },
    FWB: { bits: 46, feature: 'S2FWB' },
    NV2: { bits: 45, feature: 'NV2' },
    AT: { bits: 44, feature: 'NV' },
    NV1: { bits: 43, feature: 'NV' },
    NV: { bits: 42, feature: 'NV' },
    API: { bits: 41, feature: 'PAuth' },
    APK: { bits: 40, feature: 'PAuth' },
    TME: { bits: 39, feature: 'TME' },
    MIOCNCE: 38,
    TEA: { bits: 37, feature: 'RAS' },
    TERR: { bits: 36, feature: 'RAS' },
    TLOR: { bits: 35, feature: 'LOR' },
    E2H: { bits: 34, feature: 'VHE' },
    ID: 33,
    CD: 32,
    RW: { bits: 31, feature: 'AA32EL1', absent: 1 },
    TRVM: 30,
    HCD: 29,
    TDZ: 28,
    TGE: 27,
    TVM: 26,
    TTLB: 25,
    TPU: 24,
    TPCP: 23,
    TSW: 22,
    TACR: 21,
    TIDCP: 20,
    TSC: 19,
    TID3: 18,
    TID2: 17,
    TID1: 16,
    TID0: { bits: 15, feature: 'AA32EL0' },
    TWE: 14,
    TWI: 13,
    DC: 12,
    BSU: { bits: '11:10', values: { None: 0, InnerShareable: 1, OuterShareable: 2, FullSystem: 3 } },
    FB: 9,
    VSE: 8,
    VI: 7,
    VF: 6,
    AMO: 5,
    IMO: 4,
    FMO: 3,
    PTW: 2,
    SWIO: 1,
    VM: 0,
  },
  doc: 'Hypervisor configuration',
});
export const MDCR_EL2 = defineRegister('MDCR_EL2', [3, 4, 1, 1, 1], {
  ...EL2,
  fields: {
    EnSTEPOP: { bits: 50, feature: 'STEP2' },
    EBWE: { bits: 43, feature: 'Debugv8p9' },
    PMEE: { bits: '41:40', feature: 'EBEP' },
    HPMFZS: { bits: 36, feature: 'SPEv1p2' },
    PMSSE: { bits: '31:30', feature: 'PMUv3_SS' },
    HPMFZO: { bits: 29, feature: 'PMUv3p7' },
    MTPME: { bits: 28, feature: 'MTPMU' },
    TDCC: { bits: 27, feature: 'FGT' },
    HLP: { bits: 26, feature: 'PMUv3p5' },
    E2TB: { bits: '25:24', feature: 'TRBE' },
    HCCD: { bits: 23, feature: 'PMUv3p5' },
    TTRF: { bits: 19, feature: 'TRF' },
    HPMD: { bits: 17, feature: 'PMUv3p1' },
    EnSPM: { bits: 15, feature: 'SPMU' },
    TPMS: { bits: 14, feature: 'SPE' },
    E2PB: { bits: '13:12', feature: 'SPE' },
    TDRA: 11,
    TDOSA: 10,
    TDA: 9,
    TDE: 8,
    HPME: { bits: 7, feature: 'PMUv3' },
    TPM: { bits: 6, feature: 'PMUv3' },
    TPMCR: { bits: 5, feature: 'PMUv3' },
    HPMN: { bits: '4:0', feature: 'PMUv3' },
  },
  res0: '63:51 49:44 42 39:37 35:32 22:20 18 16',
  reset: { HPMD: 0 },
  doc: 'Debug and PMU configuration; HPMN resets to PMCR_EL0.N',
});
export const CPTR_EL2 = defineRegister('CPTR_EL2', [3, 4, 1, 1, 2], { ...EL2, layout: CPTR_EL2_E2H0, doc: 'Traps of FP, SVE, SME, trace and CPACR_EL1' });
export const HSTR_EL2 = defineRegister('HSTR_EL2', [3, 4, 1, 1, 3], {
  ...EL2,
  fields: { T15: 15, T13: 13, T12: 12, T11: 11, T10: 10, T9: 9, T8: 8, T7: 7, T6: 6, T5: 5, T3: 3, T2: 2, T1: 1, T0: 0 },
  res0: '63:16 14 4',
  doc: 'Traps of AArch32 CP15 registers by CRn',
});
export const HACR_EL2 = defineRegister('HACR_EL2', [3, 4, 1, 1, 7], { ...EL2, layout: IMPDEF, doc: 'Auxiliary traps' });
export const SCTLR_EL2 = defineRegister('SCTLR_EL2', [3, 4, 1, 0, 0], { ...EL2, layout: SCTLR_EL2_E2H0, reset: { M: 0, C: 0, I: 0 }, doc: 'System control' });
export const ACTLR_EL2 = defineRegister('ACTLR_EL2', [3, 4, 1, 0, 1], { ...EL2, layout: IMPDEF, doc: 'Auxiliary control' });
export const VPIDR_EL2 = defineRegister('VPIDR_EL2', [3, 4, 0, 0, 0], { ...EL2, layout: MIDR_ELx, doc: 'What EL1 reads as MIDR_EL1; resets to MIDR_EL1' });
export const VMPIDR_EL2 = defineRegister('VMPIDR_EL2', [3, 4, 0, 0, 5], { ...EL2, layout: MPIDR_ELx, doc: 'What EL1 reads as MPIDR_EL1; resets to MPIDR_EL1' });

// Translation.
export const TTBR0_EL2 = defineRegister('TTBR0_EL2', [3, 4, 2, 0, 0], { ...EL2, layout: TTBR0_EL2_E2H0, doc: 'Translation table base' });
export const TTBR1_EL2 = defineRegister('TTBR1_EL2', [3, 4, 2, 0, 1], { ...EL2, layout: TTBR_ELx, feature: 'VHE', doc: 'Translation table base, upper VA range' });
export const TCR_EL2 = defineRegister('TCR_EL2', [3, 4, 2, 0, 2], { ...EL2, layout: TCR_EL2_E2H0, doc: 'Translation control' });
export const VTTBR_EL2 = defineRegister('VTTBR_EL2', [3, 4, 2, 1, 0], { ...EL2, layout: VTTBR_ELx, doc: 'Stage 2 translation table base' });
export const VTCR_EL2 = defineRegister('VTCR_EL2', [3, 4, 2, 1, 2], { ...EL2, layout: VTCR_ELx, doc: 'Stage 2 translation control' });
export const VNCR_EL2 = defineRegister('VNCR_EL2', [3, 4, 2, 2, 0], {
  ...EL2,
  feature: 'NV2',
  fields: { RESS: '63:57', BADDR: '56:12' },
  res0: '11:0',
  doc: 'Memory that stands for EL2 registers in nested virtualization',
});
export const VSTTBR_EL2 = defineRegister('VSTTBR_EL2', [3, 4, 2, 6, 0], { ...EL2, feature: 'SEL2', fields: { BADDR: '47:1', CnP: 0 }, res0: '63:48', doc: 'Secure stage 2 translation table base' });
export const VSTCR_EL2 = defineRegister('VSTCR_EL2', [3, 4, 2, 6, 2], {
  ...EL2,
  feature: 'SEL2',
  fields: { SL2: { bits: 33, feature: 'LPA2' }, SA: 30, SW: 29, TG0: { bits: '15:14', values: { '4K': 0, '64K': 1, '16K': 2 } }, SL0: '7:6', T0SZ: '5:0' },
  res0: '63:34 32 28:16 13:8',
  res1: '31',
  doc: 'Secure stage 2 translation control',
});
export const MAIR_EL2 = defineRegister('MAIR_EL2', [3, 4, 10, 2, 0], { ...EL2, layout: MAIR_ELx, doc: 'Memory attributes' });
export const AMAIR_EL2 = defineRegister('AMAIR_EL2', [3, 4, 10, 3, 0], { ...EL2, layout: IMPDEF, doc: 'Auxiliary memory attributes' });
export const CONTEXTIDR_EL2 = defineRegister('CONTEXTIDR_EL2', [3, 4, 13, 0, 1], { ...EL2, layout: CONTEXTIDR_ELx, feature: 'VHE', doc: 'Process identifier' });

// Exceptions.
export const SPSR_EL2 = defineRegister('SPSR_EL2', [3, 4, 4, 0, 0], { ...EL2, layout: SPSR_ELx, doc: 'Saved program status' });
export const ELR_EL2 = defineRegister('ELR_EL2', [3, 4, 4, 0, 1], { ...EL2, layout: ELR_ELx, doc: 'Exception link' });
export const SP_EL1 = defineRegister('SP_EL1', [3, 4, 4, 1, 0], { ...EL2, layout: SP_ELx, doc: 'Stack pointer of EL1' });
export const AFSR0_EL2 = defineRegister('AFSR0_EL2', [3, 4, 5, 1, 0], { ...EL2, layout: IMPDEF, doc: 'Auxiliary fault status' });
export const AFSR1_EL2 = defineRegister('AFSR1_EL2', [3, 4, 5, 1, 1], { ...EL2, layout: IMPDEF, doc: 'Auxiliary fault status' });
export const ESR_EL2 = defineRegister('ESR_EL2', [3, 4, 5, 2, 0], { ...EL2, layout: ESR_ELx, doc: 'Exception syndrome' });
export const VSESR_EL2 = defineRegister('VSESR_EL2', [3, 4, 5, 2, 3], { ...EL2, feature: 'RAS', fields: { IDS: 24, ISS: '23:0' }, res0: '63:25', doc: 'Syndrome of a virtual SError' });
export const FAR_EL2 = defineRegister('FAR_EL2', [3, 4, 6, 0, 0], { ...EL2, layout: FAR_ELx, doc: 'Faulting virtual address' });
export const HPFAR_EL2 = defineRegister('HPFAR_EL2', [3, 4, 6, 0, 4], {
  ...EL2,
  fields: { NS: { bits: 63, feature: 'SEL2' }, FIPA: '43:4' },
  res0: '62:44 3:0',
  doc: 'Faulting intermediate physical address, bits 51:12',
});
export const VBAR_EL2 = defineRegister('VBAR_EL2', [3, 4, 12, 0, 0], { ...EL2, layout: VBAR_ELx, doc: 'Vector base address' });
export const RVBAR_EL2 = defineRegister('RVBAR_EL2', [3, 4, 12, 0, 1], { ...EL2, access: '- - R', layout: RVBAR_ELx, highestEl: 'present', doc: 'Reset vector address' });
export const RMR_EL2 = defineRegister('RMR_EL2', [3, 4, 12, 0, 2], { ...EL2, layout: RMR_ELx, highestEl: 'present', reset: { RR: 0 }, doc: 'Reset management' });
export const VDISR_EL2 = defineRegister('VDISR_EL2', [3, 4, 12, 1, 1], { ...EL2, layout: DISR_ELx, feature: 'RAS', doc: 'Virtual deferred SError' });

// Threads.
export const TPIDR_EL2 = defineRegister('TPIDR_EL2', [3, 4, 13, 0, 2], { ...EL2, layout: TPIDR_ELx, doc: 'Thread ID of EL2' });
export const SCXTNUM_EL2 = defineRegister('SCXTNUM_EL2', [3, 4, 13, 0, 7], { ...EL2, layout: SCXTNUM_ELx, feature: 'CSV2_2', doc: 'Software context number of EL2' });

// AArch32 state of lower ELs.
export const SPSR_irq = defineRegister('SPSR_irq', [3, 4, 4, 3, 0], { ...AARCH32, layout: SPSR_AArch32, doc: 'Saved program status, IRQ mode' });
export const SPSR_abt = defineRegister('SPSR_abt', [3, 4, 4, 3, 1], { ...AARCH32, layout: SPSR_AArch32, doc: 'Saved program status, Abort mode' });
export const SPSR_und = defineRegister('SPSR_und', [3, 4, 4, 3, 2], { ...AARCH32, layout: SPSR_AArch32, doc: 'Saved program status, Undefined mode' });
export const SPSR_fiq = defineRegister('SPSR_fiq', [3, 4, 4, 3, 3], { ...AARCH32, layout: SPSR_AArch32, doc: 'Saved program status, FIQ mode' });
export const DACR32_EL2 = defineRegister('DACR32_EL2', [3, 4, 3, 0, 0], {
  ...AARCH32,
  fields: {
    D15: '31:30',
    D14: '29:28',
    D13: '27:26',
    D12: '25:24',
    D11: '23:22',
    D10: '21:20',
    D9: '19:18',
    D8: '17:16',
    D7: '15:14',
    D6: '13:12',
    D5: '11:10',
    D4: '9:8',
    D3: '7:6',
    D2: '5:4',
    D1: '3:2',
    D0: '1:0',
  },
  res0: '63:32',
  doc: 'AArch32 domain access control',
});
export const IFSR32_EL2 = defineRegister('IFSR32_EL2', [3, 4, 5, 0, 1], {
  ...AARCH32,
  fields: { FnV: 16, ExT: 12, LPAE: 9, STATUS: '5:0' },
  res0: '63:17 15:13 11:10 8:6',
  doc: 'AArch32 instruction fault status, long-descriptor format',
});
export const FPEXC32_EL2 = defineRegister('FPEXC32_EL2', [3, 4, 5, 3, 0], {
  ...AARCH32,
  fields: { EX: 31, EN: 30, DEX: 29, FP2V: 28, VV: 27, TFV: 26, VECITR: '10:8', IDF: 7, IXF: 4, UFF: 3, OFF: 2, DZF: 1, IOF: 0 },
  res0: '63:32 25:11 6:5',
  doc: 'AArch32 floating-point exception control',
});
export const SDER32_EL2 = defineRegister('SDER32_EL2', [3, 4, 1, 3, 1], { ...AARCH32, feature: 'SEL2', fields: { SUNIDEN: 1, SUIDEN: 0 }, res0: '63:2', doc: 'AArch32 secure debug enable' });

// Trace filter.
export const TRFCR_EL2 = defineRegister('TRFCR_EL2', [3, 4, 1, 2, 1], {
  ...EL2,
  feature: 'TRF',
  fields: { TS: { bits: '6:5', values: { EL1: 0, Virtual: 1, GuestPhysical: 2, Physical: 3 } }, CX: 3, E2TRE: 1, E0HTRE: 0 },
  res0: '63:7 4 2',
  doc: 'Trace filter of EL2',
});
