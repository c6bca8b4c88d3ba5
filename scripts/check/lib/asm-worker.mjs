// @ts-check
/**
 * One worker of `check:asm`. Its share of the forms (rows and aliases): random operands as text, assembled by us and by
 * GNU as. Its share of the batches of check:decode: assemble(disassemble(word)) = word.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Decoder, FeatureSet, ROWS, SYS_OPS } from '../../../packages/cpu/dist/arch/index.js';
import { tokenize } from '../../../packages/tools/dist/asm/lexer.js';
import { encodeInstruction, formatInstruction, formsOf } from '../../../packages/tools/dist/syntax/instructions.js';
import { EXPLAINED } from '../asm-explained.mjs';
import { canonicalWord, drawBatch, isCanonical, planBatches } from './cases.mjs';
import { ExplainedList } from './explained.mjs';
import { byNumber, normalise } from './normalise.mjs';
import { gnuAssemble } from './oracles.mjs';
import { Random } from './rng.mjs';

/**
 * @typedef {import('../../../packages/tools/dist/syntax/instructions.js').Form} Form
 * @typedef {import('../../../packages/cpu/dist/arch/index.js').Row} Row
 * @typedef {{ count: number, example: string }} Finding
 * @typedef {{ forms: number, lines: number, unnamed: number, words: number, findings: Map<string, Finding>, matches: number[] }} Result
 */

/** Where the lines are assembled: far enough from 0 that ADRP reaches both ways. */
const BASE = 0x4_0000_0000n;
const MARCH = 'armv9.3-a+crypto+fp16+fp16fml+sha2+sha3+sm4+aes+memtag+rng+profile+bf16+i8mm+dotprod+predres+sb+ssbs+pauth+flagm+ls64+tme+lor+rdma+compnum+rcpc';
/** Draws a form may cost for each text wanted: some take few words of their row. */
const DRAWS = 400;

/** op1, CRn, CRm and op2 of SYS, as the keys of SYS_OPS have them. */
const OPERATION = 0x3fff << 5;
const UNKNOWN_NAME = /^unknown or missing (?:system register|operation) name/;

const noSymbols = { lookup: () => null };

