/**
 * The common events of the Performance Monitors that a core of ours counts, by number (DDI 0487, D13 "PMU events"), and
 * where each comes from. PMCEID0_EL0 and PMCEID1_EL0 report these and no others; another number counts nothing.
 */

import type { FeatureSet } from './features.ts';

/**
 * `software`: PMSWINC_EL0. `chain`: overflows of the counter below. `total`: a count that the core keeps anyway.
 * `instruction`: what single instructions are, counted while a counter asks for it, and then in Eval only. `never`:
 * what a PE without a pipeline does not do.
 */
export type PmuEventSource = 'software' | 'chain' | 'total' | 'instruction' | 'never';

export interface PmuEvent {
  readonly number: number;
  readonly source: PmuEventSource;
  /** Reported from this version on. */
  readonly feature?: 'PMUv3p1';
}

export const PMU_EVENTS = {
  SW_INCR: { number: 0x00, source: 'software' },
  LD_RETIRED: { number: 0x06, source: 'instruction' },
  ST_RETIRED: { number: 0x07, source: 'instruction' },
  INST_RETIRED: { number: 0x08, source: 'total' },
  EXC_TAKEN: { number: 0x09, source: 'total' },
  EXC_RETURN: { number: 0x0a, source: 'total' },
  CID_WRITE_RETIRED: { number: 0x0b, source: 'instruction' },
  PC_WRITE_RETIRED: { number: 0x0c, source: 'instruction' },
  BR_IMMED_RETIRED: { number: 0x0d, source: 'instruction' },
  BR_RETURN_RETIRED: { number: 0x0e, source: 'instruction' },
  CPU_CYCLES: { number: 0x11, source: 'total' },
  MEM_ACCESS: { number: 0x13, source: 'instruction' },
  TTBR_WRITE_RETIRED: { number: 0x1c, source: 'instruction' },
  CHAIN: { number: 0x1e, source: 'chain' },
  BR_RETIRED: { number: 0x21, source: 'instruction' },
  STALL_FRONTEND: { number: 0x23, source: 'never', feature: 'PMUv3p1' },
  STALL_BACKEND: { number: 0x24, source: 'never', feature: 'PMUv3p1' },
} as const satisfies Record<string, PmuEvent>;

export type PmuEventName = keyof typeof PMU_EVENTS;

/** The event of a number; null where it counts nothing. */
export function pmuEvent(number: number): PmuEventName | null {
  return BY_NUMBER.get(number) ?? null;
}

/** PMCEID0_EL0 and PMCEID1_EL0: a bit for each event below 0x20, and for each from 0x20 on. */
export function eventIdentification(features: FeatureSet): readonly [number, number] {
  const words: [number, number] = [0, 0];
  for (const { number, feature } of Object.values<PmuEvent>(PMU_EVENTS)) {
    if (feature === undefined || features.has(feature)) words[number >>> 5]! |= 1 << (number & 31);
  }
  return words;
}

const BY_NUMBER: ReadonlyMap<number, PmuEventName> = new Map(Object.entries(PMU_EVENTS).map(([name, { number }]) => [number, name as PmuEventName]));
