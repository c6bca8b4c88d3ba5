/**
 * Records what the hypervisor executes on one PE while somebody wants it, by listening where it costs nothing when nobody does: in front
 * of the PE's port, in a tracer, and around the operations of a plan.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { SoftwarePort } from '@worldswitch/cpu';
import { EDGES, type Edge, type EdgeName, type Operation, PHASES, type Plan } from '@worldswitch/hyp';
import type { MachinePe } from '../pe.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import type { TraceDescription, TraceEvent } from '../trace/events.ts';
import { RecordingPort, type PortCall, type PortListener } from './recording-port.ts';
import { TIMELINE_PHASES, type TimelineEntry, type TimelineOperation, type TimelinePhase } from './timeline.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface OpenOperation extends Mutable<Omit<TimelineOperation, 'entries'>> {
  readonly entries: Mutable<TimelineEntry>[];
}

/** An operation of the plan that is at work; operations nest where one calls the switch. */
interface Owner {
  readonly operation: Operation;
  readonly phase: TimelinePhase | null;
}

/** What code around operations belongs to, from an edge on. */
const PHASE_FROM: Readonly<Partial<Record<EdgeName, TimelinePhase>>> = { load: 'load', put: 'put', flush: 'flush', enter: 'enter', exit: 'exit', sync: 'sync' };

const isTimelinePhase = (phase: string): phase is TimelinePhase => (TIMELINE_PHASES as readonly string[]).includes(phase);

export class SwitchRecorder implements PortListener {
  #pe: MachinePe | null = null;
  #operations: OpenOperation[] = [];
  #isOn = false;
  #phase: TimelinePhase = 'flush';
  readonly #owners: Owner[] = [];
  /** Whose operation the last entry went to: another owner, or another run of it, begins a new one. */
  #lastOwner: Owner | TimelinePhase | null = null;
  /** Entries that have begun and not ended, innermost last; cells whose content is asked for at their end. */
  readonly #open: { readonly entry: Mutable<TimelineEntry>; readonly operation: OpenOperation; readonly cell: number }[] = [];
  /** Local time up to which everything is somebody's. */
  #accounted = 0;

  /** What the machine is to trace. */
  readonly trace: TraceDescription = { kinds: new Set(['sysreg', 'exceptions', 'mmio', 'gic']), listener: (event) => this.#traced(event) };

  /** What the hypervisor gets as the port of its PE. */
  port(pe: MachinePe): SoftwarePort {
    if (pe.port === null) throw new InvariantError('a PE without native software has nothing to record');
    this.#pe = pe;
    return new RecordingPort(pe.port, this);
  }

  /** The same plan, with each operation told when it begins and ends. */
  plan(plan: Plan): Plan {
    const phases = Object.fromEntries(
      PHASES.map((phase) => [
        phase,
        plan.phases[phase].map((operation): Operation => {
          const owner: Owner = { operation, phase: isTimelinePhase(phase) ? phase : null };
          return {
            ...operation,
            run: (cpu) => {
              this.#owners.push({ ...owner });
              operation.run(cpu);
              this.#owners.pop();
            },
          };
        }),
      ]),
    ) as unknown as Plan['phases'];
    return { ...plan, phases };
  }

  start(): void {
    this.#isOn = true;
    this.#lastOwner = null;
    this.#accounted = this.#now();
  }

  stop(): void {
    this.#isOn = false;
  }

  edge(edge: Edge): void {
    this.#phase = PHASE_FROM[EDGES[edge]!] ?? this.#phase;
  }

  /** What was recorded since the last call. */
  take(): readonly TimelineOperation[] {
    const operations = this.#operations;
    this.#operations = [];
    return operations;
  }

  // ---- The port ------------------------------------------------------------------------------------------------------

  begins({ kind, text, register, cell }: PortCall): void {
    if (!this.#isOn) return;
    this.#account();
    const operation = this.#operationAtHand(kind === 'guest');
    const entry = { kind, text, register, reached: null, value: null, exception: null, cycles: 0 };
    operation.entries.push(entry);
    this.#open.push({ entry, operation, cell });
  }

  ends(): void {
    if (this.#isOn) this.#account();
    const ended = this.#open.pop();
    if (ended === undefined || ended.cell < 0 || ended.entry.value !== null) return;
    const { cells } = this.#pe!.port!;
    ended.entry.value = hex((BigInt(cells[2 * ended.cell + 1]!) << 32n) | BigInt(cells[2 * ended.cell]!));
  }

  /** Time since the last boundary is that of the innermost call at hand. */
  #account(): void {
    const now = this.#now();
    const cycles = (now - this.#accounted) / UNITS_PER_CYCLE;
    this.#accounted = now;
    const innermost = this.#open.at(-1);
    if (cycles === 0) return;
    if (innermost === undefined) throw new InvariantError(`${String(cycles)} cycles between two calls of the port`);
    innermost.entry.cycles += cycles;
    innermost.operation.cycles += cycles;
  }

  #now(): number {
    return this.#pe!.clock.time;
  }

  #operationAtHand(isGuest: boolean): OpenOperation {
    const owner = this.#owners.at(-1) ?? (isGuest ? 'guest' : this.#phase);
    if (owner !== this.#lastOwner) {
      this.#lastOwner = owner;
      const { phase, operation } = typeof owner === 'string' ? { phase: owner, operation: null } : owner;
      this.#operations.push({
        phase: phase ?? this.#phase,
        id: operation?.id ?? null,
        variant: operation?.variant ?? '',
        does: operation?.does ?? (isGuest ? 'instructions of the guest, and the exception that ends them' : 'host code around the operations'),
        cycles: 0,
        entries: [],
      });
    }
    return this.#operations.at(-1)!;
  }

  // ---- The tracer ----------------------------------------------------------------------------------------------------

  /** What the core and the bus say of the call at hand: more than the call itself knows. */
  #traced(event: TraceEvent): void {
    if (!this.#isOn) return;
    const entry = this.#open.at(-1)?.entry;
    if (entry === undefined) return;
    switch (event.kind) {
      case 'exceptions':
        entry.exception = `EL${String(event.from)} to EL${String(event.to)}${event.event === 'exception' ? `: ${event.class}` : ''}`;
        return;
      case 'sysreg':
        if (entry.kind === 'read' || entry.kind === 'write') entry.reached = event.reached ?? null;
        return;
      case 'mmio':
        if (entry.kind !== 'load' && entry.kind !== 'store') return;
        entry.kind = event.event === 'read' ? 'mmio-read' : 'mmio-write';
        entry.value = event.value;
        return;
      case 'gic':
        if (event.event !== 'read' && event.event !== 'write') return;
        if (entry.kind !== 'mmio-read' && entry.kind !== 'mmio-write') return;
        entry.register = event.register;
        entry.text = `${entry.kind === 'mmio-read' ? 'LDR' : 'STR'} ${event.register}`;
        return;
      case 'switch':
    }
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
