// @ts-check
/** One worker of `check:decode-all`: decodes its share of the 2^32 words and counts them by row. */
import { parentPort, workerData } from 'node:worker_threads';
import { Decoder, FeatureSet, ROWS } from '../../../packages/cpu/dist/arch/index.js';

/** @typedef {{ counts: Float64Array, seconds: number }} Result */

/** The share is cut into chunks so that progress shows. */
const CHUNK = 2 ** 26;

/** @param {{ worker: number, workers: number }} data @returns {Result} */
function work({ worker, workers }) {
  const decoder = new Decoder(ROWS, FeatureSet.ALL);
  // One more at the front: decode returns -1 where there is no row.
  const counts = new Float64Array(ROWS.length + 1);
  const started = performance.now();
  for (let chunk = worker; chunk < 2 ** 32 / CHUNK; chunk += workers) {
    countChunk(decoder, chunk * CHUNK, counts);
    parentPort?.postMessage({ progress: '' });
  }
  return { counts, seconds: (performance.now() - started) / 1000 };
}

/** @param {Decoder} decoder @param {number} from @param {Float64Array} counts */
function countChunk(decoder, from, counts) {
  const first = from | 0;
  for (let i = 0; i < CHUNK; i++) {
    const at = decoder.decode((first + i) | 0) + 1;
    counts[at] = (counts[at] ?? 0) + 1;
  }
}

parentPort?.postMessage({ result: work(workerData) });
