// @ts-check
/** Operands of `check:fp`: which tuples a form is given, and how they are laid into V0 to V3 and X1. */
import { corners, integerCorners, randomOperand } from './corners.mjs';
import { DOUBLE, HALF, Model, SINGLE } from './model.mjs';

/** @typedef {import('./forms.mjs').Form} Form */
/** @typedef {import('../lib/rng.mjs').Random} Random */

/** Words of an operand as the harness reads it: V0, V1, V2, V3, X1. */
export const OPERAND = { V0: 0, V1: 4, V2: 8, V3: 12, X1: 16, WORDS: 20 };

export const FORMATS = { 16: HALF, 32: SINGLE, 64: DOUBLE };
const DEFAULTS = { mode: /** @type {const} */ ('TIEEVEN'), fz: false, fz16: false, dn: false, ahp: false };

/** How many tuples of each kind; the quick run thins the cross product. */
export class Tuples {
  #random;
  #quick;
  /** @type {Map<string, bigint[][]>} */
  #known = new Map();

  /** @param {Random} random @param {boolean} quick */
  constructor(random, quick) {
    this.#random = random;
    this.#quick = quick;
  }

  /** Tuples for a form: a first operand, a second, an addend. @param {Form} form @returns {bigint[][]} */
  of({ width, ofIntegers, operands, layout }) {
    const key = `${String(width)} ${String(ofIntegers)} ${String(operands)} ${layout === 'long' ? 'long' : ''}`;
    let tuples = this.#known.get(key);
    if (tuples === undefined) this.#known.set(key, (tuples = operands === 1 ? this.#single(width, ofIntegers) : operands === 2 ? this.#pairs(width) : this.#triples(width, layout === 'long' ? 32 : width)));
    return tuples;
  }

