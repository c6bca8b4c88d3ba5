/**
 * The second-level TLB, which is the modelled one: 4,096 sets of 4 ways of 4 KiB translations, tagged with regime, VMID,
 * ASID and control id; set = VA[23:12]; round robin per set, advanced by fills only. It lies in machine memory, is part of
 * a snapshot, and never holds a translation that faulted. Larger pages are entered in pieces that say so.
 */
import { TLB2 } from '../engine/layout.ts';
import type { SectionReader, SectionWriter } from '../snapshot/format.ts';
import { REGIME_INDEX, RIGHT, type Translation } from './translation.ts';

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

const ENTRIES = TLB2.SETS * TLB2.WAYS;
const PAGE_BITS = 12;
const MOST_SIZE_BITS = 52;
const MOST_TAG = 0x3_ffff;
const REGIMES = Object.keys(REGIME_INDEX).length;

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
  /** Whether the last fill took the place of another translation. */
  evicted = false;
  /** That translation's words. */
  #evictedTag = 0;
  #evictedAsid = 0;
  #evictedControl = 0;
  #evictedRights = 0;
  /** Which larger pages have been entered in pieces: TLBI by VA asks, for most addresses are in none. */
  readonly #blocks = new BlockIndex();

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
    this.evicted = (i32[at + VA_LO]! & VALID) !== 0;
    this.#evictedTag = i32[at + TAG]!;
    this.#evictedAsid = i32[at + ASID]!;
    this.#evictedControl = i32[at + CONTROL]!;
    this.#evictedRights = i32[at + RIGHTS]!;
    i32[at + VA_LO] = (vaLo & ~0xfff) | VALID;
    i32[at + VA_HI] = vaHi;
    i32[at + TAG] = context.tag;
    i32[at + ASID] = translation.nonGlobal ? context.asid : GLOBAL;
    i32[at + CONTROL] = context.control;
    i32[at + RIGHTS] = translation.rights | (translation.device ? DEVICE : 0) | (translation.sizeBits << SIZE_SHIFT);
    i32[at + PA_LO] = translation.page;
    i32[at + PA_HI] = Math.floor(translation.page / 0x1_0000_0000);
    if (translation.sizeBits > PAGE_BITS && !this.#blocks.add(vaLo, vaHi, translation.sizeBits)) this.#indexBlocks();
    return at;
  }

  /** Whether a context could see the entry that the last fill evicted. */
  wasEvictedFrom(context: TlbContext): boolean {
    const asid = this.#evictedAsid;
    return context.tag === this.#evictedTag && context.control === this.#evictedControl && ((asid & GLOBAL) !== 0 || asid === context.asid);
  }

  /** Whether instructions could be fetched by the entry that the last fill evicted. */
  get evictedCode(): boolean {
    return (this.#evictedRights & (RIGHT.UNPRIV_X | RIGHT.PRIV_X)) !== 0;
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

  isGlobal(at: number): boolean {
    return (this.#i32[at + ASID]! & GLOBAL) !== 0;
  }

  /** log2 of the bytes of the translation that the entry is a piece of. */
  sizeBits(at: number): number {
    return (this.#i32[at + RIGHTS]! >>> SIZE_SHIFT) & 0xff;
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
    const size = this.#blocks.largestAt(vaLo, vaHi);
    if (size > 24) {
      this.#invalidatePieces(vaLo, vaHi, matches, this.#base, this.#base + TLB2.SIZE / 4);
      return;
    }
    const pieces = 1 << (size - 12);
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

  // ---- Snapshots ---------------------------------------------------------------------------------------------------

  save(into: SectionWriter): void {
    const entries: number[] = [];
    for (let entry = 0; entry < ENTRIES; entry++) if ((this.#i32[this.#base + entry * ENTRY_WORDS]! & VALID) !== 0) entries.push(entry);
    into.bytes(this.#next).u32(entries.length);
    for (const entry of entries) {
      into.u32(entry);
      for (let word = 0; word < ENTRY_WORDS; word++) into.u32(this.#i32[this.#base + entry * ENTRY_WORDS + word]!);
    }
  }

  /** Checks entries that have control ids 1 to `controls`; the result puts them in place of all that is here. */
  restore(from: SectionReader, controls: number): () => void {
    const next = from.bytes(TLB2.SETS);
    if (next.some((way) => way >= TLB2.WAYS)) from.fail('a set fills a way that it has not');
    const words = new Int32Array(ENTRIES * ENTRY_WORDS);
    let least = 0;
    for (let left = from.within('the number of TLB entries', 0, ENTRIES); left > 0; left--) {
      const entry = from.within('a TLB entry', least, ENTRIES - 1);
      for (let word = 0; word < ENTRY_WORDS; word++) words[entry * ENTRY_WORDS + word] = from.u32();
      checkEntry(words.subarray(entry * ENTRY_WORDS, (entry + 1) * ENTRY_WORDS), Math.floor(entry / TLB2.WAYS), controls, from);
      least = entry + 1;
    }
    return () => {
      this.#next.set(next);
      this.#i32.set(words, this.#base);
      this.#indexBlocks();
    };
  }

  #set(vaLo: number): number {
    return this.#base + ((vaLo >>> 12) & (TLB2.SETS - 1)) * TLB2.WAYS * ENTRY_WORDS;
  }

  /** Size, log2, of the largest page around an address that has been entered in pieces; 12 where there is none. */
  largestPieceAt(vaLo: number, vaHi: number): number {
    return this.#blocks.largestAt(vaLo, vaHi);
  }

  /** Makes the index anew from what is here. */
  #indexBlocks(): void {
    const i32 = this.#i32;
    this.#blocks.clear();
    for (let at = this.#base; at < this.#base + TLB2.SIZE / 4; at += ENTRY_WORDS) {
      const size = (i32[at + RIGHTS]! >>> SIZE_SHIFT) & 0xff;
      if ((i32[at + VA_LO]! & VALID) !== 0 && size > PAGE_BITS) this.#blocks.add(i32[at + VA_LO]!, i32[at + VA_HI]!, size);
    }
  }
}

/** Larger pages by address, bits 55:12, in a set for each size. It may hold more than there is, never less. */
class BlockIndex {
  readonly #sizes: number[] = [];
  readonly #sets: Set<number>[] = [];

  /** False: it has grown beyond what the TLB can hold, and is to be made anew. */
  add(vaLo: number, vaHi: number, size: number): boolean {
    let index = this.#sizes.indexOf(size);
    if (index < 0) {
      index = this.#sizes.push(size) - 1;
      this.#sets.push(new Set());
    }
    const set = this.#sets[index]!;
    set.add(blockNumber(vaLo, vaHi, size));
    return set.size <= 2 * ENTRIES;
  }

  largestAt(vaLo: number, vaHi: number): number {
    let largest = PAGE_BITS;
    for (let index = 0; index < this.#sizes.length; index++) {
      const size = this.#sizes[index]!;
      if (size > largest && this.#sets[index]!.has(blockNumber(vaLo, vaHi, size))) largest = size;
    }
    return largest;
  }

  clear(): void {
    for (const set of this.#sets) set.clear();
  }
}

/** The top byte is not compared. */
function blockNumber(vaLo: number, vaHi: number, size: number): number {
  return Math.floor(((vaHi & 0xff_ffff) * 2 ** 20 + (vaLo >>> PAGE_BITS)) / 2 ** (size - PAGE_BITS));
}

/** Throws unless the words are an entry that `fill` could have written in this set. */
function checkEntry(entry: Int32Array, set: number, controls: number, from: SectionReader): void {
  const va = entry[VA_LO]!;
  const rights = entry[RIGHTS]!;
  const size = (rights >>> SIZE_SHIFT) & 0xff;
  const isPage = (va & 0xfff) === VALID && ((va >>> PAGE_BITS) & (TLB2.SETS - 1)) === set;
  const isTagged = (entry[TAG]! >>> 0) <= MOST_TAG && (entry[TAG]! & 3) < REGIMES && (entry[ASID]! >>> 0) < 2 * GLOBAL;
  const hasControl = entry[CONTROL]! >= 1 && entry[CONTROL]! <= controls;
  const isSized = size >= PAGE_BITS && size <= MOST_SIZE_BITS && rights >>> 16 === 0;
  const isPhysical = (entry[PA_LO]! & 0xfff) === 0 && (entry[PA_HI]! >>> 0) <= 0xf_ffff;
  if (!isPage || !isTagged || !hasControl || !isSized || !isPhysical) from.fail(`set ${String(set)} of the TLB cannot hold this entry`);
}
