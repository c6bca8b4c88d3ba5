/**
 * Translation contexts: what a bank and an entry of the second-level TLB belong to (execution-engine, "Contexts"). A
 * context is found by the values of the registers that decide it, so that switching between two settings keeps both warm.
 */
import { HCR_EL2, SCTLR_EL1, TCR_ELx, VTCR_ELx } from '../arch/sysregs/index.ts';
import { jumpOffset } from '../engine/jump-index.ts';
import { BANK, BANKS_PER_PE, MODE, PE } from '../engine/layout.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import { contextTag, type TlbContext } from './tlb.ts';
import { REGIME_INDEX, type RegimeName } from './translation.ts';

/** A context of accesses: the translations it sees, and with which privilege. */
export interface AccessContext extends TlbContext {
  readonly regime: RegimeName;
  readonly privileged: boolean;
  /** PSTATE.PAN in force: privileged accesses to what EL0 may access fault. */
  readonly pan: boolean;
  /** Every access takes the slow path, which checks alignment (SCTLR_ELx.A): the bank stays empty. */
  readonly strict: boolean;
  /** The context of EL0's accesses under the same registers, once it was asked for. */
  unprivileged: AccessContext | null;
  /** Host offset of the bank; 0 while it has none. */
  bank: number;
  /** The page that instructions last came from here: as in `MemoryAccess`. */
  readonly fetched: { lo: number; hi: number; host: number; epoch: number };
  /** When it was last used, for recycling. */
  used: number;
}

const SCTLR_BITS = SCTLR_EL1.M.wordMask | SCTLR_EL1.WXN.wordMask | SCTLR_EL1.EE.wordMask;
const HCR_LOW_BITS = HCR_EL2.VM.wordMask | HCR_EL2.DC.wordMask | HCR_EL2.PTW.wordMask | HCR_EL2.TGE.wordMask;
const HCR_HIGH_BITS = HCR_EL2.FWB.wordMask | HCR_EL2.E2H.wordMask;

/** The words that decide a context, in a buffer that is compared with those of known contexts. */
const KEY_WORDS = 12;

/**
 * Most control ids of a PE. Software has a few; when something uses more, the TLB forgets all and ids are numbered anew,
 * so that nothing grows with what a guest writes.
 */
export const MOST_CONTROLS = 4096;

interface KnownContext {
  readonly key: Int32Array;
  readonly context: AccessContext;
}

export class ContextTable {
  readonly #state: CpuState;
  readonly #hasEl2: boolean;
  readonly #hasVmid16: boolean;
  readonly #i32: Int32Array;
  readonly #banksAt: number;
  readonly #key = new Int32Array(KEY_WORDS);
  /** Known contexts, most recently used first within a short list per regime and privilege. */
  readonly #known: KnownContext[][] = Array.from({ length: 24 }, () => []);
  readonly #controls = new Map<string, number>();
  readonly #owners: (AccessContext | null)[] = new Array<AccessContext | null>(BANKS_PER_PE).fill(null);
  /** Slots whose page may be in a jump cache. */
  readonly #fetched = new Uint8Array(BANK.ENTRIES);
  readonly #forgetTlb: () => void;
  #clock = 0;

  /** `forgetTlb`: there are no more control ids, and all that was entered under one must go. */
  constructor(state: CpuState, banksAt: number, features: { readonly hasEl2: boolean; readonly hasVmid16: boolean }, forgetTlb: () => void) {
    this.#state = state;
    this.#i32 = state.i32;
    this.#banksAt = banksAt;
    this.#hasEl2 = features.hasEl2;
    this.#hasVmid16 = features.hasVmid16;
    this.#forgetTlb = forgetTlb;
    for (let bank = 0; bank < BANKS_PER_PE; bank++) this.#clear(banksAt + bank * BANK.STRIDE);
  }

  /** The regime that an access of `el` uses. */
  regimeOf(el: number): RegimeName {
    const mode = this.#state.get32(PE.MODE);
    const e2h = (mode & MODE.E2H) !== 0;
    if (el === 2) return e2h ? 'EL2&0' : 'EL2';
    return el === 0 && e2h && (mode & MODE.TGE) !== 0 ? 'EL2&0' : 'EL1&0';
  }

