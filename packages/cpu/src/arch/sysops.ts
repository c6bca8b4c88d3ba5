/**
 * System instructions: every operation of SYS and SYSL that has a name (AT, DC, IC, TLBI, CFP, DVP, CPP and later ones),
 * and the operand names of barriers and prefetches (DDI 0487, "The A64 System instruction class", "DMB", "PRFM").
 * Hints are rows of the instruction table. What traps an operation is told by its group: see `traps.ts`.
 */
import { InvariantError } from '../invariant.ts';
import { asFeature, type Feature } from './features.ts';
import type { ExceptionLevel } from './pstate.ts';

/** The operations that a control bit treats alike. */
export type SysOpGroup =
  | 'DC_SW' | 'DC_POC' | 'DC_POU' | 'DC_ZVA' | 'DC_PA' | 'IC_VA' | 'IC_ALL' | 'IC_ALL_IS'
  | 'AT_S1' | 'AT_S1E2' | 'AT_S12' | 'AT_S1E3'
  | 'TLBI_EL1' | 'TLBI_EL1_IS' | 'TLBI_EL1_OS' | 'TLBI_EL2' | 'TLBI_EL3'
  | 'RCTX' | 'BRB' | 'TRC' | 'GCS';

export interface SysOp {
  /** `AT`, `DC`, `IC`, `TLBI`, `CFP`... */
  readonly mnemonic: string;
  /** The operation's name; empty where the mnemonic says it all. */
  readonly name: string;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
  /** `op1:CRn:CRm:op2`, bits 18:5 of the instruction without op0: {@link sysOpKey}. */
  readonly key: number;
  /** Whether the instruction is SYSL: it reads a register. */
  readonly isRead: boolean;
  /** Whether the syntax takes Xt. Where absent, Rt is 31. */
  readonly xt: 'required' | 'absent' | 'optional';
  /** The feature (without `FEAT_`) that brings it. */
  readonly feature: Feature | null;
  /** The lowest EL at which it is not UNDEFINED, before any control is asked. */
  readonly minEl: ExceptionLevel;
  readonly group: SysOpGroup;
  /** `named`: of an extension that the project does not model; executing it is UNDEFINED. */
  readonly status: 'implemented' | 'named';
}

