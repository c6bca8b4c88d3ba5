/** Worker threads as workers of a pool. */
import { Worker } from 'node:worker_threads';
import type { Cell, Measured } from './cells.ts';
import { WorkerDeath, type WorkerHandle } from './pool.ts';

/** A thread that runs `module`; it answers each cell that it is sent with what that came to. */
export function startThread(module: URL, seed: number): WorkerHandle<Cell, Measured> {
  const thread = new Worker(module, { workerData: { seed } });
  let settle: { readonly resolve: (measured: Measured) => void; readonly reject: (error: Error) => void } | null = null;
  let death: string | null = null;
  const die = (reason: string): void => {
    death ??= reason;
    settle?.reject(new WorkerDeath(death));
    settle = null;
  };
  thread.on('message', (measured: Measured) => {
    settle?.resolve(measured);
    settle = null;
  });
  thread.on('error', (error) => die(error.stack ?? error.message));
  thread.on('exit', (status) => die(`the worker ended with status ${String(status)}`));
  return {
    run: (cell) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        if (death === null) thread.postMessage(cell);
        else die(death);
      }),
    stop: async () => {
      await thread.terminate();
    },
  };
}