  /** @param {number} width @param {boolean} ofIntegers */
  #single(width, ofIntegers) {
    const among = ofIntegers ? integerCorners(width) : corners(width);
    return [...among, ...Array.from({ length: this.#quick ? 40 : 1000 }, () => randomOperand(width, this.#random, among))].map((value) => [value]);
  }

  /** The whole cross product of the corners, or one pair of 40; then random ones. @param {number} width */
  #pairs(width) {
    const among = corners(width);
    const product = among.flatMap((a) => among.map((b) => [a, b])).filter(() => !this.#quick || this.#random.below(40) === 0);
    const draw = () => randomOperand(width, this.#random, among);
    return [...product, ...Array.from({ length: this.#quick ? 80 : 3000 }, () => [draw(), draw()])];
  }

  /** A sample of the cross product of the corners; sums that cancel or nearly do; random ones. @param {number} width @param {16 | 32 | 64} addendWidth */
  #triples(width, addendWidth) {
    const among = corners(width);
    const addends = corners(addendWidth);
    const pick = (/** @type {readonly bigint[]} */ list) => list[this.#random.below(list.length)] ?? 0n;
    const draw = () => randomOperand(width, this.#random, among);
    const count = this.#quick ? 200 : 10_000;
    const sampled = Array.from({ length: count }, () => [pick(among), pick(among), pick(addends)]);
    const any = Array.from({ length: count / 2 }, () => [draw(), draw(), randomOperand(addendWidth, this.#random, addends)]);
    return [...sampled, ...any, ...Array.from({ length: count / 2 }, () => this.#cancelling(width, addendWidth, this.#random.below(2) === 0 ? draw : () => pick(among)))];
  }

  /** Factors, and minus their rounded product or a neighbour. @param {number} width @param {16 | 32 | 64} addendWidth @param {() => bigint} draw */
  #cancelling(width, addendWidth, draw) {
    const [a, b] = [draw(), draw()];
    const model = new Model(DEFAULTS);
    const from = FORMATS[/** @type {16 | 32 | 64} */ (width)];
    const to = FORMATS[addendWidth];
    const product = from === to ? model.mul(to, a, b) : model.mul(to, model.convert(to, from, a), model.convert(to, from, b));
    const minus = product ^ (1n << BigInt(addendWidth - 1));
    return [a, b, BigInt.asUintN(addendWidth, minus + BigInt(this.#random.below(3)) - 1n)];
  }
}

/** Lays the tuples out for the form; what it does not use is filled with random bits. @param {Form} form @param {readonly bigint[][]} tuples @param {Random} random */
export function layOut(form, tuples, random) {
  const { width, lanes, layout, operands } = form;
  const groups = layout === 'element' ? byLastFactor(tuples, lanes) : chunks(tuples, lanes);
  const words = new Int32Array(groups.length * OPERAND.WORDS);
  for (let i = 0; i < words.length; i++) words[i] = random.bits();
  const bytes = new Uint8Array(words.buffer);
  groups.forEach((group, g) => {
    const put = (/** @type {number} */ at, /** @type {number} */ lane, /** @type {bigint} */ value, bits = width) => {
      let rest = value;
      for (let i = 0; i < bits / 8; i++, rest >>= 8n) bytes[4 * (g * OPERAND.WORDS + at) + (lane * bits) / 8 + i] = Number(rest & 0xffn);
    };
    group.forEach(([a = 0n, b = 0n, c = 0n], lane) => {
      if (layout === 'pairwise' && !form.row.id.includes('sisd')) {
        // Pair `lane` of the two registers one after the other.
        const register = 2 * lane < lanes ? OPERAND.V1 : OPERAND.V2;
        put(register, (2 * lane) % lanes, a);
        put(register, ((2 * lane) % lanes) + 1, b);
        return;
      }
      put(OPERAND.V1, lane, a);
      if (width !== 16) put(OPERAND.X1, 0, a, 64);
      if (layout === 'pairwise') put(OPERAND.V1, 1, b);
      else if (layout === 'element') put(OPERAND.V2, elementIndex(form), b);
      else if (operands > 1) put(OPERAND.V2, lane, b);
      if (operands < 3) return;
      if (layout === 'long') putLong(form, put, lane, a, b, c);
      else {
        put(OPERAND.V0, lane, c);
        put(OPERAND.V3, lane, c);
      }
    });
    // FCVTL2 converts the upper half.
    if (/^FCVTL_/.test(form.row.id)) bytes.copyWithin(4 * (g * OPERAND.WORDS + OPERAND.V1) + 8, 4 * (g * OPERAND.WORDS + OPERAND.V1), 4 * (g * OPERAND.WORDS + OPERAND.V1) + 8);
  });
  return words;
}

/** FMLAL: the factors are halves `lane` of either half of the registers. @param {Form} form @param {(at: number, lane: number, value: bigint, bits?: 16 | 32 | 64) => void} put @param {number} lane @param {bigint} a @param {bigint} b @param {bigint} c */
function putLong(form, put, lane, a, b, c) {
  const isByElement = form.row.id.includes('_elt_');
  for (const at of [lane, lane + 4]) {
    put(OPERAND.V1, at % 8, a);
    if (!isByElement) put(OPERAND.V2, at % 8, b);
  }
  if (isByElement) put(OPERAND.V2, elementIndex(form), b);
  if (lane < 4) put(OPERAND.V0, lane, c, 32);
}

/** @param {Form} form */
function elementIndex({ width, fields: { H = 0, L = 0, M = 0 } }) {
  if (width === 16) return (H << 2) | (L << 1) | M;
  return width === 32 ? (H << 1) | L : H;
}

/** @template T @param {readonly T[]} list @param {number} size @returns {T[][]} */
function chunks(list, size) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** Groups of tuples with one second operand, which stands in one element for all. @param {readonly bigint[][]} tuples @param {number} lanes */
function byLastFactor(tuples, lanes) {
  /** @type {Map<bigint, bigint[][]>} */
  const groups = new Map();
  for (const tuple of tuples) {
    const b = tuple[1] ?? 0n;
    const group = groups.get(b);
    if (group === undefined) groups.set(b, [tuple]);
    else group.push(tuple);
  }
  return [...groups.values()].flatMap((group) => chunks(group, lanes));
}
