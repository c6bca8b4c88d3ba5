/**
 * What one PE's native software has executed, as the ladder counts it (kvm-arm-vhe-series.md, section 4.41): read from the
 * counters of the port and the core, never from a plan. Two readings and their difference are one round trip.
 */
import { CNTHCTL_EL2, CPTR_EL2, HCR_EL2, HSTR_EL2, MDCR_EL2, PMUSERENR_EL0, type AnyRegister } from '@worldswitch/cpu/arch';
import type { Cpu, PePort } from '@worldswitch/cpu';

/** The columns of a ladder row, in its order. */
export const COUNT_NAMES = [
  'reads', 'writes', 'mmioReads', 'mmioWrites', 'isb', 'dsb', 'exceptionsToEl2', 'erets', 'hvcs', 'trapConfigWrites', 'frameWordsStored', 'frameWordsLoaded',
] as const;

export type CountName = (typeof COUNT_NAMES)[number];

export type OperationCounts = Readonly<Record<CountName, number>>;

/**
 * The registers of the row "trap-configuration writes". PMSELR_EL0 is not among them, because its write and that of
 * PMUSERENR_EL0 at entry count as one pair. A read-modify-write counts as its write.
 */
const TRAP_CONFIGURATION: readonly AnyRegister[] = [HCR_EL2, HSTR_EL2, PMUSERENR_EL0, MDCR_EL2, CPTR_EL2, CNTHCTL_EL2];

/** Reads the counters as they stand. */
export function readCounts(cpu: Cpu, { counters }: PePort): OperationCounts {
  return {
    reads: counters.reads,
    writes: counters.writes,
    mmioReads: counters.mmioReads,
    mmioWrites: counters.mmioWrites,
    isb: counters.isb,
    dsb: counters.dsb,
    exceptionsToEl2: cpu.exceptions.takenTo(2),
    erets: cpu.exceptions.returnsFrom[2]!,
    hvcs: counters.hvcs,
    trapConfigWrites: TRAP_CONFIGURATION.reduce((sum, { key }) => sum + counters.writesOf[key]!, 0),
    frameWordsStored: counters.frameWordsStored,
    frameWordsLoaded: counters.frameWordsLoaded,
  };
}

export function sumOf(a: OperationCounts, b: OperationCounts): OperationCounts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, a[name] + b[name]])) as Record<CountName, number>;
}

/** `later - earlier`, column by column. */
export function countsBetween(earlier: OperationCounts, later: OperationCounts): OperationCounts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, later[name] - earlier[name]])) as Record<CountName, number>;
}

/** Whether two counts agree in every column. */
export function sameCounts(a: OperationCounts, b: OperationCounts): boolean {
  return COUNT_NAMES.every((name) => a[name] === b[name]);
}
