/**
 * ESR_ELx: one layout and one constructor per syndrome (DDI 0487, "ESR_EL1" and the "ISS encoding for..." sections).
 *
 * Constructors return the *low 32-bit word* of ESR_ELx as an unsigned number: EC, IL and ISS all lie there, and the high
 * word holds only ISS2, which no syndrome up to v8.5 uses. They take the ISS fields by their names, allocate no `bigint`,
 * and do not check that an argument fits its field: they run once per trap. Results from EC 0x20 up exceed 2^31, so keep
 * them in a `Uint32Array` or a local. All are for exceptions from AArch64, where IL is 1. Where the manual has two ECs,
 * they build the one for a *lower* EL, and {@link takenFromSameEl} turns it into the other once the target is known.
 */
import { layout, type LayoutBase } from './bits.ts';
import { EC, exceptionClass, type IssName } from './exception-class.ts';
import { faultStatus, FSC, SERROR_DFSC } from './fault-status.ts';
import { ESR_ELx } from './sysregs/layouts.ts';

/** EC of the low word of ESR_ELx. */
export function syndromeEc(esr: number): number {
  return esr >>> 26;
}

/** ISS of the low word of ESR_ELx. */
export function syndromeIss(esr: number): number {
  return esr & 0x1ff_ffff;
}

const IL = 0x0200_0000;
const base = (ec: number): number => ((ec << 26) | IL) >>> 0;

// ---- Layouts: bits 24:0

const COND = { CV: 24, COND: '23:20' } as const;
const DIRECTION = { bits: 0, values: { write: 0, read: 1 } } as const;
/** Synchronous Error Type, with FEAT_RAS and an external abort. */
const SET = { bits: '12:11', values: { UER: 0b00, UC: 0b10, UEO: 0b11 }, feature: 'RAS' } as const;

