/**
 * The GICv3 virtual interface in the switch (kvm-arm-vhe-series.md, sections 2.9, 3.2 to 3.4). Each sentence of the
 * sequence is an operation, because the series takes them apart. `n` is the number of list registers that the last flush
 * filled; `sre=0` is a GICv2 guest (or a VM without an interrupt controller). All of it runs at EL2 under either host.
 */
import { ICC_SRE_EL1, ICC_SRE_EL2, ICH_ELRSR_EL2, ICH_HCR_EL2, ICH_LR, ICH_VMCR_EL2, ICH_VTR_EL2, HCR_EL2 } from '@worldswitch/cpu/arch';
import { ARG, RESULT, setCell, T, T2, VCPU, ZERO } from '../cells.ts';
import { type Cpu, FAMILIES } from '../cpu.ts';
import { BARRIER } from '../instructions.ts';
import { VCPU_STRUCT } from '../layout.ts';
import { HCR_INT_OVERRIDE, SRE2_ENABLE } from '../traps.ts';
import type { HypFunction } from './mode.ts';
import { operation } from './operation.ts';

export const HOST_GICV3 = { host: 'gicv3' } as const;
export const SRE0 = 'GICv2 guest';
export const SOME_LRS = 'n > 0';
const SOME_LRS_OR_TRAPS = 'n > 0, or CPU interface traps';

export function usedLrs(cpu: Cpu): number {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.USED_LRS);
  return cpu.cells[2 * T]!;
}

export function isSre0(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.V3_SRE);
  return cpu.cells[2 * T] === 0;
}

/** The bits of ICH_HCR_EL2 that must stay armed for a guest without list registers in use: the CPU interface traps. */
const TRAP_BITS = ICH_HCR_EL2.TC.wordMask | ICH_HCR_EL2.TALL0.wordMask | ICH_HCR_EL2.TALL1.wordMask;

function hasCpuInterfaceTraps(cpu: Cpu): boolean {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.V3_HCR);
  return (cpu.cells[2 * T]! & TRAP_BITS) !== 0;
}

export function loadTo(cpu: Cpu, register: number, offset: number): void {
  cpu.port.ldr(T, VCPU, offset);
  cpu.port.msr(register, T);
}

export function saveFrom(cpu: Cpu, register: number, offset: number): void {
  cpu.port.mrs(T, register);
  cpu.port.str(T, VCPU, offset);
}

export function write(cpu: Cpu, register: number, low: number): void {
  cpu.cells[2 * T] = low;
  cpu.cells[2 * T + 1] = 0;
  cpu.port.msr(register, T);
}

/** Registers per group by ICH_VTR_EL2.PREbits: 5 bits 1, 6 bits 2, 7 bits 4. */
export function priorityRegisters(cpu: Cpu): number {
  return 1 << (ICH_VTR_EL2.PREbits.inWord(cpu.cells[2 * T2]!) + 1 - 5);
}

// ---- HCR_EL2: interrupts to EL2, and user space's lines ----------------------------------------------------------------

function orIntoHcr(cpu: Cpu, bits: number): void {
  const { port, cells } = cpu;
  port.ldr(T2, VCPU, VCPU_STRUCT.IRQ_LINES);
  port.mrs(T, HCR_EL2.key);
  cells[2 * T] = cells[2 * T]! | bits | cells[2 * T2]!;
  port.msr(HCR_EL2.key, T);
}

const OVERRIDE = Number(HCR_INT_OVERRIDE);

/** Until step 05 the flags from reset lacked FMO and IMO. */
export const vgicRaiseHcr = operation('vgic-raise-hcr', 'R(HCR_EL2), W(HCR_EL2 | FMO | IMO | irq_lines)', (cpu) => orIntoHcr(cpu, OVERRIDE), { variant: 'FMO, IMO, irq_lines' });
export const vgicRaiseIrqLines = operation('vgic-raise-hcr', 'R(HCR_EL2), W(HCR_EL2 | irq_lines)', (cpu) => orIntoHcr(cpu, 0), { variant: 'irq_lines' });
export const vgicLowerHcr = operation('vgic-lower-hcr', 'R(HCR_EL2), W(HCR_EL2 & ~(FMO | IMO))', (cpu) => {
  cpu.port.mrs(T, HCR_EL2.key);
  cpu.cells[2 * T] = cpu.cells[2 * T]! & ~OVERRIDE;
  cpu.port.msr(HCR_EL2.key, T);
});

