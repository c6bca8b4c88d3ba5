/**
 * Registers of the guest's translation, which trap on writes while HCR_EL2.TVM is set, and cache maintenance by set and way
 * (kvm-arm-vhe-series.md, sections 1.4 and 3.6). They are read and written where the guest's value is now.
 */
import {
  ACTLR_EL1, AFSR0_EL1, AFSR1_EL1, AMAIR_EL1, CONTEXTIDR_EL1, ESR_EL1, FAR_EL1, HCR_EL2, MAIR_EL1, SCTLR_EL1, sysOpByName, sysRegKey, TCR_EL1, TTBR0_EL1, TTBR1_EL1,
} from '@worldswitch/cpu/arch';
import { guestRegister, readSysReg, writeSysReg } from '../accessors.ts';
import { K, K2, K3, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { VCPU_STRUCT } from '../layout.ts';
import type { SysRegHandler, SysRegRow } from './handler.ts';

const SCTLR = guestRegister(SCTLR_EL1);
const ACTLR = guestRegister(ACTLR_EL1);
const CACHES_ON = SCTLR_EL1.M.wordMask | SCTLR_EL1.C.wordMask;

function changeTvm(cpu: Cpu, set: boolean): void {
  const { port, cells } = cpu;
  port.ldr(K3, VCPU, VCPU_STRUCT.HCR_EL2);
  cells[2 * K3] = set ? cells[2 * K3]! | HCR_EL2.TVM.wordMask : cells[2 * K3]! & ~HCR_EL2.TVM.wordMask;
  port.str(K3, VCPU, VCPU_STRUCT.HCR_EL2);
}

/** While the guest's MMU and caches are off its writes are watched; once both are on they need not be. */
function vmRow(register: Parameters<typeof guestRegister>[0]): SysRegRow {
  const row = guestRegister(register);
  return [register.key, (cpu, _vcpu, _key, isRead) => {
    if (isRead) {
      readSysReg(cpu, row, K);
      return true;
    }
    writeSysReg(cpu, row, K, K3);
    readSysReg(cpu, SCTLR, K2);
    if ((cpu.cells[2 * K2]! & CACHES_ON) === CACHES_ON) changeTvm(cpu, false);
    return true;
  }];
}

/** Reads show the value; writes are ignored. */
const auxiliary: SysRegHandler = (cpu, _vcpu, _key, isRead) => {
  if (isRead) readSysReg(cpu, ACTLR, K);
  return true;
};

const setWay: SysRegHandler = (cpu) => {
  changeTvm(cpu, true);
  return true;
};

/** A syndrome has System instructions with their op0, which is 1. */
function trappedOperation(mnemonic: string, name: string): number {
  const { op1, CRn, CRm, op2 } = sysOpByName(mnemonic, name)!;
  return sysRegKey(1, op1, CRn, CRm, op2);
}

export const VM_ROWS: readonly SysRegRow[] = [
  ...[SCTLR_EL1, TTBR0_EL1, TTBR1_EL1, TCR_EL1, ESR_EL1, FAR_EL1, AFSR0_EL1, AFSR1_EL1, MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1].map(vmRow),
  [ACTLR_EL1.key, auxiliary],
  ...['ISW', 'CSW', 'CISW'].map((name): SysRegRow => [trappedOperation('DC', name), setWay]),
];
