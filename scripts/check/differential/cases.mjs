// @ts-check
/**
 * The cases of `check:differential`: words drawn from the patterns of the rows that execute, and a state in which they do
 * something. By the rules of oracles.md section 2: X30, SP and the PC are not touched; loads and stores hit the data area.
 */
import { isImplemented } from '../../../packages/cpu/dist/index.js';
import { corners } from '../fp/corners.mjs';
import { canonicalWord, isCanonical } from '../lib/cases.mjs';

/**
 * @typedef {import('../../../packages/cpu/dist/arch/index.js').Row} Row
 * @typedef {import('../lib/rng.mjs').Random} Random
 */

export const CODE_BASE = 0x1000_0000;
export const DATA_BASE = 0x2000_0000;
export const DATA_SIZE = 0x1_0000;
export const WINDOW_SIZE = 0x400;
export const WINDOW_AT = DATA_SIZE / 2 - WINDOW_SIZE / 2;

/** A case as the harness reads it, in 32-bit words. */
export const CASE = { WORD: 0, NZCV: 2, FPCR: 4, FPSR: 6, X: 8, V: 68, WORDS: 196 };
/** A result, likewise: signal, first changed byte and count, then as a case; then the changed bytes. */
export const RESULT = { SIGNAL: 0, CHANGE: 1, NZCV: 2, FPCR: 4, FPSR: 6, X: 8, V: 68, BYTES: 196, WORDS: 212 };
export const X_REGISTERS = 30;

/** Groups whose instructions move the PC or need more than one word; they have tests of their own. */
const OTHER_GROUPS = new Set(['Branches', 'Exception generation']);
const OTHER_ROWS = /^(ADRP?|SYSL?|MRS|MSR_reg|ISB|.*_lit(_fpsimd)?|(LD|ST)A?L?X[RP][BH]?|LDAX[RP][BH]?|CLREX)$/;
/** MRS and MSR of these are cases too: NZCV, FPCR, FPSR. */
const REGISTERS = [0x1b4200, 0x1b4400, 0x1b4420];

/** Rows to draw from. @param {readonly Row[]} rows @returns {Row[]} */
export function drawnRows(rows) {
  return rows.filter((row) => (isImplemented(row) || row.undefinedBecause !== null) && !OTHER_GROUPS.has(row.group) && !OTHER_ROWS.test(row.id));
}

const X_FIELDS = ['Rd', 'Rn', 'Rm', 'Ra', 'Rt', 'Rt2', 'Rs'];

/** Which register fields of a row are general registers, and which of them mean SP by 31. @param {Row} row */
function generalFields(row) {
  return row.pattern.fields
    .filter(({ name }) => X_FIELDS.includes(name))
    .map((field) => {
      const n = field.name.slice(1);
      const isVector = new RegExp(`<[VBHSDQF]${n}[>.@[]|<(list|lanes|lane)\\(${field.name}[* ]`).test(row.syntax) || (n === 'n' && row.syntax.includes('<tablelist>'));
      const isGeneral = !isVector;
      return { field, isGeneral, isSp: new RegExp(`<[WXR]${n}\\|W?SP`).test(row.syntax) || (n === 'n' && /\[<Xn/.test(row.syntax)) };
    })
    .filter(({ isGeneral }) => isGeneral);
}

/** @type {Map<Row, ReturnType<typeof generalFields>>} */
const generalFieldsOf = new Map();

/** @param {Row} row */
function fieldsOf(row) {
  let fields = generalFieldsOf.get(row);
  if (fields === undefined) generalFieldsOf.set(row, (fields = generalFields(row)));
  return fields;
}

/** @param {number} n @param {boolean} isSp */
function isReserved(n, isSp) {
  return n === 30 || (n === 31 && isSp);
}

/** Whether a word of the row touches neither X30 nor SP, and its should-be bits are as they should be. @param {Row} row @param {number} word */
export function isComparable(row, word) {
  return isCanonical(row, word) && fieldsOf(row).every(({ field, isSp }) => !isReserved((word & field.mask) >>> field.lsb, isSp));
}

/** A word of the row without X30 and SP. @param {Row} row @param {Random} random @returns {number} */
export function drawWord(row, random) {
  let word = canonicalWord(row, random);
  for (const { field, isSp } of fieldsOf(row)) {
    if (isReserved((word & field.mask) >>> field.lsb, isSp)) word = (word & ~field.mask) | (random.below(X_REGISTERS) << field.lsb);
  }
  return word >>> 0;
}

/** A word of a pattern of 0, 1 and x. @param {string} pattern @param {Random} random */
export function drawPattern(pattern, random) {
  return parseInt(pattern.replace(/x/g, () => String(random.below(2))), 2);
}

/** @param {Random} random */
export function drawRegisterMove(random) {
  const register = REGISTERS[random.below(REGISTERS.length)] ?? 0;
  const rt = random.below(8) === 0 ? 31 : random.below(X_REGISTERS);
  return (0xd500_0000 | register | (random.below(2) << 21) | rt) >>> 0;
}

const CORNERS = [0x0, 0x1, 0x2, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
/** Corner operands of floating point by width, as words. @type {readonly (readonly (readonly [number, number])[])[]} */
const FP_CORNERS = [16, 32, 64].map((bits) => corners(bits).map((value) => [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))]));