// ---- Restore -----------------------------------------------------------------------------------------------------------

/**
 * A GICv2 guest must not run with SRE_EL1 set: VMCR.VFIQEn would be RES1 and Group 0 interrupts would arrive as FIQ. So
 * SRE_EL1 is 0, and known to be, before VMCR is written.
 */
export const gic3ClearSre1 = operation('gic3-clear-sre1', 'W(ICC_SRE_EL1=0), ISB, W(ICH_VMCR_EL2)', (cpu) => {
  if (!isSre0(cpu)) return;
  write(cpu, ICC_SRE_EL1.key, 0);
  cpu.port.isb();
  loadTo(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR);
}, { ...HOST_GICV3, when: SRE0, facts: ['activate SRE1'] });

/** At load nobody enters the guest soon, so the write of VMCR is completed here. */
export const gic3ClearSre1Synchronised = operation('gic3-clear-sre1', 'W(ICC_SRE_EL1=0), ISB, W(ICH_VMCR_EL2), ISB, DSB SY', (cpu) => {
  if (!isSre0(cpu)) return;
  write(cpu, ICC_SRE_EL1.key, 0);
  cpu.port.isb();
  loadTo(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR);
  cpu.port.isb();
  cpu.port.dsb(BARRIER.SY);
}, { ...HOST_GICV3, when: SRE0, variant: 'synchronised', facts: ['activate SRE1'] });

export const gic3ReadVtr = operation('gic3-read-vtr', 'R(ICH_VTR_EL2)', (cpu) => cpu.port.mrs(T2, ICH_VTR_EL2.key), HOST_GICV3);

/** A cell other than `T` and `T2` is not needed: what the VTR read found is used before anything else reads. */
export const gic3WriteHcr = operation('gic3-write-hcr', 'W(ICH_HCR_EL2)', (cpu) => {
  if (usedLrs(cpu) === 0 && !hasCpuInterfaceTraps(cpu)) return;
  loadTo(cpu, ICH_HCR_EL2.key, VCPU_STRUCT.V3_HCR);
}, { ...HOST_GICV3, when: SOME_LRS_OR_TRAPS });

export const gic3WriteHcrForLrs = operation('gic3-write-hcr', 'W(ICH_HCR_EL2)', (cpu) => {
  if (usedLrs(cpu) !== 0) loadTo(cpu, ICH_HCR_EL2.key, VCPU_STRUCT.V3_HCR);
}, { ...HOST_GICV3, when: SOME_LRS, variant: 'for list registers' });

/** Highest number first. */
export function restoreApRs(cpu: Cpu, count: number): void {
  for (let n = count - 1; n >= 0; n--) loadTo(cpu, FAMILIES.ap0r[n]!, VCPU_STRUCT.V3_AP0R + 8 * n);
  for (let n = count - 1; n >= 0; n--) loadTo(cpu, FAMILIES.ap1r[n]!, VCPU_STRUCT.V3_AP1R + 8 * n);
}

export function saveApRs(cpu: Cpu, count: number): void {
  for (let n = count - 1; n >= 0; n--) saveFrom(cpu, FAMILIES.ap0r[n]!, VCPU_STRUCT.V3_AP0R + 8 * n);
  for (let n = count - 1; n >= 0; n--) saveFrom(cpu, FAMILIES.ap1r[n]!, VCPU_STRUCT.V3_AP1R + 8 * n);
}

export const gic3RestoreAprs = operation('gic3-restore-aprs', 'W(ICH_AP0Rn_EL2), W(ICH_AP1Rn_EL2)', (cpu) => {
  const count = priorityRegisters(cpu);
  if (usedLrs(cpu) !== 0) restoreApRs(cpu, count);
}, { ...HOST_GICV3, when: SOME_LRS, facts: ['restore guest APRS'] });

export const gic3RestoreLrs = operation('gic3-restore-lrs', 'W(ICH_LRn_EL2) x n', (cpu) => {
  const count = usedLrs(cpu);
  for (let n = 0; n < count; n++) loadTo(cpu, FAMILIES.lr[n]!, VCPU_STRUCT.V3_LR + 8 * n);
}, { ...HOST_GICV3, when: SOME_LRS, facts: ['restore guest LRS'] });

/** What was written through system registers is seen by a memory-mapped guest interface. */
export const gic3BarrierIn = operation('gic3-barrier-in', 'ISB, DSB SY', (cpu) => {
  if (!isSre0(cpu)) return;
  cpu.port.isb();
  cpu.port.dsb(BARRIER.SY);
}, { ...HOST_GICV3, when: SRE0 });

