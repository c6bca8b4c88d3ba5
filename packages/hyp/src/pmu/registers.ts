/** What a guest's PMU registers hold: which counters there are, and which bits can be written. Facts only. */
import { PM_COUNTERS, PMCR_EL0, PMEVTYPER } from '@worldswitch/cpu/arch';

/** The cycle counter among the counters, and as the value of PMSELR_EL0 that selects it. */
export const CYCLE_BIT = PM_COUNTERS.C.wordMask;
export const CYCLE_COUNTER = PM_COUNTERS.C.lsb;

/** The counters of a PMCR_EL0: its event counters and the cycle counter. */
export function countersOf(pmcr: number): number {
  return ((1 << PMCR_EL0.N.inWord(pmcr)) - 1) | CYCLE_BIT;
}

/** What a write of PMCR_EL0 keeps; P and C act and read as zero. */
export const PMCR_WRITABLE = PMCR_EL0.E.wordMask | PMCR_EL0.D.wordMask | PMCR_EL0.X.wordMask | PMCR_EL0.DP.wordMask | PMCR_EL0.LC.wordMask;

/** What a write of an event type keeps, and of PMCCFILTR_EL0. */
export const FILTER_WRITABLE = PMEVTYPER.P.wordMask | PMEVTYPER.U.wordMask | PMEVTYPER.NSH.wordMask;
export const TYPE_WRITABLE = FILTER_WRITABLE | PMEVTYPER.evtCount.wordMask;
