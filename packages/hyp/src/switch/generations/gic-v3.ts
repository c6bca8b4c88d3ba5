/**
 * The GICv3 virtual interface before v4.12: ICH_VMCR_EL2 moves in every switch (Linux, arch/arm64/kvm/vgic-v3-switch.S of v4.0;
 * arch/arm64/kvm/hyp/vgic-v3-sr.c of v4.6). In 4.0 all the rest does too, used or not. Differs: ICC_SRE_EL2.Enable is cleared for
 * GICv3 guests as well in 4.0, so that under every plan the same accesses trap.
 */
import { ICC_SRE_EL1, ICH_EISR_EL2, ICH_ELRSR_EL2, ICH_HCR_EL2, ICH_LR_HW0, ICH_LR, ICH_MISR_EL2, ICH_VMCR_EL2, ICH_VTR_EL2 } from '@worldswitch/cpu/arch';
import { T, T2, VCPU } from '../../cells.ts';
import { type Cpu, FAMILIES } from '../../cpu.ts';
import { BARRIER } from '../../instructions.ts';
import { VCPU_STRUCT } from '../../layout.ts';
import { HOST_GICV3, isSre0, loadTo, priorityRegisters, restoreApRs, saveApRs, saveFrom, SOME_LRS, SRE0, usedLrs, write } from '../gic-v3.ts';
import type { HypFunction } from '../mode.ts';
import { operation } from '../operation.ts';

// ---- 4.0: everything ---------------------------------------------------------------------------------------------------

export const restoreAll = operation('gic3-restore', 'W(ICC_SRE_EL1), ISB, W(ICH_HCR_EL2), W(ICH_VMCR_EL2), R(ICH_VTR_EL2), W(ICH_AP0Rn_EL2), W(ICH_AP1Rn_EL2), W(ICH_LRn_EL2) x all, ISB, DSB SY', (cpu) => {
  const { port } = cpu;
  const count = usedLrs(cpu);
  loadTo(cpu, ICC_SRE_EL1.key, VCPU_STRUCT.V3_SRE);
  port.isb();
  loadTo(cpu, ICH_HCR_EL2.key, VCPU_STRUCT.V3_HCR);
  loadTo(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR);
  port.mrs(T2, ICH_VTR_EL2.key);
  restoreApRs(cpu, priorityRegisters(cpu));
  for (let n = cpu.facts.lrCount - 1; n >= 0; n--) {
    // An image beyond those in use may be an old one.
    if (n < count) loadTo(cpu, FAMILIES.lr[n]!, VCPU_STRUCT.V3_LR + 8 * n);
    else write(cpu, FAMILIES.lr[n]!, 0);
  }
  port.isb();
  port.dsb(BARRIER.SY);
}, { ...HOST_GICV3, facts: ['activate SRE1', 'restore guest VMCR', 'restore guest APRS', 'restore guest LRS'] });

/** The interface is off, and its list registers keep what they held: the next entry of such a guest writes all of them. */
export const saveAll = operation('gic3-save', 'DSB ST, R(ICH_VMCR_EL2), R(ICH_MISR_EL2), R(ICH_EISR_EL2), R(ICH_ELRSR_EL2), W(ICH_HCR_EL2=0), R(ICH_VTR_EL2), R(ICH_LRn_EL2) x all, R(ICH_AP0Rn_EL2), R(ICH_AP1Rn_EL2)', (cpu) => {
  cpu.port.dsb(BARRIER.ST);
  saveFrom(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR);
  saveFrom(cpu, ICH_MISR_EL2.key, VCPU_STRUCT.V3_MISR);
  saveFrom(cpu, ICH_EISR_EL2.key, VCPU_STRUCT.V3_EISR);
  saveFrom(cpu, ICH_ELRSR_EL2.key, VCPU_STRUCT.V3_ELRSR);
  write(cpu, ICH_HCR_EL2.key, 0);
  cpu.port.mrs(T2, ICH_VTR_EL2.key);
  for (let n = cpu.facts.lrCount - 1; n >= 0; n--) saveFrom(cpu, FAMILIES.lr[n]!, VCPU_STRUCT.V3_LR + 8 * n);
  saveApRs(cpu, priorityRegisters(cpu));
}, { ...HOST_GICV3, facts: ['save guest VMCR', 'save guest LRS', 'restore host LRS', 'save guest APRS', 'restore host APRS'] });