export const gic3BarrierInForLrs = operation('gic3-barrier-in', 'ISB, DSB SY', (cpu) => {
  if (usedLrs(cpu) === 0 || !isSre0(cpu)) return;
  cpu.port.isb();
  cpu.port.dsb(BARRIER.SY);
}, { ...HOST_GICV3, when: `${SRE0}, n > 0`, variant: 'for list registers' });

function changeSre2(cpu: Cpu, set: number, clear: number): void {
  cpu.port.mrs(T, ICC_SRE_EL2.key);
  cpu.cells[2 * T] = (cpu.cells[2 * T]! & ~clear) | set;
  cpu.port.msr(ICC_SRE_EL2.key, T);
}

/** A guest that looks for ICC_SRE_EL1 finds none: its accesses trap. */
export const gic3DisableSre2 = operation('gic3-disable-sre2', 'R(ICC_SRE_EL2), W(ICC_SRE_EL2 & ~Enable)', (cpu) => changeSre2(cpu, 0, SRE2_ENABLE), {
  ...HOST_GICV3,
  facts: ['activate SRE2'],
});

/** From step 40 the traps of the CPU interface are armed apart from list registers. */
export const gic3ArmTraps = operation('gic3-arm-traps', 'W(ICH_HCR_EL2)', (cpu) => {
  if (hasCpuInterfaceTraps(cpu)) cpu.port.msr(ICH_HCR_EL2.key, T);
}, { ...HOST_GICV3, when: 'CPU interface traps' });

// ---- Save --------------------------------------------------------------------------------------------------------------

export const gic3BarrierOut = operation('gic3-barrier-out', 'DSB SY, ISB', (cpu) => {
  if (!isSre0(cpu)) return;
  cpu.port.dsb(BARRIER.SY);
  cpu.port.isb();
}, { ...HOST_GICV3, when: SRE0 });

export const gic3BarrierOutForLrs = operation('gic3-barrier-out', 'DSB SY, ISB', (cpu) => {
  if (usedLrs(cpu) === 0 || !isSre0(cpu)) return;
  cpu.port.dsb(BARRIER.SY);
  cpu.port.isb();
}, { ...HOST_GICV3, when: `${SRE0}, n > 0`, variant: 'for list registers' });

export const gic3SaveVmcr = operation('gic3-save-vmcr', 'R(ICH_VMCR_EL2)', (cpu) => {
  if (isSre0(cpu)) saveFrom(cpu, ICH_VMCR_EL2.key, VCPU_STRUCT.V3_VMCR);
}, { ...HOST_GICV3, when: SRE0 });

/** Which list registers hardware has emptied. */
export const gic3ReadElrsr = operation('gic3-read-elrsr', 'R(ICH_ELRSR_EL2); n = 0: elrsr image = 0xffff', (cpu) => {
  const { port, cells } = cpu;
  if (usedLrs(cpu) === 0) {
    cells[2 * T] = 0xffff;
    cells[2 * T + 1] = 0;
  } else port.mrs(T, ICH_ELRSR_EL2.key);
  port.str(T, VCPU, VCPU_STRUCT.V3_ELRSR);
}, { ...HOST_GICV3, when: SOME_LRS, variant: 'into an image' });

/** From step 35 a local: nobody else looked at the image. */
export const gic3ReadElrsrLocal = operation('gic3-read-elrsr', 'R(ICH_ELRSR_EL2)', (cpu) => {
  if (usedLrs(cpu) === 0) return;
  cpu.port.mrs(RESULT, ICH_ELRSR_EL2.key);
}, { ...HOST_GICV3, when: SOME_LRS });

export const gic3ClearHcr = operation('gic3-clear-hcr', 'W(ICH_HCR_EL2=0)', (cpu) => {
  if (usedLrs(cpu) === 0 && !hasCpuInterfaceTraps(cpu)) return;
  write(cpu, ICH_HCR_EL2.key, 0);
}, { ...HOST_GICV3, when: SOME_LRS_OR_TRAPS });

