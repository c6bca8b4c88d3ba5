/**
 * Identification registers: the ID group (op0=3, op1=0, CRn=0), cache geometry and the read-only registers of EL0
 * (DDI 0487, part D, "ID registers" and "Principles of the ID scheme for fields in ID registers"). Named values are
 * those that choose behaviour; a field without them counts up from 0, "not implemented".
 */
import { CCSIDR_32, IMPDEF, MIDR_ELx, MPIDR_ELx } from './layouts.ts';
import { defineRegister, sysRegKey } from './register.ts';

/**
 * op0=3, op1=0, CRn=0, CRm=1..7: slots without a name are not UNDEFINED, they read as zero at EL1 and above, and
 * HCR_EL2.TID3 traps them. The keys of the block are consecutive.
 */
export const RESERVED_ID_SPACE = { first: sysRegKey(3, 0, 0, 1, 0), last: sysRegKey(3, 0, 0, 7, 7) } as const;

/** Whether a key lies in the block whose unnamed slots read as zero. */
export function isIdSpace(key: number): boolean {
  return key >= RESERVED_ID_SPACE.first && key <= RESERVED_ID_SPACE.last;
}

export const MIDR_EL1 = defineRegister('MIDR_EL1', [3, 0, 0, 0, 0], { access: '- R R', layout: MIDR_ELx, doc: 'Main ID; EL1 reads VPIDR_EL2' });
export const MPIDR_EL1 = defineRegister('MPIDR_EL1', [3, 0, 0, 0, 5], { access: '- R R', layout: MPIDR_ELx, doc: 'Multiprocessor affinity; EL1 reads VMPIDR_EL2' });
export const REVIDR_EL1 = defineRegister('REVIDR_EL1', [3, 0, 0, 0, 6], { access: '- R R', layout: IMPDEF, doc: 'Revision ID' });
export const AIDR_EL1 = defineRegister('AIDR_EL1', [3, 1, 0, 0, 7], { access: '- R R', layout: IMPDEF, doc: 'Auxiliary ID' });

