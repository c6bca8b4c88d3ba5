/** Advanced SIMD copy, permute, extract, table lookup and modified immediate. */
import type { simdScalar } from '../arch/insn/simd-scalar.ts';
import type { simdVector } from '../arch/insn/simd-vector.ts';
import type { Emit, Imm, Lane, Val, Vec, VReg } from '../emit/builder.ts';
import { vfpExpandImm } from './fp-move.ts';
import {
  constant, following, laneOf, permuted, setVector, TRN1, TRN2, UZP1, UZP2, ZIP1, ZIP2,
  type Halved, type PermutationTables, type Three, type Vector,
} from './simd-common.ts';
import type { Semantics } from './semantics.ts';

// ---- Copy ----------------------------------------------------------------------------------------------------------

/** The lowest bit of imm5 that is set names the element's size; the bits above it are the index. */
function copyLog2(imm5: number): number {
  return 31 - Math.clz32(imm5 & -imm5);
}

function copied(e: Emit, r: VReg, imm5: number): { readonly size: Lane; readonly value: Val } {
  const log2 = copyLog2(imm5);
  return { size: laneOf(log2), value: e.lane(e.v(r), laneOf(log2), imm5 >> (log2 + 1)) };
}

// ---- Permute, extract, table ---------------------------------------------------------------------------------------

function permute(tables: PermutationTables): (e: Emit, i: Three & Vector) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, permuted(e, tables, i.size, i.Q, e.v(i.Rn), e.v(i.Rm)));
}

/** Tables by Q and position: bytes from `position` on of the two operands together. */
const EXTRACT = [8, 16].map((bytes) =>
  Array.from({ length: bytes }, (_, position) =>
    Uint8Array.from({ length: 16 }, (__, i) => {
      const from = (i + position) % (2 * bytes);
      return from < bytes ? from : 16 + from - bytes;
    }),
  ),
);

type Lookup = Three & Halved & { readonly len: number };

/** 0 for an index beyond the table, which has sixteen bytes in each of 1 to 4 registers; after V31 comes V0. */
function lookUp(e: Emit, i: Lookup, indices: Vec): Vec {
  let result = e.vop('swizzle', 8, e.v(i.Rn), indices);
  for (let n = 1; n <= i.len; n++) {
    const part = e.vop('swizzle', 8, e.v(following(i.Rn, n)), e.vop('sub', 8, indices, constant(e, 8, 16 * n)));
    result = e.vop('or', 64, result, part);
  }
  return result;
}

// ---- Modified immediate (AdvSIMDExpandImm) -------------------------------------------------------------------------

interface Modified extends Halved {
  readonly Rd: VReg;
  readonly abc: Imm;
  readonly defgh: Imm;
}

function imm8(e: Emit, i: Pick<Modified, 'abc' | 'defgh'>): Val {
  return e.or(e.shl(e.imm(i.abc, 32), e.imm(5, 32)), e.imm(i.defgh, 32));
}

/** The byte in every element, shifted left by bytes. */
function shiftedByte(size: Lane): (e: Emit, i: Modified & { readonly cmode: number }) => Vec {
  return (e, i) => e.splat(size, e.shl(imm8(e, i), e.imm(8 * i.cmode, 32)));
}

/** The byte shifted left by 8 or 16, ones below it. */
function shiftedOnes(e: Emit, i: Modified & { readonly cmode: number }): Vec {
  const shift = 8 << i.cmode;
  return e.splat(32, e.or(e.shl(imm8(e, i), e.imm(shift, 32)), e.imm(2 ** shift - 1, 32)));
}

/** Each bit of the byte as a byte of ones or zeros, lowest first. */
function bytesOfBits(e: Emit, i: Pick<Modified, 'abc' | 'defgh'>): Vec {
  const half = (value: number): Val => e.imm(value, 64);
  const single = e.or(e.shl(half(0x8040_2010), half(32)), half(0x0804_0201));
  const bits = e.splat(64, single);
  return e.vop('eq', 8, e.vop('and', 64, e.splat(8, imm8(e, i)), bits), bits);
}

type Expand<I> = (e: Emit, i: I) => Vec;

function move<I extends Modified>(expand: Expand<I>): (e: Emit, i: I) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, expand(e, i));
}

function moveNot<I extends Modified>(expand: Expand<I>): (e: Emit, i: I) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, e.vop('not', 64, expand(e, i)));
}

