/**
 * One interrupt of a guest: `struct vgic_irq`. It has one owner, a vCPU (SGIs, PPIs), the distributor (SPIs) or the events that are mapped to it (LPIs). What a wire says
 * and what an edge or software has latched are kept apart, and pending is computed from them (kvm-arm-vhe-series.md, section 6.7).
 */
import type { Cpu } from '../cpu.ts';
import type { Vcpu } from '../vcpu.ts';

export const SGI_COUNT = 16;
export const PRIVATE_IRQS = 32;
export const FIRST_LPI = 8192;

/** The upper bits of a priority that a guest finds implemented. */
export const PRIORITY_BITS = 5;

/** A physical interrupt that stands behind a guest's: the guest's deactivation reaches it. */
export interface MappedIrq {
  readonly pIntid: number;
  /** The level of the device now. */
  readonly level: (cpu: Cpu) => boolean;
}

export class VgicIrq {
  readonly intid: number;
  /** The vCPU on whose ap_list it is; null while it is on none. */
  vcpu: Vcpu | null = null;
  /** Where it is delivered: its own vCPU for SGIs and PPIs, what the routing register says for SPIs, and the collection for LPIs. Null: nowhere. */
  target: Vcpu | null = null;
  isEdge: boolean;
  isEnabled: boolean;
  isActive = false;
  /** An edge, or a write of ISPENDR. */
  pendingLatch = false;
  /** The input of a level-sensitive interrupt. */
  lineLevel = false;
  priority = 0;
  /** ITARGETSR, a bit for each vCPU; IROUTER, Aff2.Aff1.Aff0. */
  targets = 0;
  /** GICv2 SGI: the vCPUs that have sent it, a bit each, and the one whose interrupt is active. */
  sources = 0;
  activeSource = 0;
  mapped: MappedIrq | null = null;
  /** The device in the kernel that drives its input, a timer or a PMU; null: user space. */
  owner: object | null = null;
  /** LPI: events of an ITS that are translated to it. */
  mappings = 0;

  constructor(intid: number) {
    this.intid = intid;
    // SGIs cannot be disabled in a GICv2, and are edge-triggered in both.
    this.isEdge = intid < SGI_COUNT;
    this.isEnabled = intid < SGI_COUNT;
  }

  get isSgi(): boolean {
    return this.intid < SGI_COUNT;
  }

  get isPending(): boolean {
    return this.pendingLatch || (!this.isEdge && this.lineLevel);
  }

  /** A level-sensitive interrupt of a device whose level only the device knows: the vgic sees its rising edges. */
  get isMappedLevel(): boolean {
    return this.mapped !== null && !this.isEdge;
  }

  visitState(put: (word: number) => void): void {
    const flags = [this.isEdge, this.isEnabled, this.isActive, this.pendingLatch, this.lineLevel];
    put(flags.reduce((bits, isSet, bit) => bits | (isSet ? 1 << bit : 0), 0));
    for (const word of [this.priority, this.targets, this.sources, this.activeSource]) put(word);
  }
}

/**
 * Where an interrupt belongs now (`vgic_target_oracle`): active, it stays where it is; pending and enabled, it goes to its
 * target, unless the distributor is off; otherwise nowhere.
 */
export function targetOracle(irq: VgicIrq, isDistributorEnabled: boolean): Vcpu | null {
  if (irq.isActive) return irq.vcpu ?? irq.target;
  return irq.isEnabled && irq.isPending && isDistributorEnabled ? irq.target : null;
}

/** The order of an ap_list that has more than the hardware holds: active ones first, then pending ones by priority, then the rest. */
export function compareIrqs(a: VgicIrq, b: VgicIrq): number {
  if (a.isActive || b.isActive) return Number(b.isActive) - Number(a.isActive);
  const pendsA = a.isEnabled && a.isPending;
  const pendsB = b.isEnabled && b.isPending;
  if (!pendsA || !pendsB) return Number(pendsB) - Number(pendsA);
  return a.priority - b.priority;
}