  /** The context of accesses made at `el`. PAN counts for privileged data accesses in a regime with an EL0, if stage 1 is on. */
  contextOf(el: number, regime: RegimeName): AccessContext {
    const privileged = el > 0;
    this.#makeKey(regime);
    const pan = privileged && regime !== 'EL2' && this.#isStage1On() && (this.#state.get32(PE.PSTATE) & PSTATE.PAN) !== 0;
    const strict = (this.#state.get32(PE.MODE) & MODE.STRICT) !== 0;
    const list = this.#known[REGIME_INDEX[regime] * 8 + (privileged ? 4 : 0) + (pan ? 2 : 0) + (strict ? 1 : 0)]!;
    const known = this.#find(list);
    if (known !== null) return known;
    const context = this.#make(regime, privileged, pan, strict);
    list.unshift({ key: this.#key.slice(), context });
    if (list.length > 64) list.pop();
    return context;
  }

  /** The context of EL0's accesses under the registers that `context`, the current one, stands for. */
  unprivilegedOf(context: AccessContext): AccessContext {
    return (context.unprivileged ??= this.contextOf(0, context.regime));
  }

  /** The context with a bank. */
  withBank(context: AccessContext): AccessContext {
    context.used = ++this.#clock;
    if (context.bank === 0) this.#assignBank(context);
    return context;
  }

  /**
   * Clears `count` slots from `first` on in the banks of all contexts that `matches` names: a power of two, from its multiple.
   * `hasCode`: whether instructions could be fetched by what goes.
   */
  invalidateBanks(matches: (context: AccessContext) => boolean, first: number, count: number, hasCode = true): void {
    const isWhole = count >= BANK.ENTRIES;
    const wasFetched = hasCode && !isWhole && this.#wasFetched(first, count);
    for (const context of this.#owners) {
      if (context === null || !matches(context)) continue;
      if (isWhole) {
        this.#clear(context.bank);
        continue;
      }
      for (let slot = first; slot < first + count; slot++) this.#clearSlot(context.bank, slot);
      if (wasFetched) this.#forgetCode(context.bank, first, count);
    }
  }

  /** Removes the entry of one page from every bank, whatever the context: its second-level entry went. */
  forget(vaLo: number): void {
    const slot = (vaLo >>> 12) & (BANK.ENTRIES - 1);
    for (const context of this.#owners) if (context !== null) this.#clearSlot(context.bank, slot);
    this.forgetCode(slot);
  }

  /** The names of the control ids, from id 1 on. */
  get controlNames(): readonly string[] {
    return [...this.#controls.keys()];
  }

  /** Forgets every context and bank, and numbers control ids anew as `controls` has them. */
  restart(controls: readonly string[]): void {
    this.#owners.fill(null);
    for (const list of this.#known) list.length = 0;
    for (let bank = 0; bank < BANKS_PER_PE; bank++) this.#clear(this.#banksAt + bank * BANK.STRIDE);
    this.#fetched.fill(0);
    this.#controls.clear();
    controls.forEach((name, index) => this.#controls.set(name, index + 1));
  }

  // ---- Jump caches -------------------------------------------------------------------------------------------------

  /** Enters the region in `slot` at a PC of the current fetch page. */
  enterJump(bank: number, pcLo: number, pcHi: number, slot: number): void {
    const at = (bank + BANK.JUMP + jumpOffset(pcLo)) >>> 2;
    this.#i32[at] = pcLo;
    this.#i32[at + 1] = pcHi;
    this.#i32[at + 2] = slot;
    this.#fetched[(pcLo >>> 12) & (BANK.ENTRIES - 1)] = 1;
  }

  /** Enters the records of the current fetch page. */
  enterRecords(bank: number, pcLo: number, pcHi: number, page: number): void {
    const at = (bank + BANK.PAGES + ((pcLo >>> 12) & (BANK.PAGE_ENTRIES - 1)) * BANK.ENTRY_SIZE) >>> 2;
    this.#i32[at] = pcLo & ~0xfff;
    this.#i32[at + 1] = pcHi;
    this.#i32[at + 2] = page;
    this.#fetched[(pcLo >>> 12) & (BANK.ENTRIES - 1)] = 1;
  }

  /** Forgets the regions and records of pages that have this slot, in all banks. */
  forgetCode(slot: number): void {
    if (this.#fetched[slot] === 0) return;
    for (const context of this.#owners) if (context !== null) this.#forgetCode(context.bank, slot, 1);
    this.#fetched[slot] = 0;
  }

  #wasFetched(first: number, count: number): boolean {
    for (let slot = first; slot < first + count; slot++) if (this.#fetched[slot] === 1) return true;
    return false;
  }

  /** Forgets the regions and records of pages in `count` slots from `first` on: a power of two, from its multiple. */
  #forgetCode(bank: number, first: number, count: number): void {
    const i32 = this.#i32;
    const words = BANK.ENTRY_SIZE / 4;
    const jumps = (bank + BANK.JUMP) >>> 2;
    const mask = (BANK.ENTRIES - 1) & -count;
    for (let at = jumps; at < jumps + BANK.JUMP_ENTRIES * words; at += words) if (((i32[at]! >>> 12) & mask) === first) i32[at] = at === jumps ? EMPTY_JUMP_0 : EMPTY_JUMP;
    const pages = (bank + BANK.PAGES) >>> 2;
    for (let entry = 0; entry < Math.min(count, BANK.PAGE_ENTRIES); entry++) {
      const at = pages + ((first + entry) & (BANK.PAGE_ENTRIES - 1)) * words;
      if (((i32[at]! >>> 12) & mask) !== first) continue;
      i32[at] = at === pages ? EMPTY_SLOT_0 : 0;
      i32[at + 1] = 0;
    }
  }

  /** Clears the jump caches of all banks. */
  forgetJumps(): void {
    for (const context of this.#owners) if (context !== null) this.clearJumps(context.bank);
    this.#fetched.fill(0);
  }

  /** Empty: a PC that is not aligned, and one with other index bits where 1 would select the entry; pages as in the TLB. */
  clearJumps(bank: number): void {
    const pages = (bank + BANK.PAGES) >>> 2;
    this.#i32.fill(0, pages, (bank + BANK.STRIDE) >>> 2);
    this.#i32[pages] = EMPTY_SLOT_0;
    const first = (bank + BANK.JUMP) >>> 2;
    const words = BANK.ENTRY_SIZE / 4;
    for (let at = first; at < first + BANK.JUMP_ENTRIES * words; at += words) this.#i32[at] = EMPTY_JUMP;
    this.#i32[first] = EMPTY_JUMP_0;
  }

  // ---- Write entries -----------------------------------------------------------------------------------------------

  /** Whether a bank has a write entry in a slot for a page of machine memory, by its number. */
  isWritable(slot: number, hostPage: number): boolean {
    for (const context of this.#owners) if (context !== null && this.#hasWrite(context.bank, slot, hostPage)) return true;
    return false;
  }

  /** Drops the write entries that a slot has for a page of machine memory, by its number. */
  protect(slot: number, hostPage: number): void {
    for (const context of this.#owners) if (context !== null && this.#hasWrite(context.bank, slot, hostPage)) this.#clearWrite(context.bank, slot);
  }

  /** Drops all write entries. */
  protectAll(): void {
    for (const context of this.#owners) {
      if (context === null) continue;
      for (let slot = 0; slot < BANK.ENTRIES; slot++) this.#clearWrite(context.bank, slot);
    }
  }

  #hasWrite(bank: number, slot: number, hostPage: number): boolean {
    const at = (bank + BANK.WRITE + slot * BANK.ENTRY_SIZE) >>> 2;
    const page = this.#i32[at]!;
    return (page & 0xfff) === 0 && ((page + this.#i32[at + 2]!) >>> 12) === hostPage;
  }

  #clearWrite(bank: number, slot: number): void {
    const at = (bank + BANK.WRITE + slot * BANK.ENTRY_SIZE) >>> 2;
    this.#i32[at] = slot === 0 ? EMPTY_SLOT_0 : 0;
    this.#i32[at + 1] = 0;
  }

  #find(list: KnownContext[]): AccessContext | null {
    const key = this.#key;
    for (let i = 0; i < list.length; i++) {
      const known = list[i]!;
      let same = true;
      for (let word = 0; word < KEY_WORDS; word++) {
        if (known.key[word] !== key[word]) {
          same = false;
          break;
        }
      }
      if (!same) continue;
      for (let at = i; at > 0; at--) list[at] = list[at - 1]!;
      list[0] = known;
      return known.context;
    }
    return null;
  }

  /** Ineffective bits as 0, so that a world switch leaves a host in its context. */
  #makeKey(regime: RegimeName): void {
    const key = this.#key;
    const state = this.#state;
    for (let word = 0; word < KEY_WORDS; word++) key[word] = 0;
    if (regime === 'EL1&0') {
      key[0] = state.lo(CELL.SCTLR_EL1) & SCTLR_BITS;
      key[1] = state.lo(CELL.TCR_EL1);
      key[2] = state.hi(CELL.TCR_EL1);
      key[3] = state.lo(CELL.MAIR_EL1);
      key[4] = state.hi(CELL.MAIR_EL1);
      key[5] = this.#asid(CELL.TCR_EL1, CELL.TTBR0_EL1, CELL.TTBR1_EL1);
      if (this.#hasEl2) {
        key[6] = state.lo(CELL.HCR_EL2) & HCR_LOW_BITS;
        key[7] = state.hi(CELL.HCR_EL2) & HCR_HIGH_BITS;
        key[8] = this.vmid;
        if ((key[6] & (HCR_EL2.VM.wordMask | HCR_EL2.DC.wordMask)) !== 0) {
          key[9] = state.lo(CELL.VTCR_EL2);
          key[10] = state.lo(CELL.SCTLR_EL2) & SCTLR_EL1.EE.wordMask;
        }
      }
      return;
    }
    key[0] = state.lo(CELL.SCTLR_EL2) & SCTLR_BITS;
    key[1] = state.lo(CELL.TCR_EL2);
    key[2] = state.hi(CELL.TCR_EL2);
    key[3] = state.lo(CELL.MAIR_EL2);
    key[4] = state.hi(CELL.MAIR_EL2);
    if (regime === 'EL2&0') key[5] = this.#asid(CELL.TCR_EL2, CELL.TTBR0_EL2, CELL.TTBR1_EL2);
  }

  /** Whether stage 1 of the regime whose key was made is on: without it there are no permissions that PAN could take away. */
  #isStage1On(): boolean {
    return (this.#key[0]! & SCTLR_EL1.M.wordMask) !== 0 && (this.#key[6]! & (HCR_EL2.DC.wordMask | HCR_EL2.TGE.wordMask)) === 0;
  }

  /** Whether a regime uses ASIDs of 16 bits. */
  hasAsid16(regime: RegimeName): boolean {
    return (this.#state.hi(regime === 'EL1&0' ? CELL.TCR_EL1 : CELL.TCR_EL2) & TCR_ELx.AS.wordMask) !== 0;
  }

  #asid(tcr: number, ttbr0: number, ttbr1: number): number {
    const state = this.#state;
    const asid = state.hi((state.lo(tcr) & TCR_ELx.A1.wordMask) !== 0 ? ttbr1 : ttbr0) >>> 16;
    return (state.hi(tcr) & TCR_ELx.AS.wordMask) !== 0 ? asid : asid & 0xff;
  }

  /** VTTBR_EL2.VMID: entries of EL1&0 carry it whenever EL2 is implemented, also while stage 2 is off. */
  get vmid(): number {
    if (!this.#hasEl2) return 0;
    const vmid = this.#state.hi(CELL.VTTBR_EL2) >>> 16;
    return this.#hasVmid16 && (this.#state.lo(CELL.VTCR_EL2) & VTCR_ELx.VS.wordMask) !== 0 ? vmid : vmid & 0xff;
  }

  #make(regime: RegimeName, privileged: boolean, pan: boolean, strict: boolean): AccessContext {
    const key = this.#key;
    const controlKey = `${regime} ${[0, 1, 2, 3, 4, 6, 7, 9, 10].map((word) => String(key[word])).join(' ')}`;
    let control = this.#controls.get(controlKey);
    if (control === undefined) {
      if (this.#controls.size === MOST_CONTROLS) {
        this.restart([]);
        this.#forgetTlb();
      }
      control = this.#controls.size + 1;
      this.#controls.set(controlKey, control);
    }
    return { regime, privileged, pan, strict, tag: contextTag(REGIME_INDEX[regime], key[8]!), asid: key[5]!, control, unprivileged: null, fetched: { lo: -1, hi: 0, host: 0, epoch: 0 }, bank: 0, used: 0 };
  }

  #assignBank(context: AccessContext): void {
    let victim = 0;
    for (let bank = 0; bank < BANKS_PER_PE; bank++) {
      const owner = this.#owners[bank] ?? null;
      if (owner === null) {
        victim = bank;
        break;
      }
      if (owner.used < (this.#owners[victim]?.used ?? 0)) victim = bank;
    }
    const previous = this.#owners[victim] ?? null;
    const offset = this.#banksAt + victim * BANK.STRIDE;
    if (previous !== null) {
      previous.bank = 0;
      this.#clear(offset);
    }
    this.#owners[victim] = context;
    context.bank = offset;
  }

  /** Empty: tag 0, except slot 0 of each half, whose empty tag has index bits that cannot select it. */
  #clear(bank: number): void {
    this.#i32.fill(0, bank >>> 2, (bank + BANK.JUMP) >>> 2);
    this.#i32[(bank + BANK.READ) >>> 2] = EMPTY_SLOT_0;
    this.#i32[(bank + BANK.WRITE) >>> 2] = EMPTY_SLOT_0;
    this.clearJumps(bank);
  }

  #clearSlot(bank: number, slot: number): void {
    const at = (bank + BANK.READ + slot * BANK.ENTRY_SIZE) >>> 2;
    this.#i32[at] = slot === 0 ? EMPTY_SLOT_0 : 0;
    this.#i32[at + 1] = 0;
    this.#clearWrite(bank, slot);
  }
}

const EMPTY_SLOT_0 = 0x1000;
const EMPTY_JUMP = 1;
const EMPTY_JUMP_0 = 5;

