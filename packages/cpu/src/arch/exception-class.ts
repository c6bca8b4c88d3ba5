/**
 * Exception classes: the EC field of ESR_ELx, one row a value (DDI 0487, "ESR_EL1, Exception Syndrome Register (EL1)"
 * and the Exception_* rows of the pseudocode function ExceptionSyndrome). Values without a row are reserved.
 * The names are those of the register table, after the pseudocode's `Exception_` constants. Layouts of ISS: `esr.ts`.
 */
import type { Feature } from './features.ts';
import { EXCEPTION_CLASSES } from './sysregs/layouts.ts';

/** EC values by name. */
export const EC = EXCEPTION_CLASSES;

export type ExceptionClassName = keyof typeof EC;

/** The ISS encodings that `esr.ts` has a layout for; `raw` is an encoding of an extension that is not modelled. */
export type IssName =
  | 'none' | 'wfx' | 'mcr' | 'mcrr' | 'ldc' | 'fpAccess' | 'bti' | 'call' | 'smc32' | 'sys' | 'eret' | 'fpac' | 'sme'
  | 'instructionAbort' | 'dataAbort' | 'fpException' | 'serror' | 'breakpoint' | 'softwareStep' | 'watchpoint' | 'comment' | 'raw';

/**
 * What ESR_ELx.IL says: `length` 1 for a 32-bit instruction and 0 for a 16-bit one; `one` always 1;
 * `isv` 1 while ISS.ISV is 0, else by length. Every A64 instruction has 32 bits, so from AArch64 IL is always 1.
 */
export type IlRule = 'length' | 'one' | 'isv';

export interface ExceptionClass {
  readonly code: number;
  readonly name: ExceptionClassName;
  /** The manual's description, shortened. */
  readonly title: string;
  /** The encoding of ISS. */
  readonly iss: IssName;
  readonly il: IlRule;
  /** Whether only AArch32 state can cause it. */
  readonly aarch32: boolean;
  /** The feature (without `FEAT_`) that brings the value; without it the value is reserved. */
  readonly feature: Feature | null;
  /** Whether the value is for exceptions from a lower EL and the next one for the same EL. */
  readonly paired: boolean;
}

type Mark = 'a32' | 'low';
const row = (title: string, iss: IssName, il: IlRule = 'length', mark: Mark | '' = '', feature: Feature | null = null) => ({ title, iss, il, mark, feature });

