/**
 * Exceptions that the hypervisor makes the guest take at its EL1 (AArch64). Saved state and syndrome go through the
 * accessors, for they may be in hardware; pc and pstate are in memory.
 */
import { EC, ELR_EL1, ESR_EL1, ESR_ELx, FAR_EL1, FSC, HCR_EL2, SPSR_EL1, UNKNOWN_SYNDROME, VBAR_EL1, VSESR_EL2, vectorOffset } from '@worldswitch/cpu/arch';
import { guestRegister, readSysReg, writeSysReg } from './accessors.ts';
import { addToCell, K, K2, setCell, VCPU, word64 } from './cells.ts';
import type { Cpu } from './cpu.ts';
import { TALLIES } from './host/tallies.ts';
import { CONTEXT, VCPU_STRUCT } from './layout.ts';

const ELR = guestRegister(ELR_EL1);
const SPSR = guestRegister(SPSR_EL1);
const ESR = guestRegister(ESR_EL1);
const FAR = guestRegister(FAR_EL1);
const VBAR = guestRegister(VBAR_EL1);

const ENTRY_PSTATE = word64(SPSR_EL1.of({ M: SPSR_EL1.M.value('EL1h'), D: 1, A: 1, I: 1, F: 1 }));
const MODE_MASK = SPSR_EL1.M.wordMask;
const EL1H = SPSR_EL1.M.value('EL1h');
const EL1T = SPSR_EL1.M.value('EL1t');

const FROM_EL1H = vectorOffset('CURRENT_SP_ELx', 'SYNCHRONOUS');
const FROM_EL1T = vectorOffset('CURRENT_SP_EL0', 'SYNCHRONOUS');
const FROM_EL0 = vectorOffset('LOWER_AARCH64', 'SYNCHRONOUS');

/** The guest is at the vector of a synchronous exception, with its return state saved; whether it was at EL0. Uses `K` and `K2`. */
function enterVector(cpu: Cpu): boolean {
  const { port, cells } = cpu;
  port.charge(TALLIES.inject);
  port.ldr(K, VCPU, CONTEXT.PC);
  writeSysReg(cpu, ELR, K, K2);
  port.ldr(K, VCPU, CONTEXT.PSTATE);
  const mode = cells[2 * K]! & MODE_MASK;
  writeSysReg(cpu, SPSR, K, K2);
  readSysReg(cpu, VBAR, K);
  addToCell(cells, K, mode === EL1H ? FROM_EL1H : mode === EL1T ? FROM_EL1T : FROM_EL0);
  port.str(K, VCPU, CONTEXT.PC);
  setCell(cells, K, ENTRY_PSTATE);
  port.str(K, VCPU, CONTEXT.PSTATE);
  return mode !== EL1H && mode !== EL1T;
}

function writeSyndrome(cpu: Cpu, syndrome: number): void {
  setCell(cpu.cells, K, { lo: syndrome, hi: 0 });
  writeSysReg(cpu, ESR, K, K2);
}

/** An instruction that does not exist for this guest. */
export function injectUndefined(cpu: Cpu): void {
  enterVector(cpu);
  writeSyndrome(cpu, UNKNOWN_SYNDROME);
}

/** A synchronous external abort of an instruction fetch or a data access, at the address that the switch has noted. */
export function injectAbort(cpu: Cpu, isFetch: boolean): void {
  const fromEl0 = enterVector(cpu);
  cpu.port.ldr(K, VCPU, VCPU_STRUCT.FAULT_FAR);
  writeSysReg(cpu, FAR, K, K2);
  const ec = isFetch ? (fromEl0 ? EC.InstructionAbortLower : EC.InstructionAbortSame) : fromEl0 ? EC.DataAbortLower : EC.DataAbortSame;
  writeSyndrome(cpu, Number(ESR_ELx.of({ EC: ec, IL: 1, ISS: FSC.EXTERNAL })));
}

const IMP_DEF_SYNDROME = word64(VSESR_EL2.of({ IDS: 1 }));

/** A virtual SError: pending from the next entry on, taken when the guest unmasks it. Its syndrome says nothing. */
export function injectSError(cpu: Cpu): void {
  const { port, cells } = cpu;
  if (cpu.facts.ras) {
    setCell(cells, K, IMP_DEF_SYNDROME);
    port.str(K, VCPU, VCPU_STRUCT.VSESR_EL2);
  }
  port.ldr(K, VCPU, VCPU_STRUCT.HCR_EL2);
  cells[2 * K] = cells[2 * K]! | HCR_EL2.VSE.wordMask;
  port.str(K, VCPU, VCPU_STRUCT.HCR_EL2);
}
