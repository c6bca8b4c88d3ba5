/**
 * What each counted event costs on a machine, in sixteenths of a cycle. The figures are those of published-results.md
 * section 9.2 in the project's reference material; `source` says how each was found: S published in a paper, D derived
 * from a published table, F fitted to one published total, E estimated. Nothing is priced per hypercall or per switch.
 */
import { EVENTS, type EventName } from '@worldswitch/cpu/arch';

/** Prices are integers of this fraction of a cycle, so that sums are exact. */
export const UNITS_PER_CYCLE = 16;

export type PriceSource = 'S' | 'D' | 'F' | 'E';

/** Whole cycles of one event, and where the figure is from. */
export type Price = readonly [cycles: number, source: PriceSource];

export type PriceList = Readonly<Record<EventName, Price>>;

/**
 * What does not differ among machines. `native` counts every operation of native software, each of which is priced by its
 * own event: a move between registers is free. A load counts as a hit in the first level, a store is buffered.
 */
const COMMON = {
  instruction: [1, 'E'],
  native: [0, 'E'],
  hint: [1, 'E'],
  storeX: [1, 'E'],
  atomic: [10, 'E'],
  mmio: [100, 'E'],
  tlbi: [20, 'E'],
  wfiWake: [2000, 'E'],
} satisfies Partial<PriceList>;

const MUSTANG: PriceList = {
  ...COMMON,
  exceptionEntry: [72, 'S'],
  exceptionReturn: [65, 'S'],
  mrs: [5, 'D'],
  msr: [8, 'D'],
  msrTranslation: [20, 'D'],
  msrHcrVttbr: [20, 'E'],
  isb: [20, 'E'],
  dsb: [20, 'E'],
  dmb: [20, 'E'],
  loadX: [4, 'E'],
  loadPairX: [3, 'D'],
  storePairX: [4, 'D'],
  loadPairQ: [10, 'D'],
  storePairQ: [9, 'D'],
  gicvRead: [290, 'D'],
  gicvWrite: [26, 'D'],
  ichRead: [25, 'E'],
  ichWrite: [25, 'E'],
  walkReference: [15, 'E'],
  sgi: [200, 'E'],
};

/** Cortex-A57 with GIC-400: what is not measured there is as on the X-Gene. */
const SEATTLE: PriceList = {
  ...MUSTANG,
  exceptionEntry: [72, 'E'],
  exceptionReturn: [65, 'E'],
  mrs: [5, 'E'],
  msr: [8, 'E'],
  msrTranslation: [68, 'F'],
  loadPairX: [3, 'E'],
  storePairX: [4, 'E'],
  loadPairQ: [10, 'E'],
  storePairQ: [9, 'E'],
  gicvRead: [250, 'D'],
  gicvWrite: [26, 'E'],
};

const THUNDERX: PriceList = {
  ...COMMON,
  exceptionEntry: [90, 'E'],
  exceptionReturn: [80, 'E'],
  mrs: [6, 'E'],
  msr: [10, 'E'],
  msrTranslation: [40, 'E'],
  msrHcrVttbr: [25, 'E'],
  isb: [30, 'E'],
  dsb: [30, 'E'],
  dmb: [30, 'E'],
  loadX: [3, 'E'],
  loadPairX: [4, 'E'],
  storePairX: [4, 'E'],
  loadPairQ: [10, 'E'],
  storePairQ: [10, 'E'],
  gicvRead: [250, 'E'],
  gicvWrite: [26, 'E'],
  ichRead: [25, 'E'],
  ichWrite: [25, 'E'],
  walkReference: [40, 'E'],
  sgi: [250, 'E'],
};

const THUNDERX2: PriceList = {
  ...COMMON,
  exceptionEntry: [70, 'E'],
  exceptionReturn: [65, 'E'],
  mrs: [5, 'E'],
  msr: [8, 'E'],
  msrTranslation: [40, 'E'],
  msrHcrVttbr: [20, 'E'],
  isb: [20, 'E'],
  dsb: [25, 'E'],
  dmb: [25, 'E'],
  loadX: [4, 'E'],
  loadPairX: [3, 'E'],
  storePairX: [3, 'E'],
  loadPairQ: [6, 'E'],
  storePairQ: [6, 'E'],
  gicvRead: [250, 'E'],
  gicvWrite: [26, 'E'],
  ichRead: [20, 'E'],
  ichWrite: [20, 'E'],
  walkReference: [10, 'E'],
  sgi: [250, 'E'],
};

export const PRICES = { mustang: MUSTANG, seattle: SEATTLE, thunderx: THUNDERX, thunderx2: THUNDERX2 } as const;

/** A list as units by index of `EVENT`. */
export function unitPrices(list: PriceList): Float64Array {
  return Float64Array.from(EVENTS, (name) => list[name][0] * UNITS_PER_CYCLE);
}

/** Abstract operations of host C code, in the order of a tally. */
export const OPERATION_KINDS = ['loads', 'stores', 'branches', 'alu', 'atomics', 'calls'] as const;

/** Cycles of one of each of {@link OPERATION_KINDS}. */
export function softwarePrices(list: PriceList): readonly number[] {
  const [[load], [store], [atomic], [base]] = [list.loadX, list.storeX, list.atomic, list.instruction];
  // A call is two branches: there and back.
  return [load, store, base, base, atomic, 2 * base];
}
