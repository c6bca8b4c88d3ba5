/** Data processing, register. */
import type { dpReg } from '../arch/insn/dp-reg.ts';
import type { Emit, Imm, Reg, Val } from '../emit/builder.ts';
import { extendReg, shiftReg, width } from './pseudocode.ts';
import type { Semantics } from './semantics.ts';

interface TwoSource {
  readonly sf: number;
  readonly Rn: Reg;
  readonly Rm: Reg;
  readonly Rd: Reg;
}

interface Shifted extends TwoSource {
  readonly shift: number;
  readonly imm6: Imm;
}

interface Extended extends TwoSource {
  readonly option: number;
  readonly imm3: Imm;
}

/** Rd = op(Rn, Rm). */
function twoSource(op: (e: Emit, a: Val, b: Val) => Val): (e: Emit, i: TwoSource) => void {
  return (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, op(e, e.x(i.Rn, w), e.x(i.Rm, w)));
  };
}

/** Rd = op(Rn, Rm shifted); NZCV of the result when `set`. */
function logical(op: (e: Emit, a: Val, b: Val) => Val, set = false): (e: Emit, i: Shifted) => void {
  return (e, i) => {
    const w = width(i.sf);
    const r = e.let(op(e, e.x(i.Rn, w), shiftReg(e, i.Rm, w, i.shift, i.imm6)));
    if (set) e.flagsLogic(r);
    e.setX(i.Rd, r);
  };
}

/** Rd = a + b or a - b, with NZCV when `set`. */
function addSub(e: Emit, Rd: Reg, a: Val, b: Val, sub: boolean, set: boolean): void {
  if (set) {
    if (sub) e.flagsSub(a, b);
    else e.flagsAdd(a, b);
  }
  e.setX(Rd, sub ? e.sub(a, b) : e.add(a, b));
}

function addSubShifted(sub: boolean, set: boolean): (e: Emit, i: Shifted) => void {
  return (e, i) => {
    const w = width(i.sf);
    addSub(e, i.Rd, e.let(e.x(i.Rn, w)), e.let(shiftReg(e, i.Rm, w, i.shift, i.imm6)), sub, set);
  };
}

function addSubExtended(sub: boolean, set: boolean): (e: Emit, i: Extended) => void {
  return (e, i) => {
    const w = width(i.sf);
    addSub(e, i.Rd, e.let(e.x(i.Rn, w)), e.let(extendReg(e, i.Rm, w, i.option, i.imm3)), sub, set);
  };
}

/** ADC and SBC: a + b + C, b inverted for subtraction. */
function withCarry(sub: boolean, set: boolean): (e: Emit, i: TwoSource) => void {
  return (e, i) => {
    const w = width(i.sf);
    const b = e.x(i.Rm, w);
    e.setX(i.Rd, e.adc(e.let(e.x(i.Rn, w)), e.let(sub ? e.not(b) : b), e.carry(), set));
  };
}

/** CSEL and its kin: Rn when the condition holds, otherwise `other` of Rm. */
function conditionalSelect(other: (e: Emit, b: Val, w: 32 | 64) => Val): (e: Emit, i: TwoSource & { readonly cond: Imm }) => void {
  return (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.select(e.holds(i.cond), e.x(i.Rn, w), other(e, e.x(i.Rm, w), w)));
  };
}

/** MADD and MSUB of 32-bit sources, extended to 64 bits. */
function longMultiply(signed: boolean, sub: boolean): (e: Emit, i: Omit<TwoSource, 'sf'> & { readonly Ra: Reg }) => void {
  return (e, i) => {
    const extend = (r: Reg): Val => (signed ? e.sext(e.x(r), 32, 64) : e.zext(e.x(r), 32, 64));
    const product = e.mul(extend(i.Rn), extend(i.Rm));
    e.setX(i.Rd, sub ? e.sub(e.x(i.Ra), product) : e.add(e.x(i.Ra), product));
  };
}

/** SETF8 and SETF16: N and Z of the low bits, V of the bit above them against N; C is kept. */
function setFlags(bits: 8 | 16): (e: Emit, i: { readonly Rn: Reg }) => void {
  return (e, i) => {
    const value = e.let(e.x(i.Rn, 32));
    const one = e.imm(1, 32);
    const bit = (n: number): Val => e.and(e.shr(value, e.imm(n, 32)), one);
    const n = e.shl(bit(bits - 1), e.imm(3, 32));
    const z = e.shl(e.eq(e.zext(value, bits, 32), e.imm(0, 32)), e.imm(2, 32));
    const c = e.shl(e.carry(), one);
    const v = e.xor(bit(bits), bit(bits - 1));
    e.flagsLiteral(e.or(e.or(n, z), e.or(c, v)));
  };
}

const CRC_BYTES = [1, 2, 4, 8] as const;

