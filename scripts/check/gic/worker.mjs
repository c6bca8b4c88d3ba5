// @ts-check
/** Its share of the programs of `check:gic`. */
import { parentPort, workerData } from 'node:worker_threads';
import { compareProgram } from './compare.mjs';

const { names, keep, worker, workers } = /** @type {{ names: string[], keep: string | undefined, worker: number, workers: number }} */ (workerData);
const result = [];
for (const [i, name] of names.entries()) {
  if (i % workers === worker) result.push(await compareProgram(name, keep));
}
parentPort?.postMessage({ result });
