/**
 * What a GICv2 guest finds: its distributor (Linux, virt/kvm/arm/vgic/vgic-mmio-v2.c). In place of GICC it has the host's GICV,
 * mapped at stage 2, so that the hypervisor has nothing to do with acknowledging and ending interrupts.
 */
import { GICD_CTLR_GICv2, GICD_GICv2, GICD_IIDR, GICD_SGIR, GICD_TYPER_GICv2 } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import type { Vcpu } from '../vcpu.ts';
import { VgicFrame, type FieldRow, type WordRow } from './frame.ts';
import { interruptRows } from './interrupt-rows.ts';
import { PRIVATE_IRQS } from './irq.ts';
import type { Vgic } from './vgic.ts';

/** Arm as the implementer, and `K` as the product: what KVM says. */
export const IIDR = Number(GICD_IIDR.of({ ProductID: 0x4b, Implementer: 0x43b }));
const ENABLE = GICD_CTLR_GICv2.EnableGrp0.wordMask;
const { TargetListFilter } = GICD_SGIR;

export function createDistributorV2(vgic: Vgic): VgicFrame {
  const rows = Object.entries(interruptRows(vgic)).map(([name, row]) => [`GICD_${name}`, row] as const);
  return new VgicFrame(vgic, GICD_GICv2, {
    ...Object.fromEntries(rows),
    GICD_CTLR: control(vgic, ENABLE, 0),
    GICD_TYPER: { read: () => Number(GICD_TYPER_GICv2.of({ CPUNumber: vgic.cpus.length - 1, ITLinesNumber: vgic.irqCount / 32 - 1 })) },
    GICD_IIDR: { read: () => IIDR },
    GICD_ITARGETSR: targets(vgic),
    GICD_SGIR: { write: (cpu, vcpu, value) => generateSgi(vgic, cpu, vcpu, value) },
    GICD_CPENDSGIR: sources(vgic, (before, bits) => before & ~bits),
    GICD_SPENDSGIR: sources(vgic, (before, bits) => before | bits),
  });
}

/** GICD_CTLR: one enable, and bits that always read as set. */
export function control(vgic: Vgic, enable: number, fixed: number): WordRow {
  return {
    read: () => (vgic.isEnabled ? enable : 0) | fixed,
    write: (cpu, _vcpu, value) => {
      const was = vgic.isEnabled;
      vgic.isEnabled = (value & enable) !== 0;
      if (vgic.isEnabled && !was) vgic.forwardAll(cpu);
    },
  };
}

/** An SPI goes to the lowest vCPU of the list; to the first if the list is empty. */
function targets(vgic: Vgic): FieldRow {
  return {
    readField: (irq) => irq.targets,
    writeField: (_cpu, irq, value) => {
      if (irq.intid < PRIVATE_IRQS) return;
      irq.targets = value & (2 ** vgic.cpus.length - 1);
      const lowest = irq.targets === 0 ? 0 : 31 - Math.clz32(irq.targets & -irq.targets);
      irq.target = vgic.cpus[lowest]?.vcpu ?? null;
    },
  };
}

function generateSgi(vgic: Vgic, cpu: Cpu, from: Vcpu, value: number): void {
  cpu.port.charge(TALLIES.vgicSgi);
  const self = 1 << from.number;
  const all = 2 ** vgic.cpus.length - 1;
  const filter = TargetListFilter.inWord(value);
  const list =
    filter === TargetListFilter.value('List') ? GICD_SGIR.CPUTargetList.inWord(value) & all
    : filter === TargetListFilter.value('AllOthers') ? all & ~self
    : filter === TargetListFilter.value('Self') ? self
    : 0;
  for (const target of vgic.cpus) {
    if (target === undefined || (list & (1 << target.vcpu.number)) === 0) continue;
    const irq = target.private[GICD_SGIR.INTID.inWord(value)]!;
    irq.pendingLatch = true;
    irq.sources |= self;
    vgic.queue(cpu, irq);
  }
}

/** SGIs pending by sender. */
function sources(vgic: Vgic, change: (before: number, bits: number) => number): FieldRow {
  return {
    readField: (irq) => irq.sources,
    onesOnly: true,
    writeField: (cpu, irq, value) => {
      irq.sources = change(irq.sources, value & (2 ** vgic.cpus.length - 1));
      irq.pendingLatch = irq.sources !== 0;
      if (irq.pendingLatch) vgic.queue(cpu, irq);
    },
  };
}