/** WFI, WFE, WFIT, WFET. RN and RV, and TI above 1, need FEAT_WFxT. */
export const ISS_WFx = layout('ISS_WFx', 25, {
  fields: { ...COND, RN: '9:5', RV: 2, TI: { bits: '1:0', values: { WFI: 0, WFE: 1, WFIT: 2, WFET: 3 } } },
  res0: '19:10 4:3',
});
/** MCR, MRC and VMRS from AArch32. Direction 1 is a read: MRC, VMRS. */
export const ISS_MCR = layout('ISS_MCR', 25, {
  fields: { ...COND, Opc2: '19:17', Opc1: '16:14', CRn: '13:10', Rt: '9:5', CRm: '4:1', Direction: DIRECTION },
});
/** MCRR and MRRC from AArch32. */
export const ISS_MCRR = layout('ISS_MCRR', 25, {
  fields: { ...COND, Opc1: '19:16', Rt2: '14:10', Rt: '9:5', CRm: '4:1', Direction: DIRECTION },
  res0: '15',
});
/** LDC and STC from AArch32. */
export const ISS_LDC = layout('ISS_LDC', 25, {
  fields: {
    ...COND,
    imm8: '19:12',
    Rn: '9:5',
    Offset: { bits: 4, values: { subtract: 0, add: 1 } },
    AM: { bits: '3:1', values: { 'immediate unindexed': 0, 'immediate post-indexed': 1, 'immediate offset': 2, 'immediate pre-indexed': 3, 'literal unindexed': 4, 'literal offset': 6 } },
    Direction: DIRECTION,
  },
  res0: '11:10',
});
/** Access to FP or SIMD trapped by CPACR_EL1, CPTR_EL2. */
export const ISS_FP_ACCESS = layout('ISS_FP_ACCESS', 25, { fields: COND, res0: '19:0' });
/** Branch Target Exception: PSTATE.BTYPE at the target. */
export const ISS_BTI = layout('ISS_BTI', 25, { fields: { BTYPE: '1:0' }, res0: '24:2' });
/** SVC, HVC and (AArch64) SMC. */
export const ISS_CALL = layout('ISS_CALL', 25, { fields: { imm16: '15:0' }, res0: '24:16' });
/** SMC from AArch32. */
export const ISS_SMC32 = layout('ISS_SMC32', 25, { fields: { ...COND, CCKNOWNPASS: 19 }, res0: '18:0' });
/** MSR, MRS and System instructions. Direction 1 is a read: MRS, SYSL. Without a register Rt is 31. */
export const ISS_SYS = layout('ISS_SYS', 25, {
  fields: { Op0: '21:20', Op2: '19:17', Op1: '16:14', CRn: '13:10', Rt: '9:5', CRm: '4:1', Direction: DIRECTION },
  res0: '24:22',
});
/** ERET (0), ERETAA (ERET 1, ERETA 0), ERETAB (ERET 1, ERETA 1). */
export const ISS_ERET = layout('ISS_ERET', 25, { fields: { ERET: 1, ERETA: 0 }, res0: '24:2' });
/** Pointer authentication failure; the manual leaves both bits unnamed: data (1) or instruction key, B (1) or A key. */
export const ISS_FPAC = layout('ISS_FPAC', 25, { fields: { data: 1, B: 0 }, res0: '24:2' });
/** SME: why (SMTC). */
export const ISS_SME = layout('ISS_SME', 25, { fields: { SMTC: '2:0' }, res0: '24:3' });
export const ISS_INSTRUCTION_ABORT = layout('ISS_INSTRUCTION_ABORT', 25, {
  fields: { SET, FnV: 10, EA: 9, S1PTW: 7, IFSC: '5:0' },
  res0: '24:13 8 6',
});
/** SAS to AR are valid while ISV is 1, and RES0 otherwise. */
export const ISS_DATA_ABORT = layout('ISS_DATA_ABORT', 25, {
  fields: {
    ISV: 24,
    SAS: { bits: '23:22', values: { byte: 0, halfword: 1, word: 2, doubleword: 3 } },
    SSE: 21,
    SRT: '20:16',
    SF: 15,
    AR: 14,
    VNCR: { bits: 13, feature: 'NV2' },
    SET,
    FnV: 10,
    EA: 9,
    CM: 8,
    S1PTW: 7,
    WnR: 6,
    DFSC: '5:0',
  },
});
export const ISS_FP_EXCEPTION = layout('ISS_FP_EXCEPTION', 25, {
  fields: { TFV: 23, VECITR: '10:8', IDF: 7, IXF: 4, UFF: 3, OFF: 2, DZF: 1, IOF: 0 },
  res0: '24 22:11 6:5',
});
/** SError with IDS 0; with IDS 1 bits 23:0 are IMPLEMENTATION DEFINED. AET and EA are valid with DFSC 0b010001. */
export const ISS_SERROR = layout('ISS_SERROR', 25, {
  fields: { IDS: 24, IESB: { bits: 13, feature: 'IESB' }, AET: { bits: '12:10', values: { UC: 0, UEU: 1, UEO: 2, UER: 3, CE: 6 }, feature: 'RAS' }, EA: { bits: 9, feature: 'RAS' }, DFSC: '5:0' },
  res0: '23:14 8:6',
});
const ISS_SERROR_IMP_DEF = layout('ISS_SERROR_IMP_DEF', 25, { fields: { IDS: 24, ISS: '23:0' } });
/** Breakpoint and AArch32 Vector Catch. */
export const ISS_BREAKPOINT = layout('ISS_BREAKPOINT', 25, { fields: { IFSC: '5:0' }, res0: '24:6' });
/** EX is valid while ISV is 1: the stepped instruction was a Load-Exclusive. */
export const ISS_SOFTWARE_STEP = layout('ISS_SOFTWARE_STEP', 25, { fields: { ISV: 24, EX: 6, IFSC: '5:0' }, res0: '23:7' });
export const ISS_WATCHPOINT = layout('ISS_WATCHPOINT', 25, {
  fields: { VNCR: { bits: 13, feature: 'NV2' }, CM: 8, WnR: 6, DFSC: '5:0' },
  res0: '24:14 12:9 7',
});
/** BRK, and BKPT from AArch32. */
export const ISS_COMMENT = layout('ISS_COMMENT', 25, { fields: { Comment: '15:0' }, res0: '24:16' });

