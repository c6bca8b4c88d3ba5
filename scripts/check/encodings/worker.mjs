// @ts-check
/** One worker of `check:encodings`: classifies its share of the 2^32 words, executes its share of those that are executed. */
import { parentPort, workerData } from 'node:worker_threads';
import { Decoder, FeatureSet } from '../../../packages/cpu/dist/arch/index.js';
import { isImplemented } from '../../../packages/cpu/dist/index.js';
import { Random } from '../lib/rng.mjs';
import { Sandbox } from './sandbox.mjs';
import { ROWS, SYSTEM_COUNT, SYSTEM_FIRST, wordsOfRow } from './words.mjs';

/** @typedef {{ executed: number, classified: number, classes: [number, number, number, number], outcomes: Map<string, number>, findings: string[], findingsCount: number }} Result */
/** @typedef {{ worker: number, workers: number, seed: number, quick: boolean, seconds: number, words: number[], beat: SharedArrayBuffer }} Data */

const MOST_FINDINGS = 50;
const CHUNK = 2 ** 24;
/** With `--quick`: one system word in so many, and so many words classified. */
const QUICK_SYSTEM = 97;
const QUICK_CLASSIFIED = 2 ** 22;
const LEVELS = /** @type {const} */ ([0, 1, 2]);

const { worker, workers, seed, quick, seconds, words, beat } = /** @type {Data} */ (workerData);
const beats = new Int32Array(beat, 8 * worker, 2);
/** @type {Result} */
const result = { executed: 0, classified: 0, classes: [0, 0, 0, 0], outcomes: new Map(), findings: [], findingsCount: 0 };
const random = new Random(seed * 64 + worker);
const sandbox = new Sandbox();

/** @param {number} word @param {0 | 1 | 2} el */
function execute(word, el) {
  // Whoever watches knows which word it was when nothing moves any more.
  beats[0] = word;
  beats[1] = (beats[1] ?? 0) + 1;
  let outcome;
  try {
    outcome = sandbox.run(word);
  } catch (error) {
    outcome = 'error';
    if (result.findingsCount++ < MOST_FINDINGS) result.findings.push(`0x${(word >>> 0).toString(16).padStart(8, '0')} at EL${String(el)}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    sandbox.enter(el);
  }
  result.executed++;
  result.outcomes.set(outcome, (result.outcomes.get(outcome) ?? 0) + 1);
}

/** @param {Iterable<number>} list */
function executeAll(list) {
  const all = [...list];
  for (const el of LEVELS) {
    sandbox.enter(el);
    for (const word of all) execute(word, el);
  }
  parentPort?.postMessage({ progress: '' });
}

/** @param {number} first @param {number} count @param {number} step */
function* range(first, count, step) {
  for (let i = 0; i < count; i += step) yield (first + i) | 0;
}

/** Every word has a row with a definition, one without, one that is UNDEFINED by its own operands, or none. */
function classify() {
  const decoder = new Decoder(ROWS, FeatureSet.ALL);
  const kinds = Uint8Array.from(ROWS, (row) => (row.undefinedBecause !== null ? 2 : isImplemented(row) ? 0 : 1));
  const { classes } = result;
  const count = (/** @type {number} */ word) => {
    const row = decoder.decode(word);
    const kind = row < 0 ? 3 : /** @type {0 | 1 | 2} */ (kinds[row]);
    classes[kind]++;
    result.classified++;
  };
  if (quick) {
    for (let i = 0; i < QUICK_CLASSIFIED / workers; i++) count(random.bits() | 0);
    return;
  }
  for (let chunk = worker; chunk < 2 ** 32 / CHUNK; chunk += workers) {
    const first = (chunk * CHUNK) | 0;
    for (let i = 0; i < CHUNK; i++) count((first + i) | 0);
    beats[1] = (beats[1] ?? 0) + 1;
    parentPort?.postMessage({ progress: '' });
  }
}

if (words.length > 0) executeAll(words);
else {
  ROWS.forEach((row, index) => {
    if (index % workers === worker) executeAll(wordsOfRow(row, () => random.bits(), quick));
  });
  const share = SYSTEM_COUNT / workers;
  const slice = 2 ** 16;
  for (let at = 0; at < share; at += slice) executeAll(range(SYSTEM_FIRST + worker * share + at + (quick ? random.below(QUICK_SYSTEM) : 0), slice, quick ? QUICK_SYSTEM : 1));
  for (const until = performance.now() + 1000 * seconds; performance.now() < until; ) executeAll(Array.from({ length: 4096 }, () => random.bits() | 0));
  classify();
}
parentPort?.postMessage({ result });