// AArch32 features: UNKNOWN where no EL can use AArch32.
export const ID_PFR0_EL1 = defineRegister('ID_PFR0_EL1', [3, 0, 0, 1, 0], {
  access: '- R R',
  fields: { RAS: '31:28', DIT: '27:24', AMU: '23:20', CSV2: '19:16', State3: '15:12', State2: '11:8', State1: '7:4', State0: '3:0' },
  res0: '63:32',
  doc: 'AArch32 processor features',
});
export const ID_PFR1_EL1 = defineRegister('ID_PFR1_EL1', [3, 0, 0, 1, 1], {
  access: '- R R',
  fields: { GIC: '31:28', Virt_frac: '27:24', Sec_frac: '23:20', GenTimer: '19:16', Virtualization: '15:12', MProgMod: '11:8', Security: '7:4', ProgMod: '3:0' },
  res0: '63:32',
  doc: 'AArch32 processor features',
});
export const ID_DFR0_EL1 = defineRegister('ID_DFR0_EL1', [3, 0, 0, 1, 2], {
  access: '- R R',
  fields: { TraceFilt: '31:28', PerfMon: '27:24', MProfDbg: '23:20', MMapTrc: '19:16', CopTrc: '15:12', MMapDbg: '11:8', CopSDbg: '7:4', CopDbg: '3:0' },
  res0: '63:32',
  doc: 'AArch32 debug features',
});
export const ID_AFR0_EL1 = defineRegister('ID_AFR0_EL1', [3, 0, 0, 1, 3], { access: '- R R', impdef: '15:0', res0: '63:16', doc: 'AArch32 auxiliary features' });
export const ID_MMFR0_EL1 = defineRegister('ID_MMFR0_EL1', [3, 0, 0, 1, 4], {
  access: '- R R',
  fields: { InnerShr: '31:28', FCSE: '27:24', AuxReg: '23:20', TCM: '19:16', ShareLvl: '15:12', OuterShr: '11:8', PMSA: '7:4', VMSA: '3:0' },
  res0: '63:32',
  doc: 'AArch32 memory model features',
});
export const ID_MMFR1_EL1 = defineRegister('ID_MMFR1_EL1', [3, 0, 0, 1, 5], {
  access: '- R R',
  fields: { BPred: '31:28', L1TstCln: '27:24', L1Uni: '23:20', L1Hvd: '19:16', L1UniSW: '15:12', L1HvdSW: '11:8', L1UniVA: '7:4', L1HvdVA: '3:0' },
  res0: '63:32',
  doc: 'AArch32 memory model features',
});
export const ID_MMFR2_EL1 = defineRegister('ID_MMFR2_EL1', [3, 0, 0, 1, 6], {
  access: '- R R',
  fields: { HWAccFlg: '31:28', WFIStall: '27:24', MemBarr: '23:20', UniTLB: '19:16', HvdTLB: '15:12', L1HvdRng: '11:8', L1HvdBG: '7:4', L1HvdFG: '3:0' },
  res0: '63:32',
  doc: 'AArch32 memory model features',
});
export const ID_MMFR3_EL1 = defineRegister('ID_MMFR3_EL1', [3, 0, 0, 1, 7], {
  access: '- R R',
  fields: { Supersec: '31:28', CMemSz: '27:24', CohWalk: '23:20', PAN: '19:16', MaintBcst: '15:12', BPMaint: '11:8', CMaintSW: '7:4', CMaintVA: '3:0' },
  res0: '63:32',
  doc: 'AArch32 memory model features',
});
export const ID_ISAR0_EL1 = defineRegister('ID_ISAR0_EL1', [3, 0, 0, 2, 0], {
  access: '- R R',
  fields: { Divide: '27:24', Debug: '23:20', Coproc: '19:16', CmpBranch: '15:12', BitField: '11:8', BitCount: '7:4', Swap: '3:0' },
  res0: '63:28',
  doc: 'AArch32 instruction set',
});
export const ID_ISAR1_EL1 = defineRegister('ID_ISAR1_EL1', [3, 0, 0, 2, 1], {
  access: '- R R',
  fields: { Jazelle: '31:28', Interwork: '27:24', Immediate: '23:20', IfThen: '19:16', Extend: '15:12', Except_AR: '11:8', Except: '7:4', Endian: '3:0' },
  res0: '63:32',
  doc: 'AArch32 instruction set',
});
export const ID_ISAR2_EL1 = defineRegister('ID_ISAR2_EL1', [3, 0, 0, 2, 2], {
  access: '- R R',
  fields: { Reversal: '31:28', PSR_AR: '27:24', MultU: '23:20', MultS: '19:16', Mult: '15:12', MultiAccessInt: '11:8', MemHint: '7:4', LoadStore: '3:0' },
  res0: '63:32',
  doc: 'AArch32 instruction set',
});
export const ID_ISAR3_EL1 = defineRegister('ID_ISAR3_EL1', [3, 0, 0, 2, 3], {
  access: '- R R',
  fields: { T32EE: '31:28', TrueNOP: '27:24', T32Copy: '23:20', TabBranch: '19:16', SynchPrim: '15:12', SVC: '11:8', SIMD: '7:4', Saturate: '3:0' },
  res0: '63:32',
  doc: 'AArch32 instruction set',
});
export const ID_ISAR4_EL1 = defineRegister('ID_ISAR4_EL1', [3, 0, 0, 2, 4], {
  access: '- R R',
  fields: { SWP_frac: '31:28', PSR_M: '27:24', SynchPrim_frac: '23:20', Barrier: '19:16', SMC: '15:12', Writeback: '11:8', WithShifts: '7:4', Unpriv: '3:0' },
  res0: '63:32',
  doc: 'AArch32 instruction set',
});
export const ID_ISAR5_EL1 = defineRegister('ID_ISAR5_EL1', [3, 0, 0, 2, 5], {
  access: '- R R',
  fields: { VCMA: '31:28', RDM: '27:24', CRC32: '19:16', SHA2: '15:12', SHA1: '11:8', AES: '7:4', SEVL: '3:0' },
  res0: '63:32 23:20',
  doc: 'AArch32 instruction set',
});
export const ID_MMFR4_EL1 = defineRegister('ID_MMFR4_EL1', [3, 0, 0, 2, 6], {
  access: '- R R',
  fields: { EVT: '31:28', CCIDX: '27:24', LSM: '23:20', HPDS: '19:16', CnP: '15:12', XNX: '11:8', AC2: '7:4', SpecSEI: '3:0' },
  res0: '63:32',
  doc: 'AArch32 memory model features',
});
export const ID_ISAR6_EL1 = defineRegister('ID_ISAR6_EL1', [3, 0, 0, 2, 7], {
  access: '- R R',
  fields: { CLRBHB: '31:28', I8MM: '27:24', BF16: '23:20', SPECRES: '19:16', SB: '15:12', FHM: '11:8', DP: '7:4', JSCVT: '3:0' },
  res0: '63:32',
  doc: 'AArch32 instruction set',
});
export const MVFR0_EL1 = defineRegister('MVFR0_EL1', [3, 0, 0, 3, 0], {
  access: '- R R',
  fields: { FPRound: '31:28', FPShVec: '27:24', FPSqrt: '23:20', FPDivide: '19:16', FPTrap: '15:12', FPDP: '11:8', FPSP: '7:4', SIMDReg: '3:0' },
  res0: '63:32',
  doc: 'AArch32 floating-point features',
});
export const MVFR1_EL1 = defineRegister('MVFR1_EL1', [3, 0, 0, 3, 1], {
  access: '- R R',
  fields: { SIMDFMAC: '31:28', FPHP: '27:24', SIMDHP: '23:20', SIMDSP: '19:16', SIMDInt: '15:12', SIMDLS: '11:8', FPDNaN: '7:4', FPFtZ: '3:0' },
  res0: '63:32',
  doc: 'AArch32 floating-point features',
});
export const MVFR2_EL1 = defineRegister('MVFR2_EL1', [3, 0, 0, 3, 2], {
  access: '- R R',
  fields: { FPMisc: '7:4', SIMDMisc: '3:0' },
  res0: '63:8',
  doc: 'AArch32 floating-point features',
});
export const ID_PFR2_EL1 = defineRegister('ID_PFR2_EL1', [3, 0, 0, 3, 4], {
  access: '- R R',
  fields: { RAS_frac: '11:8', SSBS: '7:4', CSV3: '3:0' },
  res0: '63:12',
  doc: 'AArch32 processor features',
});
export const ID_DFR1_EL1 = defineRegister('ID_DFR1_EL1', [3, 0, 0, 3, 5], {
  access: '- R R',
  fields: { HPMN0: '7:4', MTPMU: '3:0' },
  res0: '63:8',
  doc: 'AArch32 debug features',
});
export const ID_MMFR5_EL1 = defineRegister('ID_MMFR5_EL1', [3, 0, 0, 3, 6], {
  access: '- R R',
  fields: { nTLBPA: '7:4', ETS: '3:0' },
  res0: '63:8',
  doc: 'AArch32 memory model features',
});

