/**
 * Every byte offset of machine memory that TypeScript and generated code share (execution-engine, "Memory layout").
 * One `WebAssembly.Memory` holds the PE blocks, the TLB banks, the second-level TLBs, tier 0's records and guest RAM.
 * Offset 0 is never used: host address 0 means "no".
 */

import { checkInteger } from '../argument-error.ts';

/** First PE block, and the distance to the next. */
export const PE_BASE = 0x1_0000;
export const PE_STRIDE = 0x1000;
export const MAX_PES = 64;

/** Offsets within a PE block. 64-bit cells are little-endian pairs of words. */
export const PE = {
  X: 0x000,
  /** SP in use: the cell after X30, so that register number 31 finds it in SP context. */
  SP: 0x0f8,
  V: 0x100,
  PC: 0x300,
  /** Lazy flags: kind, then the operands. */
  FLAGS_KIND: 0x308,
  FLAGS_A: 0x310,
  FLAGS_B: 0x318,
  /** Instructions left in this slice; leave reason. */
  BUDGET: 0x320,
  LEAVE: 0x324,
  /** After INDIRECT: address of the jump. The second word is free. */
  MISS_VA: 0x328,
  MISS_INFO: 0x330,
  /** Host offset of the TLB bank of normal and of unprivileged accesses. */
  BANK: 0x334,
  BANK_UNPRIV: 0x338,
  /** EL, SPSel, E2H, TGE, FP enabled, strict, trap configuration id: see `MODE`. */
  MODE: 0x33c,
  /** Exclusive monitor: virtual address, and bytes (0: open). It is never set while another PE runs. */
  MONITOR_ADDRESS: 0x340,
  MONITOR_SIZE: 0x348,
  RETIRED: 0x360,
  FPCR: 0x368,
  FPSR: 0x36c,
  FP_FAST: 0x370,
  /** PSTATE as in SPSR, without NZCV, M and EL: DAIF, PAN, UAO, SS, IL, SSBS, BTYPE, DIT, TCO. */
  PSTATE: 0x374,
  /** Not 0 while an interrupt of any kind is pending, masked or not: unmasking then leaves generated code. */
  LINES: 0x378,
  /** The event register of WFE: 0 or 1. */
  EVENT: 0x37c,
  ZERO: 0x380,
  DUMP: 0x388,
  /** What generated code has counted since it was entered: i32 each, in the order of `COUNTED`. */
  COUNTS: 0x390,
  /** Tier 0: instructions until its next sample, and the PC where records were last entered. */
  SAMPLE: 0x3c0,
  ENTERED: 0x3c8,
  /** SP_EL0, SP_EL1, SP_EL2 (the one in use is stale here; SP is at `SP`). */
  SP_EL: 0x400,
  ELR_EL: 0x420,
  SPSR_EL: 0x440,
  /** System registers with plain storage; the slot of each is given by `sysRegSlot`. */
  SYSREGS: 0x800,
} as const;

/** How many system registers have plain storage in a PE block. */
export const SYSREG_SLOTS = 256;

/** Kinds of lazy flags at `PE.FLAGS_KIND`. */
export const FLAGS = { LITERAL: 0, SUB32: 1, SUB64: 2, ADD32: 3, ADD64: 4, LOGIC32: 5, LOGIC64: 6 } as const;

/** Bits of the mode word at `PE.MODE`. */
export const MODE = {
  EL_SHIFT: 0,
  EL_MASK: 0b11,
  SPSEL: 1 << 2,
  E2H: 1 << 3,
  TGE: 1 << 4,
  FP_ENABLED: 1 << 5,
  /** SCTLR.A or big-endian data: only Eval may run. */
  STRICT: 1 << 6,
  /** SCTLR_ELx.SA or SA0 in force: a misaligned SP as a base faults. */
  SP_CHECK: 1 << 7,
  TRAPS_SHIFT: 8,
  /** Debug or the PMU must see every instruction: only Eval may run. */
  EVAL_ONLY: 1 << 30,
} as const;

const CODE_MODE = MODE.EL_MASK | MODE.SPSEL | MODE.E2H | MODE.TGE | MODE.SP_CHECK;

/**
 * What of a mode word code is compiled for: a page has a view for each of its values. At EL2 no row of code, no trap and no register
 * depends on TGE (`arch/traps.test.ts`), so that a world switch, which turns it, stays in what is compiled.
 */
export function codeMode(mode: number): number {
  return mode & ((mode & MODE.EL_MASK) === 2 ? CODE_MODE & ~MODE.TGE : CODE_MODE);
}

/** Why generated code left (`PE.LEAVE`). */
export const LEAVE = { NEXT: 0, MISS: 1, BUDGET: 2, STEP: 3, INDIRECT: 4, UNMASKED: 5, UNDECODED: 6 } as const;

/** For the dispatch loop: instead of a region's slot, begin with the records at the PC; and, instead of those of tier 0, no records. */
export const NO_SLOT = -1;
/** What the dispatch loop adds to the reason when records left, and not a region. */
export const FROM_RECORDS = 8;

/** Bytes of a DC ZVA block. */
export const ZVA_BYTES = 64;

/** TLB banks: 16 for each PE, of 64 KiB read entries, 64 KiB write entries, a jump cache of 16 KiB and a cache of record pages of 16 KiB. */
export const BANKS_BASE = 0x10_0000;
export const BANKS_PER_PE = 16;
export const BANK = {
  READ: 0,
  WRITE: 0x1_0000,
  JUMP: 0x2_0000,
  /** Pages of decoded records by virtual page: tag and address, as entries of the TLB. */
  PAGES: 0x2_4000,
  STRIDE: 0x2_8000,
  ENTRIES: 4096,
  ENTRY_SIZE: 16,
  TAG: 0,
  ADDEND: 8,
  BACK: 12,
  JUMP_ENTRIES: 1024,
  PAGE_ENTRIES: 1024,
} as const;