/** @param {{ worker: number, workers: number, words: number, seed: number, perForm: number }} data @returns {Result} */
function work({ worker, workers, words, seed, perForm }) {
  const explained = new ExplainedList(EXPLAINED, ROWS);
  const decoder = new Decoder(ROWS, FeatureSet.ALL);
  /** @type {Result} */
  const result = { forms: 0, lines: 0, unnamed: 0, words: 0, findings: new Map(), matches: explained.matches };
  compareWithGnu();
  for (const batch of planBatches(words)) {
    if (batch.index % workers === worker) roundTrip(drawBatch(batch, seed, ROWS, words >= 2 ** 20));
  }
  return result;

  function compareWithGnu() {
    const forms = ROWS.flatMap((row) => formsOf(row)).filter((_, i) => i % workers === worker);
    /** @type {{ form: Form, word: number, text: string, ours: number }[]} */
    const lines = [];
    for (const form of forms) {
      const random = new Random(Math.imul(seed, 0x85ebca6b) + hash(form.id));
      const before = lines.length;
      for (let draw = 0; draw < perForm * DRAWS && lines.length - before < perForm; draw++) {
        const word = drawForForm(form, random);
        if (word === null || decoder.decode(word) !== form.row.index) continue;
        const address = BASE + BigInt(4 * lines.length);
        const text = form.template.format(word, { address, symbol: (target) => relative(target - address) }, ' ');
        const encoded = encodeInstruction(tokenize(text), 0, address, noSymbols);
        if ('word' in encoded) lines.push({ form, word, text, ours: encoded.word });
        else if (form.alias?.preferred !== 'never') find('text', form.row, word, `${form.id}, our own text`, `0x${hex(word)} ${text}: ${encoded.failure?.message ?? 'no such mnemonic'}`);
      }
      const found = lines.length - before;
      if (found < perForm) find('draw', form.row, 0, `${form.id}, too few texts`, `${String(found)} of ${String(perForm)} in ${String(perForm * DRAWS)} draws`);
    }
    const theirs = gnuAssemble(lines.map(({ text }) => text), MARCH, BASE);
    // Names that are newer than GNU as: once more by number. check:arch compares names.
    const unnamed = theirs.flatMap((gnu, i) => (typeof gnu === 'string' && UNKNOWN_NAME.test(gnu) ? [i] : []));
    const byNumbers = unnamed.map((i) => byNumber(normalise(lines[i]?.text ?? ''), lines[i]?.ours ?? 0));
    gnuAssemble(byNumbers, MARCH, BASE).forEach((gnu, n) => (theirs[unnamed[n] ?? 0] = gnu));
    result.unnamed = unnamed.length;
    lines.forEach(({ form, word, text, ours }, i) => {
      const gnu = theirs[i];
      if (gnu === ours) return;
      if (typeof gnu === 'string') find('refused', form.row, word, `${form.id}, GNU as refuses`, `${text}: ${gnu}`);
      else find('bytes', form.row, word, `${form.id}, other bytes`, `${text}: ours 0x${hex(ours)}, GNU as 0x${hex(gnu ?? 0)}`);
    });
    result.forms = forms.length;
    result.lines = lines.length;
    parentPort?.postMessage({ progress: 'forms' });
  }

  /** @param {Uint32Array} drawn */
  function roundTrip(drawn) {
    const address = BASE;
    for (const word of drawn) {
      const row = ROWS[decoder.decode(word)];
      if (row === undefined || !isCanonical(row, word)) continue;
      result.words++;
      const text = formatInstruction(row, word, { address, symbol: () => null });
      const encoded = encodeInstruction(tokenize(text), 0, address, noSymbols);
      const again = 'word' in encoded ? encoded.word : null;
      if (again === word) continue;
      find('round trip', row, word, `${row.id}, round trip`, `0x${hex(word)} ${text} ${again === null ? 'does not assemble' : `is assembled to 0x${hex(again)}`}`);
    }
    parentPort?.postMessage({ progress: 'words' });
  }

  /** @param {string} kind @param {Row} row @param {number} word @param {string} key @param {string} example */
  function find(kind, row, word, key, example) {
    if (explained.explains(kind, 'as', row.id, word)) return;
    const known = result.findings.get(key);
    if (known === undefined) result.findings.set(key, { count: 1, example });
    else known.count++;
  }
}

/**
 * A word that may be written in this form, with what the form fixes, or null. Every other word also has the bits of one
 * alternative of the alias condition, which random operands would seldom have.
 * @param {Form} form @param {Random} random @returns {number | null}
 */
function drawForForm(form, random) {
  let word = canonicalWord(form.row, random);
  const preferred = form.alias?.preferred ?? '';
  if (random.below(2) === 0 && preferred !== 'never') {
    const alternatives = preferred.split('|');
    for (const [, name, bits] of (alternatives[random.below(alternatives.length)] ?? '').matchAll(/(\w+)=([01]+)\b/g)) {
      const field = form.row.pattern.fields.find((candidate) => candidate.name === name);
      if (field !== undefined) word = (word & ~field.mask) | (parseInt(bits ?? '0', 2) << field.lsb);
    }
  }
  const operation = /^names([A-Z]+)$/.exec(preferred);
  if (operation !== null) {
    const operations = SYS_OPS.filter(({ mnemonic, isRead }) => mnemonic === operation[1] && !isRead);
    const op = operations[random.below(operations.length)];
    if (op !== undefined) word = (word & ~OPERATION) | (op.key << 5) | (op.xt === 'absent' ? 31 : 0);
  }
  word = ((word & ~form.fixedMask) | form.fixedValue) >>> 0;
  return preferred === 'never' || form.isPreferred(word) ? word : null;
}

/** @param {bigint} distance */
function relative(distance) {
  return distance < 0n ? `.-0x${(-distance).toString(16)}` : `.+0x${distance.toString(16)}`;
}

/** @param {string} text */
function hash(text) {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(value, 31) + text.charCodeAt(i)) | 0;
  return value;
}

/** @param {number} word */
function hex(word) {
  return word.toString(16).padStart(8, '0');
}

parentPort?.postMessage({ result: work(workerData) });
