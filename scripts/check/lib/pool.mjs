// @ts-check
/** Runs a module in several worker threads, each with its own number, and collects what each posts. */
import { Worker } from 'node:worker_threads';

/**
 * @template R @param {URL} module @param {number} workers @param {object} data
 * @param {(message: { progress: string }) => void} onProgress @returns {Promise<R[]>}
 */
export function runWorkers(module, workers, data, onProgress) {
  return Promise.all(
    Array.from(
      { length: workers },
      (_, worker) =>
        new Promise((resolve, reject) => {
          const thread = new Worker(module, { workerData: { ...data, worker, workers } });
          /** @type {R | undefined} */
          let result;
          thread.on('message', (message) => {
            if ('progress' in message) onProgress(message);
            else result = message.result;
          });
          thread.on('error', reject);
          thread.on('exit', (status) => (result === undefined ? reject(new Error(`a worker ended with status ${String(status)}`)) : resolve(result)));
        }),
    ),
  );
}
