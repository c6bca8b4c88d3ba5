/** Cryptography: AES, SHA-1, SHA-256, SHA-512, SHA-3, SM3 and SM4, composed from the operations of the builder. */
import type { crypto } from '../arch/insn/crypto.ts';
import type { Emit, Imm, Val, Vec, VReg } from '../emit/builder.ts';
import { constant, HIGH_HALF, rotateLeft, type Three, type Two } from './simd-common.ts';
import type { Semantics } from './semantics.ts';

// ---- Words ---------------------------------------------------------------------------------------------------------

function word(e: Emit, v: Vec, index: number): Val {
  return e.lane(v, 32, index);
}

function doubleword(e: Emit, v: Vec, index: number): Val {
  return e.lane(v, 64, index);
}

function words(e: Emit, w0: Val, w1: Val, w2: Val, w3: Val): Vec {
  return e.withLane(e.withLane(e.withLane(e.vecOf(w0), 32, 1, w1), 32, 2, w2), 32, 3, w3);
}

function rol(e: Emit, v: Val, n: number): Val {
  return e.ror(v, e.imm(32 - n, 32));
}

/** The exclusive OR of rotations to the right of a word or doubleword. */
function rotations(e: Emit, v: Val, width: 32 | 64, ...counts: readonly number[]): Val {
  return counts.map((n) => e.ror(v, e.imm(n, width))).reduce((a, b) => e.xor(a, b));
}

function sum(e: Emit, ...values: readonly Val[]): Val {
  return values.reduce((a, b) => e.add(a, b));
}

/** Bits of b where a has ones, of c where it has zeros. */
function choose(e: Emit, a: Val, b: Val, c: Val): Val {
  return e.xor(e.and(e.xor(b, c), a), c);
}

function majority(e: Emit, a: Val, b: Val, c: Val): Val {
  return e.or(e.and(a, b), e.and(e.or(a, b), c));
}

function parity(e: Emit, a: Val, b: Val, c: Val): Val {
  return e.xor(e.xor(a, b), c);
}

type WordFunction = typeof choose;

/** The bytes of a from `first` on, then the lowest of b. */
function extracted(first: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => i + first);
}

const FROM_WORD_1 = extracted(4);
const FROM_WORD_2 = extracted(8);
const LOW_DOUBLEWORD = Uint8Array.from({ length: 16 }, (_, i) => i & 7);

function xor(e: Emit, ...vectors: readonly Vec[]): Vec {
  return vectors.reduce((a, b) => e.vop('xor', 64, a, b));
}

// ---- AES (FIPS 197) ------------------------------------------------------------------------------------------------

/** Byte r of column c comes from column c + r, or c - r for the inverse. */
function shiftRows(direction: 1 | -1): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => (i & 3) | ((i + direction * 4 * (i & 3)) & 12));
}

const SHIFT_ROWS = shiftRows(1);
const INVERSE_SHIFT_ROWS = shiftRows(-1);
/** Byte r of each column comes from byte r + n. */
const ROTATED_COLUMNS = [0, 1, 2, 3].map((n) => Uint8Array.from({ length: 16 }, (_, i) => (i & 12) | ((i + n) & 3)));

function rotateColumns(e: Emit, v: Vec, n: number): Vec {
  return e.shuffle(v, v, ROTATED_COLUMNS[n]!);
}

/** Each byte times x modulo x^8 + x^4 + x^3 + x + 1. */
function timesX(e: Emit, v: Vec): Vec {
  const reduction = e.vop('and', 8, e.vshift('sshr', 8, v, e.imm(7, 32)), constant(e, 8, 0x1b));
  return xor(e, e.vshift('shl', 8, v, e.imm(1, 32)), reduction);
}

/** 2, 3, 1, 1 times the bytes of a column. */
function mixColumns(e: Emit, v: Vec): Vec {
  const next = rotateColumns(e, v, 1);
  return xor(e, timesX(e, xor(e, v, next)), next, rotateColumns(e, v, 2), rotateColumns(e, v, 3));
}

function aesRound(box: 'aesSub' | 'aesInvSub', rows: Uint8Array): (e: Emit, i: Two) => void {
  return (e, i) => {
    const state = xor(e, e.v(i.Rd), e.v(i.Rn));
    e.setV(i.Rd, e.vop(box, 8, e.shuffle(state, state, rows)));
  };
}