const ISS_NONE = layout('ISS_NONE', 25, { fields: {}, res0: '24:0' });
const ISS_RAW = layout('ISS_RAW', 25, { fields: { ISS: '24:0' } });

/** The layout of each ISS encoding that {@link exceptionClass} names. */
export const ISS_LAYOUTS: Readonly<Record<IssName, LayoutBase<string>>> = {
  none: ISS_NONE,
  wfx: ISS_WFx,
  mcr: ISS_MCR,
  mcrr: ISS_MCRR,
  ldc: ISS_LDC,
  fpAccess: ISS_FP_ACCESS,
  bti: ISS_BTI,
  call: ISS_CALL,
  smc32: ISS_SMC32,
  sys: ISS_SYS,
  eret: ISS_ERET,
  fpac: ISS_FPAC,
  sme: ISS_SME,
  instructionAbort: ISS_INSTRUCTION_ABORT,
  dataAbort: ISS_DATA_ABORT,
  fpException: ISS_FP_EXCEPTION,
  serror: ISS_SERROR,
  breakpoint: ISS_BREAKPOINT,
  softwareStep: ISS_SOFTWARE_STEP,
  watchpoint: ISS_WATCHPOINT,
  comment: ISS_COMMENT,
  raw: ISS_RAW,
};

// ---- Constructors

/** UNDEFINED, and everything without an EC of its own. */
export const UNKNOWN_SYNDROME = base(EC.Unknown);
/** A Pointer authentication instruction trapped by HCR_EL2.API. */
export const PAC_SYNDROME = base(EC.PAC);
export const ILLEGAL_STATE_SYNDROME = base(EC.IllegalState);
export const SVE_SYNDROME = base(EC.SVEAccess);
/** FAR_ELx holds the PC. */
export const PC_ALIGNMENT_SYNDROME = base(EC.PCAlignment);
export const SP_ALIGNMENT_SYNDROME = base(EC.SPAlignment);
export const BREAKPOINT_SYNDROME = (base(EC.BreakpointLower) | FSC.DEBUG) >>> 0;

const WFX = base(EC.WFx);
const FP_ACCESS = base(EC.AdvSIMDFPAccess);
const BRANCH_TARGET = base(EC.BranchTarget);
const SVC = base(EC.SVC64);
const HVC = base(EC.HVC64);
const SMC = base(EC.SMC64);
const SYS = base(EC.SysReg);
const ERET_TRAP = base(EC.ERET);
const AUTH_FAILURE = base(EC.FPAC);
const INSTRUCTION_ABORT = base(EC.InstructionAbortLower);
const DATA_ABORT = base(EC.DataAbortLower);
const FP_EXCEPTION = base(EC.FPTrapped64);
const SERROR = base(EC.SError);
const SOFTWARE_STEP = (base(EC.SoftwareStepLower) | FSC.DEBUG) >>> 0;
const WATCHPOINT = (base(EC.WatchpointLower) | FSC.DEBUG) >>> 0;
const BRK = base(EC.BRK64);

/** A WF* instruction: TI tells which. In AArch64 state CV is 1 and COND 0b1110. */
export function wfxSyndrome(TI: number, RN = 0, RV = 0, CV = 1, COND = 0xe): number {
  return (WFX | (CV << 24) | (COND << 20) | (RN << 5) | (RV << 2) | TI) >>> 0;
}

/** An access to FP or SIMD. In AArch64 state CV is 1 and COND 0b1110. */
export function fpAccessSyndrome(CV = 1, COND = 0xe): number {
  return (FP_ACCESS | (CV << 24) | (COND << 20)) >>> 0;
}

