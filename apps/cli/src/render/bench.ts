/** What `bench` prints: a table of results, and the published figures that belong to them. */
import type { Style } from '../command.ts';
import type { BenchDocument, BenchRow } from '../commands/bench.ts';
import { table } from '../table.ts';

export function render({ rows, form, note }: BenchDocument, style: Style): string {
  const notes = [...new Set(rows.flatMap(({ notComparable }) => (notComparable === null ? [] : [notComparable])))];
  const sources = [...new Set(rows.flatMap(({ published }) => (published === null ? [] : [published.source])))];
  return [
    style.strong('Cycles of the cost model for one operation of the guest'),
    '\n\n',
    benchTable(rows),
    ...(sources.length === 0 ? [] : ['\npublished:\n', ...sources.map((source) => `  ${source}\n`)]),
    ...(notes.length === 0 ? [] : ['\nnot compared:\n', ...notes.map((note) => `  ${note.replace('not comparable: ', '')}\n`)]),
    `\nForm ${form}: ${note}.\n`,
    '\nThe prices of machines are estimates but for those that published results give; every figure splits into architectural\n',
    'operations, which ran and were counted, and host code that is charged by tally.\n',
  ].join('');
}

/** One line a row. */
export function benchTable(rows: readonly BenchRow[]): string {
  return table([['benchmark', 'machine', 'mode', 'steps', 'min', 'mean', 'max', 'ns', 'architectural', 'software', 'published'], ...rows.map(line)], '  ');
}

function line({ benchmark, variant, machine, mode, steps, cycles, ns, architecturalCycles, softwareCycles, published, notComparable }: BenchRow): readonly string[] {
  const { min, mean, max } = cycles;
  return [variant === null ? benchmark : `${benchmark}, ${variant}`, machine, mode, steps, ...[min, mean, max].map(whole), String(ns), whole(architecturalCycles), whole(softwareCycles), publishedText(published, notComparable)];
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

export function publishedText(published: BenchRow['published'], notComparable: string | null): string {
  if (published === null) return notComparable === null ? '-' : 'not comparable';
  const { value, deltaPercent } = published;
  return `${value.toLocaleString('en')} (${deltaPercent > 0 ? '+' : ''}${String(deltaPercent)} %)`;
}
