/** All cells as one table for spreadsheets and scripts (RFC 4180). */
import { COUNT_NAMES, TRANSFER_COUNT_NAMES } from '@worldswitch/machine';
import { isBenchmarkRow, isLadderRow, isLoadPutRow, type HarnessDocument } from '../experiment/document.ts';
import type { FinishedCell } from '../experiment/cells.ts';

const FIGURES = ['iterations', 'cycles_min', 'cycles_mean', 'cycles_max', 'ns', 'architectural_cycles', 'software_cycles', 'published', 'deviation_percent', ...COUNT_NAMES, ...['load', 'put'].flatMap((phase) => TRANSFER_COUNT_NAMES.map((name) => `${phase}_${name}`))];
const HEADING = ['id', 'kind', 'benchmark', 'machine', 'mode', 'gic', 'steps', ...FIGURES, 'guest_sha256', 'guest_digest', 'violated', 'command'];

export function csvOf({ cells }: HarnessDocument): string {
  const lines = cells.map(({ id, kind, benchmark, machine, mode, gic, steps, result, guestSha256, guestDigest, invariants, command }) => {
    const figures = figuresOf(result);
    const violated = invariants.filter(({ ok }) => !ok).map(({ name }) => name).join('; ');
    return [id, kind, benchmark, machine, mode, gic, steps, ...FIGURES.map((name) => figures[name]), guestSha256, guestDigest, violated, command];
  });
  return [HEADING, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function figuresOf(result: FinishedCell['result']): Readonly<Record<string, number | undefined>> {
  if (isBenchmarkRow(result)) {
    const { iterations, cycles, ns, architecturalCycles, softwareCycles, published } = result;
    return {
      iterations, ns, cycles_min: cycles.min, cycles_mean: cycles.mean, cycles_max: cycles.max, architectural_cycles: architecturalCycles, software_cycles: softwareCycles, published: published?.value,
      deviation_percent: published?.deltaPercent,
    };
  }
  if (isLadderRow(result)) return { cycles_mean: result.cycles, ...Object.fromEntries(COUNT_NAMES.map((name) => [name, result[name]])) };
  if (!isLoadPutRow(result)) return {};
  return Object.fromEntries(TRANSFER_COUNT_NAMES.flatMap((name) => [[`load_${name}`, result.load[name]], [`put_${name}`, result.put[name]]]));
}

function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
