// @ts-check
/**
 * `npm run check:differential -- [--cases N] [--seed N] [--quick]`: single instructions of EL0 on our core, every second on tier 0, and in
 * qemu-aarch64, as `max` and as `cortex-a57`; registers, flags, memory and signal compared. Every row that has a definition
 * is drawn, as often as any other; differential/cases.mjs says how, differential-explained.mjs where we differ and why.
 */
import { Decoder, FeatureSet, ROWS } from '../../packages/cpu/dist/arch/index.js';
import { PE } from '../../packages/cpu/dist/engine/layout.js';
import { formatInstruction } from '../../packages/tools/dist/syntax/instructions.js';
import { EXPLAINED } from './differential-explained.mjs';
import { CASE, CODE_BASE, DATA_SIZE, drawCase, drawnRows, drawPattern, drawRegisterMove, drawWord, isComparable, RESULT, WINDOW_AT, WINDOW_SIZE, X_REGISTERS } from './differential/cases.mjs';
import { Core, fpcrMask, MODELS, SIGNAL } from './differential/core.mjs';
import { buildHarness, Qemu } from './differential/qemu.mjs';
import { isFlushing } from './fp/exact.mjs';
import { readArguments } from './lib/arguments.mjs';
import { findTools } from './lib/emulator.mjs';
import { ExplainedList } from './lib/explained.mjs';
import { Random } from './lib/rng.mjs';

/** @typedef {import('../../packages/cpu/dist/arch/index.js').Row} Row */
/** @typedef {{ count: number, models: Set<string>, example: string }} Finding */

const BATCH = 1024;
/** Batches that the emulator works on while we work on another. */
const AHEAD = 3;
/** One case of 16 is a word of a row with one bit turned, which may be unallocated. */
const TURNED = 16;

const { words: cases, seed, quick } = readArguments({ words: 1_000_000, quickWords: 50_000 });
const version = findTools();
const program = buildHarness();
const rows = drawnRows(ROWS);
const drawn = new Set(rows);
const everything = new Decoder(ROWS, FeatureSet.ALL);
const list = new ExplainedList(EXPLAINED, ROWS);
/** Words without a row that we explain are drawn like a row: a turned bit finds them too seldom to tell that an entry is of use. */
const explainedWords = EXPLAINED.filter(({ row }) => row === null).flatMap(({ when }) => when.replace(/\s/g, '').split('|'));
/** @type {Map<string, Finding>} */
const findings = new Map();

const number = (/** @type {number} */ value) => value.toLocaleString('en');
process.stdout.write(`check:differential  seed ${String(seed)}, ${number(cases)} cases, ${number(rows.length)} of ${number(ROWS.length)} rows\n${version}\n\n`);