export function btiSyndrome(BTYPE: number): number {
  return (BRANCH_TARGET | BTYPE) >>> 0;
}

export function svcSyndrome(imm16: number): number {
  return (SVC | imm16) >>> 0;
}

export function hvcSyndrome(imm16: number): number {
  return (HVC | imm16) >>> 0;
}

export function smcSyndrome(imm16: number): number {
  return (SMC | imm16) >>> 0;
}

/** A trapped MSR, MRS, SYS or SYSL; Rt is 31 where the instruction has none, Direction 1 for MRS and SYSL. */
export function sysSyndrome(Op0: number, Op1: number, CRn: number, CRm: number, Op2: number, Rt: number, Direction: number): number {
  return (SYS | (Op0 << 20) | (Op2 << 17) | (Op1 << 14) | (CRn << 10) | (Rt << 5) | (CRm << 1) | Direction) >>> 0;
}

/** The same from a key `op0:op1:CRn:CRm:op2` of 16 bits, as `sysRegKey` makes it (op0 is 1 for SYS and SYSL). */
export function sysKeySyndrome(key: number, Rt: number, Direction: number): number {
  return sysSyndrome((key >> 14) & 3, (key >> 11) & 7, (key >> 7) & 15, (key >> 3) & 15, key & 7, Rt, Direction);
}

/** The key `op0:op1:CRn:CRm:op2` of a syndrome with EC 0x18. */
export function syndromeSysKey(esr: number): number {
  return (((esr >> 20) & 3) << 14) | (((esr >> 14) & 7) << 11) | (((esr >> 10) & 15) << 7) | (((esr >> 1) & 15) << 3) | ((esr >> 17) & 7);
}

/** ERET: (0, 0); ERETAA: (1, 0); ERETAB: (1, 1). */
export function eretSyndrome(ERET: number, ERETA: number): number {
  return (ERET_TRAP | (ERET << 1) | ERETA) >>> 0;
}

/** A failed authentication that raises an exception: data or instruction key, B or A key. */
export function fpacSyndrome(data: number, B: number): number {
  return (AUTH_FAILURE | (data << 1) | B) >>> 0;
}

export function instructionAbortSyndrome(SET: number, FnV: number, EA: number, S1PTW: number, IFSC: number): number {
  return (INSTRUCTION_ABORT | (SET << 11) | (FnV << 10) | (EA << 9) | (S1PTW << 7) | IFSC) >>> 0;
}

/**
 * ISS[24:14] of a Data Abort with ISV 1, from what the instruction is alone, so that it can be kept with the decoded
 * instruction. Instructions without a valid syndrome (pairs, exclusives, FP and SIMD, atomics, writeback) have 0.
 */
export function accessSyndrome(SAS: number, SSE: number, SRT: number, SF: number, AR: number): number {
  return 0x0100_0000 | (SAS << 22) | (SSE << 21) | (SRT << 16) | (SF << 15) | (AR << 14);
}

/** A Data Abort; `access` is {@link accessSyndrome} for a stage 2 abort of a plain load or store, else 0. */
export function dataAbortSyndrome(access: number, VNCR: number, SET: number, FnV: number, EA: number, CM: number, S1PTW: number, WnR: number, DFSC: number): number {
  return (DATA_ABORT | access | (VNCR << 13) | (SET << 11) | (FnV << 10) | (EA << 9) | (CM << 8) | (S1PTW << 7) | (WnR << 6) | DFSC) >>> 0;
}

export function fpExceptionSyndrome(TFV: number, VECITR: number, IDF: number, IXF: number, UFF: number, OFF: number, DZF: number, IOF: number): number {
  return (FP_EXCEPTION | (TFV << 23) | (VECITR << 8) | (IDF << 7) | (IXF << 4) | (UFF << 3) | (OFF << 2) | (DZF << 1) | IOF) >>> 0;
}

