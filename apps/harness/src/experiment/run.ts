/** An experiment from its cells to its document: what is finished already is taken from the store, the rest is measured and stored as it comes. */
import type { Cell, FinishedCell, Measured } from './cells.ts';
import { finished, idOf } from './cells.ts';
import { withDigests } from './invariants.ts';
import { runPool, type WorkerHandle } from './pool.ts';
import type { CellStore } from './store.ts';

export interface RunOptions {
  readonly cells: readonly Cell[];
  readonly seed: number;
  readonly workers: number;
  readonly store: CellStore;
  readonly start: () => WorkerHandle<Cell, Measured>;
  /** Cells that are finished, of all. */
  readonly onProgress: (done: number, cell: string) => void;
  /** A worker died, in a line. */
  readonly onDeath: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface RunOutcome {
  readonly cells: readonly FinishedCell[];
  /** How many were finished before. */
  readonly reused: number;
}

export async function runCells({ cells, seed, workers, store, start, onProgress, onDeath, signal }: RunOptions): Promise<RunOutcome> {
  const missing = cells.filter((cell) => store.get(cell) === undefined);
  const failed = new Map<Cell, Measured>();
  let done = cells.length - missing.length;
  await runPool({
    items: missing,
    workers,
    start,
    onResult: (cell, measured) => {
      // What failed is tried again next time.
      if (measured.result === null) failed.set(cell, measured);
      else store.add(cell, measured);
      onProgress(++done, idOf(cell));
    },
    onDeath: (cell, reason, isRepeated) => onDeath(`a worker died at ${idOf(cell)}, which is ${isRepeated ? 'measured again' : 'given up'}: ${reason}`),
    failure: failedCell,
    signal,
  });
  const results = cells.map((cell) => finished(cell, seed, failed.get(cell) ?? store.get(cell)!));
  return { cells: withDigests(results), reused: cells.length - missing.length };
}

function failedCell(cell: Cell, reason: string): Measured {
  const [gic, steps] = cell.kind === 'bench' ? [cell.gic, cell.steps] : [3 as const, `p${String(cell.prefix)}`];
  return { gic, steps, result: null, guestSha256: null, guestDigest: null, invariants: [{ name: 'measured', ok: false, detail: `two workers died: ${reason}` }] };
}