const EL_STATES = { NI: 0, AARCH64: 1, AARCH32: 2 } as const;

export const ID_AA64PFR0_EL1 = defineRegister('ID_AA64PFR0_EL1', [3, 0, 0, 4, 0], {
  access: '- R R',
  fields: {
    CSV3: '63:60',
    CSV2: { bits: '59:56', values: { NI: 0, IMP: 1, CSV2_2: 2, CSV2_3: 3 } },
    RME: '55:52',
    DIT: '51:48',
    AMU: { bits: '47:44', values: { NI: 0, IMP: 1, V1P1: 2 } },
    MPAM: '43:40',
    SEL2: '39:36',
    SVE: '35:32',
    RAS: { bits: '31:28', values: { NI: 0, IMP: 1, V1P1: 2, V2: 3 } },
    GIC: { bits: '27:24', values: { NI: 0, IMP: 1, V4P1: 3 } },
    AdvSIMD: { bits: '23:20', values: { IMP: 0, FP16: 1, NI: 15 } },
    FP: { bits: '19:16', values: { IMP: 0, FP16: 1, NI: 15 } },
    EL3: { bits: '15:12', values: EL_STATES },
    EL2: { bits: '11:8', values: EL_STATES },
    EL1: { bits: '7:4', values: { AARCH64: 1, AARCH32: 2 } },
    EL0: { bits: '3:0', values: { AARCH64: 1, AARCH32: 2 } },
  },
  doc: 'AArch64 processor features',
});
export const ID_AA64PFR1_EL1 = defineRegister('ID_AA64PFR1_EL1', [3, 0, 0, 4, 1], {
  access: '- R R',
  fields: {
    PFAR: '63:60',
    DF2: '59:56',
    MTEX: '55:52',
    THE: '51:48',
    GCS: '47:44',
    MTE_frac: '43:40',
    NMI: '39:36',
    CSV2_frac: '35:32',
    RNDR_trap: '31:28',
    SME: '27:24',
    MPAM_frac: '19:16',
    RAS_frac: '15:12',
    MTE: { bits: '11:8', values: { NI: 0, IMP: 1, MTE2: 2, MTE3: 3 } },
    SSBS: { bits: '7:4', values: { NI: 0, IMP: 1, SSBS2: 2 } },
    BT: '3:0',
  },
  res0: '23:20',
  doc: 'AArch64 processor features',
});
export const ID_AA64PFR2_EL1 = defineRegister('ID_AA64PFR2_EL1', [3, 0, 0, 4, 2], {
  access: '- R R',
  fields: { FPMR: '35:32', UINJ: '19:16', MTEFAR: '11:8', MTESTOREONLY: '7:4', MTEPERM: '3:0' },
  res0: '63:36 31:20 15:12',
  doc: 'AArch64 processor features',
});
export const ID_AA64ZFR0_EL1 = defineRegister('ID_AA64ZFR0_EL1', [3, 0, 0, 4, 4], {
  access: '- R R',
  fields: {
    F64MM: '59:56',
    F32MM: '55:52',
    F16MM: '51:48',
    I8MM: '47:44',
    SM4: '43:40',
    SHA3: '35:32',
    B16B16: '27:24',
    BF16: '23:20',
    BitPerm: '19:16',
    EltPerm: '15:12',
    AES: '7:4',
    SVEver: '3:0',
  },
  res0: '63:60 39:36 31:28 11:8',
  doc: 'SVE features; zero without SVE',
});
export const ID_AA64SMFR0_EL1 = defineRegister('ID_AA64SMFR0_EL1', [3, 0, 0, 4, 5], {
  access: '- R R',
  fields: {
    FA64: 63,
    LUTv2: 60,
    SMEver: '59:56',
    I16I64: '55:52',
    F64F64: 48,
    I16I32: '47:44',
    B16B16: 43,
    F16F16: 42,
    F8F16: 41,
    F8F32: 40,
    I8I32: '39:36',
    F16F32: 35,
    B16F32: 34,
    BI32I32: 33,
    F32F32: 32,
    SF8FMA: 30,
    SF8DP4: 29,
    SF8DP2: 28,
  },
  res0: '62:61 51:49 31 27:0',
  doc: 'SME features; zero without SME',
});
export const ID_AA64FPFR0_EL1 = defineRegister('ID_AA64FPFR0_EL1', [3, 0, 0, 4, 7], {
  access: '- R R',
  fields: { F8CVT: 31, F8FMA: 30, F8DP4: 29, F8DP2: 28, F8E4M3: 1, F8E5M2: 0 },
  res0: '63:32 27:2',
  doc: '8-bit floating-point features',
});

