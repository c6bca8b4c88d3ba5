/**
 * Work handed out item by item to several workers, with results in the order of the items. A worker that dies is replaced and its item
 * given once more; an item that has cost two workers fails. What a worker is, its maker knows.
 */

export interface WorkerHandle<Item, Result> {
  /** Resolves with the result; rejects when the worker has died, with why. */
  run(item: Item): Promise<Result>;
  /** Ends it, whatever it is doing. */
  stop(): Promise<void>;
}

export interface PoolOptions<Item, Result> {
  readonly items: readonly Item[];
  readonly workers: number;
  readonly start: () => WorkerHandle<Item, Result>;
  /** An item is finished; whatever this throws ends the work. */
  readonly onResult: (item: Item, result: Result) => void;
  /** A worker died at an item; whether the item gets another try. */
  readonly onDeath: (item: Item, reason: string, isRepeated: boolean) => void;
  /** The result of an item that two workers have died at. */
  readonly failure: (item: Item, reason: string) => Result;
  readonly signal: AbortSignal;
}

/** Resolves when all is done; rejects with the signal's reason, or with what `onResult` threw. */
export async function runPool<Item, Result>({ items, workers, start, onResult, onDeath, failure, signal }: PoolOptions<Item, Result>): Promise<void> {
  const queue = items.values();
  let isOver = false;
  const running = new Set<WorkerHandle<Item, Result>>();
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  const begin = (): WorkerHandle<Item, Result> => {
    const worker = start();
    running.add(worker);
    return worker;
  };
  const serve = async (): Promise<void> => {
    let worker: WorkerHandle<Item, Result> | null = null;
    for (const item of queue) {
      for (let attempt = 1; ; attempt++) {
        worker ??= begin();
        try {
          onResult(item, await worker.run(item));
          break;
        } catch (error) {
          if (!(error instanceof WorkerDeath)) throw error;
          // That was us.
          if (isOver) return;
          running.delete(worker);
          worker = null;
          onDeath(item, error.message, attempt === 1);
          if (attempt === 1) continue;
          onResult(item, failure(item, error.message));
          break;
        }
      }
    }
  };
  try {
    await Promise.race([aborted, Promise.all(Array.from({ length: Math.min(workers, items.length) }, serve))]);
  } finally {
    isOver = true;
    await Promise.all([...running].map((worker) => worker.stop()));
  }
}

/** The worker is gone; the message says how. */
export class WorkerDeath extends Error {}
