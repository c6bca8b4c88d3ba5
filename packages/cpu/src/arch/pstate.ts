/**
 * PSTATE: the modes M encodes, the conditions NZCV is asked for, and the fields that MSR (immediate) writes (DDI 0487,
 * "Process state, PSTATE", "SPSR_EL1", "MSR (immediate)").
 */
import { layout } from './bits.ts';
import type { Feature } from './features.ts';
import { MODES } from './sysregs/layouts.ts';

export type ExceptionLevel = 0 | 1 | 2 | 3;

export interface Mode {
  readonly name: string;
  /** SPSR_ELx.M[4:0]. */
  readonly M: number;
  readonly el: ExceptionLevel;
  /** PSTATE.SP: 0 uses SP_EL0 (`t`), 1 SP_ELx (`h`); null in AArch32. */
  readonly sp: 0 | 1 | null;
}

/** The EL an AArch32 mode runs at while EL3 is not AArch32; the other modes run at EL1. */
const AARCH32_EL: Readonly<Partial<Record<string, ExceptionLevel>>> = { User: 0, Monitor: 3, Hyp: 2 };

/** The values of M. In AArch64, where M[4] is 0: M[3:2] is the EL, M[1] is 0, M[0] tells the stack pointer. */
export const MODE_ROWS: readonly Mode[] = Object.entries(MODES).map(([name, M]) => ({
  name,
  M,
  el: M < 0x10 ? ((M >> 2) as ExceptionLevel) : (AARCH32_EL[name] ?? 1),
  sp: M < 0x10 ? ((M & 1) as 0 | 1) : null,
}));

/** The row of SPSR_ELx.M; null for a reserved value, which makes an exception return illegal. */
export function modeOf(M: number): Mode | null {
  return MODE_ROWS.find((mode) => mode.M === M) ?? null;
}

/**
 * What SPSR_ELx holds of PSTATE up to v8.5, for who keeps PSTATE itself: a selection from `SPSR_ELx`, all in the low word.
 * The register's own layout, with the bits of later extensions, is `SPSR_ELx` in `sysregs/layouts.ts`.
 */
export const SPSR_AARCH64 = layout('SPSR_ELx', 64, {
  fields: {
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
    SSBS: { bits: 12, feature: 'SSBS' },
    BTYPE: { bits: '11:10', feature: 'BTI' },
    D: 9,
    A: 8,
    I: 7,
    F: 6,
    M: { bits: '4:0', values: MODES },
  },
  res0: '63:32 27:26 19:13 5',
});

/** Masks within the low word of SPSR_ELx, for hot paths. */
export const PSTATE_NZCV_MASK = 0xf000_0000;
export const PSTATE_DAIF_MASK = 0x0000_03c0;
/** D, A, I, F as the immediate of MSR DAIFSet and DAIFClr holds them; in SPSR_ELx and DAIF they lie 6 bits higher. */
export const DAIF_BITS = { D: 0b1000, A: 0b0100, I: 0b0010, F: 0b0001 } as const;

/** What exception entry to ELx sets (pseudocode AArch64.TakeException); fields not named keep their value. */
export const PSTATE_ON_ENTRY: readonly { readonly field: string; readonly value: string; readonly feature?: Feature }[] = [
  { field: 'D', value: '1' },
  { field: 'A', value: '1' },
  { field: 'I', value: '1' },
  { field: 'F', value: '1' },
  { field: 'SS', value: '0' },
  { field: 'IL', value: '0' },
  { field: 'SP', value: '1' },
  { field: 'nRW', value: '0' },
  { field: 'BTYPE', value: '0', feature: 'BTI' },
  { field: 'UAO', value: '0', feature: 'UAO' },
  { field: 'TCO', value: '1', feature: 'MTE' },
  { field: 'SSBS', value: 'SCTLR_ELx.DSSBS', feature: 'SSBS' },
  { field: 'PAN', value: '1 if SCTLR_ELx.SPAN is 0 and the target is EL1, or EL2 with HCR_EL2.{E2H,TGE} {1,1}', feature: 'PAN' },
];

// ---- Conditions

export interface Condition {
  readonly name: string;
  /** Other names that assemblers accept. */
  readonly alias: string | null;
  readonly meaning: string;
  /** Bit n is 1 when the condition holds for NZCV equal to n (N is 8, Z 4, C 2, V 1). */
  readonly holds: number;
}

const condition = (name: string, alias: string | null, meaning: string, holds: number): Condition => ({ name, alias, meaning, holds });