export const ID_AA64DFR0_EL1 = defineRegister('ID_AA64DFR0_EL1', [3, 0, 0, 5, 0], {
  access: '- R R',
  fields: {
    HPMN0: '63:60',
    ExtTrcBuff: '59:56',
    BRBE: '55:52',
    MTPMU: '51:48',
    TraceBuffer: '47:44',
    TraceFilt: '43:40',
    DoubleLock: { bits: '39:36', values: { IMP: 0, NI: 15 } },
    PMSVer: '35:32',
    CTX_CMPs: '31:28',
    SEBEP: '27:24',
    WRPs: '23:20',
    PMSS: '19:16',
    BRPs: '15:12',
    PMUVer: { bits: '11:8', values: { NI: 0, IMP: 1, V3P1: 4, V3P4: 5, V3P5: 6, V3P7: 7, V3P8: 8, V3P9: 9, IMP_DEF: 15 } },
    TraceVer: '7:4',
    DebugVer: { bits: '3:0', values: { IMP: 6, VHE: 7, V8P2: 8, V8P4: 9, V8P8: 10, V8P9: 11 } },
  },
  doc: 'Debug features; BRPs, WRPs and CTX_CMPs are counts less one',
});
export const ID_AA64DFR1_EL1 = defineRegister('ID_AA64DFR1_EL1', [3, 0, 0, 5, 1], {
  access: '- R R',
  fields: {
    ABL_CMPs: '63:56',
    DPFZS: '55:52',
    EBEP: '51:48',
    ITE: '47:44',
    ABLE: '43:40',
    PMICNTR: '39:36',
    SPMU: '35:32',
    CTX_CMPs: '31:24',
    WRPs: '23:16',
    BRPs: '15:8',
    SYSPMUID: '7:0',
  },
  doc: 'Debug features',
});
export const ID_AA64DFR2_EL1 = defineRegister('ID_AA64DFR2_EL1', [3, 0, 0, 5, 2], { access: '- R R', fields: { TRBE_EXC: '27:24', SPE_nVM: '23:20', SPE_EXC: '19:16', BWE: '7:4', STEP: '3:0' }, res0: '63:28 15:8', doc: 'Debug features' });
export const ID_AA64AFR0_EL1 = defineRegister('ID_AA64AFR0_EL1', [3, 0, 0, 5, 4], { access: '- R R', impdef: '31:0', res0: '63:32', doc: 'Auxiliary features' });
export const ID_AA64AFR1_EL1 = defineRegister('ID_AA64AFR1_EL1', [3, 0, 0, 5, 5], { access: '- R R', res0: '63:0', doc: 'Auxiliary features' });

