/**
 * The interrupt controller of a VM (`struct vgic_dist`): its SPIs and LPIs, who is told of a change, and where its frames are in the
 * guest's memory. Private interrupts and the ap_list of a vCPU are in `vgic-cpu.ts`. Registers are in `mmio/`.
 */
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import { kickVcpu } from '../kick.ts';
import type { Errno } from '../kvm-run.ts';
import type { Vcpu } from '../vcpu.ts';
import { BACKENDS, type VgicBackend } from './backend.ts';
import { FIRST_LPI, PRIVATE_IRQS, targetOracle, VgicIrq } from './irq.ts';
import type { VgicIts } from './its/its.ts';
import { VgicLpis } from './lpis.ts';
import { VgicCpu } from './vgic-cpu.ts';

/** What the guest finds; the host's controller may be another one. */
export type VgicModel = 'gicv2' | 'gicv3';

/** Interrupts that a VM has if nobody says otherwise: KVM's `VGIC_NR_IRQS_LEGACY`. */
const DEFAULT_IRQS = 256;
/** What user space may ask for; the last INTIDs of 1024 are special ones. */
const MIN_IRQS = 64n;
const MAX_IRQS = 1024n;
const LAST_SPI = 1019;

function makeSpis(count: number): readonly VgicIrq[] {
  return Array.from({ length: count - PRIVATE_IRQS }, (_, index) => new VgicIrq(PRIVATE_IRQS + index));
}

/** Guest physical addresses: of the distributor, and of GICC (GICv2) or of the first redistributor (GICv3), the others behind it. */
export interface VgicAddressBook {
  distributor: number | null;
  interface: number | null;
}

export class Vgic {
  readonly model: VgicModel;
  readonly backend: VgicBackend;
  /** List registers of the host. */
  readonly lrCount: number;
  spis: readonly VgicIrq[];
  /** Where its frames are in the guest's memory, as user space has said; null while it has not. */
  readonly addresses: VgicAddressBook = { distributor: null, interface: null };
  /** By vCPU number. */
  readonly cpus: (VgicCpu | undefined)[] = [];
  readonly lpis = new VgicLpis(this);
  /** In the order in which user space has made them. */
  readonly its: VgicIts[] = [];
  /** Its frames are in the guest's memory: it is set up. */
  isMapped = false;
  /** GICD_CTLR: whether pending interrupts are forwarded. */
  isEnabled = false;

  #isSized = false;

  constructor(model: VgicModel, host: { readonly gic: 2 | 3; readonly lrCount: number }) {
    this.model = model;
    this.backend = BACKENDS[host.gic];
    this.lrCount = host.lrCount;
    this.spis = makeSpis(DEFAULT_IRQS);
  }

  /** Group NR_IRQS: once, before it is set up. */
  setIrqCount(count: bigint): Errno | null {
    if (count < MIN_IRQS || count > MAX_IRQS || count % 32n !== 0n) return 'EINVAL';
    if (this.isMapped || this.#isSized) return 'EBUSY';
    this.#isSized = true;
    this.spis = makeSpis(Number(count));
    for (const irq of this.spis) irq.target = this.cpus[0]?.vcpu ?? null;
    return null;
  }

  addIts(its: VgicIts): void {
    if (this.its.length === 0) this.lpis.prepare();
    this.its.push(its);
  }

  /** All interrupts but LPIs, private ones included. */
  get irqCount(): number {
    return PRIVATE_IRQS + this.spis.length;
  }

  /** A vCPU gets its private interrupts. SPIs go to the first one until the guest routes them. */
  addVcpu(vcpu: Vcpu): void {
    this.cpus[vcpu.number] = new VgicCpu(this, vcpu);
    vcpu.vgic = this.cpus[vcpu.number]!;
    if (vcpu.number === 0) for (const irq of this.spis) irq.target = vcpu;
  }

  /** An interrupt as a vCPU sees it; null where there is none. */
  irq(vcpu: Vcpu, intid: number): VgicIrq | null {
    if (intid < PRIVATE_IRQS) return this.cpus[vcpu.number]?.private[intid] ?? null;
    if (intid >= FIRST_LPI) return this.lpis.get(intid);
    return intid > LAST_SPI ? null : (this.spis[intid - PRIVATE_IRQS] ?? null);
  }

  /** `kvm_vgic_set_owner`: the input of an interrupt is a device's of the kernel. */
  setOwner(vcpu: Vcpu, intid: number, owner: object): Errno | null {
    const irq = this.irq(vcpu, intid);
    if (irq === null) return 'EINVAL';
    if (irq.owner !== null && irq.owner !== owner) return 'EEXIST';
    irq.owner = owner;
    return null;
  }

  /**
   * A device changes the level of an input (`kvm_vgic_inject_irq`); edge-triggered ones see rising edges only. A change that
   * says nothing new is ignored.
   */
  inject(cpu: Cpu, irq: VgicIrq, level: boolean): void {
    cpu.port.charge(TALLIES.vgicInject);
    if (irq.isEdge ? !level : irq.lineLevel === level) return;
    if (irq.isEdge) irq.pendingLatch = true;
    else irq.lineLevel = level;
    this.queue(cpu, irq);
  }

  /**
   * Something about an interrupt has changed (`vgic_queue_irq_unlock`): it goes on the ap_list of its vCPU, unless it is on one.
   * Either way that vCPU has to look again.
   */
  queue(cpu: Cpu, irq: VgicIrq): void {
    const vcpu = targetOracle(irq, this.isEnabled);
    if (vcpu === null) return;
    cpu.port.charge(TALLIES.vgicQueue);
    if (irq.vcpu === null) {
      irq.vcpu = vcpu;
      this.cpus[vcpu.number]!.apList.push(irq);
    }
    kickVcpu(cpu, vcpu);
  }

  /**
   * The distributor was turned on: what was pending is forwarded now. (Differs: v4.16 kicks the vCPUs, which finds only what is
   * on an ap_list already.)
   */
  forwardAll(cpu: Cpu): void {
    // As hardware chooses among equal priorities, the lowest number first.
    for (const one of this.cpus) for (const irq of one?.private ?? []) if (irq.isPending) this.queue(cpu, irq);
    for (const irq of this.spis) if (irq.isPending) this.queue(cpu, irq);
    for (const irq of this.lpis.sorted()) if (irq.isPending) this.queue(cpu, irq);
  }

  /** What a guest owns of it, in the order of the device's attributes. */
  visitState(put: (word: number) => void): void {
    put(this.isEnabled ? 1 : 0);
    for (const irq of this.spis) irq.visitState(put);
    for (const one of this.cpus) for (const irq of one?.private ?? []) irq.visitState(put);
    if (this.its.length === 0) return;
    this.lpis.visitState(put);
    for (const one of this.cpus) one?.visitLpiState(put);
    for (const its of this.its) its.visitState(put);
  }
}