/** An SError with IDS 0. */
export function serrorSyndrome(IESB: number, AET: number, EA: number, DFSC: number): number {
  return (SERROR | (IESB << 13) | (AET << 10) | (EA << 9) | DFSC) >>> 0;
}

/** An SError with IDS 1, or a virtual one: IDS and ISS[23:0] as VSESR_EL2 or the implementation gives them. */
export function serrorImpDefSyndrome(IDS: number, ISS: number): number {
  return (SERROR | (IDS << 24) | ISS) >>> 0;
}

export function softwareStepSyndrome(ISV: number, EX: number): number {
  return (SOFTWARE_STEP | (ISV << 24) | (EX << 6)) >>> 0;
}

export function watchpointSyndrome(VNCR: number, CM: number, WnR: number): number {
  return (WATCHPOINT | (VNCR << 13) | (CM << 8) | (WnR << 6)) >>> 0;
}

export function brkSyndrome(Comment: number): number {
  return (BRK | Comment) >>> 0;
}

/** The syndrome for an exception taken from its target EL (pseudocode AArch64.ReportException: the EC plus 1 where paired). */
export function takenFromSameEl(esr: number): number {
  switch (esr >>> 26) {
    case EC.InstructionAbortLower:
    case EC.DataAbortLower:
    case EC.BreakpointLower:
    case EC.SoftwareStepLower:
    case EC.WatchpointLower:
      return (esr | (1 << 26)) >>> 0;
    default:
      return esr;
  }
}

// ---- Reading, for people

export interface SyndromeField {
  readonly name: string;
  /** Where it lies in ISS: `'21:20'` or `'0'`. */
  readonly bits: string;
  readonly value: number;
  /** What the value means, where it has a name. */
  readonly meaning: string | null;
}

export interface SyndromeDescription {
  readonly ec: number;
  /** Short name of the EC; `RESERVED` where it has no row. */
  readonly name: string;
  readonly title: string;
  readonly aarch32: boolean;
  readonly il: number;
  readonly iss: number;
  readonly iss2: number;
  /** ISS by field, most significant first. */
  readonly fields: readonly SyndromeField[];
  /** RES0 bits of the whole register that are set nevertheless. */
  readonly stray: bigint;
}

/** ESR_ELx taken apart, as data. */
export function describeSyndrome(esr: bigint | number): SyndromeDescription {
  const value = BigInt.asUintN(64, BigInt(esr));
  const low = Number(value & 0xffff_ffffn);
  const iss = syndromeIss(low);
  const ec = syndromeEc(low);
  const known = exceptionClass(ec);
  let encoding = ISS_LAYOUTS[known?.iss ?? 'raw'];
  if (encoding === ISS_SERROR && ISS_SERROR.IDS.inWord(iss) === 1) encoding = ISS_SERROR_IMP_DEF;
  const fields = encoding.fields.map((field): SyndromeField => {
    const bits = field.width === 1 ? String(field.lsb) : `${String(field.msb)}:${String(field.lsb)}`;
    const number = field.inWord(iss);
    return { name: field.name, bits, value: number, meaning: meaning(encoding, field.name, number) ?? field.valueName(number) };
  });
  return {
    ec,
    name: known?.name ?? 'RESERVED',
    title: known?.title ?? 'Reserved',
    aarch32: known?.aarch32 ?? false,
    il: ESR_ELx.IL.inWord(low),
    iss,
    iss2: Number(ESR_ELx.ISS2.get(value)),
    fields,
    stray: (value & ESR_ELx.res0) | (BigInt(iss) & encoding.res0),
  };
}

function meaning(encoding: LayoutBase<string>, name: string, value: number): string | null {
  if (name !== 'IFSC' && name !== 'DFSC') return null;
  if (encoding !== ISS_SERROR) return faultStatus(value)?.title ?? 'reserved';
  if (value === SERROR_DFSC.UNCATEGORIZED) return 'Uncategorized error';
  return value === SERROR_DFSC.ASYNCHRONOUS ? 'Asynchronous SError interrupt' : 'reserved';
}
