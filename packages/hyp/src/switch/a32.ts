/**
 * State of an AArch32 EL1, which has registers of its own: SPSRs by mode, DACR, IFSR, DBGVCR, FPEXC. All of it is conditional
 * on the guest's width, and how that is asked is one of the steps.
 */
import { FPEXC32_EL2, HCR_EL2 } from '@worldswitch/cpu/arch';
import { setCell, T, VCPU } from '../cells.ts';
import { restoreRegisters, saveRegisters } from '../context.ts';
import type { Cpu } from '../cpu.ts';
import { sysRegOffset, VCPU_STRUCT } from '../layout.ts';
import { FPEXC32_ENABLE } from '../traps.ts';
import { isDirty } from './debug.ts';
import { operation, type Fact } from './operation.ts';

/** Whether EL1 of the guest is AArch32, from the flags in memory. */
export function isAArch32(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.HCR_EL2);
  return (cpu.cells[2 * T]! & HCR_EL2.RW.wordMask) === 0;
}

/** FP accesses of an AArch32 guest trap to EL2 only if its own enable is set; which the ISB makes certain. */
export const activateFpexc32 = operation('activate-fpexc32', 'W(FPEXC32_EL2=EN), ISB', (cpu) => {
  if (!cpu.facts.fp || !isAArch32(cpu)) return;
  setCell(cpu.cells, T, FPEXC32_ENABLE);
  cpu.port.msr(FPEXC32_EL2.key, T);
  cpu.port.isb();
}, { when: 'AArch32 guest' });


const A32_TEXT = 'SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2; debug dirty: DBGVCR32_EL2';
const A32_GUEST = 'AArch32 guest';
const RESTORE_A32: { readonly facts: readonly Fact[]; readonly when: string } = { facts: ['restore guest A32'], when: A32_GUEST };
const SAVE_A32: { readonly facts: readonly Fact[]; readonly when: string } = { facts: ['save guest A32'], when: A32_GUEST };

/** Before step 08 the question "is EL1 AArch32?" went to hardware, for every guest. */
function isAArch32ByHcr(cpu: Cpu): boolean {
  cpu.port.mrs(T, HCR_EL2.key);
  return (cpu.cells[2 * T]! & HCR_EL2.RW.wordMask) === 0;
}

function restoreA32(cpu: Cpu): void {
  restoreRegisters(cpu.port, cpu.lists.A32, VCPU);
  if (isDirty(cpu)) restoreRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}

function saveA32(cpu: Cpu): void {
  saveRegisters(cpu.port, cpu.lists.A32, VCPU);
}

function saveA32Debug(cpu: Cpu): void {
  if (isDirty(cpu)) saveRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}

export function saveFpexc32(cpu: Cpu): void {
  cpu.port.mrs(T, FPEXC32_EL2.key);
  cpu.port.str(T, VCPU, sysRegOffset('FPEXC32_EL2'));
}

/** Before the EL1 class: Cortex-A57 erratum 852523, Cortex-A72 erratum 853709. */
export const restoreGuestA32ByHcr = operation('restore-guest-a32', `R(HCR_EL2); W ${A32_TEXT}`, (cpu) => {
  if (isAArch32ByHcr(cpu)) restoreA32(cpu);
}, { ...RESTORE_A32, variant: 'RW from HCR_EL2' });

export const restoreGuestA32 = operation('restore-guest-a32', `W ${A32_TEXT}`, (cpu) => {
  if (isAArch32(cpu)) restoreA32(cpu);
}, RESTORE_A32);

/** Whether the guest used FP is read again: FPEXC32_EL2 holds a value of the guest only then. */
function saveA32WithFpexc(cpu: Cpu): void {
  saveA32(cpu);
  if (cpu.facts.fp && cpu.mode.readFpTrap(cpu)) saveFpexc32(cpu);
  saveA32Debug(cpu);
}

const SAVE_A32_TEXT = `R ${A32_TEXT.replace('; debug', '; R(CPTR), and if FP is enabled R(FPEXC32_EL2); debug')}`;

export const saveGuestA32ByHcr = operation('save-guest-a32', `R(HCR_EL2); ${SAVE_A32_TEXT}`, (cpu) => {
  if (isAArch32ByHcr(cpu)) saveA32WithFpexc(cpu);
}, { ...SAVE_A32, variant: 'RW from HCR_EL2' });

export const saveGuestA32 = operation('save-guest-a32', SAVE_A32_TEXT, (cpu) => {
  if (isAArch32(cpu)) saveA32WithFpexc(cpu);
}, { ...SAVE_A32, variant: 'with FPEXC32' });

/** Linux v4.0, where FP never traps: FPEXC32_EL2 is the guest's throughout. */
export const restoreGuestA32WithFpexc = operation('restore-guest-a32', `R(HCR_EL2); W ${A32_TEXT}; W(FPEXC32_EL2)`, (cpu) => {
  if (!isAArch32ByHcr(cpu)) return;
  restoreA32(cpu);
  cpu.port.ldr(T, VCPU, sysRegOffset('FPEXC32_EL2'));
  cpu.port.msr(FPEXC32_EL2.key, T);
}, { ...RESTORE_A32, variant: 'RW from HCR_EL2, with FPEXC32' });

export const saveGuestA32WithFpexc = operation('save-guest-a32', `R(HCR_EL2); R ${A32_TEXT}; R(FPEXC32_EL2)`, (cpu) => {
  if (!isAArch32ByHcr(cpu)) return;
  saveA32(cpu);
  saveFpexc32(cpu);
  saveA32Debug(cpu);
}, { ...SAVE_A32, variant: 'RW from HCR_EL2, with FPEXC32' });

/** From step 30 FPEXC32_EL2 goes with FP. */
export const saveGuestA32WithoutFpexc = operation('save-guest-a32', `R ${A32_TEXT}`, (cpu) => {
  if (!isAArch32(cpu)) return;
  saveA32(cpu);
  saveA32Debug(cpu);
}, SAVE_A32);

/** The same two, still asking HCR_EL2, for plans without step 08. */
export const saveGuestA32ByHcrWithoutFpexc = operation('save-guest-a32', `R(HCR_EL2); R ${A32_TEXT}`, (cpu) => {
  if (!isAArch32ByHcr(cpu)) return;
  saveA32(cpu);
  saveA32Debug(cpu);
}, { ...SAVE_A32, variant: 'RW from HCR_EL2, without FPEXC32' });

/** At load and put: the dirty flag does not hold for a whole residency, so DBGVCR32_EL2 always goes along. */
export const loadGuestA32 = operation('restore-guest-a32', 'W SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2 DBGVCR32_EL2', (cpu) => {
  if (!isAArch32(cpu)) return;
  restoreRegisters(cpu.port, cpu.lists.A32, VCPU);
  restoreRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}, { ...RESTORE_A32, variant: 'while loaded' });

export const putGuestA32 = operation('save-guest-a32', 'R SPSR_abt SPSR_und SPSR_irq SPSR_fiq DACR32_EL2 IFSR32_EL2 DBGVCR32_EL2', (cpu) => {
  if (!isAArch32(cpu)) return;
  saveRegisters(cpu.port, cpu.lists.A32, VCPU);
  saveRegisters(cpu.port, cpu.lists.A32_DEBUG, VCPU);
}, { ...SAVE_A32, variant: 'while loaded' });