// ---- SHA-1, SHA-256, SHA-512 (FIPS 180-4) --------------------------------------------------------------------------

/** Four rounds; Rn is the fifth word of the state, Rm the schedule with its constants. */
function sha1(f: WordFunction): (e: Emit, i: Three) => void {
  return (e, i) => {
    const x = e.v(i.Rd);
    const w = e.v(i.Rm);
    let [a, b, c, d] = [word(e, x, 0), word(e, x, 1), word(e, x, 2), word(e, x, 3)];
    let last = word(e, e.v(i.Rn), 0);
    for (let round = 0; round < 4; round++) {
      const next = e.let(sum(e, last, rol(e, a, 5), f(e, b, c, d), word(e, w, round)));
      [a, b, c, d, last] = [next, a, e.let(rol(e, b, 30)), c, d];
    }
    e.setV(i.Rd, words(e, a, b, c, d));
  };
}

/** Four rounds on the state abcd, efgh; gives one half of it. */
function sha256(e: Emit, abcd: Vec, efgh: Vec, w: Vec, part: 'abcd' | 'efgh'): Vec {
  let [x0, x1, x2, x3] = [word(e, abcd, 0), word(e, abcd, 1), word(e, abcd, 2), word(e, abcd, 3)];
  let [y0, y1, y2, y3] = [word(e, efgh, 0), word(e, efgh, 1), word(e, efgh, 2), word(e, efgh, 3)];
  for (let round = 0; round < 4; round++) {
    const t = e.let(sum(e, y3, rotations(e, y0, 32, 6, 11, 25), choose(e, y0, y1, y2), word(e, w, round)));
    const top = e.let(sum(e, t, rotations(e, x0, 32, 2, 13, 22), majority(e, x0, x1, x2)));
    [x0, x1, x2, x3, y0, y1, y2, y3] = [top, x0, x1, x2, e.let(e.add(t, x3)), y0, y1, y2];
  }
  return part === 'abcd' ? words(e, x0, x1, x2, x3) : words(e, y0, y1, y2, y3);
}

/** Two rotations to the right and a shift of every element. */
function sigma(e: Emit, size: 32 | 64, v: Vec, rotate1: number, rotate2: number, shift: number): Vec {
  return xor(e, rotateLeft(e, size, v, size - rotate1), rotateLeft(e, size, v, size - rotate2), e.vshift('ushr', size, v, e.imm(shift, 32)));
}

function sha512Sums(e: Emit, v: Val): Val {
  return rotations(e, v, 64, 14, 18, 41);
}

function sha512Sums0(e: Emit, v: Val): Val {
  return rotations(e, v, 64, 28, 34, 39);
}

// ---- SM3 (GB/T 32905) ----------------------------------------------------------------------------------------------

type Indexed = Three & { readonly imm2: Imm };

/** P1, the permutation of the message expansion. */
function permutation1(e: Emit, v: Val): Val {
  return parity(e, v, rol(e, v, 15), rol(e, v, 23));
}

/** The first half of a round: the state shifts, and TT1 is its new first word. */
function sm3TT1(f: WordFunction): (e: Emit, i: Indexed) => void {
  return (e, i) => {
    const d = e.v(i.Rd);
    const top = word(e, d, 3);
    const ss2 = e.xor(word(e, e.v(i.Rn), 3), rol(e, top, 12));
    const tt1 = sum(e, f(e, top, word(e, d, 2), word(e, d, 1)), word(e, d, 0), ss2, word(e, e.v(i.Rm), i.imm2));
    e.setV(i.Rd, words(e, word(e, d, 1), rol(e, word(e, d, 2), 9), top, tt1));
  };
}

/** The second half: P0 of TT2 is the new fifth word. */
function sm3TT2(f: WordFunction): (e: Emit, i: Indexed) => void {
  return (e, i) => {
    const d = e.v(i.Rd);
    const top = word(e, d, 3);
    const tt2 = e.let(sum(e, f(e, top, word(e, d, 2), word(e, d, 1)), word(e, d, 0), word(e, e.v(i.Rn), 3), word(e, e.v(i.Rm), i.imm2)));
    e.setV(i.Rd, words(e, word(e, d, 1), rol(e, word(e, d, 2), 19), top, parity(e, tt2, rol(e, tt2, 9), rol(e, tt2, 17))));
  };
}

