/** Whole computations in machine code on our core, against node:crypto: each cryptographic instruction takes part in one. */
import { createCipheriv, createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { FeatureSet } from '../src/arch/features.ts';
import { encode } from './encode.ts';
import { CODE, smallCpu } from './small-cpu.ts';

const FEATURES = FeatureSet.upTo('v8.2', 'mandatory').with('AES', 'PMULL', 'SHA1', 'SHA256', 'SHA512', 'SHA3', 'SM3', 'SM4');
const FPEN = 3n << 20n;

const { cpu, poke, setRegister } = smallCpu(1, [], FEATURES);

/** Runs a straight program on V registers; returns them. */
function run(words: readonly number[], registers: readonly bigint[]): (n: number) => bigint {
  cpu.reset(1, CODE);
  setRegister('CPACR_EL1', FPEN);
  cpu.contextChanged();
  for (let n = 0; n < words.length; n += 2) poke(CODE + 4n * BigInt(n), BigInt(words[n]! >>> 0) | (BigInt((words[n + 1] ?? 0) >>> 0) << 32n));
  registers.forEach((value, n) => {
    cpu.setV(n, value);
  });
  expect(cpu.run(words.length)).toBe('budget');
  const after = Array.from({ length: 32 }, (_, n) => cpu.getV(n));
  return (n) => after[n]!;
}

/** 128 bits of bytes as a register has them, and back. */
function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function toHex(value: bigint, unit: 1 | 4 | 8): string {
  const bytes = Buffer.from(value.toString(16).padStart(32, '0'), 'hex').reverse();
  const big = unit === 1 ? bytes : unit === 4 ? bytes.swap32() : bytes.swap64();
  return big.toString('hex');
}

/** Big-endian units of a message as the elements of registers. */
function registersOf(message: Uint8Array, unit: 4 | 8): bigint[] {
  const bytes = Buffer.from(message);
  const swapped = unit === 4 ? bytes.swap32() : bytes.swap64();
  return Array.from({ length: message.length / 16 }, (_, i) => fromBytes(swapped.subarray(16 * i, 16 * i + 16)));
}

function quad(...elements: readonly number[]): bigint {
  return elements.reduceRight((value, element) => (value << 32n) | BigInt(element >>> 0), 0n);
}

/** One padded block: the message, a 1, zeros, its length in bits. */
function padded(message: string, block: number): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(message, 'latin1');
  bytes[message.length] = 0x80;
  bytes.writeUInt32BE(8 * message.length, block - 4);
  return bytes;
}

const primes = Array.from({ length: 410 }, (_, n) => n).filter((n) => n > 1 && Array.from({ length: n - 2 }, (_, d) => d + 2).every((d) => n % d !== 0));

/** The first 64 bits of the fraction of the root of a prime: the constants of FIPS 180-4. */
function fraction(prime: number, degree: 2n | 3n): bigint {
  const scaled = BigInt(prime) << (64n * degree);
  let root = 0n;
  for (let bit = 68n; bit >= 0n; bit--) {
    const next = root | (1n << bit);
    if (next ** degree <= scaled) root = next;
  }
  return BigInt.asUintN(64, root);
}

const v = (Rd: number, Rn: number, Rm?: number): Record<string, number> => ({ Rd, Rn, ...(Rm === undefined ? {} : { Rm }) });
const add4S = (d: number, n: number, m: number): number => encode('ADD_simd', { Q: 1, size: 2, ...v(d, n, m) });
const add2D = (d: number, n: number, m: number): number => encode('ADD_simd', { Q: 1, size: 3, ...v(d, n, m) });
const move = (d: number, n: number): number => encode('ORR_reg_simd', { Q: 1, ...v(d, n, n) });
const ext = (d: number, n: number, m: number, imm4: number): number => encode('EXT_simd', { Q: 1, imm4, ...v(d, n, m) });

const key = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex');
const text = Buffer.from('3243f6a8885a308d313198a2e0370734', 'hex');

