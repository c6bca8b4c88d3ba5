/**
 * Layouts that several system registers share, each declared once (DDI 0487, part D, "AArch64 System Register
 * Descriptions"). A layout whose name ends in a condition is the second reading of a register that has two.
 */
import { layout } from '../bits.ts';

/** The whole register is IMPLEMENTATION DEFINED. */
export const IMPDEF = layout('IMPDEF', 64, { impdef: '63:0' });

/** The main ID register, and what EL2 shows in its place. */
export const MIDR_ELx = layout('MIDR_ELx', 64, {
  fields: { Implementer: '31:24', Variant: '23:20', Architecture: '19:16', PartNum: '15:4', Revision: '3:0' },
  res0: '63:32',
});

/** Multiprocessor affinity, and what EL2 shows in its place. */
export const MPIDR_ELx = layout('MPIDR_ELx', 64, {
  fields: { Aff3: '39:32', U: 30, MT: 24, Aff2: '23:16', Aff1: '15:8', Aff0: '7:0' },
  res0: '63:40 29:25',
  res1: '31',
});

/** Exception classes, ESR_ELx.EC. `Lower` and `Same` tell the EL that the exception came from. */
export const EXCEPTION_CLASSES = {
  Unknown: 0x00,
  WFx: 0x01,
  CP15RT: 0x03,
  CP15RRT: 0x04,
  CP14RT: 0x05,
  CP14DT: 0x06,
  AdvSIMDFPAccess: 0x07,
  FPID: 0x08,
  PAC: 0x09,
  LDST64B: 0x0a,
  CP14RRT: 0x0c,
  BranchTarget: 0x0d,
  IllegalState: 0x0e,
  SVC32: 0x11,
  HVC32: 0x12,
  SMC32: 0x13,
  SysReg128: 0x14,
  SVC64: 0x15,
  HVC64: 0x16,
  SMC64: 0x17,
  SysReg: 0x18,
  SVEAccess: 0x19,
  ERET: 0x1a,
  TSTART: 0x1b,
  FPAC: 0x1c,
  SMEAccess: 0x1d,
  GPC: 0x1e,
  InstructionAbortLower: 0x20,
  InstructionAbortSame: 0x21,
  PCAlignment: 0x22,
  DataAbortLower: 0x24,
  DataAbortSame: 0x25,
  SPAlignment: 0x26,
  MemCpyMemSet: 0x27,
  FPTrapped32: 0x28,
  FPTrapped64: 0x2c,
  GCS: 0x2d,
  SError: 0x2f,
  BreakpointLower: 0x30,
  BreakpointSame: 0x31,
  SoftwareStepLower: 0x32,
  SoftwareStepSame: 0x33,
  WatchpointLower: 0x34,
  WatchpointSame: 0x35,
  BKPT32: 0x38,
  VectorCatch32: 0x3a,
  BRK64: 0x3c,
  Profiling: 0x3d,
} as const;

/** Exception syndrome. ISS by class: `esr.ts`. */
export const ESR_ELx = layout('ESR_ELx', 64, {
  fields: { ISS2: { bits: '55:32', feature: 'LS64' }, EC: { bits: '31:26', values: EXCEPTION_CLASSES }, IL: 25, ISS: '24:0' },
  res0: '63:56',
});

/** PSTATE.M of AArch64 and AArch32 modes, as SPSR_ELx.M holds it. */
export const MODES = {
  EL0t: 0b00000,
  EL1t: 0b00100,
  EL1h: 0b00101,
  EL2t: 0b01000,
  EL2h: 0b01001,
  EL3t: 0b01100,
  EL3h: 0b01101,
  User: 0b10000,
  FIQ: 0b10001,
  IRQ: 0b10010,
  Supervisor: 0b10011,
  Monitor: 0b10110,
  Abort: 0b10111,
  Hyp: 0b11010,
  Undefined: 0b11011,
  System: 0b11111,
} as const;

