/** Cycles of counted events: what the machine did, and apart from it what host C code that is not executed would cost. */
import { EVENTS, type EventName } from '@worldswitch/cpu/arch';
import { softwarePrices, unitPrices, UNITS_PER_CYCLE, type PriceList } from './prices.ts';

/** Cycles, possibly with a fraction in sixteenths. */
export interface Cycles {
  /** Of instructions, exceptions, accesses: events that really happened. */
  readonly architecturalCycles: number;
  /** Of tallies: estimated, and reported apart. */
  readonly softwareCycles: number;
}

/** Table references of an access that crosses a page, each half of it with four levels of two stages. */
const MOST_REFERENCES = 2 * 24;

export class CostModel {
  readonly #units: Float64Array;
  readonly #software: readonly number[];
  /** No single instruction costs more units: itself, its dearest event, an exception, and two walks of two stages. */
  readonly highestInstruction: number;

  constructor(prices: PriceList) {
    this.#units = unitPrices(prices);
    this.#software = softwarePrices(prices);
    this.highestInstruction = this.priceOf('instruction') + Math.max(...this.#units) + this.priceOf('exceptionEntry') + MOST_REFERENCES * this.priceOf('walkReference');
  }

  /** The price of all events so far, in sixteenths of a cycle: exact. */
  units(events: Float64Array): number {
    const prices = this.#units;
    let sum = 0;
    for (let event = 0; event < prices.length; event++) sum += prices[event]! * events[event]!;
    return sum;
  }

  /** The price of abstract operations, in sixteenths of a cycle; `operations` in the order of a tally. */
  softwareUnits(operations: Float64Array): number {
    let sum = 0;
    for (let kind = 0; kind < this.#software.length; kind++) sum += this.#software[kind]! * operations[kind]! * UNITS_PER_CYCLE;
    return sum;
  }

  cycles(events: Float64Array, operations: Float64Array): Cycles {
    return { architecturalCycles: this.units(events) / UNITS_PER_CYCLE, softwareCycles: this.softwareUnits(operations) / UNITS_PER_CYCLE };
  }

  /** The price of one event in sixteenths of a cycle. */
  priceOf(event: EventName): number {
    return this.#units[EVENTS.indexOf(event)]!;
  }
}

/** Counts by name, those that are not zero, in the order of the counters. */
export function eventsByName(events: Float64Array): Partial<Record<EventName, number>> {
  const counts: Partial<Record<EventName, number>> = {};
  EVENTS.forEach((name, event) => {
    if (events[event] !== 0) counts[name] = events[event]!;
  });
  return counts;
}
