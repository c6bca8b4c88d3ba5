/** Data processing, immediate (DDI 0487 C4 "Data Processing -- Immediate"). */
import { alias, row } from './row.ts';

export const dpImm = {
  // PC-rel. addressing
  ADR:       row('0 immlo:2 10000 immhi:19 Rd:5',            'adr <Xd>, <adr>'),
  ADRP:      row('1 immlo:2 10000 immhi:19 Rd:5',            'adrp <Xd>, <adrp>'),

  // Add/subtract (immediate)
  ADD_imm:   row('sf 0 0 100010 sh imm12:12 Rn:5 Rd:5',      'add <Rd|SP>, <Rn|SP>, <addsubimm>'),
  ADDS_imm:  row('sf 0 1 100010 sh imm12:12 Rn:5 Rd:5',      'adds <Rd>, <Rn|SP>, <addsubimm>'),
  SUB_imm:   row('sf 1 0 100010 sh imm12:12 Rn:5 Rd:5',      'sub <Rd|SP>, <Rn|SP>, <addsubimm>'),
  SUBS_imm:  row('sf 1 1 100010 sh imm12:12 Rn:5 Rd:5',      'subs <Rd>, <Rn|SP>, <addsubimm>'),
} as const;

export const dpImmAliases = {
  MOV_sp:    alias('ADD_imm',  'mov <Rd|SP>, <Rn|SP>', 'sh=0 imm12=000000000000', 'Rd=11111 | Rn=11111'),
  CMN_imm:   alias('ADDS_imm', 'cmn <Rn|SP>, <addsubimm>', 'Rd=11111'),
  CMP_imm:   alias('SUBS_imm', 'cmp <Rn|SP>, <addsubimm>', 'Rd=11111'),
} as const;
