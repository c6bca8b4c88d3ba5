/** Data processing, immediate (DDI 0487 C4 "Data Processing -- Immediate"). */
import { alias, row, type AliasSpec, type RowSpec } from './row.ts';

/** DecodeBitMasks(): an element of all ones, no element at all, and 64-bit elements in a W register. */
const RESERVED_BITMASKS = 'sf=0 N=1 | N=1 imms=111111 | N=0 imms=011111 | N=0 imms=101111 | N=0 imms=110111 | N=0 imms=111011 | N=0 imms=111101 | N=0 imms=11111x';
/** N equals sf, and a W register has no bit above 31. */
const RESERVED_BITFIELDS = 'sf=0 N=1 | sf=1 N=0 | sf=0 immr=1xxxxx | sf=0 imms=1xxxxx';

export const dpImm = {
  // PC-rel. addressing
  ADR:       row('0 immlo:2 10000 immhi:19 Rd:5', 'adr <Xd>, <adr>'),
  ADRP:      row('1 immlo:2 10000 immhi:19 Rd:5', 'adrp <Xd>, <adrp>'),

  // Add/subtract (immediate)
  ADD_imm:   row('sf 0 0 100010 sh imm12:12 Rn:5 Rd:5', 'add <Rd|SP>, <Rn|SP>, <addsubimm>'),
  ADDS_imm:  row('sf 0 1 100010 sh imm12:12 Rn:5 Rd:5', 'adds <Rd>, <Rn|SP>, <addsubimm>'),
  SUB_imm:   row('sf 1 0 100010 sh imm12:12 Rn:5 Rd:5', 'sub <Rd|SP>, <Rn|SP>, <addsubimm>'),
  SUBS_imm:  row('sf 1 1 100010 sh imm12:12 Rn:5 Rd:5', 'subs <Rd>, <Rn|SP>, <addsubimm>'),

  // Add/subtract (immediate, with tags)
  ADDG:      row('1 0 0 100011 0 imm6:6 (00) imm4:4 Rn:5 Rd:5', 'addg <Xd|SP>, <Xn|SP>, <himm(imm6*16)>, <himm(imm4)>', { needs: 'MTE' }),
  SUBG:      row('1 1 0 100011 0 imm6:6 (00) imm4:4 Rn:5 Rd:5', 'subg <Xd|SP>, <Xn|SP>, <himm(imm6*16)>, <himm(imm4)>', { needs: 'MTE' }),

  // Logical (immediate)
  AND_imm:   row('sf 00 100100 N immr:6 imms:6 Rn:5 Rd:5', 'and <Rd|SP>, <Rn>, <bitmask>', { not: RESERVED_BITMASKS }),
  ORR_imm:   row('sf 01 100100 N immr:6 imms:6 Rn:5 Rd:5', 'orr <Rd|SP>, <Rn>, <bitmask>', { not: RESERVED_BITMASKS }),
  EOR_imm:   row('sf 10 100100 N immr:6 imms:6 Rn:5 Rd:5', 'eor <Rd|SP>, <Rn>, <bitmask>', { not: RESERVED_BITMASKS }),
  ANDS_imm:  row('sf 11 100100 N immr:6 imms:6 Rn:5 Rd:5', 'ands <Rd>, <Rn>, <bitmask>',   { not: RESERVED_BITMASKS }),

  // Move wide (immediate)
  MOVN:      row('sf 00 100101 hw:2 imm16:16 Rd:5', 'movn <Rd>, <movewide>', { not: 'sf=0 hw=1x' }),
  MOVZ:      row('sf 10 100101 hw:2 imm16:16 Rd:5', 'movz <Rd>, <movewide>', { not: 'sf=0 hw=1x' }),
  MOVK:      row('sf 11 100101 hw:2 imm16:16 Rd:5', 'movk <Rd>, <movewide>', { not: 'sf=0 hw=1x' }),

  // Bitfield
  SBFM:      row('sf 00 100110 N immr:6 imms:6 Rn:5 Rd:5', 'sbfm <Rd@sfN>, <Rn@sfN>, <bit(immr)>, <bit(imms)>', { not: RESERVED_BITFIELDS }),
  BFM:       row('sf 01 100110 N immr:6 imms:6 Rn:5 Rd:5', 'bfm <Rd@sfN>, <Rn@sfN>, <bit(immr)>, <bit(imms)>',  { not: RESERVED_BITFIELDS }),
  UBFM:      row('sf 10 100110 N immr:6 imms:6 Rn:5 Rd:5', 'ubfm <Rd@sfN>, <Rn@sfN>, <bit(immr)>, <bit(imms)>', { not: RESERVED_BITFIELDS }),

  // Extract
  EXTR:      row('sf 00 100111 N 0 Rm:5 imms:6 Rn:5 Rd:5', 'extr <Rd@sfN>, <Rn@sfN>, <Rm@sfN>, <bit(imms)>', { not: 'sf=0 N=1 | sf=1 N=0 | sf=0 imms=1xxxxx' }),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const dpImmAliases = {
  CMN_imm:        alias('ADDS_imm', 'cmn <Rn|SP>, <addsubimm>',                         'Rd=11111'),
  CMP_imm:        alias('SUBS_imm', 'cmp <Rn|SP>, <addsubimm>',                         'Rd=11111'),
  // A negative immediate is the other instruction.
  ADD_negative:   alias('SUB_imm',  'add <Rd|SP>, <Rn|SP>, <negaddsubimm>',             '',                                 'never'),
  ADDS_negative:  alias('SUBS_imm', 'adds <Rd>, <Rn|SP>, <negaddsubimm>',               '',                                 'never'),
  SUB_negative:   alias('ADD_imm',  'sub <Rd|SP>, <Rn|SP>, <negaddsubimm>',             '',                                 'never'),
  SUBS_negative:  alias('ADDS_imm', 'subs <Rd>, <Rn|SP>, <negaddsubimm>',               '',                                 'never'),
  CMN_negative:   alias('SUBS_imm', 'cmn <Rn|SP>, <negaddsubimm>',                      'Rd=11111',                         'never'),
  CMP_negative:   alias('ADDS_imm', 'cmp <Rn|SP>, <negaddsubimm>',                      'Rd=11111',                         'never'),
  // In the order in which an assembler tries them for MOV #imm.
  MOV_wide:       alias('MOVZ',     'mov <Rd>, <wideimm>',                              '',                                 '!zeroShifted'),
  MOV_inverted:   alias('MOVN',     'mov <Rd>, <invertedimm>',                          '',                                 '!zeroShifted sf=1 | !zeroShifted imm16!=1111111111111111'),
  MOV_bitmask:    alias('ORR_imm',  'mov <Rd|SP>, <bitmask>',                           'Rn=11111',                         '!moveWidePreferred'),
  TST_imm:        alias('ANDS_imm', 'tst <Rn>, <bitmask>',                              'Rd=11111'),
  BIC_imm:        alias('AND_imm',  'bic <Rd|SP>, <Rn>, <notbitmask>',                  '',                                 'never'),
  // Shifts and extensions first: they are the narrower reading of a bitfield.
  ASR_imm:        alias('SBFM',     'asr <Rd@sfN>, <Rn@sfN>, <rshift>',                 '',                                 'sf=1 imms=111111 | sf=0 imms=011111'),
  SXTB:           alias('SBFM',     'sxtb <Rd@sfN>, <Wn>',                              'immr=000000 imms=000111'),
  SXTH:           alias('SBFM',     'sxth <Rd@sfN>, <Wn>',                              'immr=000000 imms=001111'),
  SXTW:           alias('SBFM',     'sxtw <Xd>, <Wn>',                                  'sf=1 N=1 immr=000000 imms=011111'),
  SBFIZ:          alias('SBFM',     'sbfiz <Rd@sfN>, <Rn@sfN>, <bfizlsb>, <bfizwidth>', '',                                 'immsBelowImmr'),
  SBFX:           alias('SBFM',     'sbfx <Rd@sfN>, <Rn@sfN>, <bfxlsb>, <bfxwidth>',    '',                                 '!immsBelowImmr'),
  BFC:            alias('BFM',      'bfc <Rd@sfN>, <bfizlsb>, <bfizwidth>',             'Rn=11111',                         'immsBelowImmr'),
  BFI:            alias('BFM',      'bfi <Rd@sfN>, <Rn@sfN>, <bfizlsb>, <bfizwidth>',   '',                                 'immsBelowImmr'),
  BFXIL:          alias('BFM',      'bfxil <Rd@sfN>, <Rn@sfN>, <bfxlsb>, <bfxwidth>',   '',                                 '!immsBelowImmr'),
  LSR_imm:        alias('UBFM',     'lsr <Rd@sfN>, <Rn@sfN>, <rshift>',                 '',                                 'sf=1 imms=111111 | sf=0 imms=011111'),
  LSL_imm:        alias('UBFM',     'lsl <Rd@sfN>, <Rn@sfN>, <lshift>',                 '',                                 'immrFollowsImms'),
  UXTB:           alias('UBFM',     'uxtb <Wd>, <Wn>',                                  'sf=0 N=0 immr=000000 imms=000111'),
  UXTH:           alias('UBFM',     'uxth <Wd>, <Wn>',                                  'sf=0 N=0 immr=000000 imms=001111'),
  UXTB_x:         alias('UBFM',     'uxtb <Xd>, <Wn>',                                  'sf=0 N=0 immr=000000 imms=000111', 'never'),
  UXTH_x:         alias('UBFM',     'uxth <Xd>, <Wn>',                                  'sf=0 N=0 immr=000000 imms=001111', 'never'),
  UBFIZ:          alias('UBFM',     'ubfiz <Rd@sfN>, <Rn@sfN>, <bfizlsb>, <bfizwidth>', '',                                 'immsBelowImmr'),
  UBFX:           alias('UBFM',     'ubfx <Rd@sfN>, <Rn@sfN>, <bfxlsb>, <bfxwidth>',    '',                                 '!immsBelowImmr'),
  ROR_imm:        alias('EXTR',     'ror <Rd@sfN>, <Rn@sfN><copy(Rn Rm)>, <bit(imms)>', '',                                 'Rn=Rm'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
