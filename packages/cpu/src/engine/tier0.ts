/**
 * Tier 0 of one PE: runs decoded records, has blocks decoded where they are missing, and finds out where tier 1 pays by
 * sampling: whenever so many instructions have retired, the block at hand gets the credit for all of them.
 */
import type { MemoryAccess } from '../mem/access.ts';
import type { CpuState } from '../state/cpu-state.ts';
import type { CodeCache } from './code-cache.ts';
import { FIXED_ARM } from './handler-loop.ts';
import { BANK, FROM_RECORDS, LEAVE, MODE, NO_SLOT, PE, RECORD, codeMode } from './layout.ts';
import type { TranslatedCode } from './parts.ts';
import type { Tier1 } from './tier1.ts';

/** Instructions between two samples: more than a block has. */
const SAMPLE = 4096;
/** How many instructions of tier 0 one of Eval costs: code that tier 0 leaves to Eval pays for a region sooner. */
const EVAL_WEIGHT = 256;
/** Instead of a slot: translated code has no place at the PC; and, the instruction there is Eval's. */
const NOWHERE = -2;
const EVAL = -3;
// Constants of this module: see `CpuState`.
const ONLY_EVAL = MODE.STRICT | MODE.EVAL_ONLY;
const { UNDECODED, REGION, STEP } = FIXED_ARM;
const LEAVE_STEP = LEAVE.STEP;
const LEAVE_CELL = PE.LEAVE;
const PAGE_MASK = 0xfff;
const RECORD_PER_BYTE = RECORD.SIZE / 4;

/** Both tiers of a PE: regions where there are some, records elsewhere. */
export class Tier0 implements TranslatedCode {
  readonly resumes = true;
  waitsForFetch = false;
  /** How often the tiers left, by `LEAVE`. */
  readonly leaves: Float64Array;
  readonly #tier1: Tier1;
  readonly #cache: CodeCache;
  readonly #state: CpuState;
  readonly #memory: MemoryAccess;
  readonly #u16: Uint16Array;
  /** Instructions that Eval has retired at block heads since a page without records was last asked for. */
  #evaluated = 0;
  /** Where Eval last was, and the loop that it is in. */
  #lastLo = 0;
  #loopLo = 0;
  #loopHi = 0;

  constructor(tier1: Tier1, cache: CodeCache, state: CpuState, memory: MemoryAccess) {
    this.#tier1 = tier1;
    this.leaves = tier1.leaves;
    this.#cache = cache;
    this.#state = state;
    this.#memory = memory;
    this.#u16 = new Uint16Array(state.memory);
  }

  enter(step: () => boolean): boolean {
    const state = this.#state;
    // A region that left because the budget is too little for it is not entered again: records may go a block further.
    let slot = this.#place();
    if (slot === NOWHERE) return false;
    const { recordsSlot } = this.#cache;
    while (slot !== NOWHERE) {
      const reason = slot === EVAL ? this.#leaveAtOnce() : this.#cache.run(state.base, slot, recordsSlot);
      const why = reason & ~FROM_RECORDS;
      this.#tier1.left(why);
      if (why === LEAVE.STEP || why === LEAVE.MISS) {
        this.#tier1.takeCounts();
        const lo = state.pcLo;
        const hi = state.pcHi;
        if (!step()) return true;
        this.note(lo, hi, 1);
        slot = this.#place();
      } else if (reason === (LEAVE.UNDECODED | FROM_RECORDS)) {
        slot = this.#place();
      } else if (reason === (LEAVE.BUDGET | FROM_RECORDS)) {
        // Without a sample being due, it is the budget that was too little.
        if (state.get32(PE.SAMPLE) >= state.get32(PE.BUDGET)) {
          if (state.get32(PE.BUDGET) > 0) this.#runPart();
          break;
        }
        this.#sample();
        slot = this.#place();
      } else {
        if (reason !== LEAVE.BUDGET || state.get32(PE.BUDGET) === 0) break;
        slot = NO_SLOT;
      }
    }
    this.#tier1.takeCounts();
    return true;
  }

  /** As much of the block at the PC as the budget has: the record behind that leaves, once. Where a region starts before it, up to there. */
  #runPart(): void {
    const state = this.#state;
    const u16 = this.#u16;
    const budget = state.get32(PE.BUDGET);
    const sample = state.get32(PE.SAMPLE);
    const record = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC)) + (state.lo(PE.PC) & PAGE_MASK) * RECORD_PER_BYTE;
    const length = u16[(record + RECORD.LENGTH) >>> 1]!;
    let stop = (record + RECORD.SIZE + RECORD.ARM) >>> 1;
    for (let most = budget; most > 1 && u16[stop] !== REGION; most--) stop += RECORD.SIZE / 2;
    const arm = u16[stop]!;
    u16[stop] = STEP;
    state.set32(PE.BUDGET, length);
    state.set32(PE.SAMPLE, length);
    const reason = this.#cache.run(state.base, NO_SLOT, this.#cache.recordsSlot);
    u16[stop] = arm;
    const executed = length - state.get32(PE.BUDGET);
    state.set32(PE.BUDGET, budget - executed);
    state.set32(PE.SAMPLE, sample - executed);
    this.#tier1.left(executed === budget ? LEAVE.BUDGET : reason & ~FROM_RECORDS);
  }

  /** What ran is credited to where execution is: where there is a region already, to what led there. */
  #sample(): void {
    const state = this.#state;
    state.set32(PE.SAMPLE, SAMPLE);
    const page = this.#pageOf(state.lo(PE.PC), state.hi(PE.PC));
    const at = page !== 0 && this.#arm(page, state.lo(PE.PC) & PAGE_MASK) === FIXED_ARM.REGION ? PE.ENTERED : PE.PC;
    this.#tier1.note(state.lo(at), state.hi(at), SAMPLE);
  }

  /**
   * Where to go on at the PC in the mode as it is: the slot of a region, where the record says that there is one; `NO_SLOT`:
   * with the record, which is made if it is missing; {@link EVAL}: that leaves the instruction to Eval; {@link NOWHERE}: there
   * can be none, or only Eval may run.
   */
  #place(): number {
    const state = this.#state;
    const { mode, pcLo } = state;
    this.waitsForFetch = false;
    if ((mode & ONLY_EVAL) !== 0) return NOWHERE;
    this.#tier1.useMode(codeMode(mode));
    const page = this.#pageOf(pcLo, state.pcHi);
    if (page === 0) return NOWHERE;
    const offset = pcLo & PAGE_MASK;
    let arm = this.#arm(page, offset);
    if (arm === UNDECODED) {
      this.#cache.decode(page, offset);
      arm = this.#arm(page, offset);
    }
    return arm === REGION ? this.#tier1.slot() : arm === STEP ? EVAL : NO_SLOT;
  }

  /** As records leave whose first instruction is Eval's. */
  #leaveAtOnce(): number {
    this.#state.set32(LEAVE_CELL, LEAVE_STEP);
    return LEAVE_STEP | FROM_RECORDS;
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
    this.waitsForFetch = host === 0;
    if (host === 0) return 0;
    const page = this.#cache.recordsOf(host, pcLo & ~PAGE_MASK, pcHi, codeMode(this.#state.get32(PE.MODE)), this.#evaluated);
    this.#evaluated = 0;
    if (page !== 0) this.#memory.contexts.enterRecords(bank, pcLo, pcHi, page);
    return page;
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
}