const ROWS: Readonly<Record<ExceptionClassName, ReturnType<typeof row>>> = {
  Unknown:               row('Unknown reason', 'none', 'one'),
  WFx:                   row('Trapped WF* instruction', 'wfx'),
  CP15RT:                row('Trapped MCR or MRC, coproc 0b1111', 'mcr', 'length', 'a32'),
  CP15RRT:               row('Trapped MCRR or MRRC, coproc 0b1111', 'mcrr', 'length', 'a32'),
  CP14RT:                row('Trapped MCR or MRC, coproc 0b1110', 'mcr', 'length', 'a32'),
  CP14DT:                row('Trapped LDC or STC', 'ldc', 'length', 'a32'),
  AdvSIMDFPAccess:       row('Access to SVE, Advanced SIMD or floating-point', 'fpAccess'),
  FPID:                  row('Trapped VMRS access to an ID register', 'mcr', 'length', 'a32'),
  PAC:                   row('Trapped use of a Pointer authentication instruction', 'none', 'length', '', 'PAuth'),
  LDST64B:               row('Trapped LD64B or ST64B*', 'raw', 'length', '', 'LS64'),
  CP14RRT:               row('Trapped MRRC, coproc 0b1110', 'mcrr', 'length', 'a32'),
  BranchTarget:          row('Branch Target Exception', 'bti', 'length', '', 'BTI'),
  IllegalState:          row('Illegal Execution state', 'none', 'one'),
  SVC32:                 row('SVC instruction in AArch32 state', 'call', 'length', 'a32'),
  HVC32:                 row('HVC instruction in AArch32 state', 'call', 'length', 'a32'),
  SMC32:                 row('SMC instruction in AArch32 state', 'smc32', 'length', 'a32'),
  SysReg128:             row('Trapped MSRR, MRRS or SYSP', 'raw', 'length', '', 'D128'),
  SVC64:                 row('SVC instruction in AArch64 state', 'call'),
  HVC64:                 row('HVC instruction in AArch64 state', 'call'),
  SMC64:                 row('SMC instruction in AArch64 state', 'call'),
  SysReg:                row('Trapped MSR, MRS or System instruction', 'sys'),
  SVEAccess:             row('Access to SVE', 'none', 'length', '', 'SVE'),
  ERET:                  row('Trapped ERET, ERETAA or ERETAB', 'eret', 'length', '', 'NV'),
  TSTART:                row('Trapped TSTART at EL0', 'raw', 'length', '', 'TME'),
  FPAC:                  row('Pointer authentication failure', 'fpac', 'length', '', 'FPAC'),
  SMEAccess:             row('Access to SME', 'sme', 'length', '', 'SME'),
  GPC:                   row('Granule Protection Check', 'raw', 'one', '', 'RME'),
  InstructionAbortLower: row('Instruction Abort from a lower Exception level', 'instructionAbort', 'one', 'low'),
  InstructionAbortSame:  row('Instruction Abort from the same Exception level', 'instructionAbort', 'one'),
  PCAlignment:           row('PC alignment fault', 'none', 'one'),
  DataAbortLower:        row('Data Abort from a lower Exception level', 'dataAbort', 'isv', 'low'),
  DataAbortSame:         row('Data Abort from the same Exception level', 'dataAbort', 'isv'),
  SPAlignment:           row('SP alignment fault', 'none', 'one'),
  MemCpyMemSet:          row('Memory Operation Exception', 'raw', 'length', '', 'MOPS'),
  FPTrapped32:           row('Trapped floating-point exception from AArch32 state', 'fpException', 'length', 'a32'),
  FPTrapped64:           row('Trapped floating-point exception from AArch64 state', 'fpException'),
  GCS:                   row('GCS exception', 'raw', 'length', '', 'GCS'),
  SError:                row('SError interrupt', 'serror', 'one'),
  BreakpointLower:       row('Breakpoint exception from a lower Exception level', 'breakpoint', 'one', 'low'),
  BreakpointSame:        row('Breakpoint exception from the same Exception level', 'breakpoint', 'one'),
  SoftwareStepLower:     row('Software Step exception from a lower Exception level', 'softwareStep', 'one', 'low'),
  SoftwareStepSame:      row('Software Step exception from the same Exception level', 'softwareStep', 'one'),
  WatchpointLower:       row('Watchpoint exception from a lower Exception level', 'watchpoint', 'one', 'low'),
  WatchpointSame:        row('Watchpoint exception from the same Exception level', 'watchpoint', 'one'),
  BKPT32:                row('BKPT instruction in AArch32 state', 'comment', 'length', 'a32'),
  VectorCatch32:         row('Vector Catch exception from AArch32 state', 'breakpoint', 'one', 'a32'),
  BRK64:                 row('BRK instruction in AArch64 state', 'comment'),
  Profiling:             row('PMU exception', 'raw', 'one', '', 'EBEP'),
};

/** All rows, in the order of their codes. */
export const EXCEPTION_CLASS_ROWS: readonly ExceptionClass[] = (Object.keys(EC) as ExceptionClassName[]).map((name) => {
  const { title, iss, il, mark, feature } = ROWS[name];
  return { code: EC[name], name, title, iss, il, aarch32: mark === 'a32', feature, paired: mark === 'low' };
});

const byCode = new Map(EXCEPTION_CLASS_ROWS.map((one) => [one.code, one]));

/** The row of an EC value; null for a reserved one. */
export function exceptionClass(code: number): ExceptionClass | null {
  return byCode.get(code) ?? null;
}
