/** Branches (DDI 0487 C4 "Branches, Exception Generating and System instructions"). */
import { alias, row, type AliasSpec, type RowSpec } from './row.ts';

export const branch = {
  // Conditional branch (immediate)
  B_cond:  row('0101010 0 imm19:19 0 cond:4', 'b.{cond@cond} <label(imm19)>'),

  // Unconditional branch (register)
  BR:      row('1101011 0000 11111 000000 Rn:5 00000',  'br <Xn>'),
  BRAAZ:   row('1101011 0000 11111 000010 Rn:5 11111',  'braaz <Xn>',          { needs: 'PAuth' }),
  BRABZ:   row('1101011 0000 11111 000011 Rn:5 11111',  'brabz <Xn>',          { needs: 'PAuth' }),
  BLR:     row('1101011 0001 11111 000000 Rn:5 00000',  'blr <Xn>'),
  BLRAAZ:  row('1101011 0001 11111 000010 Rn:5 11111',  'blraaz <Xn>',         { needs: 'PAuth' }),
  BLRABZ:  row('1101011 0001 11111 000011 Rn:5 11111',  'blrabz <Xn>',         { needs: 'PAuth' }),
  RET:     row('1101011 0010 11111 000000 Rn:5 00000',  'ret {<xreg(Rn=30)>}'),
  RETAA:   row('1101011 0010 11111 000010 11111 11111', 'retaa',               { needs: 'PAuth' }),
  RETAB:   row('1101011 0010 11111 000011 11111 11111', 'retab',               { needs: 'PAuth' }),
  ERET:    row('1101011 0100 11111 000000 11111 00000', 'eret'),
  ERETAA:  row('1101011 0100 11111 000010 11111 11111', 'eretaa',              { needs: 'PAuth' }),
  ERETAB:  row('1101011 0100 11111 000011 11111 11111', 'eretab',              { needs: 'PAuth' }),
  DRPS:    row('1101011 0101 11111 000000 11111 00000', 'drps',                { undefined: 'UNDEFINED outside Debug state, which is not modelled' }),
  BRAA:    row('1101011 1000 11111 000010 Rn:5 Rm:5',   'braa <Xn>, <Xm|SP>',  { needs: 'PAuth' }),
  BRAB:    row('1101011 1000 11111 000011 Rn:5 Rm:5',   'brab <Xn>, <Xm|SP>',  { needs: 'PAuth' }),
  BLRAA:   row('1101011 1001 11111 000010 Rn:5 Rm:5',   'blraa <Xn>, <Xm|SP>', { needs: 'PAuth' }),
  BLRAB:   row('1101011 1001 11111 000011 Rn:5 Rm:5',   'blrab <Xn>, <Xm|SP>', { needs: 'PAuth' }),

  // Unconditional branch (immediate)
  B:       row('0 00101 imm26:26', 'b <label(imm26)>'),
  BL:      row('1 00101 imm26:26', 'bl <label(imm26)>'),

  // Compare and branch (immediate)
  CBZ:     row('sf 011010 0 imm19:19 Rt:5', 'cbz <Rt>, <label(imm19)>'),
  CBNZ:    row('sf 011010 1 imm19:19 Rt:5', 'cbnz <Rt>, <label(imm19)>'),

  // Test and branch (immediate)
  TBZ:     row('b5 011011 0 b40:5 imm14:14 Rt:5', 'tbz <Rt@b5>, <uimm(b5 b40)>, <label(imm14)>'),
  TBNZ:    row('b5 011011 1 b40:5 imm14:14 Rt:5', 'tbnz <Rt@b5>, <uimm(b5 b40)>, <label(imm14)>'),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const branchAliases = {
  // Spellings that only an assembler knows: without the dot, and the other names of cs and cc.
  B_plain:  alias('B_cond', 'b{cond:eq,ne,cs,cc,mi,pl,vs,vc,hi,ls,ge,lt,gt,le,!,!} <label(imm19)>', '',          'never'),
  B_hs:     alias('B_cond', 'b.hs <label(imm19)>',                                                  'cond=0010', 'never'),
  B_lo:     alias('B_cond', 'b.lo <label(imm19)>',                                                  'cond=0011', 'never'),
  BHS:      alias('B_cond', 'bhs <label(imm19)>',                                                   'cond=0010', 'never'),
  BLO:      alias('B_cond', 'blo <label(imm19)>',                                                   'cond=0011', 'never'),
  // The low half of an X register may be tested by its X name.
  TBZ_x:    alias('TBZ',    'tbz <Xt>, <uimm(b40)>, <label(imm14)>',                                'b5=0',      'never'),
  TBNZ_x:   alias('TBNZ',   'tbnz <Xt>, <uimm(b40)>, <label(imm14)>',                               'b5=0',      'never'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
