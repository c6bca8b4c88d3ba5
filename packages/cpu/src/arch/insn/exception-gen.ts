/** Exception generation (DDI 0487 C4 "Branches, Exception Generating and System instructions"). */
import { row, type RowSpec } from './row.ts';

export const exceptionGen = {
  SVC:    row('11010100 000 imm16:16 000 01', 'svc <himm(imm16)>'),
  HVC:    row('11010100 000 imm16:16 000 10', 'hvc <himm(imm16)>'),
  SMC:    row('11010100 000 imm16:16 000 11', 'smc <himm(imm16)>'),
  BRK:    row('11010100 001 imm16:16 000 00', 'brk <himm(imm16)>'),
  HLT:    row('11010100 010 imm16:16 000 00', 'hlt <himm(imm16)>'),
  DCPS1:  row('11010100 101 imm16:16 000 01', 'dcps1 {<himm(imm16=0)>}', { undefined: 'UNDEFINED outside Debug state, which is not modelled' }),
  DCPS2:  row('11010100 101 imm16:16 000 10', 'dcps2 {<himm(imm16=0)>}', { undefined: 'UNDEFINED outside Debug state, which is not modelled' }),
  DCPS3:  row('11010100 101 imm16:16 000 11', 'dcps3 {<himm(imm16=0)>}', { undefined: 'UNDEFINED outside Debug state, which is not modelled' }),
} as const satisfies Readonly<Record<string, RowSpec>>;