/** From step 40 the trap bits stay armed until the vCPU is put. */
export const gic3ClearEnable = operation('gic3-clear-hcr', 'W(ICH_HCR_EL2=hcr & ~En)', (cpu) => {
  if (usedLrs(cpu) === 0) return;
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.V3_HCR);
  cpu.cells[2 * T] = cpu.cells[2 * T]! & ~ICH_HCR_EL2.En.wordMask;
  cpu.port.msr(ICH_HCR_EL2.key, T);
}, { ...HOST_GICV3, when: SOME_LRS, variant: 'En only' });

const STATE_HIGH = ICH_LR.State.wordMask;

/** An emptied list register is not read: its image loses its state, and nothing else of it can have changed. */
function saveLrs(cpu: Cpu, elrsr: number): void {
  const { port, cells } = cpu;
  const count = usedLrs(cpu);
  for (let n = 0; n < count; n++) {
    const offset = VCPU_STRUCT.V3_LR + 8 * n;
    if (((elrsr >>> n) & 1) !== 0) {
      port.ldr(T, VCPU, offset);
      cells[2 * T + 1] = cells[2 * T + 1]! & ~STATE_HIGH;
    } else port.mrs(T, FAMILIES.lr[n]!);
    port.str(T, VCPU, offset);
    write(cpu, FAMILIES.lr[n]!, 0);
  }
}

const SAVE_LRS_TEXT = 'R(ICH_LRn_EL2) of those not empty, W(ICH_LRn_EL2=0) x n';

export const gic3SaveLrs = operation('gic3-save-lrs', SAVE_LRS_TEXT, (cpu) => {
  cpu.port.ldr(T, VCPU, VCPU_STRUCT.V3_ELRSR);
  saveLrs(cpu, cpu.cells[2 * T]!);
}, { ...HOST_GICV3, when: SOME_LRS, variant: 'elrsr image', facts: ['save guest LRS', 'restore host LRS'] });

export const gic3SaveLrsLocal = operation('gic3-save-lrs', SAVE_LRS_TEXT, (cpu) => saveLrs(cpu, cpu.cells[2 * RESULT]!), {
  ...HOST_GICV3,
  when: SOME_LRS,
  facts: ['save guest LRS', 'restore host LRS'],
});

/** The read of ICH_VTR_EL2 comes before the list registers, as the sequence has it; without list registers there is none. */
export const gic3ReadVtrForLrs = operation('gic3-read-vtr', 'R(ICH_VTR_EL2)', (cpu) => {
  if (usedLrs(cpu) !== 0) cpu.port.mrs(T2, ICH_VTR_EL2.key);
}, { ...HOST_GICV3, when: SOME_LRS, variant: 'for list registers' });

/** Without a list register in use hardware has none active; the images say so. */
export const gic3SaveAprs = operation('gic3-save-aprs', 'R(ICH_AP0Rn_EL2), R(ICH_AP1Rn_EL2); n = 0: images = 0', (cpu) => {
  if (usedLrs(cpu) !== 0) {
    saveApRs(cpu, priorityRegisters(cpu));
    return;
  }
  setCell(cpu.cells, T, ZERO);
  for (let n = 0; n < 4; n++) cpu.port.str(T, VCPU, VCPU_STRUCT.V3_AP0R + 8 * n);
  for (let n = 0; n < 4; n++) cpu.port.str(T, VCPU, VCPU_STRUCT.V3_AP1R + 8 * n);
}, { ...HOST_GICV3, when: SOME_LRS, facts: ['save guest APRS', 'restore host APRS'] });

/** Before SRE_EL1 is set again, which needs the enable, and synchronised. */
export const gic3EnableSre2 = operation('gic3-enable-sre2', 'R(ICC_SRE_EL2), W(ICC_SRE_EL2 | Enable)', (cpu) => changeSre2(cpu, SRE2_ENABLE, 0), {
  ...HOST_GICV3,
  facts: ['deactivate SRE2'],
});

export const gic3SetSre1 = operation('gic3-set-sre1', 'ISB, W(ICC_SRE_EL1=1)', (cpu) => {
  if (!isSre0(cpu)) return;
  cpu.port.isb();
  write(cpu, ICC_SRE_EL1.key, ICC_SRE_EL1.SRE.wordMask);
}, { ...HOST_GICV3, when: SRE0, facts: ['deactivate SRE1'] });

export const gic3DisarmTraps = operation('gic3-disarm-traps', 'W(ICH_HCR_EL2=0)', (cpu) => {
  if (hasCpuInterfaceTraps(cpu)) write(cpu, ICH_HCR_EL2.key, 0);
}, { ...HOST_GICV3, when: 'CPU interface traps' });

