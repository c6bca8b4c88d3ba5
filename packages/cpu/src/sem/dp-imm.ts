/** Data processing, immediate. */
import type { dpImm } from '../arch/insn/dp-imm.ts';
import type { Emit, Imm, Reg, Val, Width } from '../emit/builder.ts';
import { width } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

/** imm12, shifted left by 12 when `sh`. */
function immediate12(e: Emit, imm12: Imm, sh: number, w: Width): Val {
  return e.shl(e.imm(imm12, w), e.imm(sh === 1 ? 12 : 0, w));
}

/** imm16 at halfword `hw`. */
function immediate16(e: Emit, imm16: Imm | number, hw: number, w: Width): Val {
  return e.shl(e.imm(imm16, w), e.imm(16 * hw, w));
}

/** The 21-bit signed offset of ADR and ADRP. */
function offset21(e: Emit, immhi: Imm, immlo: Imm): Val {
  return e.sext(e.or(e.shl(e.imm(immhi), e.imm(2)), e.imm(immlo)), 21, 64);
}

interface Bitfield {
  readonly sf: number;
  readonly immr: Imm;
  readonly imms: Imm;
  readonly Rn: Reg;
}

/**
 * SBFM and UBFM as two shifts: bit imms of the source goes to the top, and from there to where it belongs, which is
 * bit imms - immr, or imms - immr + width. The second distance, immr - imms - 1 modulo the width, covers both, because
 * shifts are modulo the width. The manual's pseudocode says the same by rotation and masks.
 */
function bitfield(e: Emit, i: Bitfield): { readonly top: Val; readonly back: Val; readonly src: Val } {
  const w = width(i.sf);
  const imms = e.imm(i.imms, w);
  return { src: e.x(i.Rn, w), top: e.sub(e.imm(w - 1, w), imms), back: e.sub(e.sub(e.imm(i.immr, w), imms), e.imm(1, w)) };
}

export const dpImmSemantics: Semantics<typeof dpImm> = {
  ADR: (e, i) => {
    e.setX(i.Rd, e.add(e.pc(), offset21(e, i.immhi, i.immlo)));
  },
  ADRP: (e, i) => {
    const page = e.and(e.pc(), e.not(e.imm(0xfff)));
    e.setX(i.Rd, e.add(page, e.shl(offset21(e, i.immhi, i.immlo), e.imm(12))));
  },
  ADD_imm: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.add(e.x(i.Rn, w), immediate12(e, i.imm12, i.sh, w)));
  },
  ADDS_imm: (e, i) => {
    const w = width(i.sf);
    const a = e.let(e.x(i.Rn, w));
    const b = immediate12(e, i.imm12, i.sh, w);
    e.flagsAdd(a, b);
    e.setX(i.Rd, e.add(a, b));
  },
  SUB_imm: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.sub(e.x(i.Rn, w), immediate12(e, i.imm12, i.sh, w)));
  },
  SUBS_imm: (e, i) => {
    const w = width(i.sf);
    const a = e.let(e.x(i.Rn, w));
    const b = immediate12(e, i.imm12, i.sh, w);
    e.flagsSub(a, b);
    e.setX(i.Rd, e.sub(a, b));
  },
  AND_imm: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.and(e.x(i.Rn, w), e.wmask(i.N, i.imms, i.immr, w)));
  },
  ORR_imm: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.or(e.x(i.Rn, w), e.wmask(i.N, i.imms, i.immr, w)));
  },
  EOR_imm: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.xor(e.x(i.Rn, w), e.wmask(i.N, i.imms, i.immr, w)));
  },
  ANDS_imm: (e, i) => {
    const w = width(i.sf);
    const r = e.let(e.and(e.x(i.Rn, w), e.wmask(i.N, i.imms, i.immr, w)));
    e.flagsLogic(r);
    e.setX(i.Rd, r);
  },
  MOVN: (e, i) => {
    e.setX(i.Rd, e.not(immediate16(e, i.imm16, i.hw, width(i.sf))));
  },
  MOVZ: (e, i) => {
    e.setX(i.Rd, immediate16(e, i.imm16, i.hw, width(i.sf)));
  },
  MOVK: (e, i) => {
    const w = width(i.sf);
    const kept = e.and(e.x(i.Rd, w), e.not(immediate16(e, 0xffff, i.hw, w)));
    e.setX(i.Rd, e.or(kept, immediate16(e, i.imm16, i.hw, w)));
  },
  SBFM: (e, i) => {
    const { top, back, src } = bitfield(e, i);
    e.setX(i.Rd, e.sar(e.shl(src, top), back));
  },
  BFM: (e, i) => {
    const w = width(i.sf);
    const mask = e.let(e.and(e.wmask(i.N, i.imms, i.immr, w), e.tmask(i.N, i.imms, i.immr, w)));
    const bits = e.and(e.ror(e.x(i.Rn, w), e.imm(i.immr, w)), mask);
    e.setX(i.Rd, e.or(e.and(e.x(i.Rd, w), e.not(mask)), bits));
  },
  UBFM: (e, i) => {
    const { top, back, src } = bitfield(e, i);
    e.setX(i.Rd, e.shr(e.shl(src, top), back));
  },
  EXTR: (e, i) => {
    const w = width(i.sf);
    const lsb = e.let(e.imm(i.imms, w));
    // The upper part is shifted in two steps, because a shift by the whole width is a shift by 0.
    const high = e.shl(e.shl(e.x(i.Rn, w), e.imm(1, w)), e.sub(e.imm(w - 1, w), lsb));
    e.setX(i.Rd, e.or(e.shr(e.x(i.Rm, w), lsb), high));
  },
};
