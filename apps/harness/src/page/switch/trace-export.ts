/** Switches in Chrome's trace event format, which Perfetto reads as well: a process a side, with phases, operations and instructions nested. */
import type { TimelineOperation } from '@worldswitch/machine';
import { catalogue } from '../data.ts';
import { saveFile } from '../parts/save-file.ts';
import type { SwitchAnswer } from '../protocol.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

const MICROSECONDS = 1e6;

/** Runs of operations of one phase. */
function byPhase(operations: readonly TimelineOperation[]): readonly (readonly TimelineOperation[])[] {
  const runs: TimelineOperation[][] = [];
  for (const operation of operations) {
    const last = runs.at(-1);
    if (last?.[0]?.phase === operation.phase) last.push(operation);
    else runs.push([operation]);
  }
  return runs;
}

export function traceEvents({ name, mode, timeline }: SwitchAnswer, pid: number, clockHz: number): readonly TraceEvent[] {
  const time = (cycles: number): number => (cycles / clockHz) * MICROSECONDS;
  const events: TraceEvent[] = [{ name: 'process_name', ph: 'M', pid, tid: 1, args: { name: `${name}, ${mode}` } }];
  const add = (text: string, cat: string, start: number, cycles: number, args: TraceEvent['args'] = {}): void => {
    events.push({ name: text, ph: 'X', pid, tid: 1, ts: time(start), dur: time(cycles), cat, args: { ...args, cycles } });
  };
  let now = 0;
  for (const run of byPhase(timeline.operations)) {
    add(run[0]!.phase, 'phase', now, run.reduce((sum, { cycles }) => sum + cycles, 0));
    for (const { id, variant, does, cycles, entries } of run) {
      add(id ?? 'around the operations', 'operation', now, cycles, { variant, does });
      for (const { text, kind, reached, value, exception, cycles: own } of entries) {
        add(text, kind, now, own, { ...(reached !== null && { reached }), ...(value !== null && { value }), ...(exception !== null && { exception }) });
        now += own;
      }
    }
  }
  return events;
}

export function downloadTrace(a: SwitchAnswer, b: SwitchAnswer, machine: string): void {
  const clockHz = catalogue.value?.machines.find(({ name }) => name === machine)?.clockHz ?? 1;
  const document = { displayTimeUnit: 'ns', traceEvents: [...traceEvents(a, 1, clockHz), ...traceEvents(b, 2, clockHz)] };
  saveFile('worldswitch-trace.json', 'application/json', JSON.stringify(document));
}
