/** What must hold of results: within a cell, of its counts and cycles; among cells, of what their guests owned. */
import { EVENTS } from '@worldswitch/cpu/arch';
import { OPERATION_KINDS, softwarePrices, type BenchmarkResult, type LadderRow, type PriceList } from '@worldswitch/machine';
import { familyOf, type FinishedCell, type Invariant } from './cells.ts';

/** Sums of fractions in another order differ in their last bits. */
const ROUNDING = 1e-6;

function equal(name: string, what: string, found: number, expected: number): Invariant {
  const ok = Math.abs(found - expected) <= ROUNDING * Math.max(1, Math.abs(expected));
  return { name, ok, detail: `${what}: ${String(found)}${ok ? '' : `, expected ${String(expected)}`}` };
}

export function benchmarkInvariants({ cycles, breakdown, events, operations, architecturalCycles, softwareCycles }: BenchmarkResult, prices: PriceList): readonly Invariant[] {
  const phases = Object.values(breakdown).reduce((sum, one) => sum + one, 0);
  const parts = equal('parts add up', 'architectural and charged cycles', architecturalCycles + softwareCycles, cycles.mean);
  const ofPhases = equal('phases add up', 'cycles of all phases', phases, cycles.mean);
  // Of a way through several PEs the events are those of all of them.
  if (operations === null) return [parts, ofPhases];
  const priced = EVENTS.reduce((sum, event) => sum + (events[event] ?? 0) * prices[event][0], 0);
  const costs = softwarePrices(prices);
  const charged = OPERATION_KINDS.reduce((sum, kind, index) => sum + (operations[kind] ?? 0) * costs[index]!, 0);
  return [
    parts, ofPhases,
    equal('events priced are the cycles', 'counted events at their prices', priced, architecturalCycles),
    equal('operations priced are the charged cycles', 'tallied operations at their prices', charged, softwareCycles),
    equal('as many returns as exceptions', 'exceptions of an iteration', events['exceptionEntry'] ?? 0, events['exceptionReturn'] ?? 0),
  ];
}

/** What leaves a host's kernel for EL2 is a guest's exit, or one of its own calls. */
export function ladderInvariants({ exceptionsToEl2 = 0, erets = 0, hvcs = 0, cycles = 0 }: LadderRow): readonly Invariant[] {
  return [
    equal('as many returns as exceptions', 'exceptions to EL2 of a round trip', exceptionsToEl2, erets),
    { name: 'host calls are exceptions', ok: hvcs < exceptionsToEl2, detail: `${String(hvcs)} host calls and ${String(exceptionsToEl2 - hvcs)} others` },
    { name: 'a round trip costs something', ok: cycles > 0, detail: `${String(cycles)} cycles` },
  ];
}

/** Each cell with what its guest owned compared with the first cell of its family. */
export function withDigests(cells: readonly FinishedCell[]): readonly FinishedCell[] {
  const first = new Map<string, FinishedCell>();
  return cells.map((cell) => {
    if (cell.guestDigest === null) return cell;
    const family = familyOf(cell);
    const reference = first.get(family) ?? cell;
    first.set(family, reference);
    const ok = cell.guestDigest === reference.guestDigest;
    const detail = ok ? `${cell.guestDigest}, as in ${reference.id}` : `${cell.guestDigest}, but ${String(reference.guestDigest)} in ${reference.id} (${reference.command})`;
    return { ...cell, invariants: [...cell.invariants, { name: 'guest digest equal along the ladder', ok, detail }] };
  });
}
