/** Exception generation. */
import type { exceptionGen } from '../arch/insn/exception-gen.ts';
import { stepOf, type Semantics } from './semantics.ts';

export const exceptionGenSemantics: Semantics<typeof exceptionGen> = {
  SVC: stepOf((i) => ({ kind: 'svc', imm: i.imm16 })),
  HVC: stepOf((i) => ({ kind: 'hvc', imm: i.imm16 })),
  SMC: stepOf((i) => ({ kind: 'smc', imm: i.imm16 })),
  BRK: stepOf((i) => ({ kind: 'brk', imm: i.imm16 })),
  HLT: stepOf((i) => ({ kind: 'hlt', imm: i.imm16 })),
};