/** The second-level TLB: 4,096 sets of 4 ways, 32 bytes an entry. */
export const TLB2 = { SETS: 4096, WAYS: 4, ENTRY_SIZE: 32, SIZE: 4096 * 4 * 32 } as const;

/**
 * A decoded instruction of tier 0. Registers are offsets in the PE block, so that an arm needs no number: ZERO and DUMP
 * stand for XZR. Everything that follows from the word and its address alone is computed when the record is made.
 */
export const RECORD = {
  /** u16: what to do; 0 is an instruction that is not decoded. */
  ARM: 0,
  /** u16 each: registers. */
  REGISTERS: 2,
  REGISTER_COUNT: 4,
  /** u16: the function of a form that has no arm. */
  FUNCTION: 10,
  /** i32: record of the branch target if it lies in this page, otherwise 0. */
  TARGET: 12,
  /** i64, or two i32: immediates; the address of the branch target. */
  IMMEDIATE: 16,
  /** u8 each: shift counts, conditions, NZCV. */
  SMALL: 24,
  SMALL_COUNT: 2,
  /** u16: the arm behind a prefix. */
  INNER: 26,
  /** u16: instructions from here to the end of the block that tier 0 executes: who enters here pays for them. */
  LENGTH: 28,
  /** u16: the arm, also while ARM says that a region starts here. */
  OWN: 30,
  SIZE: 32,
} as const;

/** A page of records: one for each word, and one behind them that goes on in the next page; its immediate is that address. */
export const RECORD_PAGE = { WORDS: 1024, END: 1024 * RECORD.SIZE, SIZE: 1025 * RECORD.SIZE } as const;

const MAX_RECORDS = 32 << 20;
const MIN_RECORDS = 1 << 20;
const RAM_PER_RECORDS = 8;

/** Bytes of the host's memory that a machine's translated code and decoded records take at most, unless others are given. */
export const CODE_CACHE_BYTES = 128 << 20;
const CODE_PER_RECORDS = 4;
const MIN_CODE = CODE_PER_RECORDS * MIN_RECORDS;
const MAX_CODE = 1 << 30;

/** Bytes of records that a machine has: 32 MiB, less where there is little RAM, and a quarter of all code at most. */
export function recordBytes(ramSize: number, codeCacheBytes: number = CODE_CACHE_BYTES): number {
  checkInteger('codeCacheBytes', codeCacheBytes, MIN_CODE, MAX_CODE);
  const most = Math.min(MAX_RECORDS, Math.floor(codeCacheBytes / CODE_PER_RECORDS / RECORD.SIZE) * RECORD.SIZE);
  return Math.min(most, Math.max(MIN_RECORDS, Math.floor(ramSize / RAM_PER_RECORDS)));
}

/** Where the parts of a machine's memory lie. */
export interface MemoryPlan {
  readonly pes: number;
  readonly peBase: (pe: number) => number;
  readonly banks: (pe: number) => number;
  readonly tlb2: (pe: number) => number;
  /** Decoded records of tier 0. */
  readonly records: number;
  readonly recordsSize: number;
  readonly ram: number;
  readonly ramSize: number;
  /** The whole memory, a multiple of the 64 KiB page of WebAssembly. */
  readonly size: number;
}

/** A WebAssembly memory has 65,536 pages at most. */
const MOST_MEMORY = 2 ** 32;
const WASM_PAGE = 0x1_0000;
/** RAM comes in pages of the TLB. */
const RAM_UNIT = 0x1000;
const BANKS_SIZE = BANKS_PER_PE * BANK.STRIDE;

/**
 * Lays out memory for `pes` PEs (1 to 64), `ramSize` bytes of guest RAM, a multiple of 4 KiB up to {@link mostRam}, and
 * `recordsSize` bytes of decoded records, a multiple of 4. Throws an `ArgumentError` for anything else.
 */
export function planMemory(pes: number, ramSize: number, recordsSize = recordBytes(ramSize)): MemoryPlan {
  checkInteger('pes', pes, 1, MAX_PES);
  checkInteger('recordsSize', recordsSize, 0, MAX_RECORDS, 4);
  checkInteger('ramSize', ramSize, RAM_UNIT, mostRam(pes, recordsSize), RAM_UNIT);
  const ram = ramOffset(pes, recordsSize);
  return {
    pes,
    peBase: (pe) => PE_BASE + pe * PE_STRIDE,
    banks: (pe) => BANKS_BASE + pe * BANKS_SIZE,
    tlb2: (pe) => tlb2Offset(pes) + pe * TLB2.SIZE,
    records: recordsOffset(pes),
    recordsSize,
    ram,
    ramSize,
    size: align(ram + ramSize),
  };
}

/** How many bytes of guest RAM fit beside the tables of `pes` PEs and decoded records: all together is 4 GiB. */
export function mostRam(pes: number, recordsSize: number = MAX_RECORDS): number {
  return MOST_MEMORY - ramOffset(pes, recordsSize);
}

function tlb2Offset(pes: number): number {
  return BANKS_BASE + pes * BANKS_SIZE;
}

function recordsOffset(pes: number): number {
  return tlb2Offset(pes) + pes * TLB2.SIZE;
}

function ramOffset(pes: number, recordsSize: number): number {
  return align(recordsOffset(pes) + recordsSize);
}

function align(value: number): number {
  return Math.ceil(value / WASM_PAGE) * WASM_PAGE;
}
