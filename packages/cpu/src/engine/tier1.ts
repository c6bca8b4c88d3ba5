/**
 * Tier 1 of one PE: enters translated code, and finds out where it pays. Hotness is counted in retired instructions per
 * block head, because a region's cost is paid back by instructions and not by entries.
 */
import { EVENT } from '../arch/events.ts';
import type { MemoryAccess } from '../mem/access.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { CodeCache, CodeUser } from './code-cache.ts';
import { COUNTED } from './counts.ts';
import { jumpOffset } from './jump-index.ts';
import { BANK, LEAVE, MODE, NO_SLOT, PE, codeMode } from './layout.ts';
import type { TranslatedCode } from './parts.ts';
import type { PlainRegisters } from './step-inlining.ts';

/** A batch is compiled at once when this many heads wait. */
const BATCH_HEADS = 8;

const PROFILE_SIZE = 4096;
/** Set when a head has been asked for. */
const REQUESTED = -0x4000_0000;

export class Tier1 implements TranslatedCode, CodeUser {
  readonly resumes = false;
  readonly waitsForFetch = false;
  /** How often translated code left, by `LEAVE`. */
  readonly leaves = new Float64Array(LEAVE_REASONS);
  readonly plain: PlainRegisters['plain'];
  readonly plainOperation: PlainRegisters['plainOperation'];
  readonly #cache: CodeCache;
  readonly #state: CpuState;
  readonly #memory: MemoryAccess;
  readonly #events: Float64Array;
  /** Profile by block head: PC in two words, retired instructions, and the epoch in which no region was found. */
  readonly #headLo = new Int32Array(PROFILE_SIZE).fill(1);
  readonly #headHi = new Int32Array(PROFILE_SIZE);
  readonly #retired = new Int32Array(PROFILE_SIZE);
  readonly #absent = new Int32Array(PROFILE_SIZE);
  readonly #absentBank = new Int32Array(PROFILE_SIZE);
  /** Changes whenever a head that had no region may have one. */
  #epoch = 1;
  /** Instructions retired while a batch waits. */
  #patience = 0;
  /** Bank and mode of the last entry, and the mode that each bank's jump cache is for. */
  #bank = 0;
  #mode = -1;
  readonly #modeOf = new Map<number, number>();

  constructor(cache: CodeCache, state: CpuState, memory: MemoryAccess, events: Float64Array, registers: PlainRegisters) {
    this.plain = registers.plain.bind(registers);
    this.plainOperation = registers.plainOperation.bind(registers);
    this.#cache = cache;
    this.#state = state;
    this.#memory = memory;
    this.#events = events;
    cache.attach(this);
  }

  enter(): boolean {
    const state = this.#state;
    const mode = state.get32(PE.MODE);
    if ((mode & (MODE.STRICT | MODE.EVAL_ONLY)) !== 0) return false;
    this.useMode(codeMode(mode));
    const slot = this.slot();
    if (slot === NO_SLOT) return false;
    this.left(this.#cache.run(state.base, slot, NO_SLOT));
    this.takeCounts();
    return true;
  }

  /** Translated code left for this reason (`LEAVE`). */
  left(reason: number): void {
    this.leaves[reason] = this.leaves[reason]! + 1;
    if (reason === LEAVE.INDIRECT) this.#noteJump();
  }

  /** An indirect jump whose targets are still being learnt was taken; for the run loop that is a NEXT. */
  #noteJump(): void {
    const state = this.#state;
    state.set32(PE.LEAVE, LEAVE.NEXT);
    const fromLo = state.lo(PE.MISS_VA);
    const fromHi = state.hi(PE.MISS_VA);
    const host = this.#memory.fetchPageHost(fromLo, fromHi);
    if (host === 0) return;
    const to = state.lo(PE.PC);
    const isInside = ((fromLo ^ to) & ~PAGE_MASK) === 0 && state.hi(PE.PC) === fromHi && (to & 3) === 0;
    this.#cache.jumped(host, fromLo & PAGE_MASK, isInside ? to & PAGE_MASK : -1);
  }

