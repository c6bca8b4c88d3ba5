/** Operands of the port that are not registers, by the names of the manual. */
import { BARRIER_OPTIONS, InvariantError, PSTATE_FIELDS, sysOpByName } from '@worldswitch/cpu/arch';

function pstate(name: string): number {
  const row = PSTATE_FIELDS.find((one) => one.name === name);
  if (row === undefined) throw new InvariantError(`no PSTATE field ${name}`);
  return (row.op1 << 3) | row.op2;
}

/** Fields of MSR (immediate). */
export const PSTATE = { DAIFSet: pstate('DAIFSet'), DAIFClr: pstate('DAIFClr'), PAN: pstate('PAN'), SPSel: pstate('SPSel') } as const;

function barrier(name: string): number {
  const row = BARRIER_OPTIONS.find((one) => one.name === name);
  if (row === undefined) throw new InvariantError(`no barrier option ${name}`);
  return row.CRm;
}

export const BARRIER = { SY: barrier('SY'), ST: barrier('ST'), ISH: barrier('ISH'), ISHST: barrier('ISHST'), NSH: barrier('NSH') } as const;

export const HINT = { NOP: 0, ESB: 16, PSB_CSYNC: 17 } as const;

function operation(mnemonic: string, name: string): number {
  const row = sysOpByName(mnemonic, name);
  if (row === null) throw new InvariantError(`no ${mnemonic} ${name}`);
  return row.key;
}

export const SYS = {
  AT_S1E1R: operation('AT', 'S1E1R'),
  TLBI_VMALLE1: operation('TLBI', 'VMALLE1'),
  TLBI_ALLE1: operation('TLBI', 'ALLE1'),
  TLBI_ALLE1IS: operation('TLBI', 'ALLE1IS'),
  TLBI_ALLE2: operation('TLBI', 'ALLE2'),
  TLBI_VMALLE1IS: operation('TLBI', 'VMALLE1IS'),
  TLBI_IPAS2E1IS: operation('TLBI', 'IPAS2E1IS'),
  TLBI_VMALLS12E1IS: operation('TLBI', 'VMALLS12E1IS'),
  IC_IALLUIS: operation('IC', 'IALLUIS'),
} as const;
