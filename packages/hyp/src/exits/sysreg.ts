/**
 * Trapped MSR, MRS and System instructions of an AArch64 guest: VM registers (while HCR_EL2.TVM is set), ID registers
 * (TID3), auxiliary control, set/way maintenance. What has no row is UNDEFINED for the guest, and counted.
 */
import {
  ACTLR_EL1, AFSR0_EL1, AFSR1_EL1, AMAIR_EL1, CONTEXTIDR_EL1, ESR_EL1, FAR_EL1, HCR_EL2, ISS_SYS, MAIR_EL1, SCTLR_EL1, syndromeIss, sysRegKey, TCR_EL1, TTBR0_EL1, TTBR1_EL1,
  type AnyRegister,
} from '@worldswitch/cpu/arch';
import { guestRegister, readSysReg, readX, writeSysReg, writeX, type GuestRegister } from '../accessors.ts';
import { K, K2, K3, VCPU } from '../cells.ts';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import { injectUndefined } from '../inject.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { type ExitHandler, type Outcome, RESUME, SKIP_AND_RESUME } from './outcome.ts';

const byKey = (registers: readonly AnyRegister[]): ReadonlyMap<number, GuestRegister> => new Map(registers.map((register) => [register.key, guestRegister(register)]));

const VM_REGISTERS = byKey([SCTLR_EL1, TTBR0_EL1, TTBR1_EL1, TCR_EL1, ESR_EL1, FAR_EL1, AFSR0_EL1, AFSR1_EL1, MAIR_EL1, AMAIR_EL1, CONTEXTIDR_EL1]);
const ACTLR = guestRegister(ACTLR_EL1);
const SCTLR = guestRegister(SCTLR_EL1);

const CACHES_ON = SCTLR_EL1.M.wordMask | SCTLR_EL1.C.wordMask;

/** DC ISW, CSW, CISW: op0 1, op1 0, CRn 7, CRm 6, 10, 14, op2 2. */
const isSetWay = (key: number): boolean => (key & ~(0xf << 3)) === (sysRegKey(1, 0, 7, 0, 2) & ~(0xf << 3)) && [6, 10, 14].includes((key >> 3) & 0xf);

/** ID_*_EL1: op0 3, op1 0, CRn 0, CRm 1 to 7: shown as the host's own, which the machine has chosen. */
const isIdRegister = (key: number): boolean => (key & ~0x7f) === sysRegKey(3, 0, 0, 0, 0) && ((key >> 3) & 0xf) >= 1 && ((key >> 3) & 0xf) <= 7;

function sysKey(iss: number): number {
  return sysRegKey(ISS_SYS.Op0.inWord(iss), ISS_SYS.Op1.inWord(iss), ISS_SYS.CRn.inWord(iss), ISS_SYS.CRm.inWord(iss), ISS_SYS.Op2.inWord(iss));
}

function changeTvm(cpu: Cpu, set: boolean): void {
  const { port, cells } = cpu;
  port.ldr(K, VCPU, VCPU_STRUCT.HCR_EL2);
  cells[2 * K] = set ? cells[2 * K]! | HCR_EL2.TVM.wordMask : cells[2 * K]! & ~HCR_EL2.TVM.wordMask;
  port.str(K, VCPU, VCPU_STRUCT.HCR_EL2);
}

/** While the guest's MMU and caches are off its writes are watched; once both are on they need not be. */
function writeVmRegister(cpu: Cpu, register: GuestRegister, source: number): Outcome {
  readX(cpu, source, K);
  writeSysReg(cpu, register, K, K3);
  readSysReg(cpu, SCTLR, K2);
  if ((cpu.cells[2 * K2]! & CACHES_ON) === CACHES_ON) changeTvm(cpu, false);
  return SKIP_AND_RESUME;
}

export const handleSysReg: ExitHandler = (cpu, vcpu, esr) => {
  const { port } = cpu;
  port.charge(TALLIES.sysRegTrap);
  const iss = syndromeIss(esr);
  const key = sysKey(iss);
  const isRead = ISS_SYS.Direction.inWord(iss) === 1;
  const target = ISS_SYS.Rt.inWord(iss);
  const vm = VM_REGISTERS.get(key);
  if (vm !== undefined && !isRead) return writeVmRegister(cpu, vm, target);
  if (isRead && isIdRegister(key)) {
    port.mrs(K, key);
    writeX(cpu, target, K);
    return SKIP_AND_RESUME;
  }
  if (key === ACTLR_EL1.key) {
    // Reads show the value; writes are ignored.
    if (isRead) {
      readSysReg(cpu, ACTLR, K);
      writeX(cpu, target, K);
    }
    return SKIP_AND_RESUME;
  }
  if (isSetWay(key)) {
    changeTvm(cpu, true);
    return SKIP_AND_RESUME;
  }
  vcpu.vm.noteUnhandled(key);
  injectUndefined(cpu);
  return RESUME;
};