// ---- SM4 (GB/T 32907) ----------------------------------------------------------------------------------------------

/** Four rounds on `state` with the words of `keys`; `linear` rotates left and adds what the S-boxes gave. */
function sm4(e: Emit, state: Vec, keys: Vec, linear: readonly number[]): Vec {
  let [w0, w1, w2, w3] = [word(e, state, 0), word(e, state, 1), word(e, state, 2), word(e, state, 3)];
  for (let round = 0; round < 4; round++) {
    const mixed = e.xor(parity(e, w1, w2, w3), word(e, keys, round));
    const boxed = word(e, e.vop('sm4Sub', 8, e.vecOf(mixed)), 0);
    const next = e.let(linear.map((n) => rol(e, boxed, n)).reduce((a, b) => e.xor(a, b), e.xor(w0, boxed)));
    [w0, w1, w2, w3] = [w1, w2, w3, next];
  }
  return words(e, w0, w1, w2, w3);
}

type Four = Three & { readonly Ra: VReg };

function exclusive(combine: (e: Emit, n: Vec, m: Vec, a: Vec) => Vec): (e: Emit, i: Four) => void {
  return (e, i) => e.setV(i.Rd, combine(e, e.v(i.Rn), e.v(i.Rm), e.v(i.Ra)));
}

