/** Data processing, register (DDI 0487 C4 "Data Processing -- Register"). */
import { alias, row, type AliasSpec, type RowSpec } from './row.ts';

/** A W register has no bit above 31. */
const WIDE_AMOUNT_IN_W = 'sf=0 imm6=1xxxxx';
/** ADD and SUB do not rotate. */
const NO_ROTATE = `shift=11 | ${WIDE_AMOUNT_IN_W}`;
/** Extended registers shift by 0 to 4. */
const LARGE_AMOUNT = 'imm3=101 | imm3=11x';
/** X registers for 64-bit data, W registers for the rest. */
const CRC32_SIZES = 'sf=0 sz=11 | sf=1 sz=0x | sf=1 sz=10';
/** `al` and `nv` cannot be inverted. */
const INVERTIBLE = 'cond!=111x';

export const dpReg = {
  // Data-processing (2 source)
  UDIV:        row('sf 0 0 11010110 Rm:5 000010 Rn:5 Rd:5',     'udiv <Rd>, <Rn>, <Rm>'),
  SDIV:        row('sf 0 0 11010110 Rm:5 000011 Rn:5 Rd:5',     'sdiv <Rd>, <Rn>, <Rm>'),
  LSLV:        row('sf 0 0 11010110 Rm:5 001000 Rn:5 Rd:5',     'lslv <Rd>, <Rn>, <Rm>'),
  LSRV:        row('sf 0 0 11010110 Rm:5 001001 Rn:5 Rd:5',     'lsrv <Rd>, <Rn>, <Rm>'),
  ASRV:        row('sf 0 0 11010110 Rm:5 001010 Rn:5 Rd:5',     'asrv <Rd>, <Rn>, <Rm>'),
  RORV:        row('sf 0 0 11010110 Rm:5 001011 Rn:5 Rd:5',     'rorv <Rd>, <Rn>, <Rm>'),
  CRC32:       row('sf 0 0 11010110 Rm:5 010 0 sz:2 Rn:5 Rd:5', 'crc32{sz:b,h,w,x} <Wd>, <Wn>, <Rm@crc>',  { needs: 'CRC32', not: CRC32_SIZES }),
  CRC32C:      row('sf 0 0 11010110 Rm:5 010 1 sz:2 Rn:5 Rd:5', 'crc32c{sz:b,h,w,x} <Wd>, <Wn>, <Rm@crc>', { needs: 'CRC32', not: CRC32_SIZES }),
  SUBP:        row('1 0 0 11010110 Rm:5 000000 Rn:5 Rd:5',      'subp <Xd>, <Xn|SP>, <Xm|SP>',             { needs: 'MTE' }),
  IRG:         row('1 0 0 11010110 Rm:5 000100 Rn:5 Rd:5',      'irg <Xd|SP>, <Xn|SP>{, <xreg(Rm=31)>}',   { needs: 'MTE' }),
  GMI:         row('1 0 0 11010110 Rm:5 000101 Rn:5 Rd:5',      'gmi <Xd>, <Xn|SP>, <Xm>',                 { needs: 'MTE' }),
  PACGA:       row('1 0 0 11010110 Rm:5 001100 Rn:5 Rd:5',      'pacga <Xd>, <Xn>, <Xm|SP>',               { needs: 'PAuth' }),
  SUBPS:       row('1 0 1 11010110 Rm:5 000000 Rn:5 Rd:5',      'subps <Xd>, <Xn|SP>, <Xm|SP>',            { needs: 'MTE' }),

  // Data-processing (1 source)
  RBIT:        row('sf 1 0 11010110 00000 000000 Rn:5 Rd:5', 'rbit <Rd>, <Rn>'),
  REV16:       row('sf 1 0 11010110 00000 000001 Rn:5 Rd:5', 'rev16 <Rd>, <Rn>'),
  REV_32:      row('0 1 0 11010110 00000 000010 Rn:5 Rd:5',  'rev <Wd>, <Wn>'),
  REV32:       row('1 1 0 11010110 00000 000010 Rn:5 Rd:5',  'rev32 <Xd>, <Xn>'),
  REV_64:      row('1 1 0 11010110 00000 000011 Rn:5 Rd:5',  'rev <Xd>, <Xn>'),
  CLZ:         row('sf 1 0 11010110 00000 000100 Rn:5 Rd:5', 'clz <Rd>, <Rn>'),
  CLS:         row('sf 1 0 11010110 00000 000101 Rn:5 Rd:5', 'cls <Rd>, <Rn>'),
  PACIA:       row('1 1 0 11010110 00001 000000 Rn:5 Rd:5',  'pacia <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  PACIB:       row('1 1 0 11010110 00001 000001 Rn:5 Rd:5',  'pacib <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  PACDA:       row('1 1 0 11010110 00001 000010 Rn:5 Rd:5',  'pacda <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  PACDB:       row('1 1 0 11010110 00001 000011 Rn:5 Rd:5',  'pacdb <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  AUTIA:       row('1 1 0 11010110 00001 000100 Rn:5 Rd:5',  'autia <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  AUTIB:       row('1 1 0 11010110 00001 000101 Rn:5 Rd:5',  'autib <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  AUTDA:       row('1 1 0 11010110 00001 000110 Rn:5 Rd:5',  'autda <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  AUTDB:       row('1 1 0 11010110 00001 000111 Rn:5 Rd:5',  'autdb <Xd>, <Xn|SP>', { needs: 'PAuth' }),
  PACIZA:      row('1 1 0 11010110 00001 001000 11111 Rd:5', 'paciza <Xd>',         { needs: 'PAuth' }),
  PACIZB:      row('1 1 0 11010110 00001 001001 11111 Rd:5', 'pacizb <Xd>',         { needs: 'PAuth' }),
  PACDZA:      row('1 1 0 11010110 00001 001010 11111 Rd:5', 'pacdza <Xd>',         { needs: 'PAuth' }),
  PACDZB:      row('1 1 0 11010110 00001 001011 11111 Rd:5', 'pacdzb <Xd>',         { needs: 'PAuth' }),
  AUTIZA:      row('1 1 0 11010110 00001 001100 11111 Rd:5', 'autiza <Xd>',         { needs: 'PAuth' }),
  AUTIZB:      row('1 1 0 11010110 00001 001101 11111 Rd:5', 'autizb <Xd>',         { needs: 'PAuth' }),
  AUTDZA:      row('1 1 0 11010110 00001 001110 11111 Rd:5', 'autdza <Xd>',         { needs: 'PAuth' }),
  AUTDZB:      row('1 1 0 11010110 00001 001111 11111 Rd:5', 'autdzb <Xd>',         { needs: 'PAuth' }),
  XPACI:       row('1 1 0 11010110 00001 010000 11111 Rd:5', 'xpaci <Xd>',          { needs: 'PAuth' }),
  XPACD:       row('1 1 0 11010110 00001 010001 11111 Rd:5', 'xpacd <Xd>',          { needs: 'PAuth' }),

  // Logical (shifted register)
  AND_shift:   row('sf 00 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'and <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  BIC_shift:   row('sf 00 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5', 'bic <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  ORR_shift:   row('sf 01 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'orr <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  ORN_shift:   row('sf 01 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5', 'orn <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  EOR_shift:   row('sf 10 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'eor <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  EON_shift:   row('sf 10 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5', 'eon <Rd>, <Rn>, <Rm>{, <shift>}',  { not: WIDE_AMOUNT_IN_W }),
  ANDS_shift:  row('sf 11 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'ands <Rd>, <Rn>, <Rm>{, <shift>}', { not: WIDE_AMOUNT_IN_W }),
  BICS_shift:  row('sf 11 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5', 'bics <Rd>, <Rn>, <Rm>{, <shift>}', { not: WIDE_AMOUNT_IN_W }),

  // Add/subtract (shifted register)
  ADD_shift:   row('sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'add <Rd>, <Rn>, <Rm>{, <addshift>}',  { not: NO_ROTATE }),
  ADDS_shift:  row('sf 0 1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'adds <Rd>, <Rn>, <Rm>{, <addshift>}', { not: NO_ROTATE }),
  SUB_shift:   row('sf 1 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'sub <Rd>, <Rn>, <Rm>{, <addshift>}',  { not: NO_ROTATE }),
  SUBS_shift:  row('sf 1 1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5', 'subs <Rd>, <Rn>, <Rm>{, <addshift>}', { not: NO_ROTATE }),

  // Add/subtract (extended register)
  ADD_ext:     row('sf 0 0 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5', 'add <Rd|SP>, <Rn|SP>, <extended(Rn Rd)>', { not: LARGE_AMOUNT }),
  ADDS_ext:    row('sf 0 1 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5', 'adds <Rd>, <Rn|SP>, <extended(Rn)>',      { not: LARGE_AMOUNT }),
  SUB_ext:     row('sf 1 0 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5', 'sub <Rd|SP>, <Rn|SP>, <extended(Rn Rd)>', { not: LARGE_AMOUNT }),
  SUBS_ext:    row('sf 1 1 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5', 'subs <Rd>, <Rn|SP>, <extended(Rn)>',      { not: LARGE_AMOUNT }),

  // Add/subtract (with carry)
  ADC:         row('sf 0 0 11010000 Rm:5 000000 Rn:5 Rd:5', 'adc <Rd>, <Rn>, <Rm>'),
  ADCS:        row('sf 0 1 11010000 Rm:5 000000 Rn:5 Rd:5', 'adcs <Rd>, <Rn>, <Rm>'),
  SBC:         row('sf 1 0 11010000 Rm:5 000000 Rn:5 Rd:5', 'sbc <Rd>, <Rn>, <Rm>'),
  SBCS:        row('sf 1 1 11010000 Rm:5 000000 Rn:5 Rd:5', 'sbcs <Rd>, <Rn>, <Rm>'),

  // Rotate right into flags
  RMIF:        row('1 0 1 11010000 imm6:6 00001 Rn:5 0 mask:4', 'rmif <Xn>, <uimm(imm6)>, <uimm(mask)>', { needs: 'FlagM' }),

  // Evaluate into flags
  SETF8:       row('0 0 1 11010000 000000 0 0010 Rn:5 0 1101', 'setf8 <Wn>',  { needs: 'FlagM' }),
  SETF16:      row('0 0 1 11010000 000000 1 0010 Rn:5 0 1101', 'setf16 <Wn>', { needs: 'FlagM' }),

  // Conditional compare (register)
  CCMN_reg:    row('sf 0 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4', 'ccmn <Rn>, <Rm>, <nzcv>, <cond>'),
  CCMP_reg:    row('sf 1 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4', 'ccmp <Rn>, <Rm>, <nzcv>, <cond>'),

  // Conditional compare (immediate)
  CCMN_imm:    row('sf 0 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4', 'ccmn <Rn>, <himm(imm5)>, <nzcv>, <cond>'),
  CCMP_imm:    row('sf 1 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4', 'ccmp <Rn>, <himm(imm5)>, <nzcv>, <cond>'),

  // Conditional select
  CSEL:        row('sf 0 0 11010100 Rm:5 cond:4 0 0 Rn:5 Rd:5', 'csel <Rd>, <Rn>, <Rm>, <cond>'),
  CSINC:       row('sf 0 0 11010100 Rm:5 cond:4 0 1 Rn:5 Rd:5', 'csinc <Rd>, <Rn>, <Rm>, <cond>'),
  CSINV:       row('sf 1 0 11010100 Rm:5 cond:4 0 0 Rn:5 Rd:5', 'csinv <Rd>, <Rn>, <Rm>, <cond>'),
  CSNEG:       row('sf 1 0 11010100 Rm:5 cond:4 0 1 Rn:5 Rd:5', 'csneg <Rd>, <Rn>, <Rm>, <cond>'),

  // Data-processing (3 source)
  MADD:        row('sf 00 11011 000 Rm:5 0 Ra:5 Rn:5 Rd:5',   'madd <Rd>, <Rn>, <Rm>, <Ra>'),
  MSUB:        row('sf 00 11011 000 Rm:5 1 Ra:5 Rn:5 Rd:5',   'msub <Rd>, <Rn>, <Rm>, <Ra>'),
  SMADDL:      row('1 00 11011 001 Rm:5 0 Ra:5 Rn:5 Rd:5',    'smaddl <Xd>, <Wn>, <Wm>, <Xa>'),
  SMSUBL:      row('1 00 11011 001 Rm:5 1 Ra:5 Rn:5 Rd:5',    'smsubl <Xd>, <Wn>, <Wm>, <Xa>'),
  SMULH:       row('1 00 11011 010 Rm:5 0 (11111) Rn:5 Rd:5', 'smulh <Xd>, <Xn>, <Xm>', { choice: 'Ra other than 31 is ignored' }),
  UMADDL:      row('1 00 11011 101 Rm:5 0 Ra:5 Rn:5 Rd:5',    'umaddl <Xd>, <Wn>, <Wm>, <Xa>'),
  UMSUBL:      row('1 00 11011 101 Rm:5 1 Ra:5 Rn:5 Rd:5',    'umsubl <Xd>, <Wn>, <Wm>, <Xa>'),
  UMULH:       row('1 00 11011 110 Rm:5 0 (11111) Rn:5 Rd:5', 'umulh <Xd>, <Xn>, <Xm>', { choice: 'Ra other than 31 is ignored' }),
} as const satisfies Readonly<Record<string, RowSpec>>;

export const dpRegAliases = {
  LSL_reg:    alias('LSLV',       'lsl <Rd>, <Rn>, <Rm>'),
  LSR_reg:    alias('LSRV',       'lsr <Rd>, <Rn>, <Rm>'),
  ASR_reg:    alias('ASRV',       'asr <Rd>, <Rn>, <Rm>'),
  ROR_reg:    alias('RORV',       'ror <Rd>, <Rn>, <Rm>'),
  CMPP:       alias('SUBPS',      'cmpp <Xn|SP>, <Xm|SP>',                   'Rd=11111'),
  REV64:      alias('REV_64',     'rev64 <Xd>, <Xn>',                        '',                                   'never'),
  MOV_reg:    alias('ORR_shift',  'mov <Rd>, <Rm>',                          'shift=00 imm6=000000 Rn=11111'),
  // After MOV_reg: this one is for SP, and would take any register.
  MOV_sp:     alias('ADD_imm',    'mov <Rd|SP>, <Rn|SP>',                    'sh=0 imm12=000000000000',            'Rd=11111 | Rn=11111'),
  UXTW:       alias('ORR_shift',  'uxtw <Xd>, <Wm>',                         'sf=0 shift=00 imm6=000000 Rn=11111', 'never'),
  MVN:        alias('ORN_shift',  'mvn <Rd>, <Rm>{, <shift>}',               'Rn=11111'),
  TST_shift:  alias('ANDS_shift', 'tst <Rn>, <Rm>{, <shift>}',               'Rd=11111'),
  CMN_shift:  alias('ADDS_shift', 'cmn <Rn>, <Rm>{, <addshift>}',            'Rd=11111'),
  NEG:        alias('SUB_shift',  'neg <Rd>, <Rm>{, <addshift>}',            'Rn=11111'),
  CMP_shift:  alias('SUBS_shift', 'cmp <Rn>, <Rm>{, <addshift>}',            'Rd=11111'),
  NEGS:       alias('SUBS_shift', 'negs <Rd>, <Rm>{, <addshift>}',           'Rn=11111'),
  CMN_ext:    alias('ADDS_ext',   'cmn <Rn|SP>, <extended(Rn)>',             'Rd=11111'),
  CMP_ext:    alias('SUBS_ext',   'cmp <Rn|SP>, <extended(Rn)>',             'Rd=11111'),
  NGC:        alias('SBC',        'ngc <Rd>, <Rm>',                          'Rn=11111'),
  NGCS:       alias('SBCS',       'ngcs <Rd>, <Rm>',                         'Rn=11111'),
  CSET:       alias('CSINC',      'cset <Rd>, <invcond>',                    'Rm=11111 Rn=11111',                  INVERTIBLE),
  CINC:       alias('CSINC',      'cinc <Rd>, <Rn><copy(Rn Rm)>, <invcond>', '',                                   `Rn=Rm Rn!=11111 ${INVERTIBLE}`),
  CSETM:      alias('CSINV',      'csetm <Rd>, <invcond>',                   'Rm=11111 Rn=11111',                  INVERTIBLE),
  CINV:       alias('CSINV',      'cinv <Rd>, <Rn><copy(Rn Rm)>, <invcond>', '',                                   `Rn=Rm Rn!=11111 ${INVERTIBLE}`),
  CNEG:       alias('CSNEG',      'cneg <Rd>, <Rn><copy(Rn Rm)>, <invcond>', '',                                   `Rn=Rm ${INVERTIBLE}`),
  MUL:        alias('MADD',       'mul <Rd>, <Rn>, <Rm>',                    'Ra=11111'),
  MNEG:       alias('MSUB',       'mneg <Rd>, <Rn>, <Rm>',                   'Ra=11111'),
  SMULL:      alias('SMADDL',     'smull <Xd>, <Wn>, <Wm>',                  'Ra=11111'),
  SMNEGL:     alias('SMSUBL',     'smnegl <Xd>, <Wn>, <Wm>',                 'Ra=11111'),
  UMULL:      alias('UMADDL',     'umull <Xd>, <Wn>, <Wm>',                  'Ra=11111'),
  UMNEGL:     alias('UMSUBL',     'umnegl <Xd>, <Wn>, <Wm>',                 'Ra=11111'),
} as const satisfies Readonly<Record<string, AliasSpec>>;