/** The key schedule of AES-128; SubWord is AESE of a word in every column with the key 0. */
function aesKeys(): bigint[] {
  const keys = [fromBytes(key)];
  for (let round = 0, constant = 1; round < 10; round++) {
    const previous = keys[round]!;
    const substituted = BigInt.asUintN(32, run([encode('DUP_elt_simd', { Q: 1, imm5: 0b11100, ...v(0, 0) }), encode('AESE', v(0, 1))], [previous, 0n])(0));
    let word = BigInt.asUintN(32, (substituted >> 8n) | (substituted << 24n)) ^ BigInt(constant);
    let next = 0n;
    for (let i = 0n; i < 4n; i++) {
      word ^= BigInt.asUintN(32, previous >> (32n * i));
      next |= word << (32n * i);
    }
    keys.push(next);
    constant = constant < 128 ? 2 * constant : 0x1b;
  }
  return keys;
}

test('AES-128 of a block, there and back', () => {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const expected = Buffer.concat([cipher.update(text), cipher.final()]);
  const keys = aesKeys();
  const rounds = Array.from({ length: 9 }, (_, n) => [encode('AESE', v(0, n + 1)), encode('AESMC', v(0, 0))]).flat();
  const encrypt = [...rounds, encode('AESE', v(0, 10)), encode('EOR_simd', { Q: 1, ...v(0, 0, 11) })];
  expect(toHex(run(encrypt, [fromBytes(text), ...keys])(0), 1)).toBe(expected.toString('hex'));

  const inverse = Array.from({ length: 9 }, (_, n) => encode('AESIMC', v(n + 2, n + 2)));
  const back = Array.from({ length: 9 }, (_, n) => [encode('AESD', v(0, 11 - n)), encode('AESIMC', v(0, 0))]).flat();
  const decrypt = [...inverse, ...back, encode('AESD', v(0, 2)), encode('EOR_simd', { Q: 1, ...v(0, 0, 1) })];
  expect(toHex(run(decrypt, [fromBytes(expected), ...keys])(0), 1)).toBe(text.toString('hex'));
});

test('SHA-1 of a block', () => {
  const constants = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6].map((k) => quad(k, k, k, k));
  const abcd = quad(0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476);
  // V0-V3: schedule; V4: ABCD, V5: E, V6: next E, V7: W + K; V8-V11: constants; V12, V13: the start.
  const words: number[] = [];
  for (let step = 0; step < 20; step++) {
    const [w0, w1, w2, w3] = [0, 1, 2, 3].map((n) => (step + n) & 3) as [number, number, number, number];
    const operation = step < 5 ? 'SHA1C' : step >= 10 && step < 15 ? 'SHA1M' : 'SHA1P';
    words.push(add4S(7, w0, 8 + Math.floor(step / 5)), encode('SHA1H', v(6, 4)), encode(operation, v(4, 5, 7)), move(5, 6));
    words.push(encode('SHA1SU0', v(w0, w1, w2)), encode('SHA1SU1', v(w0, w3)));
  }
  words.push(add4S(4, 4, 12), add4S(5, 5, 13));
  const e = quad(0xc3d2_e1f0, 0, 0, 0);
  const result = run(words, [...registersOf(padded('abc', 64), 4), abcd, e, 0n, 0n, ...constants, abcd, e]);
  expect(toHex(result(4), 4) + toHex(result(5), 4).slice(0, 8)).toBe(createHash('sha1').update('abc').digest('hex'));
});

test('SHA-256 of a block', () => {
  const start = primes.slice(0, 8).map((prime) => Number(fraction(prime, 2n) >> 32n));
  const [abcd, efgh] = [quad(...start.slice(0, 4)), quad(...start.slice(4))];
  const constants = primes.slice(0, 64).map((prime) => Number(fraction(prime, 3n) >> 32n));
  // V0-V3: schedule; V4, V5: state; V6: ABCD before; V7: W + K; V8, V9: the start; V10-V25: constants.
  const words: number[] = [];
  for (let step = 0; step < 16; step++) {
    const [w0, w1, w2, w3] = [0, 1, 2, 3].map((n) => (step + n) & 3) as [number, number, number, number];
    words.push(add4S(7, w0, 10 + step), move(6, 4), encode('SHA256H', v(4, 5, 7)), encode('SHA256H2', v(5, 6, 7)));
    words.push(encode('SHA256SU0', v(w0, w1)), encode('SHA256SU1', v(w0, w2, w3)));
  }
  words.push(add4S(4, 4, 8), add4S(5, 5, 9));
  const table = Array.from({ length: 16 }, (_, n) => quad(...constants.slice(4 * n, 4 * n + 4)));
  const result = run(words, [...registersOf(padded('abc', 64), 4), abcd, efgh, 0n, 0n, abcd, efgh, ...table]);
  expect(toHex(result(4), 4) + toHex(result(5), 4)).toBe(createHash('sha256').update('abc').digest('hex'));
});