/** Saved program status, for exceptions taken from AArch64 state. M holds `M[4]` and `M[3:0]` together. */
export const SPSR_ELx = layout('SPSR_ELx', 64, {
  fields: {
    UINJ: { bits: 36, feature: 'UINJ' },
    PACM: { bits: 35, feature: 'PAuth_LR' },
    EXLOCK: { bits: 34, feature: 'GCS' },
    PPEND: { bits: 33, feature: 'SEBEP' },
    PM: { bits: 32, feature: 'EBEP' },
    N: 31,
    Z: 30,
    C: 29,
    V: 28,
    TCO: { bits: 25, feature: 'MTE' },
    DIT: { bits: 24, feature: 'DIT' },
    UAO: { bits: 23, feature: 'UAO' },
    PAN: { bits: 22, feature: 'PAN' },
    SS: 21,
    IL: 20,
    ALLINT: { bits: 13, feature: 'NMI' },
    SSBS: { bits: 12, feature: 'SSBS' },
    BTYPE: { bits: '11:10', feature: 'BTI' },
    D: 9,
    A: 8,
    I: 7,
    F: 6,
    M: { bits: '4:0', values: MODES },
  },
  res0: '63:37 27:26 19:14 5',
});

/** Saved program status, for exceptions taken from AArch32 state. */
export const SPSR_ELx_AArch32 = layout('SPSR_ELx (from AArch32)', 64, {
  fields: {
    UINJ: { bits: 36, feature: 'UINJ' },
    PPEND: { bits: 33, feature: 'SEBEP' },
    N: 31,
    Z: 30,
    C: 29,
    V: 28,
    Q: 27,
    'IT[1:0]': '26:25',
    DIT: { bits: 24, feature: 'DIT' },
    SSBS: { bits: 23, feature: 'SSBS' },
    PAN: { bits: 22, feature: 'PAN' },
    SS: 21,
    IL: 20,
    GE: '19:16',
    'IT[7:2]': '15:10',
    E: 9,
    A: 8,
    I: 7,
    F: 6,
    T: 5,
    M: { bits: '4:0', values: MODES },
  },
  res0: '63:37 35:34 32',
});

/** SPSR_abt, SPSR_und, SPSR_irq, SPSR_fiq: the banked AArch32 program status. */
export const SPSR_AArch32 = layout('SPSR_<mode>', 64, {
  fields: {
    N: 31,
    Z: 30,
    C: 29,
    V: 28,
    Q: 27,
    'IT[1:0]': '26:25',
    DIT: { bits: 24, feature: 'DIT' },
    SSBS: { bits: 23, feature: 'SSBS' },
    PAN: { bits: 22, feature: 'PAN' },
    IL: 20,
    GE: '19:16',
    'IT[7:2]': '15:10',
    E: 9,
    A: 8,
    I: 7,
    F: 6,
    T: 5,
    M: { bits: '4:0', values: MODES },
  },
  res0: '63:32 21',
});

const GRANULES_0 = { '4K': 0b00, '64K': 0b01, '16K': 0b10 } as const;
const GRANULES_1 = { '16K': 0b01, '4K': 0b10, '64K': 0b11 } as const;
const ADDRESS_SIZES = { '32bit': 0, '36bit': 1, '40bit': 2, '42bit': 3, '44bit': 4, '48bit': 5, '52bit': 6, '56bit': 7 } as const;
const SHAREABILITY = { NonShareable: 0b00, OuterShareable: 0b10, InnerShareable: 0b11 } as const;
const CACHEABILITY = { NC: 0b00, WBRAWA: 0b01, WTRAnWA: 0b10, WBRAnWA: 0b11 } as const;

/** Translation control of a regime with two VA ranges: TCR_EL1, and TCR_EL2 while HCR_EL2.E2H is 1. */
export const TCR_ELx = layout('TCR_ELx', 64, {
  fields: {
    MTX1: { bits: 61, feature: 'MTE_NO_ADDRESS_TAGS' },
    MTX0: { bits: 60, feature: 'MTE_NO_ADDRESS_TAGS' },
    DS: { bits: 59, feature: 'LPA2' },
    TCMA1: { bits: 58, feature: 'MTE2' },
    TCMA0: { bits: 57, feature: 'MTE2' },
    E0PD1: { bits: 56, feature: 'E0PD' },
    E0PD0: { bits: 55, feature: 'E0PD' },
    NFD1: { bits: 54, feature: 'SVE' },
    NFD0: { bits: 53, feature: 'SVE' },
    TBID1: { bits: 52, feature: 'PAuth' },
    TBID0: { bits: 51, feature: 'PAuth' },
    HWU162: { bits: 50, feature: 'HPDS2' },
    HWU161: { bits: 49, feature: 'HPDS2' },
    HWU160: { bits: 48, feature: 'HPDS2' },
    HWU159: { bits: 47, feature: 'HPDS2' },
    HWU062: { bits: 46, feature: 'HPDS2' },
    HWU061: { bits: 45, feature: 'HPDS2' },
    HWU060: { bits: 44, feature: 'HPDS2' },
    HWU059: { bits: 43, feature: 'HPDS2' },
    HPD1: { bits: 42, feature: 'HPDS' },
    HPD0: { bits: 41, feature: 'HPDS' },
    HD: { bits: 40, feature: 'HAFDBS' },
    HA: { bits: 39, feature: 'HAFDBS' },
    TBI1: 38,
    TBI0: 37,
    AS: { bits: 36, values: { '8bit': 0, '16bit': 1 } },
    IPS: { bits: '34:32', values: ADDRESS_SIZES },
    TG1: { bits: '31:30', values: GRANULES_1 },
    SH1: { bits: '29:28', values: SHAREABILITY },
    ORGN1: { bits: '27:26', values: CACHEABILITY },
    IRGN1: { bits: '25:24', values: CACHEABILITY },
    EPD1: 23,
    A1: 22,
    T1SZ: '21:16',
    TG0: { bits: '15:14', values: GRANULES_0 },
    SH0: { bits: '13:12', values: SHAREABILITY },
    ORGN0: { bits: '11:10', values: CACHEABILITY },
    IRGN0: { bits: '9:8', values: CACHEABILITY },
    EPD0: 7,
    T0SZ: '5:0',
  },
  res0: '63:62 35 6',
});