/** `op1:CRn:CRm:op2` in 14 bits. */
export function sysOpKey(op1: number, CRn: number, CRm: number, op2: number): number {
  return (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;
}

/** Features of version v8.5 and before whose operations are complete here. */
const MODELLED: ReadonlySet<Feature> = new Set<Feature>(['PAN2', 'DPB', 'DPB2', 'SPECRES', 'TLBIOS', 'TLBIRANGE', 'MTE', 'MTE2']);

const ops: SysOp[] = [];

function add(mnemonic: string, name: string, op1: number, CRn: number, CRm: number, op2: number, minEl: number, group: SysOpGroup, feature: Feature | null, xt: SysOp['xt'], isRead = false): void {
  const isModelled = (feature === null || MODELLED.has(feature)) && minEl < 3;
  ops.push({
    mnemonic, name, op1, CRn, CRm, op2,
    key: sysOpKey(op1, CRn, CRm, op2),
    isRead, xt, feature,
    minEl: minEl as ExceptionLevel,
    group,
    status: isModelled ? 'implemented' : 'named',
  });
}

/** Rows of `name op1 CRm op2 minEl group [feature]`; a name that ends in `-` takes no Xt. */
function table(mnemonic: string, CRn: number, rows: string): void {
  for (const line of rows.trim().split('\n')) {
    const [name = '', op1, CRm, op2, minEl, group, feature] = line.trim().split(/ +/);
    const isBare = name.endsWith('-');
    add(mnemonic, isBare ? name.slice(0, -1) : name, Number(op1), CRn, Number(CRm), Number(op2), Number(minEl), group as SysOpGroup, feature === undefined ? null : asFeature(feature), isBare ? 'absent' : 'required');
  }
}

// EL3's rows keep the feature column for what else they need: `named` follows from minEl 3.
table('IC', 7, `
  IALLUIS-  0  1 0  1 IC_ALL_IS
  IALLU-    0  5 0  1 IC_ALL
  IVAU      3  5 1  0 IC_VA`);
table('DC', 7, `
  IVAC      0  6 1  1 DC_POC
  ISW       0  6 2  1 DC_SW
  IGVAC     0  6 3  1 DC_POC  MTE2
  IGSW      0  6 4  1 DC_SW   MTE2
  IGDVAC    0  6 5  1 DC_POC  MTE2
  IGDSW     0  6 6  1 DC_SW   MTE2
  CSW       0 10 2  1 DC_SW
  CGSW      0 10 4  1 DC_SW   MTE2
  CGDSW     0 10 6  1 DC_SW   MTE2
  CISW      0 14 2  1 DC_SW
  CIGSW     0 14 4  1 DC_SW   MTE2
  CIGDSW    0 14 6  1 DC_SW   MTE2
  CIVAPS    0 15 1  1 DC_POC  PoPS
  CIGDVAPS  0 15 5  1 DC_POC  PoPS
  ZVA       3  4 1  0 DC_ZVA
  GVA       3  4 3  0 DC_ZVA  MTE
  GZVA      3  4 4  0 DC_ZVA  MTE
  CVAC      3 10 1  0 DC_POC
  CGVAC     3 10 3  0 DC_POC  MTE
  CGDVAC    3 10 5  0 DC_POC  MTE
  CVAU      3 11 1  0 DC_POU
  CVAP      3 12 1  0 DC_POC  DPB
  CGVAP     3 12 3  0 DC_POC  MTE
  CGDVAP    3 12 5  0 DC_POC  MTE
  CVADP     3 13 1  0 DC_POC  DPB2
  CGVADP    3 13 3  0 DC_POC  MTE
  CGDVADP   3 13 5  0 DC_POC  MTE
  CIVAC     3 14 1  0 DC_POC
  CIGVAC    3 14 3  0 DC_POC  MTE
  CIGDVAC   3 14 5  0 DC_POC  MTE
  CIPAE     4 14 0  2 DC_PA   MEC
  CIGDPAE   4 14 7  2 DC_PA   MEC
  CIPAPA    6 14 1  3 DC_PA   RME
  CIGDPAPA  6 14 5  3 DC_PA   RME`);
table('AT', 7, `
  S1E1R   0 8 0  1 AT_S1
  S1E1W   0 8 1  1 AT_S1
  S1E0R   0 8 2  1 AT_S1
  S1E0W   0 8 3  1 AT_S1
  S1E1RP  0 9 0  1 AT_S1  PAN2
  S1E1WP  0 9 1  1 AT_S1  PAN2
  S1E1A   0 9 2  1 AT_S1  ATS1A
  S1E2R   4 8 0  2 AT_S1E2
  S1E2W   4 8 1  2 AT_S1E2
  S12E1R  4 8 4  2 AT_S12
  S12E1W  4 8 5  2 AT_S12
  S12E0R  4 8 6  2 AT_S12
  S12E0W  4 8 7  2 AT_S12
  S1E2A   4 9 2  2 AT_S1E2 ATS1A
  S1E3R   6 8 0  3 AT_S1E3 EL3
  S1E3W   6 8 1  3 AT_S1E3 EL3
  S1E3A   6 9 2  3 AT_S1E3 ATS1A`);
for (const [mnemonic, op2, feature] of [['CFP', 4, 'SPECRES'], ['DVP', 5, 'SPECRES'], ['COSP', 6, 'SPECRES2'], ['CPP', 7, 'SPECRES']] as const) {
  add(mnemonic, 'RCTX', 3, 7, 3, op2, 0, 'RCTX', feature, 'required');
}
table('BRB', 7, `
  IALL- 1 2 4  1 BRB BRBE
  INJ-  1 2 5  1 BRB BRBE`);
add('TRCIT', '', 3, 7, 2, 7, 1, 'TRC', 'ITE', 'required');
add('GCSPUSHX', '', 0, 7, 7, 4, 1, 'GCS', 'GCS', 'absent');
add('GCSPOPCX', '', 0, 7, 7, 5, 1, 'GCS', 'GCS', 'absent');
add('GCSPOPX', '', 0, 7, 7, 6, 1, 'GCS', 'GCS', 'absent');
add('GCSPUSHM', '', 3, 7, 7, 0, 0, 'GCS', 'GCS', 'required');
add('GCSPOPM', '', 3, 7, 7, 1, 0, 'GCS', 'GCS', 'optional', true);
add('GCSSS1', '', 3, 7, 7, 2, 0, 'GCS', 'GCS', 'required');
add('GCSSS2', '', 3, 7, 7, 3, 0, 'GCS', 'GCS', 'required', true);

/**
 * TLBI: (op1, CRm) and the names by op2 0 to 7. `-` is free, a name in `()` takes no Xt. The suffix gives the
 * shareability: none for this PE, IS, OS. Each row stands twice, for CRn 8 and, with FEAT_XS, for CRn 9 as `...NXS`.
 */
const TLBI: readonly (readonly [op1: number, CRm: number, suffix: '' | 'IS' | 'OS', names: string])[] = [
  ...([[7, ''], [3, 'IS'], [1, 'OS']] as const).flatMap(([CRm, suffix]) => [
    [0, CRm, suffix, '(VMALLE1) VAE1 ASIDE1 VAAE1 - VALE1 - VAALE1'] as const,
    [4, CRm, suffix, '(ALLE2) VAE2 - - (ALLE1) VALE2 (VMALLS12E1)'] as const,
    [6, CRm, suffix, `(ALLE3) VAE3 - - ${suffix === 'IS' ? '-' : '(PAALL)'} VALE3`] as const,
  ]),
  ...([[6, ''], [2, 'IS'], [5, 'OS']] as const).flatMap(([CRm, suffix]) => [
    [0, CRm, suffix, '- RVAE1 - RVAAE1 - RVALE1 - RVAALE1'] as const,
    [4, CRm, suffix, '- RVAE2 - - - RVALE2'] as const,
    [6, CRm, suffix, '- RVAE3 - - - RVALE3'] as const,
  ]),
  [4, 0, 'IS', '- IPAS2E1 RIPAS2E1 - - IPAS2LE1 RIPAS2LE1'],
  [4, 4, '', '- IPAS2E1 RIPAS2E1 - - IPAS2LE1 RIPAS2LE1'],
  [4, 4, 'OS', 'IPAS2E1 - - RIPAS2E1 IPAS2LE1 - - RIPAS2LE1'],
  [6, 4, 'OS', '- - - RPA - - - RPAL'],
];

for (const CRn of [8, 9]) {
  for (const [op1, CRm, suffix, names] of TLBI) {
    for (const [op2, cell] of names.split(' ').entries()) {
      if (cell === '-') continue;
      const isBare = cell.startsWith('(');
      const stem = isBare ? cell.slice(1, -1) : cell;
      const isRealm = /^(PAALL|RPAL?)$/.test(stem);
      const feature = CRn === 9 ? 'XS' : isRealm ? 'RME' : /^R/.test(stem) ? 'TLBIRANGE' : suffix === 'OS' ? 'TLBIOS' : op1 === 6 ? 'EL3' : null;
      const group = op1 === 0 ? (suffix === '' ? 'TLBI_EL1' : suffix === 'IS' ? 'TLBI_EL1_IS' : 'TLBI_EL1_OS') : op1 === 4 ? 'TLBI_EL2' : 'TLBI_EL3';
      add('TLBI', stem + suffix + (CRn === 9 ? 'NXS' : ''), op1, CRn, CRm, op2, op1 === 0 ? 1 : op1 === 4 ? 2 : 3, group, feature, isBare ? 'absent' : 'required');
    }
  }
}

/** Every named operation. */
export const SYS_OPS: readonly SysOp[] = ops;

const byKey = new Map<number, SysOp>();
const byName = new Map<string, SysOp>();
for (const op of ops) {
  if (byKey.has(op.key)) throw new InvariantError(`two System instructions have the key of ${op.mnemonic} ${op.name}`);
  byKey.set(op.key, op);
  byName.set(`${op.mnemonic} ${op.name}`, op);
}

/** The operation of a key ({@link sysOpKey}); null where SYS and SYSL have no name. */
export function sysOp(key: number): SysOp | null {
  return byKey.get(key) ?? null;
}

/** The operation by mnemonic and name, in any case: `('TLBI', 'vae1is')`. */
export function sysOpByName(mnemonic: string, name: string): SysOp | null {
  return byName.get(`${mnemonic} ${name}`.toUpperCase()) ?? null;
}

// ---- TLBI operands

/** What a TLBI invalidates, read off its name (DDI 0487, "TLB maintenance instructions"). */
export interface TlbiShape {
  /** `IPA` is stage 2 by IPA; `PA` is of FEAT_RME. */
  readonly by: 'ALL' | 'VMALL' | 'VMALLS12' | 'ASID' | 'VA' | 'VAA' | 'IPA' | 'PA';
  /** The EL whose regime it names. */
  readonly el: 1 | 2 | 3;
  /** Only entries of the last level. */
  readonly isLastLevel: boolean;
  readonly isRange: boolean;
  readonly shareability: '' | 'IS' | 'OS';
  readonly nXS: boolean;
}

const TLBI_NAME = /^(R?)(VMALLS12|VMALL|IPAS2|PAALL|PA|ALL|ASID|VAA|VA)(L?)(?:E([123]))?(IS|OS|)(NXS|)$/;

/** The parts of a TLBI's name; null for a name that is none. */
export function tlbiShape(name: string): TlbiShape | null {
  const found = TLBI_NAME.exec(name);
  if (found === null) return null;
  const [, range, by = '', last, el, shareability, nXS] = found;
  return {
    by: (by === 'IPAS2' ? 'IPA' : by === 'PAALL' ? 'PA' : by) as TlbiShape['by'],
    el: Number(el ?? 3) as TlbiShape['el'],
    isLastLevel: last === 'L',
    isRange: range === 'R',
    shareability: shareability as TlbiShape['shareability'],
    nXS: nXS === 'NXS',
  };
}

// ---- Barriers

export interface BarrierOption {
  readonly name: string;
  readonly CRm: number;
  readonly domain: 'OSH' | 'NSH' | 'ISH' | 'SY';
  /** The accesses that are ordered: loads before everything, stores before stores, or all. */
  readonly types: 'LD' | 'ST' | 'ALL';
}

/** Options of DMB and DSB by CRm; ISB knows SY only. The other values act as SY (DSB 0 and 4 are SSBB and PSSBB). */
export const BARRIER_OPTIONS: readonly BarrierOption[] = (['OSH', 'NSH', 'ISH', 'SY'] as const).flatMap((domain, index) =>
  (['LD', 'ST', 'ALL'] as const).map((types, low): BarrierOption => ({
    name: domain === 'SY' ? (types === 'ALL' ? 'SY' : types) : domain + (types === 'ALL' ? '' : types),
    CRm: index * 4 + low + 1,
    domain,
    types,
  })),
);

/** Options of DSB nXS (FEAT_XS): imm2 in CRm<3:2>, and the number that stands for the name. */
export const DSB_NXS_OPTIONS: readonly { readonly name: string; readonly imm2: number; readonly immediate: number }[] = ['OSH', 'NSH', 'ISH', 'SY'].map((domain, imm2) => ({
  name: `${domain}nXS`,
  imm2,
  immediate: 16 + 4 * imm2,
}));

// ---- Prefetch

/** `<prfop>` of PRFM: type in bits 4:3, target in 2:1, policy in 0. The gaps have no name. */
export const PREFETCH_TYPES = ['PLD', 'PLI', 'PST'] as const;
export const PREFETCH_TARGETS = ['L1', 'L2', 'L3'] as const;
export const PREFETCH_POLICIES = ['KEEP', 'STRM'] as const;

/** The name of a prefetch operation by its five bits; null where it is written as a number. */
export function prefetchName(prfop: number): string | null {
  const type = PREFETCH_TYPES[(prfop >> 3) & 3];
  const target = PREFETCH_TARGETS[(prfop >> 1) & 3];
  const policy = PREFETCH_POLICIES[prfop & 1];
  return type === undefined || target === undefined || policy === undefined || prfop >> 5 !== 0 ? null : type + target + policy;
}