test('SHA-512 of a block, a pair of rounds at a time', () => {
  const start = primes.slice(0, 8).map((prime) => fraction(prime, 2n));
  const pair = (values: readonly bigint[], n: number): bigint => values[2 * n]! | (values[2 * n + 1]! << 64n);
  const constants = primes.slice(0, 80).map((prime) => fraction(prime, 3n));
  let schedule = registersOf(padded('abc', 128), 8);
  let state = [0, 1, 2, 3].map((n) => pair(start, n));
  for (let step = 0; step < 40; step++) {
    // V0-V7: schedule; V8-V11: ab, cd, ef, gh; V12: constants. T1 goes to V16, the new ab to V16, the new ef to V17.
    const round = [
      add2D(13, 0, 12), ext(13, 13, 13, 8), add2D(16, 13, 11), ext(14, 10, 11, 8), ext(15, 9, 10, 8), encode('SHA512H', v(16, 14, 15)),
      add2D(17, 9, 16), encode('SHA512H2', v(16, 9, 8)),
      ext(18, 4, 5, 8), encode('SHA512SU0', v(0, 1)), encode('SHA512SU1', v(0, 7, 18)),
    ];
    const result = run(round, [...schedule, ...state, pair(constants, step)]);
    schedule = [...schedule.slice(1), result(0)];
    state = [result(16), state[0]!, result(17), state[2]!];
  }
  const final = state.map((_, n) => run([add2D(0, 0, 1)], [state[n]!, pair(start, n)])(0));
  expect(final.map((value) => toHex(value, 8)).join('')).toBe(createHash('sha512').update('abc').digest('hex'));
});

/** By lane x + 5y (FIPS 202, table 2, modulo 64). */
const SHA3_ROTATIONS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

test('SHA3-256 of a block, by EOR3, RAX1, XAR and BCAX', () => {
  const bytes = Buffer.alloc(136);
  bytes.write('abc');
  bytes[3] = 0x06;
  bytes[135] = 0x80;
  let state = Array.from({ length: 25 }, (_, n) => (n < 17 ? bytes.readBigUInt64LE(8 * n) : 0n));
  let shiftRegister = 1;
  for (let round = 0; round < 24; round++) {
    const five = [0, 1, 2, 3, 4];
    // V0-V24: state; V25-V29: parities of columns, then what is added to each.
    const theta = five.flatMap((x) => [encode('EOR3', { Rd: 25 + x, Rn: x, Rm: x + 5, Ra: x + 10 }), encode('EOR3', { Rd: 25 + x, Rn: 25 + x, Rm: x + 15, Ra: x + 20 })]);
    const parities = run(theta, state);
    const columns = run(five.map((x) => encode('RAX1', v(5 + x, (x + 4) % 5, (x + 1) % 5))), five.map((x) => parities(25 + x)));
    const xar = state.map((_, n) => encode('XAR', { ...v(n, n, 25 + (n % 5)), imm6: (64 - SHA3_ROTATIONS[n]!) & 63 }));
    const rotated = run(xar, [...state, ...five.map((x) => columns(5 + x))]);
    const moved = new Array<bigint>(25);
    for (let n = 0; n < 25; n++) moved[Math.floor(n / 5) + 5 * ((2 * (n % 5) + 3 * Math.floor(n / 5)) % 5)] = rotated(n);
    const chi = five.map((x) => encode('BCAX', { Rd: 5 + x, Rn: x, Rm: (x + 2) % 5, Ra: (x + 1) % 5 }));
    state = five.flatMap((y) => {
      const row = run(chi, moved.slice(5 * y, 5 * y + 5));
      return five.map((x) => BigInt.asUintN(64, row(5 + x)));
    });
    // The round constant: bits 2^j - 1 from a register that shifts modulo x^8 + x^6 + x^5 + x^4 + 1.
    for (let j = 0; j < 7; j++) {
      if ((shiftRegister & 1) !== 0) state[0] = state[0]! ^ (1n << BigInt(2 ** j - 1));
      shiftRegister = ((shiftRegister << 1) ^ (shiftRegister >= 128 ? 0x171 : 0)) & 0xff;
    }
  }
  const digest = Buffer.alloc(32);
  state.slice(0, 4).forEach((lane, n) => digest.writeBigUInt64LE(lane, 8 * n));
  expect(digest.toString('hex')).toBe(createHash('sha3-256').update('abc').digest('hex'));
});

