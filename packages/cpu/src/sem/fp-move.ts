/** FMOV: bits between registers, and constants. No arithmetic, no flag (DDI 0487, "FMOV (general)" and its siblings). */
import type { fp } from '../arch/insn/fp.ts';
import type { Emit, Val } from '../emit/builder.ts';
import { width } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

/** Bits of the number that ftype chooses. */
export function ftypeWidth(ftype: number): 16 | 32 | 64 {
  return ftype === 3 ? 16 : ftype === 1 ? 64 : 32;
}

/** VFPExpandImm: sign, then the exponent NOT(b):b..b:cd, then efgh, of an 8-bit constant abcdefgh in 32 bits. */
export function vfpExpandImm(e: Emit, imm8: Val, bits: 16 | 32 | 64): Val {
  const w = bits === 64 ? 64 : 32;
  const exponentBits = bits === 16 ? 5 : bits === 32 ? 8 : 11;
  const fractionBits = bits - 1 - exponentBits;
  const field = (lsb: number, count: number): Val => e.zext(e.shr(imm8, e.imm(lsb, 32)), count, w);
  const shifted = (v: Val, by: number): Val => e.shl(v, e.imm(by, w));
  const b = field(6, 1);
  // NOT(b) on top of copies of b is 2^(n-1) less b, on n bits.
  const exponentTop = e.sub(shifted(e.imm(1, w), exponentBits - 3), b);
  const low = shifted(field(0, 6), fractionBits - 4);
  return e.or(e.or(shifted(field(7, 1), bits - 1), shifted(exponentTop, bits - 1 - (exponentBits - 2))), low);
}

export const fpMoveSemantics: Semantics<typeof fp> = {
  // Only a half may differ in width from the general register: zero-extended, or taken from its low bits.
  FMOV_float2int: (e, i) => {
    const bits = ftypeWidth(i.ftype);
    e.setX(i.Rd, e.zext(e.lane(e.v(i.Rn), bits, 0), bits, width(i.sf)));
  },
  FMOV_int2float: (e, i) => e.setV(i.Rd, e.vecOf(e.zext(e.x(i.Rn, width(i.sf)), ftypeWidth(i.ftype), width(i.sf)))),
  FMOV_top2int: (e, i) => e.setX(i.Rd, e.lane(e.v(i.Rn), 64, 1)),
  FMOV_int2top: (e, i) => e.setV(i.Rd, e.withLane(e.v(i.Rd), 64, 1, e.x(i.Rn))),
  FMOV_float: (e, i) => e.setV(i.Rd, e.vecOf(e.lane(e.v(i.Rn), ftypeWidth(i.ftype), 0))),
  FMOV_float_imm: (e, i) => e.setV(i.Rd, e.vecOf(vfpExpandImm(e, e.imm(i.imm8, 32), ftypeWidth(i.ftype)))),
};