let failed = 0;
let total = 0;
for (const [index, model] of Object.keys(MODELS).entries()) {
  const share = Math.floor(cases / 2) + (index === 0 ? cases % 2 : 0);
  const started = performance.now();
  const { differ, explained, undefinedCount, inTier0 } = await compare(model, share, seed + index * 0x1000_0000);
  const seconds = (performance.now() - started) / 1000;
  total += share;
  failed += differ;
  process.stdout.write(`  ${model.padEnd(12)} ${number(share).padStart(10)} cases, ${number(inTier0)} in tier 0, ${number(undefinedCount)} undefined, ${number(explained)} explained, ${number(differ)} differ; ${number(Math.round(share / seconds))} cases/s\n`);
}
const listFindings = list.findings(total, !quick && total >= 1_000_000);
failed += listFindings.length;
if (failed > 0) process.stdout.write('\n');
for (const [key, { count, models, example }] of [...findings].sort(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(`${key}: ${number(count)} times in ${[...models].join(', ')}\n${example}`);
}
for (const finding of listFindings) process.stdout.write(`${finding}\n`);
process.stdout.write(`\n${String(total - failed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {string} model @param {number} count @param {number} modelSeed */
async function compare(model, count, modelSeed) {
  const random = new Random(modelSeed);
  const initial = new Int32Array(DATA_SIZE / 4);
  for (let i = 0; i < initial.length; i++) initial[i] = random.bits();
  const features = /** @type {FeatureSet} */ (MODELS[model]);
  const core = new Core(features, initial);
  const qemu = new Qemu(program, model, initial);
  const sum = { differ: 0, explained: 0, undefinedCount: 0 };
  /** @type {{ batch: Int32Array, size: number }[]} */
  const sent = [];
  for (let from = 0; from < count || sent.length > 0; ) {
    if (from < count && sent.length < AHEAD) {
      const size = Math.min(BATCH, count - from);
      const batch = drawBatch(size, from, random, fpcrMask(features));
      qemu.send(batch, size);
      sent.push({ batch, size });
      from += size;
      continue;
    }
    const next = sent.shift();
    if (next === undefined) break;
    judge(model, core, next.batch, next.size, await qemu.results(next.size), sum);
  }
  qemu.end();
  // Most rows of FP and SIMD are Eval's.
  if (core.executed * 10 < core.asked) throw new Error(`tier 0 left ${number(core.asked - core.executed)} of ${number(core.asked)} cases to Eval`);
  return { ...sum, inTier0: core.executed };
}

/** @param {number} size @param {number} from @param {Random} random @param {number} mask */
function drawBatch(size, from, random, mask) {
  const batch = new Int32Array(size * CASE.WORDS);
  for (let i = 0; i < size; i++) {
    const { word, row } = draw((from + i) % (rows.length + 3 + explainedWords.length), random);
    drawCase(batch, i * CASE.WORDS, word, row, random, mask);
  }
  return batch;
}

/** A word of row `n`, or of a neighbour that is a row we draw or no row at all. @param {number} n @param {Random} random @returns {{ word: number, row: Row | null }} */
function draw(n, random) {
  const row = rows[n];
  const pattern = explainedWords[n - rows.length];
  if (pattern !== undefined) return { word: drawPattern(pattern, random), row: null };
  if (row === undefined) return { word: drawRegisterMove(random), row: null };
  for (;;) {
    const word = drawWord(row, random);
    const turned = random.below(TURNED) === 0 ? (word ^ (1 << random.below(32))) >>> 0 : word;
    // With all features: a hint that is PACIA1716 for the emulator is no HINT.
    const found = ROWS[everything.decode(turned)];
    if (found === undefined ? !isNewer(turned) && !abortsEmulator(turned) : drawn.has(found) && isComparable(found, turned)) return { word: turned, row: found ?? row };
  }
}

/** Whether the word is in the space of SME and SVE, or SMSTART, which the emulator has and we have not. @param {number} word */
function isNewer(word) {
  return ((word >>> 25) & 0b1100) === 0 || (word & 0xffff_f0ff) >>> 0 === 0xd503_407f;
}

/** Whether the word is unallocated among the half-precision forms of two registers, where the emulator ends with an assertion. @param {number} word */
function abortsEmulator(word) {
  return (word & 0x8f7e_0c00) >>> 0 === 0x0e78_0800;
}

/**
 * Runs a batch on our core and compares. @param {string} model @param {Core} core @param {Int32Array} batch @param {number} size
 * @param {Int32Array} theirs @param {{ differ: number, explained: number, undefinedCount: number }} sum
 */
function judge(model, core, batch, size, theirs, sum) {
  for (let i = 0; i < size; i++) {
    const signal = core.run(batch, i * CASE.WORDS);
    if (signal === SIGNAL.ILL) sum.undefinedCount++;
    const what = difference(core, signal, theirs, i * RESULT.WORDS);
    if (what === null) continue;
    const word = (batch[i * CASE.WORDS] ?? 0) >>> 0;
    const row = ROWS[everything.decode(word)] ?? null;
    const explains = (/** @type {string} */ kind) => list.explains(kind, model, row?.id ?? null, word);
    if (explains(what) || (isFlushing(batch[i * CASE.WORDS + CASE.FPCR] ?? 0) && explains(`${what} under FZ`))) {
      sum.explained++;
      continue;
    }
    sum.differ++;
    const key = `${row?.id ?? 'no row'}, ${what}`;
    const known = findings.get(key);
    if (known === undefined) findings.set(key, { count: 1, models: new Set([model]), example: describe(core, signal, batch, i, theirs, row, word) });
    else {
      known.count++;
      known.models.add(model);
    }
  }
  const strays = core.restoreAll();
  const theirStrays = theirs[size * RESULT.WORDS] ?? 0;
  if (strays === theirStrays) return;
  sum.differ++;
  findings.set('memory outside the window', { count: 1, models: new Set([model]), example: `  ${String(strays)} words changed, in the emulator ${String(theirStrays)}\n` });
}

/** What differs first, or null; the window is as it was afterwards. @param {Core} core @param {number} signal @param {Int32Array} theirs @param {number} at */
function difference(core, signal, theirs, at) {
  const memory = sameMemory(core, theirs, at);
  if (signal !== theirs[at + RESULT.SIGNAL]) return 'signal';
  const { words, base } = core;
  for (let i = 0; i < 2 * X_REGISTERS; i++) if (words[base + i] !== theirs[at + RESULT.X + i]) return 'X';
  if (core.nzcv !== theirs[at + RESULT.NZCV]) return 'NZCV';
  for (let i = 0; i < 128; i++) if (words[base + PE.V / 4 + i] !== theirs[at + RESULT.V + i]) return 'V';
  if (words[base + PE.FPCR / 4] !== theirs[at + RESULT.FPCR]) return 'FPCR';
  if (words[base + PE.FPSR / 4] !== theirs[at + RESULT.FPSR]) return 'FPSR';
  return memory ? null : 'memory';
}

/** Whether the same bytes of the window changed to the same; puts ours back. @param {Core} core @param {Int32Array} theirs @param {number} at */
function sameMemory(core, theirs, at) {
  const change = theirs[at + RESULT.CHANGE] ?? 0;
  const bytes = new Uint8Array(core.words.buffer, 4 * core.window, WINDOW_SIZE);
  const first = change & 0xffff;
  const length = change >>> 16;
  const wanted = new Uint8Array(theirs.buffer, 4 * (at + RESULT.BYTES), Math.min(length, 64));
  let same = length <= 64;
  for (let i = 0; i < wanted.length && same; i++) same = bytes[first + i] === wanted[i];
  // Nothing else may have changed: with the emulator's bytes put back, the window is the initial one.
  bytes.set(initialBytes(core).subarray(first, first + length), first);
  const untouched = core.restore();
  return same && untouched;
}

/** @param {Core} core */
function initialBytes(core) {
  return new Uint8Array(core.initial.buffer, WINDOW_AT, WINDOW_SIZE);
}

/** @param {number} lo @param {number} hi */
function hex64(lo, hi) {
  return `${(hi >>> 0).toString(16).padStart(8, '0')}${(lo >>> 0).toString(16).padStart(8, '0')}`;
}

/** Every register that differs, with what it was. @param {Core} core @param {number} signal @param {Int32Array} batch @param {number} i @param {Int32Array} theirs @param {Row | null} row @param {number} word */
function describe(core, signal, batch, i, theirs, row, word) {
  const text = row === null ? 'unallocated' : formatInstruction(row, word, { address: BigInt(CODE_BASE), symbol: () => null });
  const lines = [`  0x${word.toString(16).padStart(8, '0')} ${text}: signal ${String(signal)}, in the emulator ${String(theirs[i * RESULT.WORDS])}`];
  const input = i * CASE.WORDS;
  const output = i * RESULT.WORDS;
  const named = new Set((row?.pattern.fields ?? []).map(({ mask, lsb }) => (word & mask) >>> lsb));
  const cell = (/** @type {string} */ name, /** @type {number} */ was, /** @type {number} */ ours, /** @type {number} */ their, /** @type {boolean} */ isOperand) => {
    const [a, b, c] = [hex64(batch[was] ?? 0, batch[was + 1] ?? 0), hex64(core.words[ours] ?? 0, core.words[ours + 1] ?? 0), hex64(theirs[their] ?? 0, theirs[their + 1] ?? 0)];
    if (b !== c || isOperand) lines.push(`    ${name.padEnd(5)} was ${a}, ours ${b}${b === c ? '' : `, the emulator ${c}`}`);
  };
  for (let n = 0; n < X_REGISTERS; n++) cell(`x${String(n)}`, input + CASE.X + 2 * n, core.base + 2 * n, output + RESULT.X + 2 * n, named.has(n));
  for (let n = 0; n < 64; n++) cell(`v${String(n >> 1)}.d[${String(n & 1)}]`, input + CASE.V + 2 * n, core.base + PE.V / 4 + 2 * n, output + RESULT.V + 2 * n, false);
  lines.push(`    nzcv was ${hex(batch[input + CASE.NZCV])}, ours ${hex(core.nzcv)}, the emulator ${hex(theirs[output + RESULT.NZCV])}`);
  lines.push(`    fpcr was ${hex(batch[input + CASE.FPCR])}, ours ${hex(core.words[core.base + PE.FPCR / 4])}, the emulator ${hex(theirs[output + RESULT.FPCR])}`);
  lines.push(`    fpsr was ${hex(batch[input + CASE.FPSR])}, ours ${hex(core.words[core.base + PE.FPSR / 4])}, the emulator ${hex(theirs[output + RESULT.FPSR])}`);
  return `${lines.join('\n')}\n`;
}

/** @param {number | undefined} value */
function hex(value) {
  return ((value ?? 0) >>> 0).toString(16).padStart(8, '0');
}
