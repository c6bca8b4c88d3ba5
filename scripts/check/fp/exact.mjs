// @ts-check
/** What the exact model says of a scalar form: addition, multiplication, division, roots, fusions, conversions, roundings. */
import { FORMATS } from './operands.mjs';
import { DOUBLE, MODES, SINGLE } from './model.mjs';

/** @typedef {import('./forms.mjs').Form} Form */
/** @typedef {import('./model.mjs').Model} Model */
/** @typedef {import('./model.mjs').Mode} Mode */
/** @typedef {(model: Model, a: bigint, b: bigint, c: bigint) => bigint} Exact */

/** @type {Readonly<Record<string, Mode>>} */
const ROUNDINGS = { N: 'TIEEVEN', P: 'POSINF', M: 'NEGINF', Z: 'ZERO', A: 'TIEAWAY' };

/** @param {number} fpcr @returns {import('./model.mjs').Controls} */
export function controlsOf(fpcr) {
  const bit = (/** @type {number} */ n) => ((fpcr >>> n) & 1) === 1;
  return { mode: MODES[(fpcr >>> 22) & 3] ?? 'TIEEVEN', dn: bit(25), fz: bit(24), fz16: bit(19), ahp: bit(26) };
}

/** FPCR.FZ. @param {number} fpcr */
export function isFlushing(fpcr) {
  return controlsOf(fpcr).fz;
}

/** The operation of the form, or null where the model has none. @param {Form} form @returns {Exact | null} */
export function exactOperation({ row: { id }, fields, width }) {
  const f = FORMATS[width];
  const minus = (/** @type {bigint} */ x) => x ^ (1n << BigInt(width - 1));
  switch (id) {
    case 'FADD_float': return (m, a, b) => m.add(f, a, b);
    case 'FSUB_float': return (m, a, b) => m.sub(f, a, b);
    case 'FMUL_float': return (m, a, b) => m.mul(f, a, b);
    case 'FNMUL_float': return (m, a, b) => minus(m.mul(f, a, b));
    case 'FDIV_float': return (m, a, b) => m.div(f, a, b);
    case 'FSQRT_float': return (m, a) => m.sqrt(f, a);
    case 'FMADD_float': return (m, a, b, c) => m.fma(f, c, a, b);
    case 'FMSUB_float': return (m, a, b, c) => m.fma(f, c, minus(a), b);
    case 'FNMADD_float': return (m, a, b, c) => m.fma(f, minus(c), minus(a), b);
    case 'FNMSUB_float': return (m, a, b, c) => m.fma(f, minus(c), a, b);
    case 'FCVT_float': return (m, a) => m.convert(FORMATS[/** @type {16 | 32 | 64} */ ([32, 64, 0, 16][fields.opc ?? 0])], f, a);
    case 'FCVTXN_sisd': return (m, a) => m.convert(SINGLE, DOUBLE, a, 'ODD');
    default: return rounding(id, fields, width) ?? conversion(id, fields, width);
  }
}

/** @param {string} id @param {Readonly<Record<string, number>>} fields @param {16 | 32 | 64} width @returns {Exact | null} */
function rounding(id, fields, width) {
  const f = FORMATS[width];
  const [, way = ''] = /^FRINT([NPMZAIX])_float$/.exec(id) ?? [];
  if (way !== '') return (m, a) => m.roundIntegral(f, a, ROUNDINGS[way] ?? m.controls.mode, way === 'X');
  const [, size = '', by] = /^FRINT(32|64)([ZX])_float$/.exec(id) ?? [];
  return size === '' ? null : (m, a) => m.roundIntegralWithin(f, a, by === 'Z' ? 'ZERO' : m.controls.mode, Number(size));
}

/** @param {string} id @param {Readonly<Record<string, number>>} fields @param {16 | 32 | 64} width @returns {Exact | null} */
function conversion(id, { sf, ftype, scale, sz, immh, immb }, width) {
  const fbits = scale !== undefined ? 64 - scale : immh !== undefined ? 2 * width - ((immh << 3) | (immb ?? 0)) : 0;
  const bits = sf === undefined ? width : sf === 1 ? 64 : 32;
  const [, way = '', signed, place] = /^FCVT([NPMZA])([SU])_(?:int_|fix_)?(float|sisd)/.exec(id) ?? [];
  if (way !== '') return (m, a) => m.toInteger(FORMATS[width], a, fbits, signed === 'U', ROUNDINGS[way] ?? 'ZERO', place === 'float' ? bits : width);
  const [, from] = /^([SU])CVTF_/.exec(id) ?? [];
  if (from === undefined || id.endsWith('_simd') || id.endsWith('_simd_h')) return null;
  const to = ftype !== undefined ? FORMATS[ftype === 3 ? 16 : ftype === 1 ? 64 : 32] : sz !== undefined ? FORMATS[sz === 1 ? 64 : 32] : FORMATS[width];
  return (m, a) => m.fromInteger(to, a, fbits, from === 'U', width);
}