/** Translation control of the EL2 regime with one VA range: TCR_EL2 while HCR_EL2.E2H is 0. */
export const TCR_EL2_E2H0 = layout('TCR_EL2 (E2H=0)', 64, {
  fields: {
    MTX: { bits: 33, feature: 'MTE_NO_ADDRESS_TAGS' },
    DS: { bits: 32, feature: 'LPA2' },
    TCMA: { bits: 30, feature: 'MTE2' },
    TBID: { bits: 29, feature: 'PAuth' },
    HWU62: { bits: 28, feature: 'HPDS2' },
    HWU61: { bits: 27, feature: 'HPDS2' },
    HWU60: { bits: 26, feature: 'HPDS2' },
    HWU59: { bits: 25, feature: 'HPDS2' },
    HPD: { bits: 24, feature: 'HPDS' },
    HD: { bits: 22, feature: 'HAFDBS' },
    HA: { bits: 21, feature: 'HAFDBS' },
    TBI: 20,
    PS: { bits: '18:16', values: ADDRESS_SIZES },
    TG0: { bits: '15:14', values: GRANULES_0 },
    SH0: { bits: '13:12', values: SHAREABILITY },
    ORGN0: { bits: '11:10', values: CACHEABILITY },
    IRGN0: { bits: '9:8', values: CACHEABILITY },
    T0SZ: '5:0',
  },
  res0: '63:34 19 7:6',
  res1: '31 23',
});

/** Stage 2 translation control. */
export const VTCR_ELx = layout('VTCR_EL2', 64, {
  fields: {
    HDBSS: { bits: 45, feature: 'HDBSS' },
    HAFT: { bits: 44, feature: 'HAFT' },
    TL0: { bits: 41, feature: 'THE' },
    GCSH: { bits: 40, feature: 'GCS' },
    D128: { bits: 38, feature: 'D128' },
    S2POE: { bits: 37, feature: 'S2POE' },
    S2PIE: { bits: 36, feature: 'S2PIE' },
    TL1: { bits: 35, feature: 'THE' },
    AssuredOnly: { bits: 34, feature: 'THE' },
    SL2: { bits: 33, feature: 'LPA2' },
    DS: { bits: 32, feature: 'LPA2' },
    NSA: { bits: 30, feature: 'SEL2' },
    NSW: { bits: 29, feature: 'SEL2' },
    HWU62: { bits: 28, feature: 'HPDS2' },
    HWU61: { bits: 27, feature: 'HPDS2' },
    HWU60: { bits: 26, feature: 'HPDS2' },
    HWU59: { bits: 25, feature: 'HPDS2' },
    HD: { bits: 22, feature: 'HAFDBS' },
    HA: { bits: 21, feature: 'HAFDBS' },
    VS: { bits: 19, feature: 'VMID16', values: { '8bit': 0, '16bit': 1 } },
    PS: { bits: '18:16', values: ADDRESS_SIZES },
    TG0: { bits: '15:14', values: GRANULES_0 },
    SH0: { bits: '13:12', values: SHAREABILITY },
    ORGN0: { bits: '11:10', values: CACHEABILITY },
    IRGN0: { bits: '9:8', values: CACHEABILITY },
    SL0: '7:6',
    T0SZ: '5:0',
  },
  res0: '63:46 43:42 39 24:23 20',
  res1: '31',
});

