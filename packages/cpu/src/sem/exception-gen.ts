/** Exception generation. */
import type { exceptionGen } from '../arch/insn/exception-gen.ts';
import type { Semantics } from './semantics.ts';

export const exceptionGenSemantics: Semantics<typeof exceptionGen> = {
  SVC: (e, i) => {
    e.step({ kind: 'svc', imm: i.imm16 });
  },
  HVC: (e, i) => {
    e.step({ kind: 'hvc', imm: i.imm16 });
  },
  SMC: (e, i) => {
    e.step({ kind: 'smc', imm: i.imm16 });
  },
  BRK: (e, i) => {
    e.step({ kind: 'brk', imm: i.imm16 });
  },
  HLT: (e, i) => {
    e.step({ kind: 'hlt', imm: i.imm16 });
  },
};
