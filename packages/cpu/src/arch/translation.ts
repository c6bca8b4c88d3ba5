/**
 * Translation: granules and geometry, descriptors, memory attributes, and how two stages combine (DDI 0487, "The AArch64
 * Virtual Memory System Architecture"). Facts and the arithmetic that follows from them; walks are in the core.
 * The layouts of TCR_ELx, TTBRn_ELx, VTCR_EL2 and VTTBR_EL2 are in `sysregs/`; {@link REGIMES} names them.
 */
import { layout } from './bits.ts';
import type { Feature } from './features.ts';

// ---- Granules

export type GranuleName = '4K' | '16K' | '64K';

export interface Granule {
  readonly name: GranuleName;
  /** log2 of the page size, which is also that of a table. */
  readonly pageBits: number;
  /** Address bits that one full table resolves: log2 of its descriptors. */
  readonly bitsPerLevel: number;
  /** Code in TCR_ELx.TG0 and VTCR_EL2.TG0. */
  readonly tg0: number;
  /** Code in TCR_ELx.TG1. */
  readonly tg1: number;
  /** The first level of a walk for the largest input address. */
  readonly firstLevel: 0 | 1;
  /** Levels at which a descriptor may be a block. (FEAT_LPA2 and FEAT_LPA add 0, and 1 for 16K and 64K.) */
  readonly blockLevels: readonly number[];
  /** Adjacent entries that the Contiguous bit joins, by level 0 to 3; 0 where there is none. */
  readonly contiguous: readonly [number, number, number, number];
  /** Smallest TxSZ, and with FEAT_LVA. */
  readonly minTxSZ: number;
  readonly minTxSZWithLVA: number;
  /** Largest TxSZ, and with FEAT_TTST. */
  readonly maxTxSZ: number;
  readonly maxTxSZWithTTST: number;
}

export const GRANULES: Readonly<Record<GranuleName, Granule>> = {
  '4K': { name: '4K', pageBits: 12, bitsPerLevel: 9, tg0: 0b00, tg1: 0b10, firstLevel: 0, blockLevels: [1, 2], contiguous: [0, 16, 16, 16], minTxSZ: 16, minTxSZWithLVA: 16, maxTxSZ: 39, maxTxSZWithTTST: 48 },
  '16K': { name: '16K', pageBits: 14, bitsPerLevel: 11, tg0: 0b10, tg1: 0b01, firstLevel: 0, blockLevels: [2], contiguous: [0, 0, 32, 128], minTxSZ: 16, minTxSZWithLVA: 16, maxTxSZ: 39, maxTxSZWithTTST: 48 },
  '64K': { name: '64K', pageBits: 16, bitsPerLevel: 13, tg0: 0b01, tg1: 0b11, firstLevel: 1, blockLevels: [2], contiguous: [0, 0, 32, 32], minTxSZ: 16, minTxSZWithLVA: 12, maxTxSZ: 39, maxTxSZWithTTST: 47 },
};

/** Granules by TCR_ELx.TG0 and by TG1; null for a reserved code, which acts as an implemented one. */
export const GRANULE_BY_TG0: readonly (Granule | null)[] = [GRANULES['4K'], GRANULES['64K'], GRANULES['16K'], null];
export const GRANULE_BY_TG1: readonly (Granule | null)[] = [null, GRANULES['16K'], GRANULES['4K'], GRANULES['64K']];

/** The lowest address bit that indexes a table of `level`; a block or page of that level has 2^that bytes. */
export function levelShift(granule: Granule, level: number): number {
  return granule.pageBits + (3 - level) * granule.bitsPerLevel;
}

/**
 * Whether TxSZ is in range. Out of range a core may act as with the nearest value or take a Translation fault, level 0;
 * ours faults.
 */
export function isTxSZInRange(granule: Granule, txsz: number, hasTtst: boolean): boolean {
  return txsz >= granule.minTxSZ && txsz <= (hasTtst ? granule.maxTxSZWithTTST : granule.maxTxSZ);
}