/** Translation table base with an ASID; BADDR holds bits 47:1 of the address, bits 5:2 bits 51:48 with a 52-bit PA. */
export const TTBR_ELx = layout('TTBR_ELx', 64, {
  fields: { ASID: '63:48', BADDR: '47:1', CnP: { bits: 0, feature: 'TTCNP' } },
});

/** Translation table base of a regime without ASIDs: TTBR0_EL2 while HCR_EL2.E2H is 0. */
export const TTBR0_EL2_E2H0 = layout('TTBR0_EL2 (E2H=0)', 64, {
  fields: { BADDR: '47:1', CnP: { bits: 0, feature: 'TTCNP' } },
  res0: '63:48',
});

/** Stage 2 translation table base; the VMID has 8 bits unless FEAT_VMID16 is there and VTCR_EL2.VS is 1. */
export const VTTBR_ELx = layout('VTTBR_EL2', 64, {
  fields: { 'VMID[15:8]': { bits: '63:56', feature: 'VMID16' }, 'VMID[7:0]': '55:48', BADDR: '47:1', CnP: { bits: 0, feature: 'TTCNP' } },
});

/** Eight memory attribute bytes, indexed by AttrIndx. */
export const MAIR_ELx = layout('MAIR_ELx', 64, {
  fields: {
    Attr7: '63:56',
    Attr6: '55:48',
    Attr5: '47:40',
    Attr4: '39:32',
    Attr3: '31:24',
    Attr2: '23:16',
    Attr1: '15:8',
    Attr0: '7:0',
  },
});

/** Who may use an extension: FPEN, ZEN, SMEN of the CPACR layout. */
const ENABLES = { TrapAll: 0b00, TrapEL0: 0b01, TrapAll2: 0b10, NoTrap: 0b11 } as const;

/** Access to floating-point, SVE, SME and trace at EL1 and EL0. */
export const CPACR_ELx = layout('CPACR_EL1', 64, {
  fields: {
    E0POE: { bits: 29, feature: 'S1POE' },
    TTA: { bits: 28, feature: 'ETMv4' },
    SMEN: { bits: '25:24', feature: 'SME', values: ENABLES },
    FPEN: { bits: '21:20', values: ENABLES },
    ZEN: { bits: '17:16', feature: 'SVE', values: ENABLES },
  },
  res0: '63:30 27:26 23:22 19:18 15:0',
});

/** CPTR_EL2 while HCR_EL2.E2H is 0: one bit traps EL2, EL1 and EL0. */
export const CPTR_EL2_E2H0 = layout('CPTR_EL2 (E2H=0)', 64, {
  fields: {
    TCPAC: 31,
    TAM: { bits: 30, feature: 'AMUv1' },
    TTA: { bits: 20, feature: 'ETMv4' },
    TSM: { bits: 12, feature: 'SME', absent: 1 },
    TFP: 10,
    TZ: { bits: 8, feature: 'SVE', absent: 1 },
  },
  res0: '63:32 29:21 19:14 11',
  res1: '13 9 7:0',
});

/** CPTR_EL2 while HCR_EL2.E2H is 1: the CPACR_EL1 layout with the EL2-only traps. */
export const CPTR_EL2_E2H1 = layout('CPTR_EL2 (E2H=1)', 64, {
  fields: {
    TCPAC: 31,
    TAM: { bits: 30, feature: 'AMUv1' },
    E0POE: { bits: 29, feature: 'S1POE' },
    TTA: { bits: 28, feature: 'ETMv4' },
    SMEN: { bits: '25:24', feature: 'SME', values: ENABLES },
    FPEN: { bits: '21:20', values: ENABLES },
    ZEN: { bits: '17:16', feature: 'SVE', values: ENABLES },
  },
  res0: '63:32 27:26 23:22 19:18 15:0',
});

/** Tag check faults: SCTLR_ELx.TCF and TCF0. */
const TAG_CHECK_FAULTS = { None: 0b00, Synchronous: 0b01, Asynchronous: 0b10, Asymmetric: 0b11 } as const;

