/**
 * The second-level TLB, which is the modelled one: 4,096 sets of 4 ways of 4 KiB translations, tagged with regime, VMID,
 * ASID and control id; set = VA[23:12]; round robin per set, advanced by fills only. It lies in machine memory, is part of
 * a snapshot, and never holds a translation that faulted. Larger pages are entered in pieces that say so.
 */
import { TLB2 } from '../engine/layout.ts';
import type { Translation } from './translation.ts';

/** Words of an entry. */
const VA_LO = 0;
const VA_HI = 1;
const TAG = 2;
const ASID = 3;
const CONTROL = 4;
const RIGHTS = 5;
const PA_LO = 6;
const PA_HI = 7;
const ENTRY_WORDS = TLB2.ENTRY_SIZE / 4;

const VALID = 1;
const GLOBAL = 1 << 16;
const DEVICE = 1 << 6;
const SIZE_SHIFT = 8;

/** What a translation belongs to. */
export interface TlbContext {
  /** Regime in bits 1:0, VMID above. */
  readonly tag: number;
  readonly asid: number;
  readonly control: number;
}

export function contextTag(regime: number, vmid: number): number {
  return regime | (vmid << 2);
}

export class SecondLevelTlb {
  readonly #i32: Int32Array;
  readonly #base: number;
  /** Next way to fill, per set. */
  readonly #next = new Uint8Array(TLB2.SETS);
  /** The largest piece ever entered, log2: TLBI by VA clears all pieces within it. */
  #largest = 12;

  constructor(memory: ArrayBufferLike, offset: number) {
    this.#i32 = new Int32Array(memory);
    this.#base = offset >>> 2;
  }

  /** Index of the entry's first word, or -1. */
  find(vaLo: number, vaHi: number, context: TlbContext): number {
    const i32 = this.#i32;
    const page = (vaLo & ~0xfff) | VALID;
    let at = this.#set(vaLo);
    for (let way = 0; way < TLB2.WAYS; way++, at += ENTRY_WORDS) {
      if (i32[at + VA_LO] !== page || i32[at + VA_HI] !== vaHi || i32[at + TAG] !== context.tag || i32[at + CONTROL] !== context.control) continue;
      const asid = i32[at + ASID]!;
      if (asid === context.asid || (asid & GLOBAL) !== 0) return at;
    }
    return -1;
  }

  /** Enters a translation; returns the index of its entry. */
  fill(vaLo: number, vaHi: number, context: TlbContext, translation: Translation): number {
    const i32 = this.#i32;
    const set = (vaLo >>> 12) & (TLB2.SETS - 1);
    const way = this.#next[set]!;
    this.#next[set] = (way + 1) % TLB2.WAYS;
    const at = this.#base + (set * TLB2.WAYS + way) * ENTRY_WORDS;
    i32[at + VA_LO] = (vaLo & ~0xfff) | VALID;
    i32[at + VA_HI] = vaHi;
    i32[at + TAG] = context.tag;
    i32[at + ASID] = translation.nonGlobal ? context.asid : GLOBAL;
    i32[at + CONTROL] = context.control;
    i32[at + RIGHTS] = translation.rights | (translation.device ? DEVICE : 0) | (translation.sizeBits << SIZE_SHIFT);
    i32[at + PA_LO] = translation.page;
    i32[at + PA_HI] = Math.floor(translation.page / 0x1_0000_0000);
    if (translation.sizeBits > this.#largest) this.#largest = translation.sizeBits;
    return at;
  }

  drop(at: number): void {
    this.#i32[at + VA_LO] = 0;
  }

  rights(at: number): number {
    return this.#i32[at + RIGHTS]! & 0x3f;
  }

  isDevice(at: number): boolean {
    return (this.#i32[at + RIGHTS]! & DEVICE) !== 0;
  }

  page(at: number): number {
    return this.#i32[at + PA_HI]! * 0x1_0000_0000 + (this.#i32[at + PA_LO]! >>> 0);
  }

  /** Drops what `matches` says: by regime, VMID, ASID. */
  invalidate(matches: (tag: number, asid: number, isGlobal: boolean) => boolean): void {
    const i32 = this.#i32;
    const end = this.#base + TLB2.SIZE / 4;
    for (let at = this.#base; at < end; at += ENTRY_WORDS) {
      if ((i32[at + VA_LO]! & VALID) === 0) continue;
      const asid = i32[at + ASID]!;
      if (matches(i32[at + TAG]!, asid & 0xffff, (asid & GLOBAL) !== 0)) i32[at + VA_LO] = 0;
    }
  }

  /** Drops every piece of the translation of VA (bits 55:12 compared), whatever its top byte. */
  invalidateVa(vaLo: number, vaHi: number, matches: (tag: number, asid: number, isGlobal: boolean) => boolean): void {
    if (this.#largest > 24) {
      this.#invalidatePieces(vaLo, vaHi, matches, this.#base, this.#base + TLB2.SIZE / 4);
      return;
    }
    const pieces = 1 << (this.#largest - 12);
    const first = (vaLo >>> 12) & ~(pieces - 1);
    for (let piece = 0; piece < Math.min(pieces, TLB2.SETS); piece++) {
      const at = this.#set((first + piece) << 12);
      this.#invalidatePieces(vaLo, vaHi, matches, at, at + TLB2.WAYS * ENTRY_WORDS);
    }
  }

  #invalidatePieces(vaLo: number, vaHi: number, matches: (tag: number, asid: number, isGlobal: boolean) => boolean, from: number, to: number): void {
    const i32 = this.#i32;
    for (let at = from; at < to; at += ENTRY_WORDS) {
      const entryLo = i32[at + VA_LO]!;
      if ((entryLo & VALID) === 0) continue;
      const size = (i32[at + RIGHTS]! >>> SIZE_SHIFT) & 0xff;
      const sameLow = size >= 32 || (entryLo ^ vaLo) >>> size === 0;
      const highShift = Math.max(0, size - 32);
      const sameHigh = ((i32[at + VA_HI]! ^ vaHi) & 0xff_ffff) >>> highShift === 0;
      const asid = i32[at + ASID]!;
      if (sameLow && sameHigh && matches(i32[at + TAG]!, asid & 0xffff, (asid & GLOBAL) !== 0)) i32[at + VA_LO] = 0;
    }
  }

  #set(vaLo: number): number {
    return this.#base + ((vaLo >>> 12) & (TLB2.SETS - 1)) * TLB2.WAYS * ENTRY_WORDS;
  }

  /** Whether pieces of larger pages have been entered: a bank then clears more than one slot. */
  get largestPiece(): number {
    return this.#largest;
  }
}
