/**
 * The LPIs of one PE: which are pending, and their priorities and enables, which lie in a table in memory (IHI 0069, "LPIs",
 * "LPI Configuration tables", "LPI Pending tables"). While they are enabled, what is pending is kept here; the table in
 * memory is read when they are enabled and written when they are disabled. Of the configuration, that of the best pending
 * interrupt is kept, until an interrupt comes or goes or software says that something has changed.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { Candidate } from '../interrupt-block.ts';
import type { GicMemory } from '../memory.ts';
import { FIRST_LPI } from '../physical-interface.ts';
import { fieldOf, GICR_PENDBASER, GICR_PROPBASER, LPI_CONFIGURATION } from '../regs/index.ts';

/** Bits of an LPI's INTID: what GICD_TYPER.IDbits says, plus one. */
export const LPI_ID_BITS = 16;

const COUNT = 2 ** LPI_ID_BITS - FIRST_LPI;
const WORD_BITS = 32;
const WORDS = COUNT / WORD_BITS;
const ADDRESS_SHIFT = { PROPBASER: 2 ** GICR_PROPBASER.Physical_Address.lsb, PENDBASER: 2 ** GICR_PENDBASER.Physical_Address.lsb } as const;
const NO_LPI = -1;
const LOWEST_PRIORITY = 0x100;
const GROUP1 = 2;

/** What software keeps in a register of two words: the bits of its fields, PTZ excepted, which reads as 0. */
const KEPT = {
  PROPBASER: masks(GICR_PROPBASER.fields),
  PENDBASER: masks(GICR_PENDBASER.fields.filter(({ name }) => name !== 'PTZ')),
};

export class Lpis {
  readonly #memory: GicMemory;
  readonly #priorityMask: number;
  readonly #changed: () => void;
  /** Bit `i` of these is LPI 8192 + `i`; and which of these words are not 0. */
  readonly #pending = new Uint32Array(WORDS);
  readonly #occupied = new Uint32Array(WORDS / WORD_BITS);
  readonly #properties = new Uint32Array(2);
  readonly #pendingTable = new Uint32Array(2);
  /** GICR_PENDBASER.PTZ: what the table is when LPIs are enabled next. It is live from then on. */
  #isPendingTableZero = false;
  #isEnabled = false;
  #best = NO_LPI;
  #bestPriority = LOWEST_PRIORITY;