export const ID_AA64ISAR0_EL1 = defineRegister('ID_AA64ISAR0_EL1', [3, 0, 0, 6, 0], {
  access: '- R R',
  fields: {
    RNDR: '63:60',
    TLB: { bits: '59:56', values: { NI: 0, OS: 1, RANGE: 2 } },
    TS: { bits: '55:52', values: { NI: 0, FLAGM: 1, FLAGM2: 2 } },
    FHM: '51:48',
    DP: '47:44',
    SM4: '43:40',
    SM3: '39:36',
    SHA3: '35:32',
    RDM: '31:28',
    TME: '27:24',
    Atomic: { bits: '23:20', values: { NI: 0, IMP: 2, FEAT_LSE128: 3 } },
    CRC32: '19:16',
    SHA2: { bits: '15:12', values: { NI: 0, SHA256: 1, SHA512: 2 } },
    SHA1: '11:8',
    AES: { bits: '7:4', values: { NI: 0, AES: 1, PMULL: 2 } },
  },
  res0: '3:0',
  doc: 'AArch64 instruction set',
});
export const ID_AA64ISAR1_EL1 = defineRegister('ID_AA64ISAR1_EL1', [3, 0, 0, 6, 1], {
  access: '- R R',
  fields: {
    LS64: { bits: '63:60', values: { NI: 0, LS64: 1, LS64_V: 2, LS64_ACCDATA: 3 } },
    XS: '59:56',
    I8MM: '55:52',
    DGH: '51:48',
    BF16: { bits: '47:44', values: { NI: 0, IMP: 1, EBF16: 2 } },
    SPECRES: '43:40',
    SB: '39:36',
    FRINTTS: '35:32',
    GPI: '31:28',
    GPA: '27:24',
    LRCPC: { bits: '23:20', values: { NI: 0, IMP: 1, LRCPC2: 2, LRCPC3: 3 } },
    FCMA: '19:16',
    JSCVT: '15:12',
    API: { bits: '11:8', values: { NI: 0, PAuth: 1, EPAC: 2, PAuth2: 3, FPAC: 4, FPACCOMBINE: 5 } },
    APA: { bits: '7:4', values: { NI: 0, PAuth: 1, EPAC: 2, PAuth2: 3, FPAC: 4, FPACCOMBINE: 5 } },
    DPB: { bits: '3:0', values: { NI: 0, IMP: 1, DPB2: 2 } },
  },
  doc: 'AArch64 instruction set',
});
export const ID_AA64ISAR2_EL1 = defineRegister('ID_AA64ISAR2_EL1', [3, 0, 0, 6, 2], {
  access: '- R R',
  fields: {
    ATS1A: '63:60',
    LUT: '59:56',
    CSSC: '55:52',
    RPRFM: '51:48',
    PRFMSLC: '43:40',
    SYSINSTR_128: '39:36',
    SYSREG_128: '35:32',
    CLRBHB: '31:28',
    PAC_frac: '27:24',
    BC: '23:20',
    MOPS: '19:16',
    APA3: { bits: '15:12', values: { NI: 0, PAuth: 1, EPAC: 2, PAuth2: 3, FPAC: 4, FPACCOMBINE: 5 } },
    GPA3: '11:8',
    RPRES: '7:4',
    WFxT: { bits: '3:0', values: { NI: 0, IMP: 2 } },
  },
  res0: '47:44',
  doc: 'AArch64 instruction set',
});
export const ID_AA64ISAR3_EL1 = defineRegister('ID_AA64ISAR3_EL1', [3, 0, 0, 6, 3], {
  access: '- R R',
  fields: { FPRCVT: '31:28', LSUI: '27:24', OCCMO: '23:20', LSFE: '19:16', PACM: '15:12', TLBIW: '11:8', FAMINMAX: '7:4', CPA: '3:0' },
  res0: '63:32',
  doc: 'AArch64 instruction set',
});

