import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkRow } from '@worldswitch/machine';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idOf, type BenchCell, type Cell, type Measured } from './cells.ts';
import { conclusionsOf } from './conclusions.ts';
import { summaryOf } from './document.ts';
import { cellsOf, EXPERIMENTS } from './experiments.ts';
import { Measurer } from './measure.ts';
import { WorkerDeath, type WorkerHandle } from './pool.ts';
import { runCells, type RunOptions, type RunOutcome } from './run.ts';
import { CellStore } from './store.ts';

const EVERYTHING = { machine: null, steps: null, only: null } as const;
const [START, QUICK, FULL] = ['start', 'quick', 'full'].map((name) => EXPERIMENTS.find((one) => one.name === name)!);
const CELLS = cellsOf(START!, { ...EVERYTHING, only: 'ladder/hvc/' });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harness-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a cell comes to that nobody measures. */
const madeUp = (cell: Cell): Measured => ({
  gic: 3, steps: cell.kind === 'bench' ? cell.steps : `p${String(cell.prefix)}`,
  result: { mode: cell.mode, scenario: 'hvc', prefix: 0, step: null, cycles: 1 },
  guestSha256: 'of the guest', guestDigest: 'the same', invariants: [],
});

interface Fake {
  readonly measure?: (cell: Cell) => Measured;
  /** Cells at which a worker dies, and how often. */
  readonly deaths?: Map<string, number>;
  /** Called at each cell. */
  readonly at?: (cell: Cell) => unknown;
}

/** Workers whose cells take longer the earlier they are, so that they end in another order. */
function fakeStart({ measure = madeUp, deaths = new Map(), at = () => undefined }: Fake): () => WorkerHandle<Cell, Measured> {
  let turn = 0;
  return () => ({
    run: async (cell) => {
      at(cell);
      await new Promise((resolve) => setTimeout(resolve, turn++ % 3));
      const left = deaths.get(idOf(cell)) ?? 0;
      if (left === 0) return measure(cell);
      deaths.set(idOf(cell), left - 1);
      throw new WorkerDeath('out of memory');
    },
    stop: () => Promise.resolve(),
  });
}

function run(fake: Fake, options: Partial<RunOptions> = {}): Promise<RunOutcome> {
  return runCells({ cells: CELLS, seed: 1, workers: 2, store: new CellStore(folder, 'build', 1), start: fakeStart(fake), onProgress: () => undefined, onDeath: () => undefined, signal: new AbortController().signal, ...options });
}