/** Fills a 64-bit register. @param {Int32Array} to @param {number} at @param {Random} random */
function drawRegister(to, at, random) {
  const bits = random.bits();
  switch (bits & 7) {
    case 0:
      to[at] = CORNERS[(bits >>> 3) % CORNERS.length] ?? 0;
      to[at + 1] = 0;
      break;
    case 1: // sign-extended
      to[at] = CORNERS[(bits >>> 3) % CORNERS.length] ?? 0;
      to[at + 1] = -1;
      break;
    case 2:
      to[at] = CORNERS[(bits >>> 3) % CORNERS.length] ?? 0;
      to[at + 1] = CORNERS[(bits >>> 11) % CORNERS.length] ?? 0;
      break;
    case 3: // small
      to[at] = (bits >>> 3) & 0xff;
      to[at + 1] = 0;
      break;
    default:
      to[at] = random.bits();
      to[at + 1] = random.bits();
  }
}

/** Fills a V register: at random, or with floating-point corners of one width, some of them with bits turned. @param {Int32Array} to @param {number} at @param {Random} random */
function drawVector(to, at, random) {
  const bits = random.bits();
  const width = bits & 3;
  const among = FP_CORNERS[width];
  for (let lane = 0; lane < 4; lane++) to[at + lane] = among === undefined ? random.bits() : 0;
  if (among === undefined) return;
  const lanes = 8 >> width;
  for (let lane = 0; lane < lanes; lane++) {
    const [lo = 0, hi = 0] = among[random.below(among.length)] ?? [];
    // One of eight has a bit of its low word turned.
    const turned = ((bits >>> (2 + lane)) & 7) === 0 ? lo ^ (1 << random.below(width === 0 ? 16 : 32)) : lo;
    const word = at + ((lane << width) >> 1);
    if (width === 0) to[word] = (to[word] ?? 0) | ((turned & 0xffff) << (16 * (lane & 1)));
    else to[word] = turned;
    if (width === 2) to[word + 1] = hi;
  }
}

/**
 * Writes a case: the word, and the state to run it in.
 * @param {Int32Array} to @param {number} at @param {number} word @param {Row | null} row @param {Random} random
 * @param {number} fpcrMask the bits of FPCR that the model has
 */
