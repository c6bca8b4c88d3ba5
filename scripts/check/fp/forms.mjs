// @ts-check
/**
 * The forms of `check:fp`: each floating-point row with each value of its form fields, fixed registers, a few immediates,
 * and what its operands are.
 */
import { Decoder, FeatureSet, ROWS } from '../../../packages/cpu/dist/arch/index.js';
import { fpSemantics } from '../../../packages/cpu/dist/sem/fp.js';
import { simdFpSemantics } from '../../../packages/cpu/dist/sem/simd-fp.js';
import { sisdFpSemantics } from '../../../packages/cpu/dist/sem/sisd-fp.js';

/** @typedef {import('../../../packages/cpu/dist/arch/index.js').Row} Row */
/** @typedef {'scalar' | 'elementwise' | 'pairwise' | 'element' | 'across' | 'long'} Layout */
/**
 * @typedef {object} Form
 * @property {Row} row
 * @property {number} word
 * @property {Readonly<Record<string, number>>} fields
 * @property {16 | 32 | 64} width bits of an operand
 * @property {boolean} ofIntegers whether the operands are integers
 * @property {1 | 2 | 3} operands
 * @property {number} lanes how many operations an execution makes
 * @property {Layout} layout
 */

/** Registers by field; Rn and Rd may be general ones. */
const REGISTERS = { Rd: 0, Rn: 1, Rm: 2, Ra: 3 };
/** A condition that fails and one that holds with NZCV = 0; ends and middles of numbers of fraction bits. @type {Readonly<Record<string, readonly number[]>>} */
const IMMEDIATES = { cond: [0, 14], nzcv: [5], immb: [0, 3, 7], scale: [0, 17, 32, 48, 63] };

/** Rows of the same tables whose operands are integers. */
const INTEGER_ESTIMATES = /^UR(ECP|SQRT)E_/;
const FORMS_BY_ROW = { ...fpSemantics, ...simdFpSemantics, ...sisdFpSemantics };

/** All forms, in the order of the table. */
export function allForms() {
  const decoder = new Decoder(ROWS, FeatureSet.ALL);
  return ROWS.filter(({ id }) => id in FORMS_BY_ROW || INTEGER_ESTIMATES.test(id)).flatMap((row) => formsOf(row, decoder));
}

/** @param {Row} row @param {Decoder} decoder @returns {Form[]} */
function formsOf(row, decoder) {
  /** @type {{ word: number, fields: Record<string, number> }[]} */
  let words = [{ word: (row.pattern.value | row.pattern.shouldValue) >>> 0, fields: {} }];
  for (const { name, lsb, width } of row.pattern.fields) {
    const register = REGISTERS[/** @type {keyof typeof REGISTERS} */ (name)];
    const values = register === undefined ? (IMMEDIATES[name] ?? Array.from({ length: 2 ** width }, (_, value) => value)) : [register];
    words = words.flatMap(({ word, fields }) => values.map((value) => ({ word: (word | (value << lsb)) >>> 0, fields: { ...fields, [name]: value } })));
  }
  const allocated = words.filter(({ word }) => ROWS[decoder.decode(word)] === row);
  return firstAndLastElement(allocated).map(({ word, fields }) => describe(row, word, fields));
}

/** Of the indices of an element the first and the last. @template {{ fields: Record<string, number> }} T @param {T[]} words @returns {T[]} */
function firstAndLastElement(words) {
  const index = (/** @type {T} */ { fields: { H = 0, L = 0, M = 0 } }) => (H << 2) | (L << 1) | M;
  const others = (/** @type {T} */ { fields }) => JSON.stringify({ ...fields, H: 0, L: 0, M: 0 });
  return words.filter((word) => {
    const indices = words.filter((other) => others(other) === others(word)).map(index);
    return index(word) === Math.min(...indices) || index(word) === Math.max(...indices);
  });
}

/** @param {Row} row @param {number} word @param {Record<string, number>} fields @returns {Form} */
function describe(row, word, fields) {
  const { id } = row;
  const width = operandWidth(id, fields);
  const isVector = id.endsWith('_simd') || id.endsWith('_simd_h');
  const lanes = isVector ? (fields.Q === 0 || /^FCVTL_/.test(id) ? 64 : 128) / width : 1;
  const isPaired = /^F(ADD|MAX|MIN|MAXNM|MINNM)P_/.test(id);
  const isFused = /^F(N?M(ADD|SUB)_|ML[AS]|CMLA)/.test(id);
  /** @type {Layout} */
  let layout = isVector ? 'elementwise' : 'scalar';
  if (isPaired) layout = 'pairwise';
  else if (/^FML[AS]L/.test(id)) layout = 'long';
  else if (/_elt_/.test(id) && !/^FCMLA/.test(id)) layout = 'element';
  else if (/^F(MAX|MIN)(NM)?V_/.test(id)) layout = 'across';
  const operands = isFused || /^FCADD/.test(id) ? 3 : isPaired || 'Rm' in fields ? 2 : 1;
  return { row, word, fields, width, ofIntegers: /CVTF_|^UR/.test(id), operands, lanes: /^FCVTX?N_simd/.test(id) ? 128 / width : lanes, layout };
}

/** @param {string} id @param {Record<string, number>} fields @returns {16 | 32 | 64} */
function operandWidth(id, { ftype, sf, sz, size, immh }) {
  if (/^[SU]CVTF_float/.test(id)) return sf === 1 ? 64 : 32;
  if (/^FML[AS]L/.test(id) || id.endsWith('_h')) return 16;
  if (/^FCVTXN|^FJCVTZS/.test(id)) return 64;
  if (/^FCVTL_/.test(id)) return sz === 1 ? 32 : 16;
  if (ftype !== undefined) return ftype === 3 ? 16 : ftype === 1 ? 64 : 32;
  if (immh !== undefined) return immh >= 8 ? 64 : immh >= 4 ? 32 : 16;
  if (size !== undefined) return size === 1 ? 16 : size === 2 ? 32 : 64;
  return sz === 1 ? 64 : 32;
}

/** FPCR: rounding mode, FZ and DN, with FZ16 where half precision takes part and AHP where it is converted. @param {Form} form @returns {number[]} */
export function controls({ row: { id }, width, fields }) {
  const isConversion = /^FCVT(_float|N_simd|L_simd)$/.test(id);
  const hasHalf = width === 16 || isConversion || (/^[SU]CVTF_float/.test(id) && fields.ftype === 3);
  const bits = [22, 23, 24, 25, ...(hasHalf ? [19] : []), ...(isConversion ? [26] : [])];
  return Array.from({ length: 2 ** bits.length }, (_, value) => bits.reduce((word, bit, i) => word | (((value >> i) & 1) << bit), 0));
}