/** The sixteen conditions by code (DDI 0487, "Condition code"; pseudocode ConditionHolds). NV behaves as AL. */
export const CONDITIONS: readonly Condition[] = [
  condition('EQ', null, 'Z == 1', 0xf0f0),
  condition('NE', null, 'Z == 0', 0x0f0f),
  condition('CS', 'HS', 'C == 1', 0xcccc),
  condition('CC', 'LO', 'C == 0', 0x3333),
  condition('MI', null, 'N == 1', 0xff00),
  condition('PL', null, 'N == 0', 0x00ff),
  condition('VS', null, 'V == 1', 0xaaaa),
  condition('VC', null, 'V == 0', 0x5555),
  condition('HI', null, 'C == 1 && Z == 0', 0x0c0c),
  condition('LS', null, '!(C == 1 && Z == 0)', 0xf3f3),
  condition('GE', null, 'N == V', 0xaa55),
  condition('LT', null, 'N != V', 0x55aa),
  condition('GT', null, 'Z == 0 && N == V', 0x0a05),
  condition('LE', null, '!(Z == 0 && N == V)', 0xf5fa),
  condition('AL', null, 'always', 0xffff),
  condition('NV', null, 'always', 0xffff),
];

// ---- MSR (immediate)

export interface PstateField {
  readonly name: string;
  readonly op1: number;
  readonly op2: number;
  /** The fixed upper bits of CRm where they select the field, as a pattern of CRm; `'----'` leaves all four to the immediate. */
  readonly CRm: string;
  /** What the immediate does. */
  readonly meaning: string;
  /** The largest immediate that GNU as takes. The manual allows 0 to 15 for each; the one-bit fields ignore CRm<3:1>. */
  readonly max: number;
  readonly feature: Feature | null;
  /** The lowest EL that may execute it; `trap` names a control that can forbid it there. */
  readonly minEl: ExceptionLevel;
  readonly trap: string | null;
  /** `named`: of an extension that is not modelled. */
  readonly status: 'implemented' | 'named';
}

const field = (name: string, op1: number, op2: number, meaning: string, max: number, minEl: ExceptionLevel, feature: Feature | null, trap: string | null = null): PstateField => ({
  name, op1, op2, CRm: '----', meaning, max, feature, minEl, trap, status: 'implemented',
});
const named = (name: string, op1: number, op2: number, CRm: string, feature: Feature, minEl: ExceptionLevel): PstateField => ({
  name, op1, op2, CRm, meaning: `${name} = CRm<0>`, max: 1, feature, minEl, trap: null, status: 'named',
});

/** `MSR <pstatefield>, #imm`: op0 0, CRn 4, the immediate in CRm. (CFINV, XAFLAG, AXFLAG share op1 0 and have instruction rows.) */
export const PSTATE_FIELDS: readonly PstateField[] = [
  field('UAO', 0, 3, 'PSTATE.UAO = CRm<0>', 1, 1, 'UAO'),
  field('PAN', 0, 4, 'PSTATE.PAN = CRm<0>', 1, 1, 'PAN'),
  field('SPSel', 0, 5, 'PSTATE.SP = CRm<0>', 1, 1, null),
  named('ALLINT', 1, 0, '000-', 'NMI', 1),
  named('PM', 1, 0, '001-', 'EBEP', 1),
  field('SSBS', 3, 1, 'PSTATE.SSBS = CRm<0>', 1, 0, 'SSBS2'),
  field('DIT', 3, 2, 'PSTATE.DIT = CRm<0>', 1, 0, 'DIT'),
  named('SVCRSM', 3, 3, '001-', 'SME', 0),
  named('SVCRZA', 3, 3, '010-', 'SME', 0),
  named('SVCRSMZA', 3, 3, '011-', 'SME', 0),
  field('TCO', 3, 4, 'PSTATE.TCO = CRm<0>', 1, 0, 'MTE'),
  field('DAIFSet', 3, 6, 'PSTATE.{D,A,I,F} |= CRm', 15, 0, null, 'SCTLR_EL1.UMA'),
  field('DAIFClr', 3, 7, 'PSTATE.{D,A,I,F} &= ~CRm', 15, 0, null, 'SCTLR_EL1.UMA'),
];

/** The row that (op1, op2, CRm) select; null where MSR (immediate) is unallocated. */
export function pstateField(op1: number, op2: number, CRm: number): PstateField | null {
  for (const one of PSTATE_FIELDS) {
    if (one.op1 === op1 && one.op2 === op2 && matches(one.CRm, CRm)) return one;
  }
  return null;
}

function matches(pattern: string, CRm: number): boolean {
  return [...pattern].every((bit, index) => bit === '-' || Number(bit) === ((CRm >> (3 - index)) & 1));
}
