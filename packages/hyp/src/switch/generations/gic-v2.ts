/**
 * The GICv2 virtual interface before v4.12: GICH_VMCR moves in every switch (Linux, arch/arm64/kvm/vgic-v2-switch.S of v4.0;
 * virt/kvm/arm/hyp/vgic-v2-sr.c of v4.6). In 4.0 all the rest does too, used or not.
 */
import { GICH_APR, GICH_EISR, GICH_ELRSR, GICH_HCR, GICH_LR, GICH_LR_HW0, GICH_MISR, GICH_VMCR } from '@worldswitch/gic/regs';
import { FRAME, setCell, T, VCPU, ZERO } from '../../cells.ts';
import type { Cpu } from '../../cpu.ts';
import { VCPU_STRUCT } from '../../layout.ts';
import { frameByKernel, frameByVm, fromFrame, HOST_GICV2, SOME_LRS, toFrame } from '../gic-v2.ts';
import { usedLrs } from '../gic-v3.ts';
import { operation } from '../operation.ts';

// ---- 4.0: everything ---------------------------------------------------------------------------------------------------

/** An image beyond those in use may be an old one. */
function writeLr(cpu: Cpu, n: number, isUsed: boolean): void {
  if (isUsed) {
    toFrame(cpu, GICH_LR.offsetOf(n), VCPU_STRUCT.V2_LR + 4 * n);
    return;
  }
  setCell(cpu.cells, T, ZERO);
  cpu.port.str32(T, FRAME, GICH_LR.offsetOf(n));
}

export const restoreAll = operation('gic2-restore', 'mw(HCR), mw(VMCR), mw(APR), mw(LRn) x all', (cpu) => {
  const count = usedLrs(cpu);
  frameByVm(cpu);
  toFrame(cpu, GICH_HCR.offset, VCPU_STRUCT.V2_HCR);
  toFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
  toFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
  for (let n = 0; n < cpu.facts.lrCount; n++) writeLr(cpu, n, n < count);
}, { ...HOST_GICV2, variant: 'whole interface', facts: ['restore guest VMCR', 'restore guest APRS', 'restore guest LRS'] });

/** The interface is off, and its list registers keep what they held: the next entry of such a guest writes all of them. */
export const saveAll = operation('gic2-save', 'mr(VMCR), mr(MISR), mr(EISR) x 2, mr(ELRSR) x 2, mr(APR), mw(HCR=0), mr(LRn) x all', (cpu) => {
  frameByVm(cpu);
  fromFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
  fromFrame(cpu, GICH_MISR.offset, VCPU_STRUCT.V2_MISR);
  for (let word = 0; word < 2; word++) fromFrame(cpu, GICH_EISR.offsetOf(word), VCPU_STRUCT.V2_EISR + 4 * word);
  for (let word = 0; word < 2; word++) fromFrame(cpu, GICH_ELRSR.offsetOf(word), VCPU_STRUCT.V2_ELRSR + 4 * word);
  fromFrame(cpu, GICH_APR.offset, VCPU_STRUCT.V2_APR);
  setCell(cpu.cells, T, ZERO);
  cpu.port.str32(T, FRAME, GICH_HCR.offset);
  for (let n = 0; n < cpu.facts.lrCount; n++) fromFrame(cpu, GICH_LR.offsetOf(n), VCPU_STRUCT.V2_LR + 4 * n);
}, { ...HOST_GICV2, variant: 'whole interface', facts: ['save guest VMCR', 'save guest APRS', 'restore host APRS', 'save guest LRS', 'restore host LRS'] });

/** Differs: 4.0 leaves them; here VMs of later plans share the PE, and rely on empty ones. */
export const clearLrs = operation('gic2-clear-lrs', 'mw(LRn=0) x all', (cpu) => {
  frameByKernel(cpu);
  setCell(cpu.cells, T, ZERO);
  for (let n = 0; n < cpu.facts.lrCount; n++) cpu.port.str32(T, FRAME, GICH_LR.offsetOf(n));
}, HOST_GICV2);

// ---- 4.6: what is live, and VMCR ---------------------------------------------------------------------------------------

export const restoreVmcr = operation('gic2-restore-vmcr', 'mw(VMCR)', (cpu) => {
  frameByVm(cpu);
  toFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
}, { ...HOST_GICV2, facts: ['restore guest VMCR'] });

export const saveVmcr = operation('gic2-save-vmcr', 'mr(VMCR)', (cpu) => {
  frameByVm(cpu);
  fromFrame(cpu, GICH_VMCR.offset, VCPU_STRUCT.V2_VMCR);
}, { ...HOST_GICV2, facts: ['save guest VMCR'] });

function expectsMaintenance({ port, cells }: Cpu, count: number): boolean {
  port.ldr32(T, VCPU, VCPU_STRUCT.V2_HCR);
  let expects = (cells[2 * T]! & GICH_HCR.UIE.wordMask) !== 0;
  for (let n = 0; n < count; n++) {
    port.ldr32(T, VCPU, VCPU_STRUCT.V2_LR + 4 * n);
    expects ||= (cells[2 * T]! & GICH_LR.HW.wordMask) === 0 && (cells[2 * T]! & GICH_LR_HW0.EOI.wordMask) !== 0;
  }
  return expects;
}

export const saveMaintenance = operation('gic2-save-maintenance', 'UIE, or EOI of an LR: mr(MISR), and mr(EISR0) if it says so', (cpu) => {
  const count = usedLrs(cpu);
  if (count === 0 || !expectsMaintenance(cpu, count)) return;
  frameByVm(cpu);
  fromFrame(cpu, GICH_MISR.offset, VCPU_STRUCT.V2_MISR);
  if ((cpu.cells[2 * T]! & GICH_MISR.EOI.wordMask) !== 0) fromFrame(cpu, GICH_EISR.offsetOf(0), VCPU_STRUCT.V2_EISR);
}, { ...HOST_GICV2, when: SOME_LRS });
