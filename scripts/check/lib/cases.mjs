// @ts-check
/**
 * The words of a decode check: a fixed plan of batches, each drawn from its own seed, so that any batch can be drawn
 * again alone and workers share nothing.
 *
 *   system   L, op0, op1, CRn, CRm, op2 of 0xd5000000-0xd53fffff stepped through whole: all MRS and MSR words, SYS, SYSL,
 *            hints, barriers, MSR (immediate), and the unallocated rest between them; once with Rt=31, once with another
 *   groups   each value of bits 28:25 (DDI 0487 C4, "A64 instruction set encoding") with everything else random
 *   rows     every row in turn: random operands with the corners 0 and all ones more likely, one word in eight with one
 *            bit flipped, one in eight inside an unallocated cube of the row, one in eight with its should-be bits random
 */
import { Random } from './rng.mjs';

/** @typedef {{ index: number, part: 'system' | 'groups' | 'rows', from: number, count: number }} Batch */
/** @typedef {import('../../../packages/cpu/dist/arch/index.js').Row} Row */

const BATCH = 131_072;
/** L, op0, op1, CRn, CRm, op2: 17 bits; twice, for Rt. */
const SYSTEM_WORDS = 2 ** 18;

/** The batches of a check of about `words` words. @param {number} words @returns {Batch[]} */
export function planBatches(words) {
  const system = Math.min(SYSTEM_WORDS, Math.floor(words / 4));
  const groups = Math.floor(words / 10);
  /** @type {Batch[]} */
  const batches = [];
  /** @param {Batch['part']} part @param {number} total */
  const add = (part, total) => {
    for (let from = 0; from < total; from += BATCH) batches.push({ index: batches.length, part, from, count: Math.min(BATCH, total - from) });
  };
  add('system', system);
  add('groups', groups);
  add('rows', words - system - groups);
  return batches;
}

/**
 * The words of a batch. @param {Batch} batch @param {number} seed @param {readonly Row[]} rows @param {boolean} wholeSystem
 * @returns {Uint32Array}
 */
export function drawBatch(batch, seed, rows, wholeSystem) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) + batch.index);
  const words = new Uint32Array(batch.count);
  for (let i = 0; i < batch.count; i++) {
    const n = batch.from + i;
    if (batch.part === 'system') words[i] = systemWord(wholeSystem ? n : random.below(SYSTEM_WORDS), random);
    else if (batch.part === 'groups') words[i] = ((random.bits() & ~(15 << 25)) | ((n & 15) << 25)) >>> 0;
    else words[i] = drawFromRow(/** @type {Row} */ (rows[n % rows.length]), random);
  }
  return words;
}

/** @param {number} n @param {Random} random */
function systemWord(n, random) {
  const rt = (n & 1) === 0 ? 31 : random.below(31);
  return (0xd5000000 | ((n >>> 1) << 5) | rt) >>> 0;
}

/** A word of the row, or one beside it. @param {Row} row @param {Random} random */
export function drawFromRow(row, random) {
  const { pattern } = row;
  let word = canonicalWord(row, random);
  const kind = random.below(8);
  if (kind === 0) {
    word ^= 1 << random.below(32);
  } else if (kind === 1 && row.excluded.length > 0) {
    const cube = row.excluded[random.below(row.excluded.length)];
    if (cube !== undefined) word = (word & ~cube.mask) | cube.value;
  } else if (kind === 2) {
    word = (word & ~pattern.shouldMask) | (random.bits() & pattern.shouldMask);
  }
  return word >>> 0;
}

/** A word that matches the row's pattern with its should-be bits as they should be. @param {Row} row @param {Random} random */
export function canonicalWord(row, random) {
  const { pattern } = row;
  let word = (random.bits() & ~(pattern.mask | pattern.shouldMask)) | pattern.value | pattern.shouldValue;
  for (const field of pattern.fields) {
    const corner = random.below(8);
    if (corner === 0) word &= ~field.mask;
    else if (corner === 1) word |= field.mask;
  }
  return word >>> 0;
}

/** Whether the should-be bits of a word of the row are as they should be. @param {Row} row @param {number} word */
export function isCanonical(row, word) {
  return (word & row.pattern.shouldMask) === row.pattern.shouldValue;
}