  /** `changed` recomputes what the PE is offered. */
  constructor(memory: GicMemory, priorityBits: number, changed: () => void) {
    this.#memory = memory;
    this.#priorityMask = (0xff << (8 - priorityBits)) & 0xff;
    this.#changed = changed;
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** GICR_CTLR.EnableLPIs. */
  set isEnabled(enable: boolean) {
    if (enable === this.#isEnabled) return;
    if (enable) {
      this.#isEnabled = true;
      if (!this.#isPendingTableZero) this.#load();
      this.#isPendingTableZero = false;
    } else {
      this.#store();
      this.#isEnabled = false;
      this.#pending.fill(0);
      this.#occupied.fill(0);
    }
    this.reconsider();
  }

  readProperties(half: number): number {
    return this.#properties[half]!;
  }

  /** GICR_PROPBASER and GICR_PENDBASER: while LPIs are enabled a write is UNPREDICTABLE, and ignored. */
  writeProperties(value: number, half: number): void {
    if (!this.#isEnabled) this.#properties[half] = value & KEPT.PROPBASER[half as 0 | 1];
  }

  readPendingTable(half: number): number {
    return this.#pendingTable[half]!;
  }

  writePendingTable(value: number, half: number): void {
    if (this.#isEnabled) return;
    this.#pendingTable[half] = value & KEPT.PENDBASER[half as 0 | 1];
    if (half === GICR_PENDBASER.PTZ.word) this.#isPendingTableZero = (value & GICR_PENDBASER.PTZ.wordMask) !== 0;
  }

  // ---- Interrupts ----------------------------------------------------------------------------------------------------

  /** Whether LPI `intid` is within what software has provided tables for. */
  has(intid: number): boolean {
    return intid >= FIRST_LPI && intid < Math.min(2 ** LPI_ID_BITS, 2 ** (fieldOf(this.#properties, GICR_PROPBASER.IDbits) + 1));
  }

  isPending(intid: number): boolean {
    const index = intid - FIRST_LPI;
    return ((this.#pending[index >>> 5]! >>> (index & 31)) & 1) !== 0;
  }

  /** An LPI becomes pending, or no longer is; nothing happens while LPIs are disabled. */
  setPending(intid: number, pending: boolean): void {
    if (!this.#isEnabled || !this.has(intid) || this.isPending(intid) === pending) return;
    this.#assign(intid, pending);
    if (pending) this.#consider(intid);
    else if (intid === this.#best) this.#findBest();
    this.#changed();
  }

  /** What is pending here becomes pending at `other` (MOVALL). */
  moveAll(other: Lpis): void {
    for (let intid = this.#nextPending(FIRST_LPI); intid !== NO_LPI; intid = this.#nextPending(intid + 1)) {
      this.#assign(intid, false);
      other.setPending(intid, true);
    }
    this.reconsider();
  }

  /** The configuration in memory may have changed: INV, INVALL, GICR_INVLPIR, GICR_INVALLR. */
  reconsider(): void {
    this.#findBest();
    this.#changed();
  }

  /** Puts the best pending LPI into `best` if it beats what is there; LPIs belong to group 1. */
  offer(best: Candidate, groups: number): void {
    if (this.#bestPriority >= best.priority || (groups & GROUP1) === 0) return;
    best.intid = this.#best;
    best.priority = this.#bestPriority;
    best.group = 1;
  }

  visitState(state: StateVisitor): void {
    for (let half = 0; half < 2; half++) {
      this.#properties[half] = state.word(this.#properties[half]!, KEPT.PROPBASER[half as 0 | 1]);
      this.#pendingTable[half] = state.word(this.#pendingTable[half]!, KEPT.PENDBASER[half as 0 | 1]);
    }
    this.#isPendingTableZero = state.flag(this.#isPendingTableZero);
    this.#isEnabled = state.flag(this.#isEnabled);
    state.words(this.#pending);
    this.#findOccupied();
    this.#best = state.within(this.#best + 1, 0, 2 ** LPI_ID_BITS) - 1;
    this.#bestPriority = state.within(this.#bestPriority, 0, LOWEST_PRIORITY);
  }

  #assign(intid: number, pending: boolean): void {
    const index = intid - FIRST_LPI;
    const word = index >>> 5;
    const bit = 1 << (index & 31);
    if (pending) this.#pending[word]! |= bit;
    else this.#pending[word]! &= ~bit;
    if (this.#pending[word] === 0) this.#occupied[word >>> 5]! &= ~(1 << (word & 31));
    else this.#occupied[word >>> 5]! |= 1 << (word & 31);
  }

  #findOccupied(): void {
    this.#occupied.fill(0);
    this.#pending.forEach((bits, word) => {
      if (bits !== 0) this.#occupied[word >>> 5]! |= 1 << (word & 31);
    });
  }

  #findBest(): void {
    this.#best = NO_LPI;
    this.#bestPriority = LOWEST_PRIORITY;
    for (let intid = this.#nextPending(FIRST_LPI); intid !== NO_LPI; intid = this.#nextPending(intid + 1)) this.#consider(intid);
  }

  /** A pending LPI against the best one: lower priority value, then lower INTID. */
  #consider(intid: number): void {
    const address = fieldOf(this.#properties, GICR_PROPBASER.Physical_Address) * ADDRESS_SHIFT.PROPBASER + intid - FIRST_LPI;
    const word = this.#memory.read32(address - (address % 4));
    const configuration = word < 0 ? 0 : (word >>> (8 * (address % 4))) & 0xff;
    if ((configuration & LPI_CONFIGURATION.Enable.wordMask) === 0) return;
    const priority = configuration & LPI_CONFIGURATION.Priority.wordMask & this.#priorityMask;
    if (priority > this.#bestPriority || (priority === this.#bestPriority && intid > this.#best)) return;
    this.#best = intid;
    this.#bestPriority = priority;
  }

  /** The first pending LPI from `intid` on, or NO_LPI. */
  #nextPending(intid: number): number {
    let index = intid - FIRST_LPI;
    if (index >= COUNT) return NO_LPI;
    let bits = this.#pending[index >>> 5]! & (-1 << (index & 31));
    if (bits === 0) {
      const word = this.#nextOccupied((index >>> 5) + 1);
      if (word < 0) return NO_LPI;
      index = word * WORD_BITS;
      bits = this.#pending[word]!;
    }
    return FIRST_LPI + (index >>> 5) * WORD_BITS + 31 - Math.clz32(bits & -bits);
  }

  /** The first word of pending states from `from` on that is not 0; -1 where there is none. */
  #nextOccupied(from: number): number {
    let mask = -1 << (from & 31);
    for (let at = from >>> 5; at < this.#occupied.length; at++) {
      const bits = this.#occupied[at]! & mask;
      if (bits !== 0) return at * WORD_BITS + 31 - Math.clz32(bits & -bits);
      mask = -1;
    }
    return -1;
  }

  // ---- The pending table: a bit for each INTID, those below 8192 too -----------------------------------------------------

  #load(): void {
    for (let word = 0; word < WORDS && this.has(FIRST_LPI + word * WORD_BITS); word++) {
      const bits = this.#memory.read32(this.#pendingAddress(word));
      this.#pending[word] = Math.max(0, bits);
    }
    this.#findOccupied();
  }

  #store(): void {
    for (let word = 0; word < WORDS && this.has(FIRST_LPI + word * WORD_BITS); word++) this.#memory.write32(this.#pendingAddress(word), this.#pending[word]!);
  }

  #pendingAddress(word: number): number {
    return fieldOf(this.#pendingTable, GICR_PENDBASER.Physical_Address) * ADDRESS_SHIFT.PENDBASER + (FIRST_LPI / WORD_BITS + word) * 4;
  }
}

function masks(fields: typeof GICR_PROPBASER.fields): readonly [lo: number, hi: number] {
  const mask = fields.reduce((all, field) => all | field.mask, 0n);
  return [Number(mask & 0xffff_ffffn), Number(mask >> 32n)];
}
