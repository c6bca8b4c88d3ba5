/**
 * A guest's interrupt in a list register: populate before an entry, fold after an exit (kvm-arm-vhe-series.md, sections 2.10 and
 * 6.7). Pure functions over an image with neutral fields; where GICv2 and GICv3 put them, and that images lie in the vCPU in
 * RAM, is the backends' (`backend-v2.ts`, `backend-v3.ts`).
 */
import type { VgicModel } from './vgic.ts';
import type { VgicIrq } from './irq.ts';

/** One list register, taken apart. One object is reused for all. */
export interface LrImage {
  vIntid: number;
  /** GICv2 SGI: the vCPU that sent it. */
  source: number;
  priority: number;
  group: 0 | 1;
  isPending: boolean;
  isActive: boolean;
  /** The physical interrupt behind it; -1 where there is none, and then `eoi` counts. */
  pIntid: number;
  /** The guest's EOI is reported. */
  eoi: boolean;
}

export function emptyImage(): LrImage {
  return { vIntid: 0, source: 0, priority: 0, group: 0, isPending: false, isActive: false, pIntid: -1, eoi: false };
}

/**
 * Offers an interrupt to the guest. An edge moves from the latch into the list register; a level is offered as long as it holds.
 * Returns whether more is to come before the guest may see anything of lower priority: a GICv2 SGI that more vCPUs have sent.
 */
export function populate(irq: VgicIrq, image: LrImage, model: VgicModel): boolean {
  const { mapped } = irq;
  image.vIntid = irq.intid;
  image.priority = irq.priority;
  // Of GICv3 guests all interrupts are Group 1, of GICv2 guests Group 0: KVM has no group registers yet.
  image.group = model === 'gicv3' ? 1 : 0;
  image.isActive = irq.isActive;
  image.pIntid = mapped?.pIntid ?? -1;
  image.eoi = mapped === null && !irq.isEdge;
  image.source = irq.activeSource;
  if (irq.isSgi && model === 'gicv2') return populateSgi(irq, image);
  // The pending state of a mapped interrupt that is active stays in the physical distributor.
  image.isPending = irq.isPending && !(mapped !== null && irq.isActive);
  if (!image.isPending) return false;
  if (irq.isEdge) irq.pendingLatch = false;
  // Only rising edges of a mapped level are seen: from here on the next one is new.
  else if (mapped !== null) irq.lineLevel = false;
  return false;
}

/**
 * One sender at a time, the lowest first: the guest sees who it was. Others wait for the end of this one, which the EOI bit
 * reports. (Differs: v4.16 asks for a report when nothing is pending any more; v4.17 does it like this.)
 */
function populateSgi(irq: VgicIrq, image: LrImage): boolean {
  image.isPending = irq.sources !== 0 && !irq.isActive;
  if (image.isPending) {
    image.source = 31 - Math.clz32(irq.sources & -irq.sources);
    irq.sources &= ~(1 << image.source);
  }
  irq.pendingLatch = irq.sources !== 0;
  image.eoi = irq.pendingLatch;
  return irq.pendingLatch;
}

/** What the guest has done with its interrupt. Whether the level of a mapped one must be sampled again. */
export function fold(irq: VgicIrq, image: LrImage, model: VgicModel): boolean {
  irq.isActive = image.isActive;
  if (irq.isEdge) {
    if (image.isPending) irq.pendingLatch = true;
    if (irq.isSgi && model === 'gicv2') {
      if (image.isPending) irq.sources |= 1 << image.source;
      irq.activeSource = image.isActive ? image.source : 0;
    }
    return false;
  }
  // What software had latched is over once the guest has acknowledged it.
  if (!image.isPending) irq.pendingLatch = false;
  return irq.isMappedLevel && image.isPending;
}
