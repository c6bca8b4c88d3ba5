// @ts-check
/**
 * `npm run check:fp -- [--seed N] [--quick]`: every row of floating-point arithmetic, in every form, under all rounding modes
 * with and without FZ and DN (FZ16 and AHP where they matter), over corner operands, equal to qemu-aarch64 in result, NZCV
 * and FPSR; scalar arithmetic, conversions and roundings also to the exact model of fp/model.mjs. At
 * the end whole computations of cryptography. Rows of two operands take the whole cross product of the corners, those of
 * three a sample of 20,000 triples: of the cross product, of sums that cancel or nearly do, and random ones.
 */
import { formatInstruction } from '../../packages/tools/dist/syntax/instructions.js';
import { FPSR, ROWS } from '../../packages/cpu/dist/arch/index.js';
import { FP_EXPLAINED } from './fp-explained.mjs';
import { Core, RESULT } from './fp/core.mjs';
import { corners } from './fp/corners.mjs';
import { cryptography } from './fp/crypto.mjs';
import { controlsOf, exactOperation, isFlushing } from './fp/exact.mjs';
import { allForms, controls } from './fp/forms.mjs';
import { Model } from './fp/model.mjs';
import { layOut, OPERAND, Tuples } from './fp/operands.mjs';
import { readArguments } from './lib/arguments.mjs';
import { buildProgram, Emulator, findTools } from './lib/emulator.mjs';
import { ExplainedList } from './lib/explained.mjs';
import { Random } from './lib/rng.mjs';

/** @typedef {import('./fp/forms.mjs').Form} Form */
/** @typedef {{ form: Form, fpcrs: number[], tuples: bigint[][], operands: Int32Array }} Job */

const { seed, quick } = readArguments({ words: 1, quickWords: 1 });
const version = findTools();
const emulator = new Emulator(buildProgram('fp', new URL('fp/harness.c', import.meta.url)), 'max');
const core = new Core();
const forms = allForms();
const tuples = new Tuples(new Random(seed), quick);
const random = new Random(seed + 1);
const list = new ExplainedList(FP_EXPLAINED, ROWS);
/** @type {Map<string, { count: number, example: string }>} */
const findings = new Map();
const sum = { executions: 0, exact: 0, fast: 0, differ: 0, explained: 0 };

const number = (/** @type {number} */ value) => value.toLocaleString('en');
process.stdout.write(`check:fp  seed ${String(seed)}, ${number(new Set(forms.map(({ row }) => row)).size)} rows in ${number(forms.length)} forms, ${String(corners(64).length)} corner operands a width\n${version}\n`);

/** @type {Job[]} */
const sent = [];
for (const form of forms) {
  sent.push(send(form));
  if (sent.length > 1) await judge(/** @type {Job} */ (sent.shift()));
}
for (const job of sent) await judge(job);
emulator.end();