export const ID_AA64MMFR0_EL1 = defineRegister('ID_AA64MMFR0_EL1', [3, 0, 0, 7, 0], {
  access: '- R R',
  fields: {
    ECV: { bits: '63:60', values: { NI: 0, IMP: 1, CNTPOFF: 2 } },
    FGT: { bits: '59:56', values: { NI: 0, IMP: 1, FGT2: 2 } },
    ExS: '47:44',
    TGran4_2: { bits: '43:40', values: { TGRAN4: 0, NI: 1, IMP: 2, '52_BIT': 3 } },
    TGran64_2: { bits: '39:36', values: { TGRAN64: 0, NI: 1, IMP: 2 } },
    TGran16_2: { bits: '35:32', values: { TGRAN16: 0, NI: 1, IMP: 2, '52_BIT': 3 } },
    TGran4: { bits: '31:28', values: { IMP: 0, '52_BIT': 1, NI: 15 } },
    TGran64: { bits: '27:24', values: { IMP: 0, NI: 15 } },
    TGran16: { bits: '23:20', values: { NI: 0, IMP: 1, '52_BIT': 2 } },
    BigEndEL0: '19:16',
    SNSMem: '15:12',
    BigEnd: '11:8',
    ASIDBits: { bits: '7:4', values: { '8': 0, '16': 2 } },
    PARange: { bits: '3:0', values: { '32': 0, '36': 1, '40': 2, '42': 3, '44': 4, '48': 5, '52': 6, '56': 7 } },
  },
  res0: '55:48',
  doc: 'Memory model features',
});
export const ID_AA64MMFR1_EL1 = defineRegister('ID_AA64MMFR1_EL1', [3, 0, 0, 7, 1], {
  access: '- R R',
  fields: {
    ECBHB: '63:60',
    CMOW: '59:56',
    TIDCP1: '55:52',
    nTLBPA: '51:48',
    AFP: '47:44',
    HCX: '43:40',
    ETS: '39:36',
    TWED: '35:32',
    XNX: '31:28',
    SpecSEI: '27:24',
    PAN: { bits: '23:20', values: { NI: 0, IMP: 1, PAN2: 2, PAN3: 3 } },
    LO: '19:16',
    HPDS: { bits: '15:12', values: { NI: 0, IMP: 1, HPDS2: 2 } },
    VH: '11:8',
    VMIDBits: { bits: '7:4', values: { '8': 0, '16': 2 } },
    HAFDBS: { bits: '3:0', values: { NI: 0, AF: 1, DBM: 2, HAFT: 3, HDBSS: 4 } },
  },
  doc: 'Memory model features',
});
export const ID_AA64MMFR2_EL1 = defineRegister('ID_AA64MMFR2_EL1', [3, 0, 0, 7, 2], {
  access: '- R R',
  fields: {
    E0PD: '63:60',
    EVT: { bits: '59:56', values: { NI: 0, IMP: 1, TTLBxS: 2 } },
    BBM: '55:52',
    TTL: '51:48',
    FWB: '43:40',
    IDS: '39:36',
    AT: '35:32',
    ST: '31:28',
    NV: { bits: '27:24', values: { NI: 0, IMP: 1, NV2: 2 } },
    CCIDX: { bits: '23:20', values: { '32': 0, '64': 1 } },
    VARange: { bits: '19:16', values: { '48': 0, '52': 1 } },
    IESB: '15:12',
    LSM: '11:8',
    UAO: '7:4',
    CnP: '3:0',
  },
  res0: '47:44',
  doc: 'Memory model features',
});
export const ID_AA64MMFR3_EL1 = defineRegister('ID_AA64MMFR3_EL1', [3, 0, 0, 7, 3], {
  access: '- R R',
  fields: {
    Spec_FPACC: '63:60',
    ADERR: '59:56',
    SDERR: '55:52',
    ANERR: '47:44',
    SNERR: '43:40',
    D128_2: '39:36',
    D128: '35:32',
    MEC: '31:28',
    AIE: '27:24',
    S2POE: '23:20',
    S1POE: '19:16',
    S2PIE: '15:12',
    S1PIE: '11:8',
    SCTLRX: '7:4',
    TCRX: '3:0',
  },
  res0: '51:48',
  doc: 'Memory model features',
});
export const ID_AA64MMFR4_EL1 = defineRegister('ID_AA64MMFR4_EL1', [3, 0, 0, 7, 4], {
  access: '- R R',
  fields: { E3DSE: '39:36', E2H0: { bits: '27:24', values: { IMP: 0, NI_NV1: 14, NI: 15 } }, NV_frac: '23:20', FGWTE3: '19:16', HACDBS: '15:12', ASID2: '11:8', EIESB: '7:4', PoPS: '3:0' },
  res0: '63:40 35:28',
  doc: 'Memory model features',
});

