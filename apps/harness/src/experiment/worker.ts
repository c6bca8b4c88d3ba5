/** A worker thread: measures the cells that it is sent, one at a time, and answers each. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Cell } from './cells.ts';
import { Measurer } from './measure.ts';

const { seed } = workerData as { readonly seed: number };
const measurer = new Measurer(seed);

parentPort?.on('message', (cell: Cell) => parentPort?.postMessage(measurer.measure(cell)));
