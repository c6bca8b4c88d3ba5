/**
 * Tier 0 of one PE: runs decoded records, has blocks decoded where they are missing, and finds out where tier 1 pays by
 * sampling: whenever so many instructions have retired, the block at hand gets the credit for all of them.
 */
import type { MemoryAccess } from '../mem/access.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { CodeCache } from './code-cache.ts';
import { FIXED_ARM } from './handler-loop.ts';
import type { RunRecords } from './handlers.ts';
import { BANK, CODE_MODE, LEAVE, MODE, PE, RECORD } from './layout.ts';
import type { TranslatedCode } from './parts.ts';
import type { Tier1 } from './tier1.ts';

/** Instructions between two samples: more than a block has. */
const SAMPLE = 4096;
/** How many instructions of tier 0 one of Eval costs: code that tier 0 leaves to Eval pays for a region sooner. */
const EVAL_WEIGHT = 256;
const PAGE_MASK = 0xfff;
const RECORD_PER_BYTE = RECORD.SIZE / 4;

/** Both tiers of a PE: regions where there are some, records elsewhere. */
export class Tier0 implements TranslatedCode {
  readonly resumes = true;
  /** How often the tiers left, by `LEAVE`. */
  readonly leaves: Float64Array;
  readonly #tier1: Tier1;
  readonly #cache: CodeCache;
  readonly #run: RunRecords;
  readonly #state: CpuState;
  readonly #memory: MemoryAccess;
  readonly #u16: Uint16Array;
  /** Instructions until the next sample. */
  #untilSample = SAMPLE;
  /** Instructions that Eval has retired at block heads since a page without records was last asked for. */
  #evaluated = 0;
  /** Where Eval last was, and the loop that it is in. */
  #lastLo = 0;
  #loopLo = 0;
  #loopHi = 0;

  constructor(tier1: Tier1, cache: CodeCache, run: RunRecords, state: CpuState, memory: MemoryAccess) {
    this.#tier1 = tier1;
    this.leaves = tier1.leaves;
    this.#cache = cache;
    this.#run = run;
    this.#state = state;
    this.#memory = memory;
    this.#u16 = new Uint16Array(state.memory);
  }

  enter(): boolean {
    const state = this.#state;
    const mode = state.get32(PE.MODE);
    if ((mode & (MODE.STRICT | MODE.EVAL_ONLY)) !== 0) return false;
    this.#tier1.useMode(mode & CODE_MODE);
    let page = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
    if (page === 0) return false;
    let offset = state.lo(PE.PC) & PAGE_MASK;
    if (this.#arm(page, offset) === FIXED_ARM.UNDECODED) this.#cache.decode(page, offset);
    if (this.#arm(page, offset) === FIXED_ARM.REGION && this.#tier1.enter()) {
      // What is left of the budget may be too little for a region, and enough for a block.
      if (state.get32(PE.LEAVE) !== LEAVE.BUDGET || state.get32(PE.BUDGET) === 0) return true;
      page = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
      if (page === 0) return true;
      offset = state.lo(PE.PC) & PAGE_MASK;
    }
    this.#runRecords(page, offset);
    this.#tier1.takeCounts();
    return true;
  }

  #arm(page: number, offset: number): number {
    return this.#u16[(page + offset * RECORD_PER_BYTE + RECORD.ARM) >>> 1]!;
  }

  /** The records of the page that the PC is in, or 0. */
  #pageOf(pcLo: number, pcHi: number): number {
    const { i32 } = this.#state;
    const bank = this.#state.get32(PE.BANK);
    const at = (bank + BANK.PAGES + ((pcLo >>> 12) & (BANK.PAGE_ENTRIES - 1)) * BANK.ENTRY_SIZE) >>> 2;
    if ((pcLo & 3) !== 0) return 0;
    if (i32[at] === (pcLo & ~PAGE_MASK) && i32[at + 1] === pcHi) return i32[at + 2]! >>> 0;
    const host = this.#memory.fetchPageHost(pcLo, pcHi);
    if (host === 0) return 0;
    const page = this.#cache.recordsOf(host, pcLo & ~PAGE_MASK, pcHi, this.#state.get32(PE.MODE) & CODE_MODE, this.#evaluated);
    this.#evaluated = 0;
    if (page !== 0) this.#memory.contexts.enterRecords(bank, pcLo, pcHi, page);
    return page;
  }

  /** Runs until something else than a block that is not decoded, or a sample, makes it leave. */
  #runRecords(page: number, offset: number): void {
    const state = this.#state;
    const startLo = state.lo(PE.PC);
    const startHi = state.hi(PE.PC);
    let left = state.get32(PE.BUDGET);
    let at = page;
    let from = offset;
    for (;;) {
      const go = Math.min(left, this.#untilSample);
      state.set32(PE.BUDGET, go);
      const reason = this.#run(state.base, at + from * RECORD_PER_BYTE, at);
      this.leaves[reason] = this.leaves[reason]! + 1;
      const done = go - state.get32(PE.BUDGET);
      left -= done;
      this.#untilSample -= done;
      from = state.lo(PE.PC) & PAGE_MASK;
      if (reason === LEAVE.UNDECODED) {
        at = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
        if (at === 0) break;
        this.#cache.decode(at, from);
        continue;
      }
      if (reason !== LEAVE.BUDGET || left <= go - done) break;
      this.#untilSample = SAMPLE;
      // Where there is a region already, what ran was what led there.
      const known = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
      if (known !== 0 && this.#arm(known, from) === FIXED_ARM.REGION) this.#tier1.note(startLo, startHi, SAMPLE);
      else this.#tier1.note(state.lo(PE.PC), state.hi(PE.PC), SAMPLE);
      at = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
      if (at === 0) break;
      if (this.#arm(at, from) === FIXED_ARM.REGION) {
        state.set32(PE.LEAVE, LEAVE.NEXT);
        break;
      }
    }
    state.set32(PE.BUDGET, left);
  }

  /**
   * Where execution went back is the head of a loop, as far as Eval sees it: it gets the credit for all that Eval does in
   * the loop, because a region for each place would be the same code many times.
   */
  note(headLo: number, headHi: number, retired: number): void {
    this.#evaluated += retired;
    if (headHi !== this.#loopHi || headLo >>> 0 <= this.#lastLo >>> 0) {
      this.#loopLo = headLo;
      this.#loopHi = headHi;
    }
    this.#lastLo = headLo;
    this.#tier1.note(this.#loopLo, this.#loopHi, retired * EVAL_WEIGHT);
  }

  compile(): void {
    this.#tier1.compile();
  }
}
