/** Prices of a machine, some of them changed. */
import { EVENTS, type EventName } from '@worldswitch/cpu/arch';
import { UNITS_PER_CYCLE, type PriceList } from '@worldswitch/machine';
import type { PriceChange } from './cells.ts';

export function isEstimated(prices: PriceList, event: EventName): boolean {
  return prices[event][1] === 'E';
}

/** The list with one estimated price changed, or all of them; those that somebody has measured stay. */
export function changedPrices(prices: PriceList, { event: changed, percent }: PriceChange): PriceList {
  const entries = EVENTS.map((event) => {
    const [cycles, source] = prices[event];
    const isMeant = changed === 'all' ? isEstimated(prices, event) : changed === event;
    return [event, [isMeant ? scaled(cycles, percent) : cycles, source]];
  });
  return Object.fromEntries(entries) as PriceList;
}

/** In whole units, as all prices are. */
function scaled(cycles: number, percent: number): number {
  return Math.round(cycles * (1 + percent / 100) * UNITS_PER_CYCLE) / UNITS_PER_CYCLE;
}
