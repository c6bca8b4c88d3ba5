/** Branches. */
import type { branch } from '../arch/insn/branch.ts';
import { ZR, type Emit, type Imm, type Reg, type Val } from '../emit/builder.ts';
import { width } from './pseudocode.ts';
import { stepOf, type Semantics } from './semantics.ts';

const LINK = 30 as Reg;

/** X30 = the next instruction. */
function link(e: Emit): void {
  e.setX(LINK, e.add(e.pc(), e.imm(4)));
}

/** The tested bit of TBZ and TBNZ, as 0 or 1. */
function testedBit(e: Emit, i: { readonly b5: Imm; readonly b40: Imm; readonly Rt: Reg }): Val {
  const position = e.or(e.shl(e.imm(i.b5), e.imm(5)), e.imm(i.b40));
  return e.and(e.shr(e.x(i.Rt), position), e.imm(1));
}

export const branchSemantics: Semantics<typeof branch> = {
  B_cond: (e, i) => {
    e.branchIf(e.holds(i.cond), i.imm19, 19);
  },
  BR: (e, i) => {
    e.jump(e.x(i.Rn));
  },
  BLR: (e, i) => {
    // The target is read before X30 is written: BLR X30 is legal.
    const target = e.let(e.x(i.Rn));
    link(e);
    e.jump(target, 'call');
  },
  RET: (e, i) => {
    e.jump(e.x(i.Rn), 'return');
  },
  ERET: stepOf(() => ({ kind: 'eret' })),
  B: (e, i) => {
    e.branch(i.imm26, 26);
  },
  BL: (e, i) => {
    link(e);
    e.branch(i.imm26, 26, 'call');
  },
  CBZ: (e, i) => {
    const w = width(i.sf);
    e.branchIf(e.eq(e.x(i.Rt, w), e.x(ZR, w)), i.imm19, 19);
  },
  CBNZ: (e, i) => {
    const w = width(i.sf);
    e.branchIf(e.eq(e.eq(e.x(i.Rt, w), e.x(ZR, w)), e.imm(0, 32)), i.imm19, 19);
  },
  TBZ: (e, i) => {
    e.branchIf(e.eq(testedBit(e, i), e.imm(0)), i.imm14, 14);
  },
  TBNZ: (e, i) => {
    e.branchIf(e.eq(testedBit(e, i), e.imm(1)), i.imm14, 14);
  },
};
