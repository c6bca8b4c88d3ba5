/** All cells as one table for spreadsheets and scripts (RFC 4180). */
import { COUNT_NAMES } from '@worldswitch/machine';
import { isBenchmarkRow, type HarnessDocument } from '../experiment/document.ts';

const HEADING = [
  'id', 'kind', 'benchmark', 'machine', 'mode', 'gic', 'steps', 'iterations', 'cycles_min', 'cycles_mean', 'cycles_max', 'ns', 'architectural_cycles', 'software_cycles', 'published', 'deviation_percent',
  ...COUNT_NAMES, 'guest_sha256', 'guest_digest', 'violated', 'command',
];

export function csvOf({ cells }: HarnessDocument): string {
  const lines = cells.map(({ id, kind, benchmark, machine, mode, gic, steps, result, guestSha256, guestDigest, invariants, command }) => {
    const figures = isBenchmarkRow(result)
      ? [result.iterations, result.cycles.min, result.cycles.mean, result.cycles.max, result.ns, result.architecturalCycles, result.softwareCycles, result.published?.value, result.published?.deltaPercent, ...COUNT_NAMES.map(() => undefined)]
      : [undefined, undefined, result?.cycles, undefined, undefined, undefined, undefined, undefined, undefined, ...COUNT_NAMES.map((name) => result?.[name])];
    const violated = invariants.filter(({ ok }) => !ok).map(({ name }) => name).join('; ');
    return [id, kind, benchmark, machine, mode, gic, steps, ...figures, guestSha256, guestDigest, violated, command];
  });
  return [HEADING, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
