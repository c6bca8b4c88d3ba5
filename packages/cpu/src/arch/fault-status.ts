/**
 * Fault status codes: IFSC of Instruction Aborts, DFSC of Data Aborts, watchpoints and SErrors, FST of PAR_EL1
 * (DDI 0487, "ISS encoding for an exception from a Data Abort" and pseudocode EncodeLDFSC). One row a code.
 */
import { InvariantError } from '../invariant.ts';
import type { Feature } from './features.ts';

export type FaultLevel = -1 | 0 | 1 | 2 | 3;

/** Faults that have one code a level: the code of level 0 to 3 is this base plus the level. */
export const FSC = {
  ADDRESS_SIZE: 0b0000_00,
  TRANSLATION: 0b0001_00,
  ACCESS_FLAG: 0b0010_00,
  PERMISSION: 0b0011_00,
  /** Synchronous External abort, not on a translation table walk. */
  EXTERNAL: 0b0100_00,
  /** Synchronous Tag Check Fault; in an SError, an asynchronous SError interrupt. */
  TAG_CHECK: 0b0100_01,
  /** Synchronous External abort on a walk, by level. */
  EXTERNAL_ON_WALK: 0b0101_00,
  /** Synchronous parity or ECC error, not on a walk; reserved with FEAT_RAS. */
  PARITY: 0b0110_00,
  /** Synchronous parity or ECC error on a walk, by level; reserved with FEAT_RAS. */
  PARITY_ON_WALK: 0b0111_00,
  ALIGNMENT: 0b1000_01,
  /** Debug exceptions: breakpoint, watchpoint, software step. */
  DEBUG: 0b1000_10,
  TLB_CONFLICT: 0b1100_00,
  /** Unsupported atomic hardware update. */
  ATOMIC_UPDATE: 0b1100_01,
  LOCKDOWN: 0b1101_00,
  /** Unsupported Exclusive or Atomic access. */
  EXCLUSIVE: 0b1101_01,
} as const;

export type Fault = keyof typeof FSC;

/** Which syndromes may hold the code: Instruction Abort, Data Abort, Debug exceptions. */
export type FaultKind = 'I' | 'D' | 'G';

export interface FaultStatus {
  readonly code: number;
  readonly fault: Fault;
  /** The translation level; null where the fault has none. */
  readonly level: FaultLevel | null;
  /** The letters of {@link FaultKind} that apply. */
  readonly kinds: string;
  /** The feature (without `FEAT_`) that brings the code. */
  readonly feature: Feature | null;
  readonly title: string;
}

const byLevel = (fault: Fault, title: string, levelMinus1: number | null, feature0: Feature | null = null): FaultStatus[] => {
  const rows: FaultStatus[] = [0, 1, 2, 3].map((level) => ({
    code: FSC[fault] + level,
    fault,
    level: level as FaultLevel,
    kinds: 'ID',
    feature: level === 0 ? feature0 : null,
    title: `${title}, level ${String(level)}`,
  }));
  if (levelMinus1 !== null) rows.push({ code: levelMinus1, fault, level: -1, kinds: 'ID', feature: 'LPA2', title: `${title}, level -1` });
  return rows;
};
const single = (fault: Fault, title: string, kinds = 'ID', feature: Feature | null = null): FaultStatus => ({ code: FSC[fault], fault, level: null, kinds, feature, title });

/** Every code, in the order of the manual. Level 0 of Access flag and Permission faults, and level -1, need FEAT_LPA2. */
export const FAULT_STATUSES: readonly FaultStatus[] = [
  ...byLevel('ADDRESS_SIZE', 'Address size fault', 0b101001),
  ...byLevel('TRANSLATION', 'Translation fault', 0b101011),
  ...byLevel('ACCESS_FLAG', 'Access flag fault', null, 'LPA2'),
  ...byLevel('PERMISSION', 'Permission fault', null, 'LPA2'),
  single('EXTERNAL', 'Synchronous External abort, not on translation table walk'),
  single('TAG_CHECK', 'Synchronous Tag Check Fault', 'D', 'MTE2'),
  ...byLevel('EXTERNAL_ON_WALK', 'Synchronous External abort on translation table walk', 0b010011),
  single('PARITY', 'Synchronous parity or ECC error on memory access, not on translation table walk'),
  ...byLevel('PARITY_ON_WALK', 'Synchronous parity or ECC error on translation table walk', 0b011011),
  single('ALIGNMENT', 'Alignment fault', 'D'),
  single('DEBUG', 'Debug exception', 'G'),
  single('TLB_CONFLICT', 'TLB conflict abort'),
  single('ATOMIC_UPDATE', 'Unsupported atomic hardware update fault', 'ID', 'HAFDBS'),
  single('LOCKDOWN', 'IMPLEMENTATION DEFINED fault (Lockdown)', 'D'),
  single('EXCLUSIVE', 'IMPLEMENTATION DEFINED fault (Unsupported Exclusive or Atomic access)', 'D'),
];

const byCode = new Map(FAULT_STATUSES.map((one) => [one.code, one]));

/** The row of a fault status code; null for a reserved one. */
export function faultStatus(code: number): FaultStatus | null {
  return byCode.get(code) ?? null;
}

/** The code of a fault: with its level where the fault is told by level, without where it is not. */
export function faultStatusCode(fault: Fault, level: FaultLevel | null = null): number {
  const found = FAULT_STATUSES.find((one) => one.fault === fault && one.level === level);
  if (found === undefined) throw new InvariantError(`no fault status code for ${fault} at level ${String(level)}`);
  return found.code;
}

/** DFSC of an SError interrupt with ESR_ELx.IDS 0 ("ISS encoding for an SError interrupt"). */
export const SERROR_DFSC = { UNCATEGORIZED: 0b000000, ASYNCHRONOUS: 0b010001 } as const;