describe('a run', () => {
  test('gives the same cells, in their order, with any number of workers', async () => {
    const results = await Promise.all([1, 2, 5].map((workers, index) => run({}, { workers, store: new CellStore(join(folder, String(index)), 'build', 1) })));
    expect(results[0]!.cells.map(({ id }) => id)).toEqual(CELLS.map(idOf));
    expect(results[1]!.cells).toEqual(results[0]!.cells);
    expect(results[2]!.cells).toEqual(results[0]!.cells);
  });

  test('that was called off goes on where it was, and comes to the same', async () => {
    const aborting = new AbortController();
    let begun = 0;
    const at = (): void => {
      if (++begun === 20) aborting.abort(new Error('enough'));
    };
    await expect(run({ at }, { signal: aborting.signal })).rejects.toThrow('enough');
    let again = 0;
    const { cells, reused } = await run({ at: () => (again += 1) });
    expect(reused).toBeGreaterThan(10);
    expect(again).toBe(CELLS.length - reused);
    expect(cells).toEqual((await run({}, { store: new CellStore(join(folder, 'other'), 'build', 1) })).cells);
  });

  test('repeats a cell once whose worker died, and says so', async () => {
    const said: string[] = [];
    const [, cell] = CELLS;
    const { cells } = await run({ deaths: new Map([[idOf(cell!), 1]]) }, { onDeath: (text) => said.push(text) });
    expect(said).toEqual([`a worker died at ${idOf(cell!)}, which is measured again: out of memory`]);
    expect(summaryOf(cells).violations).toEqual([]);
  });

  test('fails a cell that two workers died at, keeps the others, and tries it again next time', async () => {
    const [, cell] = CELLS;
    const { cells } = await run({ deaths: new Map([[idOf(cell!), 2]]) });
    expect(summaryOf(cells).violations).toMatchObject([{ id: idOf(cell!), invariant: 'measured', command: cells[1]!.command }]);
    const second = await run({});
    expect(second.reused).toBe(CELLS.length - 1);
    expect(summaryOf(second.cells).violations).toEqual([]);
  });

  test('finds a guest that owns something else at its end, by cell and command', async () => {
    const odd = CELLS.find((cell) => cell.kind === 'ladder' && cell.prefix === 28)!;
    const { cells } = await run({ measure: (cell) => ({ ...madeUp(cell), guestDigest: cell === odd ? 'another' : 'the same' }) });
    const { violations } = summaryOf(cells);
    expect(violations).toMatchObject([{ id: idOf(odd), invariant: 'guest digest equal along the ladder', command: 'worldswitch ladder --scenario hvc --machine generic --kvm vhe --prefixes 28..28 --json' }]);
    expect(violations[0]!.detail).toContain('but the same in ladder/hvc/generic/vhe/p0');
  });

  test('stops at an error of the file system, with the cells before it kept', async () => {
    const store = new CellStore(folder, 'build', 1);
    let left = 5;
    const failing: CellStore = Object.assign(Object.create(store) as CellStore, {
      get: (cell: Cell) => store.get(cell),
      add: (cell: Cell, measured: Measured) => {
        if (left-- === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        store.add(cell, measured);
      },
    });
    await expect(run({}, { store: failing })).rejects.toThrow('full');
    expect((await run({})).reused).toBe(5);
  });
});

describe('the store', () => {
  test('forgets what another build, another seed or half a line says', async () => {
    await run({});
    const path = join(folder, 'cells.jsonl');
    const [cell] = CELLS;
    expect(new CellStore(folder, 'build', 1).get(cell!)).toEqual(madeUp(cell!));
    expect(new CellStore(folder, 'build', 2).get(cell!)).toBeUndefined();
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, -10));
    const torn = new CellStore(folder, 'build', 1);
    expect(CELLS.filter((one) => torn.get(one) === undefined)).toHaveLength(1);
    expect(new CellStore(folder, 'newer', 1).get(cell!)).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('experiments', () => {
  test('name each cell once', () => {
    for (const experiment of [START, QUICK, FULL]) {
      const ids = cellsOf(experiment!, EVERYTHING).map(idOf);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('are narrowed by machine and steps to benchmarks', () => {
    const cells = cellsOf(QUICK!, { machine: 'seattle', steps: 'final,-33', only: 'hvc' });
    expect(cells.map(idOf)).toEqual(['bench/hvc/seattle/nvhe/gicv2/final,-33/64']);
    expect(cellsOf(QUICK!, { machine: 'thunderx2', steps: 'linux-4.0', only: null })).toEqual([]);
  });
});

test('a load and a put are a cell, with what a patch moved there', () => {
  const cells = cellsOf(QUICK!, { ...EVERYTHING, only: 'load-put/gicv3/generic/vhe/' });
  const [before, after] = [27, 28].map((prefix) => new Measurer(1).measure(cells[prefix]!));
  expect(cells).toHaveLength(41);
  // kvm-arm-vhe-series.md, section 4.41: vcpu_load and vcpu_put.
  expect(before!.result).toMatchObject({ load: { reads: 0, writes: 4 }, put: { reads: 3, writes: 2 } });
  expect(after!.result).toMatchObject({ load: { reads: 2, writes: 28 }, put: { reads: 27, writes: 4 } });
  expect(after!.invariants).toMatchObject([{ name: 'host state restored', ok: true }]);
});

describe('a measured cell', () => {
  test('has everything that it takes to repeat it, and keeps what must hold', () => {
    const cell: BenchCell = { kind: 'bench', benchmark: 'hvc', machine: 'seattle-vhe', mode: 'vhe', gic: 2, steps: 'final', iterations: 4 };
    const { result, guestSha256, guestDigest, invariants } = new Measurer(1).measure(cell);
    expect(result).toMatchObject({ benchmark: 'hvc', steps: 'final', published: { value: 752 } });
    expect([guestSha256, guestDigest]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(invariants.map(({ name }) => name)).toEqual(['parts add up', 'phases add up', 'events priced are the cycles', 'operations priced are the charged cycles', 'as many returns as exceptions', 'host state restored']);
    expect(invariants.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('with a changed price costs what its counts say', () => {
    const measurer = new Measurer(1);
    const bench = (steps: string, percent?: number): BenchCell => ({ kind: 'bench', benchmark: 'hvc', machine: 'thunderx2', mode: 'vhe', gic: 3, steps, iterations: 4, ...(percent === undefined ? {} : { change: { event: 'msr', percent } }) });
    const row = (cell: BenchCell): BenchmarkRow => measurer.measure(cell).result as BenchmarkRow;
    const plain = ['base', 'final'].map((steps) => row(bench(steps)));
    const cells = plain.map((result) => ({ id: result.steps, kind: 'bench' as const, command: '', machine: 'thunderx2' as const, mode: 'vhe' as const, benchmark: 'hvc', seed: 1, change: null, gic: 3 as const, steps: result.steps, result, guestSha256: null, guestDigest: null, invariants: [] }));
    const [conclusion] = conclusionsOf(cells);
    expect(conclusion).toMatchObject({ name: 'hypercall-gains/thunderx2', holds: true, method: 'computed' });
    const dearer = ['base', 'final'].map((steps) => row(bench(steps, 30)).cycles.mean);
    // A price is rounded to sixteenths of a cycle, a mean to tenths.
    expect(conclusion!.prices.find(({ what }) => what === 'msr')!.high).toBeCloseTo(dearer[0]! - dearer[1]!, 0);
  });
});
