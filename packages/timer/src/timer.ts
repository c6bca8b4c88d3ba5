/**
 * One timer: a comparison with a count (DDI 0487, part D, "Timers"). It fires while the count has reached CVAL; TVAL is the
 * same comparison seen as a downcounter of 32 bits.
 */
import { CNT_CTL } from '@worldswitch/cpu/arch';
import type { StateVisitor } from '@worldswitch/cpu';
import { addSigned, isLess, isZero, subtract } from './word64.ts';

const ZERO = new Uint32Array(2);
const WRITABLE = CNT_CTL.ENABLE.wordMask | CNT_CTL.IMASK.wordMask;

export class Timer {
  /** CVAL. */
  readonly compare = new Uint32Array(2);
  /** The count of this timer at the moment: physical, less the offset for the EL1 virtual timer. */
  readonly #count: () => Uint32Array;
  readonly #scratch = new Uint32Array(2);
  #control = 0;

  constructor(count: () => Uint32Array) {
    this.#count = count;
  }

  get isEnabled(): boolean {
    return (this.#control & CNT_CTL.ENABLE.wordMask) !== 0;
  }

  /** The timer condition: the count has reached CVAL. */
  get conditionMet(): boolean {
    return this.isEnabled && !isLess(this.#count(), this.compare);
  }

  /** Whether the output, which is level-sensitive, is not masked where the condition is met. */
  get isUnmasked(): boolean {
    return (this.#control & CNT_CTL.IMASK.wordMask) === 0;
  }

  /**
   * Puts the ticks until the condition of an enabled timer changes into `into`, 0 where it never does, and returns whether
   * it is met. What is met ends where the count wraps (DDI 0487, "Operation of the CompareValue views": unsigned values).
   */
  ticksLeft(into: Uint32Array): boolean {
    const count = this.#count();
    const isMet = !isLess(count, this.compare);
    if (isMet && isZero(this.compare)) into.fill(0);
    else subtract(into, isMet ? ZERO : this.compare, count);
    return isMet;
  }

  /** CTL; ISTATUS, which is UNKNOWN while the timer is disabled, reads as 0 then. */
  get control(): number {
    return this.#control | (this.conditionMet ? CNT_CTL.ISTATUS.wordMask : 0);
  }

  set control(value: number) {
    this.#control = value & WRITABLE;
  }

  /** TVAL: CVAL less the count, 32 bits. */
  get timerValue(): number {
    subtract(this.#scratch, this.compare, this.#count());
    return this.#scratch[0]!;
  }

  set timerValue(value: number) {
    addSigned(this.compare, this.#count(), value);
  }

  visitState(state: StateVisitor): void {
    this.#control = state.word(this.#control, WRITABLE);
    state.words(this.compare);
  }
}
