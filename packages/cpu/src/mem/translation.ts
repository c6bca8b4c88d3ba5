/**
 * What a translation came to: an object of plain numbers that walks fill and the TLB keeps. Addresses of 48 bits are
 * numbers; the walks use no `bigint`.
 */
import type { Fault } from '../arch/fault-status.ts';
import { MEMORY_TYPES, STAGE2_FWB, type MemoryType } from '../arch/translation.ts';

/** Rights of a translation, both stages combined. */
export const RIGHT = { PRIV_R: 1, PRIV_W: 2, PRIV_X: 4, UNPRIV_R: 8, UNPRIV_W: 16, UNPRIV_X: 32 } as const;

export type RegimeName = 'EL1&0' | 'EL2' | 'EL2&0';
export const REGIME_INDEX: Readonly<Record<RegimeName, number>> = { 'EL1&0': 0, EL2: 1, 'EL2&0': 2 };

/**
 * What an access is. `clean`, `invalidate` and `ic` are cache maintenance by address: it translates, and needs rights only
 * at EL0 or to invalidate (DDI 0487, "Cache maintenance instructions", permissions).
 */
export type AccessKind = 'read' | 'write' | 'fetch' | 'clean' | 'invalidate' | 'ic';

/** The result of a walk, or why there is none. One object per PE is reused. */
export class Translation {
  /** Physical address of the 4 KiB page that holds the address. */
  page = 0;
  rights = 0;
  /** Rights to write that hardware adds when it marks the page dirty (FEAT_HAFDBS). */
  cleanRights = 0;
  /** Any Device type: no gathering, alignment faults, never in a bank. */
  device = false;
  /** Attributes as PAR_EL1 reports them: as a byte of MAIR_ELx, and shareability. */
  attr = 0;
  shareability = 0;
  /** Not global: belongs to the ASID. */
  nonGlobal = false;
  /** log2 of stage 1's piece: a TLBI by address drops all that came of its descriptor, however small the pieces of stage 2 are. */
  sizeBits = 12;

  fault: Fault | null = null;
  level = 0;
  /** A fault of stage 2, and whether on a descriptor of stage 1. */
  stage2 = false;
  onWalk = false;
  /** The fault on the walk was one of writing the descriptor. */
  onUpdate = false;
  /** The IPA that faulted in stage 2. */
  ipa = 0;

  /** Combines the attributes with stage 2's under HCR_EL2.FWB (DDI 0487, "Stage 2 memory type ... FEAT_S2FWB"). */
  forceAttributes(memAttr: number, shareability: number): void {
    const forced = STAGE2_FWB[memAttr] ?? 'Device-nGnRnE';
    if (forced === 'WB') {
      this.attr = WRITE_BACK;
      this.shareability = strongerShareability(this.shareability, shareability);
    } else if (forced === 'NC' && this.attr >= 0x10) {
      this.attr = NON_CACHEABLE;
      this.shareability = 0b10;
    } else if (forced.startsWith('Device')) this.combineAttributes(MEMORY_TYPES.indexOf(forced as MemoryType), shareability);
    else if (this.attr >= 0x10) this.shareability = strongerShareability(this.shareability, shareability);
  }

  /** Combines the attributes with those of stage 2 (DDI 0487, "Combining the stage 1 and stage 2 memory attributes"). */
  combineAttributes(memAttr: number, shareability: number): void {
    const { attr } = this;
    if (attr < 0x10 || memAttr < 4) {
      // Device types are in bits 3:2 of a MAIR byte and bits 1:0 of MemAttr, the strongest 0.
      const first = attr < 0x10 ? attr >> 2 : 3;
      const second = memAttr < 4 ? memAttr : 3;
      this.attr = Math.min(first, second) << 2;
      this.shareability = 0b10;
      return;
    }
    const halves = [attr >> 4, attr & 15].map((half, index) => Math.min(cacheability(half), index === 0 ? memAttr >> 2 : memAttr & 3));
    const [outer = 1, inner = 1] = halves;
    this.attr = (CACHEABILITY[outer]! << 4) | CACHEABILITY[inner]!;
    this.shareability = outer === 1 && inner === 1 ? 0b10 : strongerShareability(this.shareability, shareability);
  }

  /** Records a fault; always false. */
  fail(fault: Fault, level: number, stage2 = false, ipa = 0, onWalk = false): false {
    this.fault = fault;
    this.level = level;
    this.stage2 = stage2;
    this.ipa = ipa;
    this.onWalk = onWalk;
    this.onUpdate = false;
    return false;
  }
}

/** Attributes as bytes of MAIR_ELx. */
const WRITE_BACK = 0xff;
const NON_CACHEABLE = 0x44;

/** Outer is more shared than Inner, Inner more than Non-shareable. */
function strongerShareability(first: number, second: number): number {
  return first === 0b10 || second === 0b10 ? 0b10 : first | second;
}

/** Halves of a MAIR byte by cacheability: Non-cacheable, Write-Through and Write-Back, both with allocation hints. */
const CACHEABILITY = [0, 0b0100, 0b1011, 0b1111] as const;

/** Cacheability of half a MAIR byte, strongest first: 1 Non-cacheable, 2 Write-Through, 3 Write-Back. */
function cacheability(half: number): number {
  return half === 4 ? 1 : half >= 12 || (half >= 4 && half < 8) ? 3 : 2;
}

/** Physical memory as walks read it: a descriptor of 8 bytes in `data`. False is an external abort. */
export interface PhysicalReader {
  readonly data: Int32Array;
  readDescriptor(address: number, bigEndian: boolean): boolean;
  /** Writes the low word of a descriptor, which was read: hardware updates change bits of it alone. */
  updateDescriptor(address: number, lo: number, bigEndian: boolean): void;
}

/** What a walk must know of the PE. `paBits`: implemented bits of physical addresses. */
export interface MmuFeatures {
  readonly paBits: number;
  readonly hasEl2: boolean;
  readonly hasHpds: boolean;
  readonly hasXnx: boolean;
  readonly hasTtst: boolean;
}

/** Who must know of walks: what they read is counted, and what they write is a store. */
export interface WalkEvents {
  walkReference(): void;
  descriptorWritten(address: number): void;
  /** Told of each descriptor that was read, while somebody looks at a walk; null otherwise. */
  descriptorRead: DescriptorListener | null;
}

/** A descriptor by its physical address, its stage and level, and its two words. */
export type DescriptorListener = (stage: 1 | 2, level: number, address: number, lo: number, hi: number) => void;

const TWO_32 = 0x1_0000_0000;

/** Bits 47:low of a pair of words as an address. */
export function addressOf(lo: number, hi: number, low: number): number {
  const address = (hi & 0xffff) * TWO_32 + (lo >>> 0);
  return low === 0 ? address : address - (address % 2 ** low);
}

/** `width` bits of a pair of words from bit `low`; at most 32. */
export function bitsOf(lo: number, hi: number, low: number, width: number): number {
  let value: number;
  if (low === 0) value = lo;
  else if (low < 32) value = (lo >>> low) | (hi << (32 - low));
  else value = hi >>> (low - 32);
  return width === 32 ? value >>> 0 : value & ((1 << width) - 1);
}