export const setSre1 = operation('gic3-set-sre1', 'ISB, W(ICC_SRE_EL1=1)', (cpu) => {
  cpu.port.isb();
  write(cpu, ICC_SRE_EL1.key, ICC_SRE_EL1.SRE.wordMask);
}, { ...HOST_GICV3, variant: 'always', facts: ['deactivate SRE1'] });

const clearLrsFunction: HypFunction = {
  name: '__vgic_v3_init_lrs',
  run: (cpu) => {
    for (let n = 0; n < cpu.facts.lrCount; n++) write(cpu, FAMILIES.lr[n]!, 0);
  },
};

export const GIC3_GENERATION_HYP_FUNCTIONS: readonly HypFunction[] = [clearLrsFunction];

/** Differs: 4.0 leaves them; here VMs of later plans share the PE, and rely on empty ones. */
export const clearLrs = operation('gic3-clear-lrs', 'hyp call: W(ICH_LRn_EL2=0) x all', (cpu) => cpu.mode.callHyp(cpu, clearLrsFunction), HOST_GICV3);

// ---- 4.6: what is live, and VMCR ---------------------------------------------------------------------------------------

export const clearSre1 = operation('gic3-clear-sre1', 'W(ICC_SRE_EL1=0), ISB', (cpu) => {
  if (!isSre0(cpu)) return;
  write(cpu, ICC_SRE_EL1.key, 0);
  cpu.port.isb();
}, { ...HOST_GICV3, when: SRE0, variant: 'without VMCR', facts: ['activate SRE1'] });

/** After ICC_SRE_EL1, which decides what of it is RES1. */
export const restoreVmcr = operation('gic3-restore-vmcr', 'W(ICH_VMCR_EL2)', (cpu) => loadTo(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR), { ...HOST_GICV3, facts: ['restore guest VMCR'] });

export const barrierOut = operation('gic3-barrier-out', 'DSB ST', (cpu) => {
  if (isSre0(cpu)) cpu.port.dsb(BARRIER.ST);
}, { ...HOST_GICV3, when: SRE0, variant: 'DSB ST' });

export const saveVmcr = operation('gic3-save-vmcr', 'R(ICH_VMCR_EL2)', (cpu) => saveFrom(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR), { ...HOST_GICV3, variant: 'always', facts: ['save guest VMCR'] });

function expectsMaintenance({ port, cells }: Cpu, count: number): boolean {
  port.ldr(T, VCPU, VCPU_STRUCT.V3_HCR);
  let expects = (cells[2 * T]! & ICH_HCR_EL2.UIE.wordMask) !== 0;
  for (let n = 0; n < count; n++) {
    port.ldr(T, VCPU, VCPU_STRUCT.V3_LR + 8 * n);
    expects ||= (cells[2 * T + 1]! & ICH_LR.HW.wordMask) === 0 && (cells[2 * T + 1]! & ICH_LR_HW0.EOI.wordMask) !== 0;
  }
  return expects;
}

export const saveMaintenance = operation('gic3-save-maintenance', 'UIE, or EOI of an LR: R(ICH_MISR_EL2), and R(ICH_EISR_EL2) if it says so', (cpu) => {
  const count = usedLrs(cpu);
  if (count === 0 || !expectsMaintenance(cpu, count)) return;
  saveFrom(cpu, ICH_MISR_EL2.key, VCPU_STRUCT.V3_MISR);
  if ((cpu.cells[2 * T]! & ICH_MISR_EL2.EOI.wordMask) !== 0) saveFrom(cpu, ICH_EISR_EL2.key, VCPU_STRUCT.V3_EISR);
}, { ...HOST_GICV3, when: SOME_LRS });
