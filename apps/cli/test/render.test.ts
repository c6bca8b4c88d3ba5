/** What documents look like as text, from data made by hand. */
import { expect, test } from 'vitest';
import type { BenchRow } from '../src/commands/bench.ts';
import type { LadderRow } from '@worldswitch/machine';
import { publishedElsewhere, publishedFor } from '@worldswitch/machine';
import { render as renderBench } from '../src/render/bench.ts';
import { bar, chart } from '../src/render/chart.ts';
import { render as renderDemo } from '../src/render/demo.ts';
import { render as renderLadder } from '../src/render/ladder.ts';
import type { Style } from '../src/command.ts';

const same = (text: string): string => text;
const PLAIN: Style = { error: same, warning: same, strong: same };

const ROW: BenchRow = {
  benchmark: 'hvc', variant: null, machine: 'seattle-vhe', clockHz: 2e9, mode: 'vhe', gic: 2, steps: 'final', iterations: 64,
  cycles: { min: 790, mean: 796.4, max: 1200 }, ns: 398.2, published: { value: 752, source: 'a paper', trust: 'quoted', deltaPercent: 5.9 }, notComparable: null, operations: null,
  guestCycles: 796.4, architecturalCycles: 546, softwareCycles: 250.4, sensitivity: { low: 671.2, high: 921.6 }, breakdown: { enter: 300 }, events: { mrs: 17 }, hostMicrosecondsPerIteration: 9,
};

const trip = (mode: 'vhe' | 'nvhe', prefix: number, reads: number, writes: number, step: string | null): LadderRow => ({
  mode, scenario: 'hvc', prefix, step, reads, writes, mmioReads: 0, mmioWrites: 0, isb: 2, dsb: 1, exceptionsToEl2: 1, erets: 1, hvcs: 0,
  trapConfigWrites: 12, frameWordsStored: 47, frameWordsLoaded: 48, cycles: 1000,
});

test('a published figure is compared with its own plan only', () => {
  expect(publishedFor('hvc', 'seattle-vhe', 'vhe', 'p40')?.value).toBe(752);
  expect(publishedFor('hvc', 'seattle', 'nvhe', 'base')).toBe(null);
  expect(publishedElsewhere('hvc', 'seattle', 'nvhe', 'base')).toContain('not comparable: 6,413 cycles');
  expect(publishedElsewhere('hvc', 'seattle', 'nvhe', 'final')).toBe(null);
  expect(publishedElsewhere('hvc', 'seattle-vhe', 'vhe', 'base')).toBe(null);
});

test('bench: figures in columns, the source of what is compared, and what is not', () => {
  const other = { ...ROW, machine: 'seattle', mode: 'nvhe' as const, published: null, notComparable: 'not comparable: 6,413 cycles belong elsewhere' };
  const text = renderBench({ schema: 'worldswitch.bench/1', form: 'kut', note: 'as it is', rows: [ROW, other] }, PLAIN);
  expect(text).toContain('hvc        seattle-vhe  vhe   final  790  796   1,200  398.2  546            250       752 (+5.9 %)');
  expect(text).toContain('\npublished:\n  a paper\n');
  expect(text).toContain('\nnot compared:\n  6,413 cycles belong elsewhere\n');
});

test('a bar is as long as its value, to an eighth of a character', () => {
  expect(bar(101, 101, 4)).toBe('████');
  expect(bar(1, 32, 4)).toBe('▏');
  expect(bar(0, 0, 4)).toBe('');
  expect(chart([{ label: 'p0', value: 8, note: 'base' }, { label: 'p40', value: 4, note: '' }], 8, 2)).toBe('p0   8 ██  base\np40  4 █\n');
});

test('ladder: prefixes at which a count changes, and why a scenario does not run', () => {
  const rows = [trip('vhe', 0, 49, 52, null), trip('vhe', 1, 49, 52, 'one'), trip('vhe', 3, 52, 52, 'vcpu-pointer')];
  const skipped: LadderRow = { mode: 'vhe', scenario: 'irq', prefix: 0, step: null, skipped: 'needs an interrupt' };
  const text = renderLadder({ schema: 'worldswitch.ladder/1', machine: 'generic', rows: [...rows, skipped], loadPut: [] }, PLAIN);
  expect(text.split('\n').filter((line) => /^ {2}p\d/.test(line)).map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([['p0', '49/52'], ['p3', '52/52']]);
  expect(text).toContain('vhe, irq: one round trip, priced as generic\n  skipped: needs an interrupt\n');
});

test('demo: before and after by machine, and the ladder of each mode', () => {
  const base = { ...ROW, steps: 'base', cycles: { min: 1600, mean: 1592.8, max: 1700 }, published: null };
  const ladder = [trip('vhe', 0, 49, 52, null), trip('vhe', 28, 21, 22, 'defer-64bit'), trip('nvhe', 0, 76, 75, null)];
  const text = renderDemo({ schema: 'worldswitch.demo/1', iterations: 64, bench: [base, ROW], ladder, debian: ['npm run guests'], next: ['worldswitch --help'] }, PLAIN);
  expect(text).toMatch(/hypercall +seattle-vhe +VHE +1,593 +796 +2\.0x +398 ns +752 \(\+5\.9 %\)/);
  expect(text).toContain('  VHE\n  p0   101 ██████████████████████████▊               before the series\n  p28   43 ███████████▍                              defer-64bit\n');
  expect(text).toContain('  non-VHE\n  p0  151 ████████████████████████████████████████  before the series\n');
});