const crypto = cryptography();
const listFindings = list.findings(sum.executions, !quick);
process.stdout.write(`${number(sum.executions)} executions compared with the emulator, ${number(sum.explained)} explained; ${number(sum.exact)} results with the exact model, ${number(sum.fast)} with Inexact set before\n`);
for (const [key, { count, example }] of findings) process.stdout.write(`${key}: ${number(count)} times, ${example}\n`);
process.stdout.write(`${String(crypto.passed)} whole computations of cryptography against node:crypto\n`);
for (const title of crypto.failures) process.stdout.write(`cryptography: ${title}\n`);
for (const finding of listFindings) process.stdout.write(`${finding}\n`);
const failed = sum.differ + listFindings.length + crypto.failures.length;
process.stdout.write(`\n${String(sum.executions + sum.exact + sum.fast - sum.differ + crypto.passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {Form} form @returns {Job} */
function send(form) {
  const fpcrs = controls(form);
  const all = tuples.of(form);
  const operands = layOut(form, all, random);
  emulator.write(Int32Array.of(form.word, fpcrs.length, operands.length / OPERAND.WORDS, 0));
  emulator.write(Int32Array.from(fpcrs));
  emulator.write(operands);
  return { form, fpcrs, tuples: all, operands };
}

/** @param {Job} job */
async function judge(job) {
  const { form, fpcrs, operands } = job;
  const count = operands.length / OPERAND.WORDS;
  const ours = new Int32Array(count * RESULT.WORDS);
  for (const fpcr of fpcrs) {
    const theirs = await emulator.read(count * RESULT.WORDS);
    core.run(form, fpcr, 0, operands, ours);
    sum.executions += count;
    for (let i = 0; i < ours.length; i++) {
      if (ours[i] === theirs[i]) continue;
      differs(job, fpcr, i, ours, theirs);
      // The next operand: one finding each.
      i |= RESULT.WORDS - 1;
    }
    if (fpcr === 0) judgeFast(job, ours);
    judgeExactly(job, fpcr, ours);
  }
}

/** With Inexact already set the host's arithmetic may be used: the same, with Inexact. @param {Job} job @param {Int32Array} ours */
function judgeFast({ form, operands }, ours) {
  const inexact = FPSR.IXC.wordMask;
  const again = new Int32Array(ours.length);
  core.run(form, 0, inexact, operands, again);
  sum.fast += ours.length / RESULT.WORDS;
  for (let i = 0; i < ours.length; i++) {
    const word = i % RESULT.WORDS;
    if (again[i] === (word === RESULT.FPSR ? (ours[i] ?? 0) | inexact : ours[i])) continue;
    const at = i - word;
    const operand = (at / RESULT.WORDS) * OPERAND.WORDS;
    report(`${form.row.id}, with Inexact set`, () => `${text(form)} of ${hex(operands, operand, OPERAND.WORDS)}: ${hex(again, at, 8)}, without ${hex(ours, at, 8)}`);
    i = at + RESULT.WORDS - 1;
  }
}

/** @param {Job} job @param {number} fpcr @param {number} i the first word that differs @param {Int32Array} ours @param {Int32Array} theirs */
function differs({ form, operands }, fpcr, i, ours, theirs) {
  const word = i % RESULT.WORDS;
  const what = word < RESULT.X0 ? 'V' : word < RESULT.NZCV ? 'X' : word === RESULT.NZCV ? 'NZCV' : 'FPSR';
  if (list.explains(what, 'max', form.row.id, form.word) || (isFlushing(fpcr) && list.explains(`${what} under FZ`, 'max', form.row.id, form.word))) {
    sum.explained++;
    return;
  }
  const at = i - word;
  const operand = (at / RESULT.WORDS) * OPERAND.WORDS;
  const [v0, v1, v2, v3] = [OPERAND.V0, OPERAND.V1, OPERAND.V2, OPERAND.V3].map((register) => hex(operands, operand + register, 4));
  report(`${form.row.id}, ${what}`, () => `${text(form)} fpcr ${hex([fpcr], 0, 1)} v0 ${v0 ?? ''} v1 ${v1 ?? ''} v2 ${v2 ?? ''} v3 ${v3 ?? ''}: ours ${hex(ours, at, 8)}, the emulator ${hex(theirs, at, 8)}`);
}

/** @param {Job} job @param {number} fpcr @param {Int32Array} ours */
function judgeExactly({ form, tuples: all }, fpcr, ours) {
  const operation = form.layout === 'scalar' ? exactOperation(form) : null;
  if (operation === null) return;
  const model = new Model(controlsOf(fpcr));
  const toX = /<[WXR]d/.test(form.row.syntax);
  sum.exact += all.length;
  all.forEach(([a = 0n, b = 0n, c = 0n], i) => {
    model.flags = 0;
    const expected = operation(model, a, b, c);
    const at = i * RESULT.WORDS + (toX ? RESULT.X0 : RESULT.V0);
    const got = (BigInt((ours[at + 1] ?? 0) >>> 0) << 32n) | BigInt((ours[at] ?? 0) >>> 0);
    const flags = ours[i * RESULT.WORDS + RESULT.FPSR] ?? 0;
    if (got === expected && flags === model.flags) return;
    report(`${form.row.id}, exact`, () => `${text(form)} fpcr ${hex([fpcr], 0, 1)} of ${[a, b, c].map((x) => x.toString(16)).join(' ')}: ours ${got.toString(16)} ${flags.toString(16)}, exactly ${expected.toString(16)} ${model.flags.toString(16)}`);
  });
}

/** @param {string} key @param {() => string} example */
function report(key, example) {
  sum.differ++;
  const known = findings.get(key);
  if (known === undefined) findings.set(key, { count: 1, example: example() });
  else known.count++;
}

/** @param {Form} form */
function text({ row, word }) {
  return `0x${word.toString(16)} ${formatInstruction(row, word, { address: 0n, symbol: () => null })}`;
}

/** Words, the highest first. @param {ArrayLike<number>} words @param {number} at @param {number} count */
function hex(words, at, count) {
  return Array.from({ length: count }, (_, i) => ((words[at + count - 1 - i] ?? 0) >>> 0).toString(16).padStart(8, '0')).join('_');
}
