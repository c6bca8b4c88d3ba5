import type { Timeline, TimelineOperation, TimelinePhase } from '@worldswitch/machine';
import { expect, it } from 'vitest';
import { align, alignTimelines, changesBetween } from './alignment.ts';

const operation = (phase: TimelinePhase, id: string | null, cycles = 1): TimelineOperation => ({ phase, id, variant: '', does: '', cycles, entries: [] });
const timeline = (...operations: TimelineOperation[]): Timeline => ({ operations, counts: {}, load: {}, put: {}, cycles: 0 }) as unknown as Timeline;

it('keeps the order of both lists', () => {
  expect(align(['a', 'b', 'c'], ['b', 'x', 'c'], (item) => item)).toEqual([{ a: 'a', b: null }, { a: 'b', b: 'b' }, { a: null, b: 'x' }, { a: 'c', b: 'c' }]);
});

it('tells what has gone from what has moved to another phase, with the patch that did it', () => {
  const change = { phase: 'exit', change: 'to', operation: 'save', detail: 'put', step: 28, id: 'save' } as const;
  const rows = alignTimelines(timeline(operation('exit', 'save'), operation('exit', 'lower')), timeline(operation('put', 'save')), ['exit', 'put'], [change]);
  expect(rows.map(({ key, mark, elsewhere, patches }) => ({ key, mark, elsewhere, patches: patches.map(({ step }) => step) }))).toEqual([
    { key: 'exit/save', mark: 'away', elsewhere: 'put', patches: [28] },
    { key: 'exit/lower', mark: 'gone', elsewhere: null, patches: [] },
    { key: 'put/save', mark: 'here', elsewhere: 'exit', patches: [28] },
  ]);
});

it('takes what a patch did from the mode of the side that has it', () => {
  const change = (step: number, phase: 'enter' | 'exit') => ({ phase, change: 'removed', operation: 'save', detail: '', step, id: 'save' }) as const;
  const nvhe = { on: [1, 5], changes: [change(1, 'enter'), change(5, 'enter')] };
  const vhe = { on: [1, 2], changes: [change(1, 'exit'), change(2, 'exit'), change(3, 'exit')] };
  expect(changesBetween(nvhe, vhe)).toEqual([change(2, 'exit'), change(5, 'enter')]);
});

it('numbers operations that stand in a phase twice', () => {
  const twice = timeline(operation('flush', null), operation('flush', 'x'), operation('flush', null));
  expect(alignTimelines(twice, twice, ['flush'], []).map(({ key, mark }) => `${key} ${mark}`)).toEqual(['flush/host same', 'flush/x same', 'flush/host/2 same']);
});