export function drawCase(to, at, word, row, random, fpcrMask) {
  const bits = random.bits();
  to[at + CASE.WORD] = word;
  to[at + CASE.WORD + 1] = 0;
  to[at + CASE.NZCV] = bits & 0xf000_0000;
  to[at + CASE.NZCV + 1] = 0;
  // Half of the time all 0.
  to[at + CASE.FPCR] = (bits & 1) !== 0 ? random.bits() & fpcrMask : 0;
  to[at + CASE.FPCR + 1] = 0;
  to[at + CASE.FPSR] = (bits & 2) !== 0 ? random.bits() & 0x0800_009f : 0;
  to[at + CASE.FPSR + 1] = 0;
  for (let n = 0; n < X_REGISTERS; n++) drawRegister(to, at + CASE.X + 2 * n, random);
  for (let n = 0; n < 32; n++) drawVector(to, at + CASE.V + 4 * n, random);
  if (row !== null && /\[<Xn/.test(row.syntax)) aim(to, at, word, row, random);
}

const LOADS = /^LD(?!ADD|CLR|EOR|SET|SMAX|SMIN|UMAX|UMIN)/;
/** Of several vectors, what was loaded before the fault is UNKNOWN too (DDI 0487, "LDP (SIMD&FP)" and its siblings). */
const LOADS_VECTORS = /^LD([1-4]|N?P_.*fpsimd)/;
/** QEMU 7.2 does not check these for alignment (DDI 0487, B2 "Alignment of data accesses"); directed tests do. */
const ALWAYS_ALIGNED = /^LDAPR[BH]?$/;

/** Points the base register so that the access hits the window, or in one case of 32 the edges or nothing. @param {Int32Array} to @param {number} at @param {number} word @param {Row} row @param {Random} random */
function aim(to, at, word, row, random) {
  const rn = (word >>> 5) & 31;
  const bits = random.bits();
  let target = DATA_BASE + DATA_SIZE / 2 + ((bits >>> 8) & 127) - 64;
  // Three cases of four are aligned, as most rows want it.
  const isAligned = ALWAYS_ALIGNED.test(row.id);
  if ((bits & 3) !== 0 || isAligned) target &= ~15;
  let top = 0;
  // How much of a store is done before its second half faults is UNKNOWN: only loads cross the edges.
  const mayCross = LOADS.test(row.id) && !LOADS_VECTORS.test(row.id);
  const across = mayCross ? (bits >>> 8) & (isAligned ? 8 : 15) : 0;
  switch ((bits >>> 2) & 63) {
    case 0: target = DATA_BASE + DATA_SIZE - (mayCross ? 8 : 64) + across; break;
    case 1: target = DATA_BASE - (mayCross ? 8 : 64) + across; break;
    case 2:
      if (!isAligned) return;
      break;
    case 3: top = bits >>> 24; break; // EL0 has TBI
    case 4: top = 1; break;
    default:
  }
  setRegister(to, at, rn, target - displacement(word, row), (top << 24) | (((bits >>> 2) & 63) === 4 ? 1 : 0));
  const rm = row.pattern.fields.find(({ name }) => name === 'Rm');
  if (rm === undefined || !/\[<Xn\|SP>, /.test(row.syntax)) return;
  const m = (word & rm.mask) >>> rm.lsb;
  // SXTX and SXTW take negative offsets.
  const offset = random.below(65) - ((word >>> 15) & 1 ? 32 : 0);
  if (m !== rn && m < X_REGISTERS) setRegister(to, at, m, offset, offset < 0 ? -1 : 0);
}

/** @param {Int32Array} to @param {number} at @param {number} n @param {number} lo @param {number} hi */
function setRegister(to, at, n, lo, hi) {
  if (n >= X_REGISTERS) return;
  to[at + CASE.X + 2 * n] = lo;
  to[at + CASE.X + 2 * n + 1] = hi;
}

/** The offset that the word adds before it accesses: only to aim by. @param {number} word @param {Row} row */
function displacement(word, row) {
  if (/\], /.test(row.syntax)) return 0;
  const isVector = (word & (1 << 26)) !== 0;
  const size = word >>> 30;
  const names = new Set(row.pattern.fields.map(({ name }) => name));
  if (names.has('imm12')) return ((word >>> 10) & 0xfff) * 2 ** (isVector && (word & (1 << 23)) !== 0 ? 4 : size);
  if (names.has('imm9')) return (word << 11) >> 23;
  if (names.has('imm7')) return ((word << 10) >> 25) * 2 ** (isVector ? 2 + size : size === 2 ? 3 : 2);
  return 0;
}