/** The level at which a stage 1 walk of `inputBits` (64 - TxSZ) starts. */
export function stage1StartLevel(granule: Granule, inputBits: number): number {
  return 4 - Math.ceil((inputBits - granule.pageBits) / granule.bitsPerLevel);
}

/** log2 of the bytes of the table (or, at stage 2, of the concatenated tables) at the initial level: the alignment of BADDR, at least 6. */
export function initialTableBits(granule: Granule, inputBits: number, startLevel: number): number {
  return Math.max(6, 3 + inputBits - levelShift(granule, startLevel));
}

export interface Stage2Start {
  readonly granule: GranuleName;
  /** VTCR_EL2.SL0. */
  readonly SL0: number;
  readonly level: number;
  /** Smallest implemented PA size, in bits, with which the level may be used. */
  readonly minPaBits: number;
  readonly feature: Feature | null;
}

const start = (granule: GranuleName, SL0: number, level: number, minPaBits = 0, feature: Feature | null = null): Stage2Start => ({ granule, SL0, level, minPaBits, feature });

/** The initial level of a stage 2 walk (DDI 0487, "VTCR_EL2.SL0"). Values without a row give a Translation fault, level 0. */
export const STAGE2_STARTS: readonly Stage2Start[] = [
  start('4K', 0, 2),
  start('4K', 1, 1),
  start('4K', 2, 0, 44),
  start('4K', 3, 3, 0, 'TTST'),
  start('16K', 0, 3),
  start('16K', 1, 2),
  start('16K', 2, 1, 42),
  start('16K', 3, 0, 48, 'LPA2'),
  start('64K', 0, 3),
  start('64K', 1, 2),
  start('64K', 2, 1, 44),
];

/** A stage 2 walk may start with up to 2^4 concatenated tables. */
export const MAX_CONCATENATION_BITS = 4;

/**
 * Whether VTCR_EL2.T0SZ fits SL0: the initial level resolves at least one bit and at most a full table's plus four.
 * Otherwise every access takes a stage 2 Translation fault, level 0 (pseudocode AArch64.TranslationTableWalk, startsizecheck).
 */
export function isStage2StartConsistent(granule: Granule, ipaBits: number, startLevel: number): boolean {
  const bits = ipaBits - levelShift(granule, startLevel);
  return bits >= 1 && bits <= granule.bitsPerLevel + MAX_CONCATENATION_BITS;
}

/** How many tables are concatenated at the initial level of a stage 2 walk. */
export function concatenatedTables(granule: Granule, ipaBits: number, startLevel: number): number {
  return 1 << Math.max(0, ipaBits - levelShift(granule, startLevel) - granule.bitsPerLevel);
}

/** Physical address sizes in bits by ID_AA64MMFR0_EL1.PARange, TCR_ELx.{I}PS and VTCR_EL2.PS. 52 needs FEAT_LPA, 56 FEAT_D128. */
export const PA_BITS: readonly number[] = [32, 36, 40, 42, 44, 48, 52, 56];

// ---- Regimes

export interface Regime {
  readonly name: 'EL1&0' | 'EL2' | 'EL2&0' | 'EL3';
  /** Registers of stage 1. */
  readonly sctlr: string;
  readonly tcr: string;
  readonly mair: string;
  readonly ttbr: readonly string[];
  /** One VA range, or two that bit 55 selects. */
  readonly ranges: 1 | 2;
  readonly hasAsid: boolean;
  readonly hasVmid: boolean;
  /** The control of stage 2 and its registers; null for a regime without one. */
  readonly stage2: { readonly enable: string; readonly vtcr: string; readonly vttbr: string } | null;
}