export const dpRegSemantics: Semantics<typeof dpReg> = {
  UDIV: twoSource((e, a, b) => e.udiv(a, b)),
  SDIV: twoSource((e, a, b) => e.sdiv(a, b)),
  LSLV: twoSource((e, a, b) => e.shl(a, b)),
  LSRV: twoSource((e, a, b) => e.shr(a, b)),
  ASRV: twoSource((e, a, b) => e.sar(a, b)),
  RORV: twoSource((e, a, b) => e.ror(a, b)),
  CRC32: (e, i) => {
    e.setX(i.Rd, e.crc32(e.x(i.Rn, 32), e.x(i.Rm), CRC_BYTES[i.sz]!, false));
  },
  CRC32C: (e, i) => {
    e.setX(i.Rd, e.crc32(e.x(i.Rn, 32), e.x(i.Rm), CRC_BYTES[i.sz]!, true));
  },

  RBIT: (e, i) => {
    e.setX(i.Rd, e.rbit(e.x(i.Rn, width(i.sf))));
  },
  REV16: (e, i) => {
    e.setX(i.Rd, e.rev(e.x(i.Rn, width(i.sf)), 2));
  },
  REV_32: (e, i) => {
    e.setX(i.Rd, e.rev(e.x(i.Rn, 32), 4));
  },
  REV32: (e, i) => {
    e.setX(i.Rd, e.rev(e.x(i.Rn), 4));
  },
  REV_64: (e, i) => {
    e.setX(i.Rd, e.rev(e.x(i.Rn), 8));
  },
  CLZ: (e, i) => {
    e.setX(i.Rd, e.clz(e.x(i.Rn, width(i.sf))));
  },
  CLS: (e, i) => {
    // Leading zeros of x ^ (x >> 1, arithmetic), not counting the sign bit itself.
    const w = width(i.sf);
    const value = e.let(e.x(i.Rn, w));
    const changes = e.xor(value, e.sar(value, e.imm(1, w)));
    e.setX(i.Rd, e.sub(e.clz(changes), e.imm(1, w)));
  },

  AND_shift: logical((e, a, b) => e.and(a, b)),
  BIC_shift: logical((e, a, b) => e.and(a, e.not(b))),
  ORR_shift: logical((e, a, b) => e.or(a, b)),
  ORN_shift: logical((e, a, b) => e.or(a, e.not(b))),
  EOR_shift: logical((e, a, b) => e.xor(a, b)),
  EON_shift: logical((e, a, b) => e.xor(a, e.not(b))),
  ANDS_shift: logical((e, a, b) => e.and(a, b), true),
  BICS_shift: logical((e, a, b) => e.and(a, e.not(b)), true),

  ADD_shift: addSubShifted(false, false),
  ADDS_shift: addSubShifted(false, true),
  SUB_shift: addSubShifted(true, false),
  SUBS_shift: addSubShifted(true, true),

  ADD_ext: addSubExtended(false, false),
  ADDS_ext: addSubExtended(false, true),
  SUB_ext: addSubExtended(true, false),
  SUBS_ext: addSubExtended(true, true),

  ADC: withCarry(false, false),
  ADCS: withCarry(false, true),
  SBC: withCarry(true, false),
  SBCS: withCarry(true, true),

  RMIF: (e, i) => {
    const rotated = e.ror(e.x(i.Rn), e.imm(i.imm6));
    const mask = e.let(e.imm(i.mask, 32));
    const kept = e.and(e.nzcv(), e.not(mask));
    e.flagsLiteral(e.or(kept, e.and(e.zext(rotated, 4, 32), mask)));
  },
  SETF8: setFlags(8),
  SETF16: setFlags(16),

  CCMN_reg: (e, i) => {
    const w = width(i.sf);
    e.flagsIf(i.cond, 'add', e.let(e.x(i.Rn, w)), e.let(e.x(i.Rm, w)), i.nzcv);
  },
  CCMP_reg: (e, i) => {
    const w = width(i.sf);
    e.flagsIf(i.cond, 'sub', e.let(e.x(i.Rn, w)), e.let(e.x(i.Rm, w)), i.nzcv);
  },
  CCMN_imm: (e, i) => {
    const w = width(i.sf);
    e.flagsIf(i.cond, 'add', e.let(e.x(i.Rn, w)), e.imm(i.imm5, w), i.nzcv);
  },
  CCMP_imm: (e, i) => {
    const w = width(i.sf);
    e.flagsIf(i.cond, 'sub', e.let(e.x(i.Rn, w)), e.imm(i.imm5, w), i.nzcv);
  },

  CSEL: conditionalSelect((_, b) => b),
  CSINC: conditionalSelect((e, b, w) => e.add(b, e.imm(1, w))),
  CSINV: conditionalSelect((e, b) => e.not(b)),
  CSNEG: conditionalSelect((e, b, w) => e.sub(e.imm(0, w), b)),

  MADD: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.add(e.x(i.Ra, w), e.mul(e.x(i.Rn, w), e.x(i.Rm, w))));
  },
  MSUB: (e, i) => {
    const w = width(i.sf);
    e.setX(i.Rd, e.sub(e.x(i.Ra, w), e.mul(e.x(i.Rn, w), e.x(i.Rm, w))));
  },
  SMADDL: longMultiply(true, false),
  SMSUBL: longMultiply(true, true),
  SMULH: (e, i) => {
    e.setX(i.Rd, e.smulh(e.x(i.Rn), e.x(i.Rm)));
  },
  UMADDL: longMultiply(false, false),
  UMSUBL: longMultiply(false, true),
  UMULH: (e, i) => {
    e.setX(i.Rd, e.umulh(e.x(i.Rn), e.x(i.Rm)));
  },
};