function combine<I extends Modified>(op: 'or' | 'bic', expand: Expand<I>): (e: Emit, i: I) => void {
  return (e, i) => setVector(e, i.Rd, i.Q, e.vop(op, 64, e.v(i.Rd), expand(e, i)));
}

const WORD = shiftedByte(32);
const HALFWORD = shiftedByte(16);

export const permuteSemantics: Semantics<typeof simdVector> = {
  TBL_simd: (e, i) => setVector(e, i.Rd, i.Q, lookUp(e, i, e.v(i.Rm))),
  TBX_simd: (e, i) => {
    const indices = e.v(i.Rm);
    const inside = e.vop('gtu', 8, constant(e, 8, 16 * (i.len + 1)), indices);
    setVector(e, i.Rd, i.Q, e.vop('select', 64, inside, lookUp(e, i, indices), e.v(i.Rd)));
  },
  UZP1_simd: permute(UZP1),
  TRN1_simd: permute(TRN1),
  ZIP1_simd: permute(ZIP1),
  UZP2_simd: permute(UZP2),
  TRN2_simd: permute(TRN2),
  ZIP2_simd: permute(ZIP2),
  EXT_simd: (e, i) => {
    const tables = EXTRACT[i.Q]!;
    setVector(e, i.Rd, i.Q, e.shuffle(e.v(i.Rn), e.v(i.Rm), tables[i.imm4 & (tables.length - 1)]!));
  },

  DUP_elt_simd: (e, i) => {
    const { size, value } = copied(e, i.Rn, i.imm5);
    setVector(e, i.Rd, i.Q, e.splat(size, value));
  },
  DUP_gen_simd: (e, i) => {
    const size = laneOf(copyLog2(i.imm5));
    setVector(e, i.Rd, i.Q, e.splat(size, e.x(i.Rn, size === 64 ? 64 : 32)));
  },
  SMOV_simd: (e, i) => {
    const { size, value } = copied(e, i.Rn, i.imm5);
    e.setX(i.Rd, e.sext(value, size, i.Q === 1 ? 64 : 32));
  },
  // Q says whether the element is a doubleword.
  UMOV_simd: (e, i) => e.setX(i.Rd, e.zext(copied(e, i.Rn, i.imm5).value, i.Q === 1 ? 64 : 32, i.Q === 1 ? 64 : 32)),
  INS_gen_simd: (e, i) => {
    const log2 = copyLog2(i.imm5);
    e.setV(i.Rd, e.withLane(e.v(i.Rd), laneOf(log2), i.imm5 >> (log2 + 1), e.x(i.Rn, log2 === 3 ? 64 : 32)));
  },
  INS_elt_simd: (e, i) => {
    const log2 = copyLog2(i.imm5);
    const value = e.lane(e.v(i.Rn), laneOf(log2), i.imm4 >> log2);
    e.setV(i.Rd, e.withLane(e.v(i.Rd), laneOf(log2), i.imm5 >> (log2 + 1), value));
  },

  MOVI_simd_s: move(WORD),
  ORR_imm_simd_s: combine('or', WORD),
  MOVI_simd_h: move(HALFWORD),
  ORR_imm_simd_h: combine('or', HALFWORD),
  MOVI_simd_ones: move(shiftedOnes),
  MOVI_simd_b: move((e, i) => e.splat(8, imm8(e, i))),
  FMOV_imm_simd_s: move((e, i) => e.splat(32, vfpExpandImm(e, imm8(e, i), 32))),
  FMOV_imm_simd_h: move((e, i) => e.splat(16, vfpExpandImm(e, imm8(e, i), 16))),
  MVNI_simd_s: moveNot(WORD),
  BIC_imm_simd_s: combine('bic', WORD),
  MVNI_simd_h: moveNot(HALFWORD),
  BIC_imm_simd_h: combine('bic', HALFWORD),
  MVNI_simd_ones: moveNot(shiftedOnes),
  MOVI_sisd_d: (e, i) => e.setV(i.Rd, e.low64(bytesOfBits(e, i))),
  MOVI_simd_d: (e, i) => e.setV(i.Rd, bytesOfBits(e, i)),
  FMOV_imm_simd_d: (e, i) => e.setV(i.Rd, e.splat(64, vfpExpandImm(e, imm8(e, i), 64))),
};

export const scalarCopySemantics: Semantics<typeof simdScalar> = {
  DUP_elt_sisd: (e, i) => e.setV(i.Rd, e.vecOf(copied(e, i.Rn, i.imm5).value)),
};