test('SM3 of a block', () => {
  const start = [0x7380_166f, 0x4914_b2b9, 0x1724_42d7, 0xda8a_0600, 0xa96f_30bc, 0x1631_38aa, 0xe38d_ee4d, 0xb0fb_0e4e];
  const reversed = (values: readonly number[]): bigint => quad(...[...values].reverse());
  const rol = (value: number, n: number): number => (n === 0 ? value : (value << n) | (value >>> (32 - n)));
  let schedule = registersOf(padded('abc', 64), 4);
  let [abcd, efgh] = [reversed(start.slice(0, 4)), reversed(start.slice(4))];
  for (let step = 0; step < 16; step++) {
    const form = step < 4 ? 'A' : 'B';
    // V0-V3: schedule; V4: ABCD, V5: EFGH; V6: W ^ W'; V7: SS1; V10-V13: the constants of four rounds, in word 3.
    const words = [encode('EOR_simd', { Q: 1, ...v(6, 0, 1) })];
    for (let n = 0; n < 4; n++) {
      words.push(encode('SM3SS1', { Rd: 7, Rn: 4, Rm: 5, Ra: 10 + n }));
      words.push(encode(`SM3TT1${form}`, { ...v(4, 7, 6), imm2: n }), encode(`SM3TT2${form}`, { ...v(5, 7, 0), imm2: n }));
    }
    // The next four words of the schedule, in V20.
    words.push(ext(20, 1, 2, 12), ext(21, 0, 1, 12), ext(22, 2, 3, 8), encode('SM3PARTW1', v(20, 0, 3)), encode('SM3PARTW2', v(20, 22, 21)));
    const constants = [0, 1, 2, 3].map((n) => quad(0, 0, 0, rol(step < 4 ? 0x79cc_4519 : 0x7a87_9d8a, (4 * step + n) % 32)));
    const result = run(words, [...schedule, abcd, efgh, 0n, 0n, 0n, 0n, ...constants]);
    schedule = [...schedule.slice(1), result(20)];
    [abcd, efgh] = [result(4), result(5)];
  }
  const digest = [abcd ^ reversed(start.slice(0, 4)), efgh ^ reversed(start.slice(4))].map((value) => value.toString(16).padStart(32, '0')).join('');
  expect(digest).toBe(createHash('sm3').update('abc').digest('hex'));
});

test('SM4 of a block, with its key schedule', () => {
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const expected = Buffer.concat([cipher.update(text), cipher.final()]).toString('hex');
  const familyKey = quad(0xa3b1_bac6, 0x56aa_3350, 0x677d_9197, 0xb270_22dc);
  const constants = Array.from({ length: 8 }, (_, n) => quad(...[0, 1, 2, 3].map((i) => [0, 1, 2, 3].reduce((word, j) => (word << 8) | ((7 * (4 * (4 * n + i) + j)) & 0xff), 0))));
  // V0: the text; V1: the key schedule at hand; V8-V15: constants, then round keys.
  const words = [encode('EOR_simd', { Q: 1, ...v(1, 1, 2) })];
  for (let n = 0; n < 8; n++) words.push(encode('SM4EKEY', v(8 + n, n === 0 ? 1 : 7 + n, 8 + n)));
  for (let n = 0; n < 8; n++) words.push(encode('SM4E', v(0, 8 + n)));
  const result = run(words, [registersOf(text, 4)[0]!, registersOf(key, 4)[0]!, familyKey, 0n, 0n, 0n, 0n, 0n, ...constants]);
  expect(result(0).toString(16).padStart(32, '0')).toBe(expected);
});
