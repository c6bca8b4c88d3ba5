/**
 * Which forms tier 0 knows: policy. A hot form is an arm of its one function, which must stay small enough to be optimised;
 * the others are functions behind one arm. Rows that are not named here are Eval's.
 */
import type { Row } from '../arch/insn/row.ts';

/** Fields that tier 0 takes as forms although definitions must not: a condition that is known is one comparison. */
export const EXTRA_FORMS: Readonly<Record<string, readonly string[]>> = { B_cond: ['cond'] };

/** Rows whose forms are arms, by what kernels and compilers use; with the values that fields may have. */
const HOT: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  ADR: {}, ADRP: {}, ADD_imm: {}, ADDS_imm: {}, SUB_imm: {}, SUBS_imm: {}, AND_imm: {}, ORR_imm: {}, EOR_imm: {}, ANDS_imm: {},
  MOVN: {}, MOVZ: {}, MOVK: {}, SBFM: {}, BFM: {}, UBFM: {}, EXTR: {},

  B_cond: {}, BR: {}, BLR: {}, RET: {}, B: {}, BL: {}, CBZ: {}, CBNZ: {}, TBZ: {}, TBNZ: {},

  AND_shift: { shift: [0, 1] }, BIC_shift: { shift: [0] }, ORR_shift: { shift: [0, 1] }, ORN_shift: { shift: [0] }, EOR_shift: {}, ANDS_shift: { shift: [0] }, BICS_shift: { shift: [0] },
  ADD_shift: {}, ADDS_shift: { shift: [0] }, SUB_shift: { shift: [0, 1] }, SUBS_shift: {},
  ADD_ext: { option: [0, 1, 2, 6] }, SUB_ext: { option: [2, 6] }, SUBS_ext: { option: [0, 1, 2, 6] },
  CCMP_reg: {}, CCMP_imm: {}, CSEL: {}, CSINC: {}, CSINV: {}, CSNEG: {},
  UDIV: {}, SDIV: {}, LSLV: {}, LSRV: {}, ASRV: {}, CLZ: {}, REV_32: {}, REV_64: {}, RBIT: {},
  MADD: {}, MSUB: {}, SMADDL: {}, UMADDL: {}, UMULH: {},

  STP_post: {}, LDP_post: {}, STP_off: {}, LDP_off: {}, STP_pre: {}, LDP_pre: {},
  STURB: {}, LDURB: {}, STURH: {}, LDURH: {}, STUR: {}, LDUR: {}, LDURSW: {}, LDR_lit: {},
  STRB_imm_post: {}, LDRB_imm_post: {}, STR_imm_post: {}, LDR_imm_post: {}, LDRH_imm_post: {}, STRH_imm_post: {},
  STRB_imm_pre: {}, LDRB_imm_pre: {}, STR_imm_pre: {}, LDR_imm_pre: {},
  STRB_reg: { option: [2, 3, 6] }, LDRB_reg: { option: [2, 3, 6] }, LDRSB_reg: { option: [3] }, STRH_reg: { option: [2, 3] }, LDRH_reg: { option: [2, 3] },
  STR_reg: { option: [2, 3, 6] }, LDR_reg: { option: [2, 3, 6] }, LDRSW_reg: { option: [3] },
  STRB_imm_off: {}, LDRB_imm_off: {}, LDRSB_imm_off: {}, STRH_imm_off: {}, LDRH_imm_off: {}, LDRSH_imm_off: {}, STR_imm_off: {}, LDR_imm_off: {}, LDRSW_imm_off: {},

  LDXR: {}, STXR: {}, LDAXR: {}, STLXR: {}, LDAR: {}, STLR: {}, LDARB: {}, STLRB: {},
  NOP: {}, DMB: {}, HINT: {},
};

/** Of the rows with V registers: loads and stores of one and of two, and moves. Lists of registers have no stand-ins. */
const VECTOR_MOVES = /_fpsimd$|^FMOV_/;

/** Rows that are tier 0's as far as their definitions are. */
export function isKnown(row: Row): boolean {
  return !row.usesFpSimd || VECTOR_MOVES.test(row.id);
}

export function isHot(row: Row, form: Readonly<Record<string, number>>): boolean {
  const wanted = HOT[row.id];
  return wanted !== undefined && Object.entries(wanted).every(([field, values]) => values.includes(form[field]!));
}