export const cryptoSemantics: Semantics<typeof crypto> = {
  AESE: aesRound('aesSub', SHIFT_ROWS),
  AESD: aesRound('aesInvSub', INVERSE_SHIFT_ROWS),
  AESMC: (e, i) => e.setV(i.Rd, mixColumns(e, e.v(i.Rn))),
  // 14, 11, 13, 9 are 2, 3, 1, 1 times 5, 0, 4, 0.
  AESIMC: (e, i) => {
    const v = e.v(i.Rn);
    const fourfold = timesX(e, timesX(e, xor(e, v, rotateColumns(e, v, 2))));
    e.setV(i.Rd, mixColumns(e, xor(e, v, fourfold)));
  },

  SHA1C: sha1(choose),
  SHA1P: sha1(parity),
  SHA1M: sha1(majority),
  SHA1SU0: (e, i) => {
    const d = e.v(i.Rd);
    e.setV(i.Rd, xor(e, e.shuffle(d, e.v(i.Rn), FROM_WORD_2), d, e.v(i.Rm)));
  },
  SHA256H: (e, i) => e.setV(i.Rd, sha256(e, e.v(i.Rd), e.v(i.Rn), e.v(i.Rm), 'abcd')),
  SHA256H2: (e, i) => e.setV(i.Rd, sha256(e, e.v(i.Rn), e.v(i.Rd), e.v(i.Rm), 'efgh')),
  SHA256SU1: (e, i) => {
    const [n, m] = [e.v(i.Rn), e.v(i.Rm)];
    const base = e.vop('add', 32, e.v(i.Rd), e.shuffle(n, m, FROM_WORD_1));
    // The upper two words need the lower two of the result.
    const low = e.low64(e.vop('add', 32, base, sigma(e, 32, e.shuffle(m, m, HIGH_HALF), 17, 19, 10)));
    const high = e.vop('add', 32, base, sigma(e, 32, e.shuffle(low, low, LOW_DOUBLEWORD), 17, 19, 10));
    e.setV(i.Rd, e.vec(doubleword(e, low, 0), doubleword(e, high, 1)));
  },
  SHA1H: (e, i) => e.setV(i.Rd, e.vecOf(rol(e, word(e, e.v(i.Rn), 0), 30))),
  SHA1SU1: (e, i) => {
    const mixed = xor(e, e.v(i.Rd), e.shuffle(e.v(i.Rn), e.vecOf(e.imm(0)), FROM_WORD_1));
    const rotated = rotateLeft(e, 32, mixed, 1);
    e.setV(i.Rd, e.withLane(rotated, 32, 3, e.xor(word(e, rotated, 3), rol(e, word(e, mixed, 0), 2))));
  },
  SHA256SU0: (e, i) => {
    const d = e.v(i.Rd);
    e.setV(i.Rd, e.vop('add', 32, d, sigma(e, 32, e.shuffle(d, e.v(i.Rn), FROM_WORD_1), 7, 18, 3)));
  },

  SM3TT1A: sm3TT1(parity),
  SM3TT1B: sm3TT1(majority),
  SM3TT2A: sm3TT2(parity),
  SM3TT2B: sm3TT2(choose),

  SHA512H: (e, i) => {
    const [x, y, w] = [e.v(i.Rn), e.v(i.Rm), e.v(i.Rd)];
    const y1 = doubleword(e, y, 1);
    const high = e.let(sum(e, choose(e, y1, doubleword(e, x, 0), doubleword(e, x, 1)), sha512Sums(e, y1), doubleword(e, w, 1)));
    const next = e.let(e.add(high, doubleword(e, y, 0)));
    const low = sum(e, choose(e, next, y1, doubleword(e, x, 0)), sha512Sums(e, next), doubleword(e, w, 0));
    e.setV(i.Rd, e.vec(low, high));
  },
  SHA512H2: (e, i) => {
    const [x, y, w] = [e.v(i.Rn), e.v(i.Rm), e.v(i.Rd)];
    const [y0, y1] = [doubleword(e, y, 0), doubleword(e, y, 1)];
    const high = e.let(sum(e, majority(e, doubleword(e, x, 0), y1, y0), sha512Sums0(e, y0), doubleword(e, w, 1)));
    const low = sum(e, majority(e, high, y0, y1), sha512Sums0(e, high), doubleword(e, w, 0));
    e.setV(i.Rd, e.vec(low, high));
  },
  SHA512SU1: (e, i) => e.setV(i.Rd, e.vop('add', 64, e.vop('add', 64, e.v(i.Rd), sigma(e, 64, e.v(i.Rn), 19, 61, 6)), e.v(i.Rm))),
  RAX1: (e, i) => e.setV(i.Rd, xor(e, e.v(i.Rn), rotateLeft(e, 64, e.v(i.Rm), 1))),
  SM3PARTW1: (e, i) => {
    const m = e.v(i.Rm);
    const base = xor(e, e.v(i.Rd), e.v(i.Rn));
    const mixed = (index: number): Val => e.let(permutation1(e, e.xor(word(e, base, index), rol(e, word(e, m, index + 1), 15))));
    const first = mixed(0);
    e.setV(i.Rd, words(e, first, mixed(1), mixed(2), permutation1(e, e.xor(word(e, base, 3), rol(e, first, 15)))));
  },
  SM3PARTW2: (e, i) => {
    const rotated = xor(e, e.v(i.Rn), rotateLeft(e, 32, e.v(i.Rm), 7));
    const result = xor(e, e.v(i.Rd), rotated);
    e.setV(i.Rd, e.withLane(result, 32, 3, e.xor(word(e, result, 3), permutation1(e, rol(e, word(e, rotated, 0), 15)))));
  },
  SM4EKEY: (e, i) => e.setV(i.Rd, sm4(e, e.v(i.Rn), e.v(i.Rm), [13, 23])),

  EOR3: exclusive((e, n, m, a) => xor(e, n, m, a)),
  BCAX: exclusive((e, n, m, a) => xor(e, n, e.vop('bic', 64, m, a))),
  SM3SS1: (e, i) => {
    const top = (r: VReg): Val => word(e, e.v(r), 3);
    const ss1 = rol(e, sum(e, rol(e, top(i.Rn), 12), top(i.Rm), top(i.Ra)), 7);
    e.setV(i.Rd, e.withLane(e.vecOf(e.imm(0)), 32, 3, ss1));
  },

  XAR: (e, i) => {
    const mixed = xor(e, e.v(i.Rn), e.v(i.Rm));
    const count = e.imm(i.imm6, 64);
    e.setV(i.Rd, e.vec(e.ror(doubleword(e, mixed, 0), count), e.ror(doubleword(e, mixed, 1), count)));
  },

  SHA512SU0: (e, i) => {
    const d = e.v(i.Rd);
    e.setV(i.Rd, e.vop('add', 64, d, sigma(e, 64, e.shuffle(d, e.v(i.Rn), FROM_WORD_2), 1, 8, 7)));
  },
  SM4E: (e, i) => e.setV(i.Rd, sm4(e, e.v(i.Rd), e.v(i.Rn), [2, 10, 18, 24])),
};
