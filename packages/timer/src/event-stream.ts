/**
 * An event stream: events for WFE at one bit of a count (DDI 0487, part D, "Event streams"). Nothing happens when an event
 * is due; whoever asks learns whether there was one since, so that a stream costs nothing while nobody waits for it.
 */
import { CNTKCTL_EL1 } from '@worldswitch/cpu/arch';

/** They stand at the same bits of CNTKCTL_EL1 and of CNTHCTL_EL2 in both layouts. */
const { EVNTEN, EVNTDIR, EVNTI } = CNTKCTL_EL1;
const WORD = 2 ** 32;

export class EventStream {
  /** The control register's low word. */
  control = 0;

  get isEnabled(): boolean {
    return (this.control & EVNTEN.wordMask) !== 0;
  }

  /** Whether there was an event after the count `from`, up to `to` and with it. */
  hasEvent(from: Uint32Array, to: Uint32Array): boolean {
    if (!this.isEnabled) return false;
    const { period, phase } = this.#shape();
    const number = (count: Uint32Array): number => Math.floor((count[0]! + phase) / period);
    return (to[1]! - from[1]!) * (WORD / period) + number(to) !== number(from);
  }

  /** Counts from `now` to the next event. */
  ticksLeft(now: Uint32Array): number {
    const { period, phase } = this.#shape();
    return period - ((now[0]! + phase) % period);
  }

  /** Counts between two events; and from the last of them to where the bits above change: a rising bit does not change them. */
  #shape(): { readonly period: number; readonly phase: number } {
    const half = 2 ** EVNTI.inWord(this.control);
    return { period: 2 * half, phase: (this.control & EVNTDIR.wordMask) === 0 ? half : 0 };
  }
}