/** System control of one EL, in SCTLR_EL1 and in both layouts of SCTLR_EL2. */
const SCTLR_OWN = {
  SPINTMASK: { bits: 62, feature: 'NMI' },
  NMI: { bits: 61, feature: 'NMI' },
  TCSO: { bits: 59, feature: 'MTE_STORE_ONLY' },
  TME: { bits: 53, feature: 'TME' },
  TMT: { bits: 51, feature: 'TME' },
  DSSBS: { bits: 44, feature: 'SSBS' },
  ATA: { bits: 43, feature: 'MTE2' },
  TCF: { bits: '41:40', feature: 'MTE2', values: TAG_CHECK_FAULTS },
  ITFSB: { bits: 37, feature: 'MTE2' },
  EnIA: { bits: 31, feature: 'PAuth' },
  EnIB: { bits: 30, feature: 'PAuth' },
  EnDA: { bits: 27, feature: 'PAuth' },
  EE: 25,
  EIS: { bits: 22, feature: 'ExS', absent: 1 },
  IESB: { bits: 21, feature: 'IESB' },
  WXN: 19,
  EnDB: { bits: 13, feature: 'PAuth' },
  I: 12,
  EOS: { bits: 11, feature: 'ExS', absent: 1 },
  nAA: { bits: 6, feature: 'LSE2' },
  SA: 3,
  C: 2,
  A: 1,
  M: 0,
} as const;

/** What SCTLR_EL1 says for EL0, and SCTLR_EL2 under HCR_EL2.{E2H,TGE}={1,1}. */
const SCTLR_FOR_EL0 = {
  TIDCP: { bits: 63, feature: 'TIDCP1' },
  EnTP2: { bits: 60, feature: 'SME' },
  TCSO0: { bits: 58, feature: 'MTE_STORE_ONLY' },
  EPAN: { bits: 57, feature: 'PAN3' },
  EnALS: { bits: 56, feature: 'LS64' },
  EnAS0: { bits: 55, feature: 'LS64_ACCDATA' },
  EnASR: { bits: 54, feature: 'LS64_V' },
  TME0: { bits: 52, feature: 'TME' },
  TMT0: { bits: 50, feature: 'TME' },
  TWEDEL: { bits: '49:46', feature: 'TWED' },
  TWEDEn: { bits: 45, feature: 'TWED' },
  ATA0: { bits: 42, feature: 'MTE2' },
  TCF0: { bits: '39:38', feature: 'MTE2', values: TAG_CHECK_FAULTS },
  BT0: { bits: 35, feature: 'BTI' },
  EnFPM: { bits: 34, feature: 'FPMR' },
  MSCEn: { bits: 33, feature: 'MOPS' },
  CMOW: { bits: 32, feature: 'CMOW' },
  LSMAOE: { bits: 29, feature: 'LSMAOC', absent: 1 },
  nTLSMD: { bits: 28, feature: 'LSMAOC', absent: 1 },
  UCI: 26,
  E0E: 24,
  SPAN: { bits: 23, feature: 'PAN', absent: 1 },
  TSCXT: { bits: 20, feature: 'CSV2_2', absent: 1 },
  nTWE: 18,
  nTWI: 16,
  UCT: 15,
  DZE: 14,
  EnRCTX: { bits: 10, feature: 'SPECRES' },
  SED: { bits: 8, feature: 'AA32EL0', absent: 1 },
  ITD: { bits: 7, feature: 'AA32EL0', absent: 1 },
  CP15BEN: { bits: 5, feature: 'AA32EL0' },
  SA0: 4,
} as const;

/** System control, EL1 and EL0. */
export const SCTLR_EL1_BITS = layout('SCTLR_EL1', 64, {
  fields: { ...SCTLR_OWN, ...SCTLR_FOR_EL0, BT1: { bits: 36, feature: 'BTI' }, UMA: 9 },
  res0: '17',
});

/** SCTLR_EL2 while HCR_EL2.E2H is 1; DAIF at EL0 always traps there, so there is no UMA. */
export const SCTLR_EL2_E2H1 = layout('SCTLR_EL2 (E2H=1)', 64, {
  fields: { ...SCTLR_OWN, ...SCTLR_FOR_EL0, BT: { bits: 36, feature: 'BTI' } },
  res0: '17 9',
});

/** SCTLR_EL2 while HCR_EL2.E2H is 0: EL2 alone. */
export const SCTLR_EL2_E2H0 = layout('SCTLR_EL2 (E2H=0)', 64, {
  fields: { ...SCTLR_OWN, BT: { bits: 36, feature: 'BTI' } },
  res0: '63 60 58:54 52 50:45 42 39:38 35:32 26 24 20 17 15:14 10:7',
  res1: '29:28 23 18 16 5:4',
});