export const CCSIDR_EL1 = defineRegister('CCSIDR_EL1', [3, 1, 0, 0, 0], { access: '- R R', layout: CCSIDR_32, doc: 'Geometry of the cache that CSSELR_EL1 selects' });
export const CLIDR_EL1 = defineRegister('CLIDR_EL1', [3, 1, 0, 0, 1], {
  access: '- R R',
  fields: {
    Ttype7: { bits: '46:45', feature: 'MTE2' },
    Ttype6: { bits: '44:43', feature: 'MTE2' },
    Ttype5: { bits: '42:41', feature: 'MTE2' },
    Ttype4: { bits: '40:39', feature: 'MTE2' },
    Ttype3: { bits: '38:37', feature: 'MTE2' },
    Ttype2: { bits: '36:35', feature: 'MTE2' },
    Ttype1: { bits: '34:33', feature: 'MTE2' },
    ICB: '32:30',
    LoUU: '29:27',
    LoC: '26:24',
    LoUIS: '23:21',
    Ctype7: '20:18',
    Ctype6: '17:15',
    Ctype5: '14:12',
    Ctype4: '11:9',
    Ctype3: '8:6',
    Ctype2: '5:3',
    Ctype1: { bits: '2:0', values: { None: 0, Instruction: 1, Data: 2, Separate: 3, Unified: 4 } },
  },
  res0: '63:47',
  doc: 'Cache levels',
});
export const CCSIDR2_EL1 = defineRegister('CCSIDR2_EL1', [3, 1, 0, 0, 2], { access: '- R R', fields: { NumSets: '23:0' }, res0: '63:24', feature: 'CCIDX', doc: 'Sets of the selected cache' });
export const CSSELR_EL1 = defineRegister('CSSELR_EL1', [3, 2, 0, 0, 0], {
  access: '- RW RW',
  fields: { TnD: { bits: 4, feature: 'MTE2' }, Level: '3:1', InD: 0 },
  res0: '63:5',
  doc: 'Cache selection',
});
export const CTR_EL0 = defineRegister('CTR_EL0', [3, 3, 0, 0, 1], {
  access: 'R R R',
  fields: {
    TminLine: { bits: '37:32', feature: 'MTE2' },
    DIC: 29,
    IDC: 28,
    CWG: '27:24',
    ERG: '23:20',
    DminLine: '19:16',
    L1Ip: { bits: '15:14', values: { VPIPT: 0, AIVIVT: 1, VIPT: 2, PIPT: 3 } },
    IminLine: '3:0',
  },
  res0: '63:38 30 13:4',
  res1: '31',
  doc: 'Cache type; line sizes are log2 of words',
});
export const DCZID_EL0 = defineRegister('DCZID_EL0', [3, 3, 0, 0, 7], { access: 'R R R', fields: { DZP: 4, BS: '3:0' }, res0: '63:5', doc: 'DC ZVA: prohibited, and log2 of the block in words' });
