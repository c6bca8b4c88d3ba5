/**
 * The registers with a field for each interrupt, as a guest finds them in GICD of either version and in GICR's SGI_base
 * (Linux, virt/kvm/arm/vgic/vgic-mmio.c).
 */
import type { Cpu } from '../cpu.ts';
import { setPhysicalActive } from '../host/gic.ts';
import type { FieldRow } from './frame.ts';
import { PRIORITY_BITS, PRIVATE_IRQS, type VgicIrq } from './irq.ts';
import type { Vgic } from './vgic.ts';

export type InterruptRowName = 'IGROUPR' | 'ISENABLER' | 'ICENABLER' | 'ISPENDR' | 'ICPENDR' | 'ISACTIVER' | 'ICACTIVER' | 'IPRIORITYR' | 'ICFGR';

const PRIORITY_MASK = (0xff << (8 - PRIORITY_BITS)) & 0xff;
/** Bit 1 of a field of ICFGR: edge-triggered. */
const EDGE = 0b10;

const bit = (isSet: boolean): number => (isSet ? 1 : 0);

export type InterruptRows = Readonly<Record<InterruptRowName, FieldRow>>;

export function interruptRows(vgic: Vgic): InterruptRows {
  // The pending state of an SGI of GICv2 is by sender, and has registers of its own.
  const isFixed = (irq: VgicIrq): boolean => irq.isSgi && vgic.model === 'gicv2';
  const enabled = (irq: VgicIrq): number => bit(irq.isEnabled);
  const pending = (irq: VgicIrq): number => bit(irq.isPending);
  const active = (irq: VgicIrq): number => bit(irq.isActive);
  return {
    // One group: what a guest writes changes nothing.
    IGROUPR: { readField: () => 1 },
    ISENABLER: {
      readField: enabled,
      onesOnly: true,
      writeField: (cpu, irq) => {
        irq.isEnabled = true;
        vgic.queue(cpu, irq);
      },
    },
    ICENABLER: {
      readField: enabled,
      onesOnly: true,
      writeField: (_cpu, irq) => {
        irq.isEnabled = false;
      },
    },
    ISPENDR: {
      readField: pending,
      onesOnly: true,
      writeField: (cpu, irq) => {
        if (isFixed(irq)) return;
        irq.pendingLatch = true;
        changePhysical(cpu, irq, true);
        vgic.queue(cpu, irq);
      },
    },
    ICPENDR: {
      readField: pending,
      onesOnly: true,
      writeField: (cpu, irq) => {
        if (isFixed(irq)) return;
        irq.pendingLatch = false;
        // A device that still asks is heard again: what the guest has set and cleared must not have masked it.
        if (!irq.isActive) changePhysical(cpu, irq, false);
      },
    },
    ISACTIVER: {
      readField: active,
      onesOnly: true,
      writeField: (cpu, irq) => {
        irq.isActive = true;
        changePhysical(cpu, irq, true);
        vgic.queue(cpu, irq);
      },
    },
    ICACTIVER: {
      readField: active,
      onesOnly: true,
      writeField: (cpu, irq) => {
        irq.isActive = false;
        changePhysical(cpu, irq, false);
      },
    },
    IPRIORITYR: {
      readField: (irq) => irq.priority,
      writeField: (_cpu, irq, value) => {
        irq.priority = value & PRIORITY_MASK;
      },
    },
    // SGIs are edge-triggered, and PPIs level-sensitive: timers rely on it.
    ICFGR: {
      readField: (irq) => (irq.isEdge ? EDGE : 0),
      writeField: (_cpu, irq, value) => {
        if (irq.intid >= PRIVATE_IRQS) irq.isEdge = (value & EDGE) !== 0;
      },
    },
  };
}

/** The physical interrupt behind it follows, where this PE has it: that of the vCPU that is loaded here. */
function changePhysical(cpu: Cpu, { mapped, target }: VgicIrq, isActive: boolean): void {
  if (mapped !== null && target === cpu.vcpu) setPhysicalActive(cpu, mapped.pIntid, isActive);
}