/** PAR_EL1 after a translation that succeeded (F is 0). */
export const PAR_EL1_F0 = layout('PAR_EL1 (F=0)', 64, {
  fields: {
    ATTR: '63:56',
    PA: '51:12',
    NSE: { bits: 11, feature: 'RME', absent: 1 },
    NS: 9,
    SH: { bits: '8:7', values: SHAREABILITY },
    F: 0,
  },
  res0: '55:52 6:1',
  impdef: '10',
});

/** PAR_EL1 after a translation that failed (F is 1). */
export const PAR_EL1_F1 = layout('PAR_EL1 (F=1)', 64, {
  fields: {
    DirtyBit: { bits: 15, feature: 'S1PIE' },
    Overlay: { bits: 14, feature: 'S1POE' },
    TopLevel: { bits: 13, feature: 'THE' },
    AssuredOnly: { bits: 12, feature: 'THE' },
    S: 9,
    PTW: 8,
    FST: '6:1',
    F: 0,
  },
  res0: '47:16 10 7',
  res1: '11',
  impdef: '63:48',
});

/** CCSIDR_EL1 with 32-bit format; bits 31:28 are UNKNOWN. */
export const CCSIDR_32 = layout('CCSIDR_EL1', 64, {
  fields: { NumSets: '27:13', Associativity: '12:3', LineSize: '2:0' },
  res0: '63:32',
  impdef: '31:28',
});

/** CCSIDR_EL1 with FEAT_CCIDX. */
export const CCSIDR_CCIDX = layout('CCSIDR_EL1 (CCIDX)', 64, {
  fields: { NumSets: '55:32', Associativity: '23:3', LineSize: '2:0' },
  res0: '63:56 31:24',
});

/** A syndrome for a deferred or virtual SError; with IDS 0 and FEAT_RAS the ISS is AET, EA and DFSC. */
export const DISR_ELx = layout('DISR_ELx', 64, {
  fields: { A: 31, IDS: 24, ISS: '23:0' },
  res0: '63:32 30:25',
});

/** DISR_ELx while IDS is 0: the architected syndrome of an SError. */
export const DISR_ELx_IDS0 = layout('DISR_ELx (IDS=0)', 64, {
  fields: {
    A: 31,
    IDS: 24,
    WU: { bits: '17:16', feature: 'RASv2' },
    AET: { bits: '12:10', values: { UC: 0, UEU: 1, UEO: 2, UER: 3, CE: 6 } },
    EA: 9,
    WnRV: { bits: 7, feature: 'RASv2' },
    WnR: { bits: 6, feature: 'RASv2' },
    DFSC: '5:0',
  },
  res0: '63:32 30:25 23:18 15:13 8',
});

/** A trace filter: TRFCR_EL1. */
export const TRFCR_ELx = layout('TRFCR_EL1', 64, {
  fields: { TS: { bits: '6:5', values: { Virtual: 1, GuestPhysical: 2, Physical: 3 } }, E1TRE: 1, E0TRE: 0 },
  res0: '63:7 4:2',
});

/** One number in the whole register. */
export const VALUE_64 = layout('VALUE', 64, { fields: { VALUE: '63:0' } });

/** Reset management. */
export const RMR_ELx = layout('RMR_ELx', 64, { fields: { RR: 1, AA64: 0 }, res0: '63:2' });

/** Address of the reset vector. */
export const RVBAR_ELx = layout('RVBAR_ELx', 64, { fields: { ResetAddress: '63:0' } });

/** Vector base. */
export const VBAR_ELx = layout('VBAR_ELx', 64, { fields: { VBA: '63:11' }, res0: '10:0' });

/** Process identifier for trace and context breakpoints. */
export const CONTEXTIDR_ELx = layout('CONTEXTIDR_ELx', 64, { fields: { PROCID: '31:0' }, res0: '63:32' });

/** A software thread identifier. */
export const TPIDR_ELx = layout('TPIDR_ELx', 64, { fields: { ThreadID: '63:0' } });

/** A software context number. */
export const SCXTNUM_ELx = layout('SCXTNUM_ELx', 64, { fields: { SCXTNUM: '63:0' } });

/** A return address. */
export const ELR_ELx = layout('ELR_ELx', 64, { fields: { ReturnAddress: '63:0' } });

/** A faulting virtual address; the manual gives the field no name. */
export const FAR_ELx = layout('FAR_ELx', 64, { fields: { ADDR: '63:0' } });

/** A stack pointer. */
export const SP_ELx = layout('SP_ELx', 64, { fields: { SP: '63:0' } });