// ---- Hyp calls at load and put -----------------------------------------------------------------------------------------

const writeVmcr: HypFunction = { name: '__vgic_v3_write_vmcr', run: (cpu) => cpu.port.msr(ICH_VMCR_EL2.key, ARG) };
const readVmcr: HypFunction = { name: '__vgic_v3_read_vmcr', run: (cpu) => cpu.port.mrs(RESULT, ICH_VMCR_EL2.key) };

/** The argument is the vCPU, an address of the kernel. */
const restoreAprs: HypFunction = {
  name: '__vgic_v3_restore_aprs',
  run: (cpu) => {
    cpu.mode.toHyp(cpu.cells, ARG);
    const { port } = cpu;
    port.mrs(T2, ICH_VTR_EL2.key);
    const count = priorityRegisters(cpu);
    for (let n = count - 1; n >= 0; n--) moveApr(cpu, FAMILIES.ap0r[n]!, VCPU_STRUCT.V3_AP0R + 8 * n);
    for (let n = count - 1; n >= 0; n--) moveApr(cpu, FAMILIES.ap1r[n]!, VCPU_STRUCT.V3_AP1R + 8 * n);
  },
};

function moveApr(cpu: Cpu, register: number, offset: number): void {
  cpu.port.ldr(T, ARG, offset);
  cpu.port.msr(register, T);
}

const saveAprs: HypFunction = {
  name: '__vgic_v3_save_aprs',
  run: (cpu) => {
    cpu.mode.toHyp(cpu.cells, ARG);
    const { port } = cpu;
    port.mrs(T2, ICH_VTR_EL2.key);
    const count = priorityRegisters(cpu);
    for (let n = count - 1; n >= 0; n--) storeApr(cpu, FAMILIES.ap0r[n]!, VCPU_STRUCT.V3_AP0R + 8 * n);
    for (let n = count - 1; n >= 0; n--) storeApr(cpu, FAMILIES.ap1r[n]!, VCPU_STRUCT.V3_AP1R + 8 * n);
  },
};

function storeApr(cpu: Cpu, register: number, offset: number): void {
  cpu.port.mrs(T, register);
  cpu.port.str(T, ARG, offset);
}

export const GIC3_HYP_FUNCTIONS: readonly HypFunction[] = [writeVmcr, readVmcr, restoreAprs, saveAprs];

/** VMCR is the guest's to change at any time, but only its own load and put need it moved (sre=0: in the switch). */
export const gic3LoadVmcr = operation('gic3-load-vmcr', 'hyp call: W(ICH_VMCR_EL2)', (cpu) => {
  if (isSre0(cpu)) return;
  cpu.port.ldr(ARG, VCPU, VCPU_STRUCT.V3_VMCR);
  cpu.mode.callHyp(cpu, writeVmcr);
}, { ...HOST_GICV3, when: 'GICv3 guest', facts: ['restore guest VMCR'] });

export const gic3PutVmcr = operation('gic3-put-vmcr', 'hyp call: R(ICH_VMCR_EL2)', (cpu) => {
  if (isSre0(cpu)) return;
  cpu.mode.callHyp(cpu, readVmcr);
  cpu.port.str(RESULT, VCPU, VCPU_STRUCT.V3_VMCR);
}, { ...HOST_GICV3, when: 'GICv3 guest', facts: ['save guest VMCR'] });

function callWithVcpu(cpu: Cpu, callee: HypFunction): void {
  cpu.cells[2 * ARG] = cpu.cells[2 * VCPU]!;
  cpu.cells[2 * ARG + 1] = cpu.cells[2 * VCPU + 1]!;
  cpu.mode.callHyp(cpu, callee);
}

export const gic3LoadAprs = operation('gic3-restore-aprs', 'hyp call: R(ICH_VTR_EL2), W(ICH_AP0Rn_EL2), W(ICH_AP1Rn_EL2)', (cpu) => callWithVcpu(cpu, restoreAprs), {
  ...HOST_GICV3,
  variant: 'while loaded',
  facts: ['restore guest APRS'],
});

export const gic3PutAprs = operation('gic3-save-aprs', 'hyp call: R(ICH_VTR_EL2), R(ICH_AP0Rn_EL2), R(ICH_AP1Rn_EL2)', (cpu) => callWithVcpu(cpu, saveAprs), {
  ...HOST_GICV3,
  variant: 'while loaded',
  facts: ['save guest APRS'],
});