/** Translation regimes (DDI 0487, "Translation regimes"). EL2 is the one with HCR_EL2.E2H 0, EL2&0 the one with 1. */
export const REGIMES: readonly Regime[] = [
  {
    name: 'EL1&0', sctlr: 'SCTLR_EL1', tcr: 'TCR_EL1', mair: 'MAIR_EL1', ttbr: ['TTBR0_EL1', 'TTBR1_EL1'], ranges: 2, hasAsid: true, hasVmid: true,
    stage2: { enable: 'HCR_EL2.VM', vtcr: 'VTCR_EL2', vttbr: 'VTTBR_EL2' },
  },
  { name: 'EL2', sctlr: 'SCTLR_EL2', tcr: 'TCR_EL2', mair: 'MAIR_EL2', ttbr: ['TTBR0_EL2'], ranges: 1, hasAsid: false, hasVmid: false, stage2: null },
  { name: 'EL2&0', sctlr: 'SCTLR_EL2', tcr: 'TCR_EL2', mair: 'MAIR_EL2', ttbr: ['TTBR0_EL2', 'TTBR1_EL2'], ranges: 2, hasAsid: true, hasVmid: false, stage2: null },
  { name: 'EL3', sctlr: 'SCTLR_EL3', tcr: 'TCR_EL3', mair: 'MAIR_EL3', ttbr: ['TTBR0_EL3'], ranges: 1, hasAsid: false, hasVmid: false, stage2: null },
];

// ---- Descriptors

/** Bits 1:0. At level 3, 0b01 is reserved (a Translation fault) and 0b11 a page. */
export const DESCRIPTOR_TYPE = { BLOCK: 0b01, TABLE: 0b11, PAGE: 0b11 } as const;

const SH_VALUES = { 'Non-shareable': 0b00, 'Outer Shareable': 0b10, 'Inner Shareable': 0b11 } as const;
const SH = { bits: '9:8', values: SH_VALUES } as const;
const AP = { bits: '7:6', values: { 'privileged RW': 0b00, RW: 0b01, 'privileged RO': 0b10, RO: 0b11 } } as const;
const S2AP = { bits: '7:6', values: { none: 0b00, RO: 0b01, WO: 0b10, RW: 0b11 } } as const;
/** AttrIndx selects a byte of MAIR_ELx; AP is AP[2:1]; UXN is XN in a regime with one VA range, where PXN, nG and AP[1] are not used. */
const STAGE1_LOWER = { AttrIndx: '4:2', NS: 5, AP, SH, AF: 10, nG: 11 } as const;
const STAGE1_UPPER = { GP: { bits: 50, feature: 'BTI' }, DBM: { bits: 51, feature: 'HAFDBS' }, Contiguous: 52, PXN: 53, UXN: 54, IGNORED_58_55: '58:55', PBHA: '62:59', IGNORED_63: 63 } as const;
const STAGE2_LOWER = { MemAttr: '5:2', S2AP, SH, AF: 10, FnXS: { bits: 11, feature: 'XS' } } as const;
const STAGE2_UPPER = { DBM: { bits: 51, feature: 'HAFDBS' }, Contiguous: 52, XN: '54:53', IGNORED_58_55: '58:55', PBHA: '62:59', IGNORED_63: 63 } as const;

/**
 * Stage 1 table descriptor. The NextTable address is bits 47:pageBits, so for the larger granules its low bits are RES0
 * (with FEAT_LPA and 64K, bits 15:12 are address bits 51:48; so in blocks and pages).
 */
