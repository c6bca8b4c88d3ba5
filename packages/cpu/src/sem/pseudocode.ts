/** Shared functions of the definitions, by their names in the manual's pseudocode (DDI 0487, J1 "Shared pseudocode"). */
import type { Emit, Imm, Reg, Val, Width } from '../emit/builder.ts';

/** The register width that form `sf` chooses. */
export function width(sf: number): Width {
  return sf === 1 ? 64 : 32;
}

/** ShiftReg: register `r` shifted by a constant; `shift` 0 to 3 is LSL, LSR, ASR, ROR. */
export function shiftReg(e: Emit, r: Reg, w: Width, shift: number, amount: Imm): Val {
  const value = e.x(r, w);
  const count = e.imm(amount, w);
  switch (shift) {
    case 0: return e.shl(value, count);
    case 1: return e.shr(value, count);
    case 2: return e.sar(value, count);
    default: return e.ror(value, count);
  }
}

/** ExtendReg: the low part of register `r` by `option` (UXTB to SXTX), shifted left by `shift`. */
export function extendReg(e: Emit, r: Reg, w: Width, option: number, shift: Imm | number): Val {
  const bits = 8 << (option & 3);
  const value = e.x(r, 64);
  const extended = (option & 4) !== 0 ? e.sext(value, bits, w) : e.zext(value, bits, w);
  return e.shl(extended, e.imm(shift, w));
}
