/**
 * WebAssembly's fixed-width SIMD (WebAssembly Core Specification, "Vector Instructions"): opcodes behind the prefix, and
 * which of them each vector operation of the builder is.
 */
import type { Lane } from './builder.ts';
import type { VecOp, VecShift } from './vector-ops.ts';

export const V128 = 0x7b;
export const SIMD_PREFIX = 0xfd;

/** Opcodes behind {@link SIMD_PREFIX}. */
export const S = {
  load: 0x00, store: 0x0b, const: 0x0c, shuffle: 0x0d, swizzle: 0x0e,
  not: 0x4d, and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51, bitselect: 0x52, anyTrue: 0x53,
  load8Lane: 0x54, load16Lane: 0x55, store8Lane: 0x58, store16Lane: 0x59, store32Lane: 0x5a, store64Lane: 0x5b,
  load32Zero: 0x5c, load64Zero: 0x5d,
} as const;

/** By log2 of the bytes of the element; 0 where there is none. */
type BySize = readonly [number, number, number, number];

const SPLAT: BySize = [0x0f, 0x10, 0x11, 0x12];
const EXTRACT: BySize = [0x16, 0x19, 0x1b, 0x1d];
const REPLACE: BySize = [0x17, 0x1a, 0x1c, 0x1e];
/** With a number as the element. */
const REPLACE_FLOAT = { 32: 0x20, 64: 0x22 } as const;

const OPS: Readonly<Partial<Record<VecOp, BySize>>> = {
  and: [S.and, S.and, S.and, S.and],
  or: [S.or, S.or, S.or, S.or],
  xor: [S.xor, S.xor, S.xor, S.xor],
  not: [S.not, S.not, S.not, S.not],
  bic: [S.andnot, S.andnot, S.andnot, S.andnot],
  add: [0x6e, 0x8e, 0xae, 0xce],
  sub: [0x71, 0x91, 0xb1, 0xd1],
  mul: [0, 0x95, 0xb5, 0xd5],
  abs: [0x60, 0x80, 0xa0, 0xc0],
  smin: [0x76, 0x96, 0xb6, 0],
  umin: [0x77, 0x97, 0xb7, 0],
  smax: [0x78, 0x98, 0xb8, 0],
  umax: [0x79, 0x99, 0xb9, 0],
  eq: [0x23, 0x2d, 0x37, 0xd6],
  gts: [0x27, 0x31, 0x3b, 0xd9],
  ges: [0x2b, 0x35, 0x3f, 0xdb],
  gtu: [0x28, 0x32, 0x3c, 0],
  geu: [0x2c, 0x36, 0x40, 0],
  cnt: [0x62, 0, 0, 0],
  sxtl: [0x87, 0xa7, 0xc7, 0],
  sxtl2: [0x88, 0xa8, 0xc8, 0],
  uxtl: [0x89, 0xa9, 0xc9, 0],
  uxtl2: [0x8a, 0xaa, 0xca, 0],
  swizzle: [S.swizzle, 0, 0, 0],
};

const SHIFTS: Readonly<Record<VecShift, BySize>> = {
  shl: [0x6b, 0x8b, 0xab, 0xcb],
  sshr: [0x6c, 0x8c, 0xac, 0xcc],
  ushr: [0x6d, 0x8d, 0xad, 0xcd],
};

const log2 = (size: Lane): 0 | 1 | 2 | 3 => (size === 8 ? 0 : size === 16 ? 1 : size === 32 ? 2 : 3);

/** The opcode of an operation without a choice of its own, or 0. */
export function simdOp(op: VecOp, size: Lane): number {
  return OPS[op]?.[log2(size)] ?? 0;
}

export function simdShift(op: VecShift, size: Lane): number {
  return SHIFTS[op][log2(size)];
}

export function simdSplat(size: Lane): number {
  return SPLAT[log2(size)];
}

export function simdExtract(size: Lane): number {
  return EXTRACT[log2(size)];
}

export function simdReplaceFloat(size: 32 | 64): number {
  return REPLACE_FLOAT[size];
}

export function simdReplace(size: Lane): number {
  return REPLACE[log2(size)];
}

/** What follows the opcode: the number of a lane, sixteen of them, a constant, or nothing. */
export type SimdImmediate = 'lane' | 'lanes' | 'zero' | null;

export function simdImmediate(opcode: number): SimdImmediate {
  if (opcode === S.const) return 'zero';
  if (opcode === S.shuffle) return 'lanes';
  return EXTRACT.includes(opcode) || REPLACE.includes(opcode) || opcode === REPLACE_FLOAT[32] || opcode === REPLACE_FLOAT[64] ? 'lane' : null;
}

const UNARY = new Set<number>([S.not, S.anyTrue, ...SPLAT, ...EXTRACT, ...['abs', 'cnt', 'sxtl', 'sxtl2', 'uxtl', 'uxtl2'].flatMap((op) => [...OPS[op as VecOp]!])]);

export function simdOperands(opcode: number): number {
  if (opcode === S.const) return 0;
  return opcode === S.bitselect ? 3 : UNARY.has(opcode) ? 1 : 2;
}
