/** System instructions: hints, barriers, PSTATE, and moves to and from system registers. */
import type { system } from '../arch/insn/system.ts';
import type { Emit, Imm, Val } from '../emit/builder.ts';
import { stepOf, type Semantics } from './semantics.ts';

interface SystemFields {
  readonly op1: number;
  readonly CRn: Imm;
  readonly CRm: Imm;
  readonly op2: number;
}

/** The key of `sysregs/`: op0:op1:CRn:CRm:op2. */
function registerKey(i: SystemFields & { readonly o0: number }): number {
  return ((2 | i.o0) << 14) | (i.op1 << 11) | (i.CRn << 7) | (i.CRm << 3) | i.op2;
}

/** The key of `sysops.ts`: op1:CRn:CRm:op2. */
function operationKey(i: SystemFields): number {
  return (i.op1 << 11) | (i.CRn << 7) | (i.CRm << 3) | i.op2;
}

/** A hint that has nothing to do on this machine. */
function noEffect(e: Emit): void {
  e.count('hint');
}

function moveImmediate(field: string): (e: Emit, i: { readonly CRm: Imm }) => void {
  return stepOf((i) => ({ kind: 'msr-imm', field, imm: i.CRm }));
}

/** Z, C and V, each in bit 0 of a value whose other bits mean nothing. */
function flagsOf(e: Emit): { readonly z: Val; readonly c: Val; readonly v: Val } {
  const v = e.let(e.nzcv());
  return { z: e.shr(v, e.imm(2, 32)), c: e.shr(v, e.imm(1, 32)), v };
}

/** NZCV from the bits 0 of four values. */
function packed(e: Emit, n: Val, z: Val, c: Val, v: Val): Val {
  const bit = (value: Val, at: number): Val => e.shl(e.and(value, e.imm(1, 32)), e.imm(at, 32));
  return e.or(e.or(bit(n, 3), bit(z, 2)), e.or(bit(c, 1), bit(v, 0)));
}

export const systemSemantics: Semantics<typeof system> = {
  NOP: noEffect,
  YIELD: stepOf(() => ({ kind: 'yield' })),
  WFE: stepOf(() => ({ kind: 'wfe' })),
  WFI: stepOf(() => ({ kind: 'wfi' })),
  SEV: stepOf(() => ({ kind: 'sev' })),
  SEVL: stepOf(() => ({ kind: 'sevl' })),
  ESB: stepOf(() => ({ kind: 'esb' })),
  PSB: noEffect,
  TSB: noEffect,
  CSDB: noEffect,
  HINT: noEffect,

  CLREX: (e) => {
    e.monitorClear();
  },
  DSB: (e) => {
    e.count('dsb');
  },
  DMB: (e) => {
    e.count('dmb');
  },
  ISB: stepOf(() => ({ kind: 'isb' })),
  SB: noEffect,

  CFINV: (e) => {
    e.flagsLiteral(e.xor(e.nzcv(), e.imm(2, 32)));
  },
  // Flags of a floating-point comparison from Arm's form to the other one, which has no V for "unordered", and back.
  AXFLAG: (e) => {
    const { z, c, v } = flagsOf(e);
    e.flagsLiteral(packed(e, e.imm(0, 32), e.or(z, v), e.and(c, e.not(v)), e.imm(0, 32)));
  },
  XAFLAG: (e) => {
    const { z, c } = flagsOf(e);
    e.flagsLiteral(packed(e, e.and(e.not(c), e.not(z)), e.and(z, c), e.or(c, z), e.and(e.not(c), z)));
  },
  MSR_UAO: moveImmediate('UAO'),
  MSR_PAN: moveImmediate('PAN'),
  MSR_SPSel: moveImmediate('SPSel'),
  MSR_SSBS: moveImmediate('SSBS'),
  MSR_DIT: moveImmediate('DIT'),
  MSR_DAIFSet: moveImmediate('DAIFSet'),
  MSR_DAIFClr: moveImmediate('DAIFClr'),

  SYS: stepOf((i) => ({ kind: 'sys', operation: operationKey(i), rt: i.Rt })),
  SYSL: stepOf((i) => ({ kind: 'sysl', operation: operationKey(i), rt: i.Rt })),
  MSR_reg: stepOf((i) => ({ kind: 'msr', register: registerKey(i), rt: i.Rt })),
  MRS: stepOf((i) => ({ kind: 'mrs', register: registerKey(i), rt: i.Rt })),
};