export const STAGE1_TABLE = layout('stage 1 table descriptor', 64, {
  fields: { type: '1:0', IGNORED_11_2: '11:2', NextTable: '47:12', IGNORED_58_51: '58:51', PXNTable: 59, UXNTable: 60, APTable: '62:61', NSTable: 63 },
  res0: '50:48',
});
/** Stage 1 block: the output address is bits 47:{@link levelShift}; what lies below is RES0. */
export const STAGE1_BLOCK = layout('stage 1 block descriptor', 64, {
  fields: { type: '1:0', ...STAGE1_LOWER, nT: { bits: 16, feature: 'BBM' }, OutputAddress: '47:17', ...STAGE1_UPPER },
  res0: '15:12 49:48',
});
export const STAGE1_PAGE = layout('stage 1 page descriptor', 64, {
  fields: { type: '1:0', ...STAGE1_LOWER, OutputAddress: '47:12', ...STAGE1_UPPER },
  res0: '49:48',
});
/** Stage 2 table descriptor: no hierarchical attributes. */
export const STAGE2_TABLE = layout('stage 2 table descriptor', 64, {
  fields: { type: '1:0', IGNORED_11_2: '11:2', NextTable: '47:12', IGNORED_58_51: '58:51' },
  res0: '63:59 50:48',
});
export const STAGE2_BLOCK = layout('stage 2 block descriptor', 64, {
  fields: { type: '1:0', ...STAGE2_LOWER, nT: { bits: 16, feature: 'BBM' }, OutputAddress: '47:17', ...STAGE2_UPPER },
  res0: '15:12 50:48',
});
export const STAGE2_PAGE = layout('stage 2 page descriptor', 64, {
  fields: { type: '1:0', ...STAGE2_LOWER, OutputAddress: '47:12', ...STAGE2_UPPER },
  res0: '50:48',
});

// ---- Permissions

export interface DataAccess {
  readonly privileged: '' | 'R' | 'W' | 'RW';
  readonly unprivileged: '' | 'R' | 'W' | 'RW';
}

/** Data access by AP[2:1] in a regime with EL0. In the others only AP[2] counts: AP[1] is RES1. */
export const STAGE1_AP: readonly DataAccess[] = [
  { privileged: 'RW', unprivileged: '' },
  { privileged: 'RW', unprivileged: 'RW' },
  { privileged: 'R', unprivileged: '' },
  { privileged: 'R', unprivileged: 'R' },
];

/** APTable takes rights away from all levels below: bit 0 every EL0 access, bit 1 every write. HPDn disables it. */
export const AP_TABLE: readonly { readonly noUnprivileged: boolean; readonly noWrite: boolean }[] = [0, 1, 2, 3].map((bits) => ({
  noUnprivileged: (bits & 1) !== 0,
  noWrite: (bits & 2) !== 0,
}));

/** Data access by S2AP, the same for EL1 and EL0. */
export const STAGE2_AP: readonly ('' | 'R' | 'W' | 'RW')[] = ['', 'R', 'W', 'RW'];

/** Execution by the stage 2 XN[1:0] field with FEAT_XNX; without it XN[0] is RES0 and only 0 and 2 count. */
export const STAGE2_XN: readonly { readonly el1: boolean; readonly el0: boolean }[] = [
  { el1: true, el0: true },
  { el1: false, el0: true },
  { el1: false, el0: false },
  { el1: true, el0: false },
];

// ---- Memory types

/** Memory types from the most to the least restrictive. NC, WT and WB are Normal memory, inner or outer. */
export const MEMORY_TYPES = ['Device-nGnRnE', 'Device-nGnRE', 'Device-nGRE', 'Device-GRE', 'NC', 'WT', 'WB'] as const;
export type MemoryType = (typeof MEMORY_TYPES)[number];

/** Shareability from the most to the least shared. Device and Normal NC memory is always treated as Outer Shareable. */
export const SHAREABILITIES = ['OSH', 'ISH', 'NSH'] as const;
export type Shareability = (typeof SHAREABILITIES)[number];

/** Shareability by SH[1:0]; 0b01 is reserved. */
export const SHAREABILITY_BY_SH: readonly (Shareability | null)[] = ['NSH', null, 'OSH', 'ISH'];

export interface MemoryAttribute {
  /** Outer and inner type; both are the Device type for Device memory. */
  readonly outer: MemoryType;
  readonly inner: MemoryType;
  /** Allocation hints of Normal cacheable memory: letters of R and W. */
  readonly outerAllocate: string;
  readonly innerAllocate: string;
  readonly isTransient: boolean;
  /** Tagged Normal memory (FEAT_MTE2). */
  readonly isTagged: boolean;
}

