/**
 * Which PE runs next: the one with the lowest local time, ties by number. A PE that waits counts with the time at which
 * something will wake it. Nothing here looks at the host.
 */
import type { MachinePe } from './pe.ts';

/** Longest share of a PE among several, in instructions. */
export const QUANTUM = 20_000;

/** Local time from which the PE can do something; Infinity where nothing will wake it. */
function readyAt(pe: MachinePe): number {
  switch (pe.state) {
    case 'off':
      return Infinity;
    case 'ready':
      return pe.clock.time;
    case 'waiting':
      return pe.cpu.wakes ? pe.clock.time : Math.max(pe.clock.time, pe.clock.nextDeadline);
  }
}

/** The PE that runs next, or null where none ever will. */
export function nextPe(pes: readonly MachinePe[]): MachinePe | null {
  let best: MachinePe | null = null;
  let bestTime = Infinity;
  for (const pe of pes) {
    const time = readyAt(pe);
    if (time < bestTime) {
      best = pe;
      bestTime = time;
    }
  }
  return best;
}

/** The smallest local time of another PE that can run; Infinity where there is none. WFE and YIELD wait for it. */
export function otherTime(pes: readonly MachinePe[], self: MachinePe): number {
  return pes.reduce((least, pe) => (pe !== self && pe.state === 'ready' ? Math.min(least, pe.clock.time) : least), Infinity);
}

/** When another PE may change something: one that spins not before its next deadline. */
export function otherEvent(pes: readonly MachinePe[], self: MachinePe): number {
  let least = Infinity;
  for (const pe of pes) {
    if (pe === self || pe.state !== 'ready') continue;
    const { time, nextDeadline } = pe.clock;
    least = Math.min(least, pe.isSpinning ? Math.max(time, nextDeadline) : time);
  }
  return least;
}
