/** The figures of a run, by the keys of the document `worldswitch.run/1`; digests, and what depends on the host, are the caller's to add. */
import { EC, EVENT, type EventName } from '@worldswitch/cpu/arch';
import { holeName } from './bus.ts';
import { eventsByName } from './cost.ts';
import { OTHERS } from './counts.ts';
import type { Machine } from './machine.ts';
import type { StopReason } from './stop.ts';

export interface RunData {
  readonly stop: StopReason;
  readonly exitCode: number;
  readonly machine: string;
  /** Machine code, by the EL that executed it. */
  readonly instructions: { readonly total: number; readonly el0: number; readonly el1: number; readonly el2: number };
  readonly nativeOperations: number;
  readonly virtualSeconds: number;
  /** By target EL and class. */
  readonly exceptions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly events: Readonly<Partial<Record<EventName, number>>>;
  readonly cycles: number;
  readonly architecturalCycles: number;
  readonly softwareCycles: number;
  readonly consoleLines: number;
  /** What software asked for and got nothing: accesses to nothing, by page, and to reserved offsets of frames, calls of the host, commands in error. */
  readonly ignored: { readonly holes: Readonly<Record<string, number>>; readonly reserved: Readonly<Record<string, number>>; readonly semihosting: Readonly<Record<string, number>>; readonly itsCommands: number };
}

/** The figures of a machine that has stopped. */
export function runData(machine: Machine): RunData {
  const { pes, config, console, model, stopped } = machine;
  const retired = (el: number): number => pes.reduce((sum, { cpu }) => sum + cpu.retired[el]!, 0);
  const events = summed(pes.map((pe) => pe.events));
  const software = summed(pes.map(({ port }) => port?.counters.software ?? new Float64Array(0)));
  const { architecturalCycles, softwareCycles } = model.cycles(events, software.length === 0 ? new Float64Array(6) : software);
  return {
    stop: stopped?.reason ?? 'limit',
    exitCode: stopped?.exitCode ?? 0,
    machine: config.profile.name,
    instructions: { total: machine.instructions, el0: retired(0), el1: retired(1), el2: retired(2) },
    nativeOperations: events[EVENT.native]!,
    virtualSeconds: machine.virtualSeconds,
    exceptions: exceptionsByClass(machine),
    events: eventsByName(events),
    cycles: architecturalCycles + softwareCycles,
    architecturalCycles,
    softwareCycles,
    consoleLines: console.lines,
    ignored: ignored(machine),
  };
}

function summed(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(Math.max(...arrays.map(({ length }) => length)));
  for (const array of arrays) array.forEach((value, at) => (sum[at] = sum[at]! + value));
  return sum;
}

const ASYNCHRONOUS = { irq: 'IRQ', fiq: 'FIQ', serror: 'SError' } as const;

function exceptionsByClass({ pes }: Machine): Record<string, Record<string, number>> {
  const byEl: Record<string, Record<string, number>> = {};
  for (const el of [1, 2] as const) {
    const taken = (kind: Parameters<(typeof pes)[number]['cpu']['exceptions']['takenTo']>[1]): number => pes.reduce((sum, { cpu }) => sum + cpu.exceptions.takenTo(el, kind), 0);
    const classes: Record<string, number> = {};
    for (const [name, code] of Object.entries(EC)) if (taken(code) > 0) classes[name] = taken(code);
    for (const kind of ['irq', 'fiq', 'serror'] as const) if (taken(kind) > 0) classes[ASYNCHRONOUS[kind]] = taken(kind);
    if (Object.keys(classes).length > 0) byEl[`EL${String(el)}`] = classes;
  }
  return byEl;
}

function ignored({ pes, frames, gic, unknownSemihosting }: Machine): RunData['ignored'] {
  const holes: Record<string, number> = {};
  const reserved: Record<string, number> = {};
  for (const frame of frames) {
    if (frame.reservedAccesses > 0) reserved[frame.frame.name] = (reserved[frame.frame.name] ?? 0) + frame.reservedAccesses;
  }
  for (const { bus } of pes) {
    for (const [page, count] of bus.holes) {
      const name = holeName(page);
      holes[name] = (holes[name] ?? 0) + count;
    }
  }
  return { holes, reserved, semihosting: Object.fromEntries(Array.from(unknownSemihosting, ([operation, count]) => [operation === OTHERS ? 'others' : `0x${operation.toString(16)}`, count])), itsCommands: gic.its?.ignoredCommands ?? 0 };
}
