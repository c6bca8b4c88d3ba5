/** What `ladder` prints: the prefixes at which something changes, and load and put beside them. */
import type { Style } from '../command.ts';
import type { LadderRow, LoadPutRow, TransferCounts } from '@worldswitch/machine';
import type { LadderDocument } from '../commands/ladder.ts';
import { table } from '../table.ts';

export function render({ machine, rows, loadPut }: LadderDocument, style: Style): string {
  const groups = groupBy(rows, ({ mode, scenario }) => `${mode}, ${scenario}`);
  const transfers = groupBy(loadPut, ({ mode, gic, guestGic }) => `${mode}, GICv${String(gic)} host, GICv${String(guestGic)} guest: vcpu_load and vcpu_put`);
  return [
    ...[...groups].map(([name, list]) => `${style.strong(name)}: one round trip, priced as ${machine}\n${roundTrips(list)}\n`),
    ...[...transfers].map(([name, list]) => `${style.strong(name)}\n${transferTable(list)}\n`),
    'Only prefixes at which a count changes are listed. R/W: system register reads and writes.\n',
  ].join('');
}

function groupBy<T>(list: readonly T[], name: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(name(one), [...(groups.get(name(one)) ?? []), one]);
  return groups;
}

const cell = (value: number | undefined): string => (value === undefined ? '' : String(value));

function roundTrips(list: readonly LadderRow[]): string {
  const [first] = list;
  if (first?.skipped !== undefined) return `  skipped: ${first.skipped}\n`;
  const lines = list.map((row) => [
    `p${String(row.prefix)}`, `${cell(row.reads)}/${cell(row.writes)}`, `${cell(row.mmioReads)}/${cell(row.mmioWrites)}`, cell(row.isb), cell(row.dsb),
    `${cell(row.exceptionsToEl2)}/${cell(row.erets)}`, cell(row.hvcs), cell(row.trapConfigWrites), `${cell(row.frameWordsStored)}/${cell(row.frameWordsLoaded)}`, cell(row.cycles), row.step ?? 'base',
  ]);
  return table([['', 'R/W', 'MMIO', 'ISB', 'DSB', 'exc/ERET', 'HVC', 'trap writes', 'frame words', 'cycles', ''], ...changing(lines)], '  ');
}

function transferTable(list: readonly LoadPutRow[]): string {
  const lines = list.map(({ prefix, load, put }) => [`p${String(prefix)}`, ...transferCells(load), ...transferCells(put)]);
  const heading = ['', 'load R/W', 'ISB', 'DSB', 'HVC', 'MMIO', 'put R/W', 'ISB', 'DSB', 'HVC', 'MMIO'];
  return table([heading, ...changing(lines, (line) => line.slice(1))], '  ');
}

function transferCells({ reads, writes, isb, dsb, hvcs, mmioReads, mmioWrites }: TransferCounts): readonly string[] {
  return [`${String(reads)}/${String(writes)}`, String(isb), String(dsb), String(hvcs), `${String(mmioReads)}/${String(mmioWrites)}`];
}

/** The first line, and each that differs from the one before it. */
function changing(lines: readonly (readonly string[])[], counts: (line: readonly string[]) => readonly string[] = (line) => line.slice(1, -1)): readonly (readonly string[])[] {
  return lines.filter((line, index) => index === 0 || counts(line).join() !== counts(lines[index - 1]!).join());
}