  note(headLo: number, headHi: number, retired: number): void {
    if (this.#cache.waiting > 0) this.#wait(retired);
    const at = (headLo >>> 2) & (PROFILE_SIZE - 1);
    if (this.#headLo[at] !== headLo || this.#headHi[at] !== headHi) this.#newHead(at, headLo, headHi);
    const total = this.#retired[at]! + retired;
    this.#retired[at] = total;
    if (total >= this.#cache.patience.hot) this.#retired[at] = this.#request(headLo, headHi, total) ? REQUESTED : 0;
  }

  #newHead(at: number, headLo: number, headHi: number): void {
    this.#headLo[at] = headLo;
    this.#headHi[at] = headHi;
    this.#retired[at] = 0;
    this.#absent[at] = 0;
  }

  #request(pcLo: number, pcHi: number, retired: number): boolean {
    const host = (pcLo & 3) === 0 ? this.#memory.fetchPageHost(pcLo, pcHi) : 0;
    if (host === 0) return false;
    const mode = codeMode(this.#state.get32(PE.MODE));
    return this.#cache.request({ host, pageLo: pcLo & ~PAGE_MASK, pageHi: pcHi, mode, entry: pcLo & PAGE_MASK }, retired);
  }

  #wait(retired: number): void {
    this.#patience += retired;
    if (this.#cache.waiting >= BATCH_HEADS || this.#patience >= this.#cache.patience.batch) {
      this.#patience = 0;
      this.#cache.compile();
    }
  }

  // ---- Finding a region --------------------------------------------------------------------------------------------

  /** The slot of the region at the PC in the mode of the last {@link useMode}, or `NO_SLOT`. */
  slot(): number {
    const { i32 } = this.#state;
    const bank = this.#bank;
    const pcLo = this.#state.lo(PE.PC);
    const pcHi = this.#state.hi(PE.PC);
    const at = (bank + BANK.JUMP + jumpOffset(pcLo)) >>> 2;
    if (i32[at] === pcLo && i32[at + 1] === pcHi) return i32[at + 2]!;
    const head = (pcLo >>> 2) & (PROFILE_SIZE - 1);
    if (this.#absent[head] === this.#epoch && this.#absentBank[head] === bank && this.#headLo[head] === pcLo && this.#headHi[head] === pcHi) return NO_SLOT;
    return this.#lookUp(head, pcLo, pcHi, bank, this.#mode);
  }

  /** From now on the caches of the bank are for this mode (`codeMode`). */
  useMode(mode: number): void {
    const bank = this.#state.get32(PE.BANK);
    if (bank !== this.#bank || mode !== this.#mode) this.#useBank(bank, mode);
  }

  #useBank(bank: number, mode: number): void {
    if (this.#modeOf.get(bank) !== mode) {
      this.#memory.contexts.clearJumps(bank);
      this.#modeOf.set(bank, mode);
      this.#epoch++;
    }
    this.#bank = bank;
    this.#mode = mode;
  }

  #lookUp(head: number, pcLo: number, pcHi: number, bank: number, mode: number): number {
    const host = (pcLo & 3) === 0 ? this.#memory.fetchPageHost(pcLo, pcHi) : 0;
    if (host === 0) return NO_SLOT;
    const slot = this.#cache.find(host, pcLo & ~PAGE_MASK, pcHi, mode, pcLo & PAGE_MASK);
    if (slot >= 0) this.#memory.contexts.enterJump(bank, pcLo, pcHi, slot);
    else if (this.#headLo[head] === pcLo && this.#headHi[head] === pcHi) {
      this.#absent[head] = this.#epoch;
      this.#absentBank[head] = bank;
    }
    return slot;
  }

  // ---- What the code cache asks ------------------------------------------------------------------------------------

  forgetJumps(): void {
    this.#memory.contexts.forgetJumps();
    this.#epoch++;
  }

  codeAdded(): void {
    this.#epoch++;
  }

  codeDropped(pageLo: number): void {
    const retired = this.#retired;
    for (let at = 0; at < PROFILE_SIZE; at++) if (retired[at]! < 0 && (this.#headLo[at]! & ~PAGE_MASK) === pageLo) retired[at] = 0;
    this.#memory.contexts.forgetCode((pageLo >>> PAGE_SHIFT) & (BANK.ENTRIES - 1));
  }

  isWritable(slot: number, page: number): boolean {
    return this.#memory.contexts.isWritable(slot, page);
  }

  protect(slot: number, page: number): void {
    this.#memory.contexts.protect(slot, page);
  }

  /** What generated code has counted. */
  takeCounts(): void {
    const { i32, word } = this.#state;
    const first = word + COUNTS_AT;
    let any = 0;
    for (let i = 0; i < COUNTED_WORDS; i++) any |= i32[first + i]!;
    if (any === 0) return;
    for (let i = 0; i < COUNTED_EVENTS.length; i++) {
      const count = i32[first + i]!;
      if (count === 0) continue;
      const event = COUNTED_EVENTS[i]!;
      this.#events[event] = this.#events[event]! + count;
      i32[first + i] = 0;
    }
  }
}

const PAGE_SHIFT = 12;
const PAGE_MASK = 0xfff;
const LEAVE_REASONS = Object.keys(LEAVE).length;
const COUNTS_AT = PE.COUNTS >>> 2;
const COUNTED_WORDS = COUNTED.length;
const COUNTED_EVENTS = COUNTED.map((event) => EVENT[event]);
