/**
 * State of a block of interrupts with one owner: the SGIs and PPIs of a PE, or the SPIs of a distributor. One bit for each
 * interrupt in words of 32, so that what is offered to a PE is a few operations. Knows no register layout and no version
 * (IHI 0048, "Interrupt handling state machine"; IHI 0069, "Interrupt handling state machine").
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { Group } from './list-register.ts';

/** Bits of a word of {@link InterruptBlock}. */
export const WORD_BITS = 32;

/** The interrupt that a PE is offered: pending, enabled, not active. `intid` is -1 where there is none. */
export interface Candidate {
  intid: number;
  /** 0 the highest. */
  priority: number;
  group: Group;
}

export function noCandidate(): Candidate {
  return { intid: -1, priority: 0x100, group: 0 };
}

export class InterruptBlock {
  /** INTID of bit 0 of word 0, a multiple of 32. */
  readonly first: number;
  readonly count: number;
  readonly enabled: Uint32Array;
  /** Group 1 where set. */
  readonly group: Uint32Array;
  readonly active: Uint32Array;
  /** Edge-triggered where set, otherwise level-sensitive. */
  readonly edge: Uint32Array;
  readonly priority: Uint8Array;
  /** Pending by an edge or by software: kept until acknowledged or cleared. */
  readonly latch: Uint32Array;
  /** Levels of the inputs. */
  readonly line: Uint32Array;
  readonly #priorityMask: number;

  /** `count` interrupts from `first` on, both multiples of 32; `priorityBits` of a priority are implemented. */
  constructor(first: number, count: number, priorityBits: number) {
    this.first = first;
    this.count = count;
    this.#priorityMask = (0xff << (8 - priorityBits)) & 0xff;
    const bits = (): Uint32Array => new Uint32Array(count / WORD_BITS);
    this.enabled = bits();
    this.group = bits();
    this.active = bits();
    this.edge = bits();
    this.latch = bits();
    this.line = bits();
    this.priority = new Uint8Array(count);
  }

  contains(intid: number): boolean {
    return intid >= this.first && intid < this.first + this.count;
  }

  /** A word of pending states: what is latched, and level-sensitive inputs that are asserted. */
  pending(word: number): number {
    return (this.latch[word]! | (this.line[word]! & ~this.edge[word]!)) >>> 0;
  }

  /** An input changes; a rising edge is latched. */
  setLine(intid: number, level: boolean): void {
    const index = intid - this.first;
    const word = index >>> 5;
    const bit = 1 << (index & 31);
    const was = (this.line[word]! & bit) !== 0;
    if (level) this.line[word]! |= bit;
    else this.line[word]! &= ~bit;
    if (level && !was) this.latch[word]! |= bit & this.edge[word]!;
  }

  setPriority(intid: number, priority: number): void {
    this.priority[intid - this.first] = priority & this.#priorityMask;
  }

  groupOf(intid: number): Group {
    return this.#test(this.group, intid) ? 1 : 0;
  }

  setLatch(intid: number, pending: boolean): void {
    this.#assign(this.latch, intid, pending);
  }

  /** Pending becomes active; an asserted level-sensitive input keeps it pending too. */
  acknowledge(intid: number): void {
    this.#assign(this.latch, intid, false);
    this.#assign(this.active, intid, true);
  }

  deactivate(intid: number): void {
    this.#assign(this.active, intid, false);
  }

  /** Whether no interrupt is pending, enabled and not active. */
  get isQuiet(): boolean {
    for (let word = 0; word < this.enabled.length; word++) if ((this.pending(word) & this.enabled[word]! & ~this.active[word]!) !== 0) return false;
    return true;
  }

  /**
   * Puts the best interrupt of this block into `best` if it beats what is there: lowest priority value, then lowest INTID.
   * `groups` is a mask of enabled groups (bit 0 group 0, bit 1 group 1); `targets` restricts words, null takes all.
   */
  offer(best: Candidate, groups: number, targets: Uint32Array | null): void {
    const words = this.enabled.length;
    const group0 = (groups & 1) !== 0 ? -1 : 0;
    const group1 = (groups & 2) !== 0 ? -1 : 0;
    for (let word = 0; word < words; word++) {
      const group = this.group[word]!;
      let bits = this.pending(word) & this.enabled[word]! & ~this.active[word]! & ((group & group1) | (~group & group0));
      if (targets !== null) bits &= targets[word]!;
      for (; bits !== 0; bits &= bits - 1) {
        const index = word * WORD_BITS + 31 - Math.clz32(bits & -bits);
        const priority = this.priority[index]!;
        if (priority >= best.priority) continue;
        best.intid = this.first + index;
        best.priority = priority;
        best.group = (group & bits & -bits) !== 0 ? 1 : 0;
      }
    }
  }

  visitState(state: StateVisitor): void {
    for (const words of [this.enabled, this.group, this.active, this.edge, this.latch, this.line]) state.words(words);
    state.bytes(this.priority, this.#priorityMask);
  }

  #test(words: Uint32Array, intid: number): boolean {
    const index = intid - this.first;
    return ((words[index >>> 5]! >>> (index & 31)) & 1) !== 0;
  }

  #assign(words: Uint32Array, intid: number, value: boolean): void {
    const index = intid - this.first;
    const bit = 1 << (index & 31);
    if (value) words[index >>> 5]! |= bit;
    else words[index >>> 5]! &= ~bit;
  }
}