/** One half of an Attr byte of MAIR_ELx for Normal memory, by its four bits; null where the half is Device or unpredictable. */
const MAIR_HALVES: readonly (readonly [type: MemoryType, allocate: string, transient: boolean] | null)[] = [
  null,
  ['WT', 'W', true],
  ['WT', 'R', true],
  ['WT', 'RW', true],
  ['NC', '', false],
  ['WB', 'W', true],
  ['WB', 'R', true],
  ['WB', 'RW', true],
  ['WT', '', false],
  ['WT', 'W', false],
  ['WT', 'R', false],
  ['WT', 'RW', false],
  ['WB', '', false],
  ['WB', 'W', false],
  ['WB', 'R', false],
  ['WB', 'RW', false],
];

/** An Attr byte of MAIR_ELx (DDI 0487, "MAIR_EL1"); null for an encoding that is UNPREDICTABLE at v8.5. */
export function mairAttribute(attr: number): MemoryAttribute | null {
  if ((attr & 0xf3) === 0) return normal(MEMORY_TYPES[attr >> 2], MEMORY_TYPES[attr >> 2]);
  if (attr === 0xf0) return { outer: 'WB', inner: 'WB', outerAllocate: 'RW', innerAllocate: 'RW', isTransient: false, isTagged: true };
  const outer = MAIR_HALVES[attr >> 4] ?? null;
  const inner = MAIR_HALVES[attr & 15] ?? null;
  if (outer === null || inner === null) return null;
  return { outer: outer[0], inner: inner[0], outerAllocate: outer[1], innerAllocate: inner[1], isTransient: outer[2] || inner[2], isTagged: false };
}

function normal(outer: MemoryType | undefined, inner: MemoryType | undefined): MemoryAttribute | null {
  if (outer === undefined || inner === undefined) return null;
  const allocate = (type: MemoryType): string => (type === 'WT' || type === 'WB' ? 'RW' : '');
  return { outer, inner, outerAllocate: allocate(outer), innerAllocate: allocate(inner), isTransient: false, isTagged: false };
}

/** Stage 2 MemAttr[3:0] with HCR_EL2.FWB 0; null for a reserved encoding. Allocation hints come from stage 1. */
export function stage2Attribute(memAttr: number): MemoryAttribute | null {
  if (memAttr >> 2 === 0) return normal(MEMORY_TYPES[memAttr], MEMORY_TYPES[memAttr]);
  const types: readonly (MemoryType | undefined)[] = [undefined, 'NC', 'WT', 'WB'];
  return normal(types[memAttr >> 2], types[memAttr & 3]);
}

/**
 * Stage 2 MemAttr[3:0] with HCR_EL2.FWB 1 (DDI 0487, "Stage 2 memory type and Cacheability attributes when FEAT_S2FWB is
 * implemented"): a Device type that combines as usual, Normal Non-cacheable unless stage 1 is Device, Write-Back whatever
 * stage 1 says unless `stage1` keeps it, or null where reserved.
 */
export const STAGE2_FWB: readonly (MemoryType | 'stage1' | null)[] = [
  'Device-nGnRnE', 'Device-nGnRE', 'Device-nGRE', 'Device-GRE',
  null, 'NC', 'WB', 'stage1',
  null, null, null, null, null, null, null, null,
];

/** The memory type of two stages, inner and outer alike (FWB 0): the one that stands first in {@link MEMORY_TYPES}. Any Device wins for both halves. */
export function combineMemoryType(stage1: MemoryType, stage2: MemoryType): MemoryType {
  return MEMORY_TYPES.indexOf(stage1) <= MEMORY_TYPES.indexOf(stage2) ? stage1 : stage2;
}

/** The shareability of two stages: the one that stands first in {@link SHAREABILITIES}. */
export function combineShareability(stage1: Shareability, stage2: Shareability): Shareability {
  return SHAREABILITIES.indexOf(stage1) <= SHAREABILITIES.indexOf(stage2) ? stage1 : stage2;
}
