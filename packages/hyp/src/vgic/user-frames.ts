/**
 * The frames of the vgic as user space finds them through the device's attributes: those of the guest, but for a GICv3's pending
 * registers, which show and take the latch alone (arm-vgic-v3.txt, group DIST_REGS); the line has a group of its own.
 */
import { GICD_GICv2, GICD_GICv3, GICR_CTLR, GICR_PENDBASER, GICR_PROPBASER, GICR_RD, GICR_SGI, type Frame } from '@worldswitch/gic/regs';
import type { Vcpu } from '../vcpu.ts';
import type { VgicFrame } from './frame.ts';
import { interruptRows, type InterruptRows } from './interrupt-rows.ts';
import { PRIVATE_IRQS } from './irq.ts';
import { createDistributorV2 } from './v2.ts';
import { createDistributorV3, createRedistributor, type RedistributorFrames } from './v3.ts';
import type { Vgic, VgicModel } from './vgic.ts';

export interface UserFrames {
  readonly distributor: VgicFrame;
  readonly redistributors: ReadonlyMap<Vcpu, RedistributorFrames>;
}

function latchRows(vgic: Vgic): InterruptRows {
  return {
    ...interruptRows(vgic),
    ISPENDR: {
      readField: (irq) => (irq.pendingLatch ? 1 : 0),
      writeField: (cpu, irq, value) => {
        irq.pendingLatch = value !== 0;
        if (irq.pendingLatch) vgic.queue(cpu, irq);
      },
    },
    ICPENDR: { readField: () => 0 },
  };
}

export function userFrames(vgic: Vgic, vcpus: readonly Vcpu[]): UserFrames {
  if (vgic.model === 'gicv2') return { distributor: createDistributorV2(vgic), redistributors: new Map() };
  const rows = latchRows(vgic);
  return { distributor: createDistributorV3(vgic, rows), redistributors: new Map(vcpus.map((vcpu) => [vcpu, createRedistributor(vgic, vcpu, rows)])) };
}

// ---- What is saved -----------------------------------------------------------------------------------------------------

/** Offsets, in the order in which they are restored: how an interrupt behaves before what is asked of it, the control last. */
export interface SavedRegisters {
  readonly distributor: { readonly shared: readonly number[]; readonly banked: readonly number[] };
  readonly redistributor: readonly number[];
  /** Of RD_base, where there are LPIs: their tables, and then their enable. */
  readonly lpis: readonly number[];
  readonly control: number;
}

const SAVED: Readonly<Record<VgicModel, readonly string[]>> = {
  gicv2: ['ICFGR', 'IPRIORITYR', 'ITARGETSR', 'ISACTIVER', 'ISPENDR', 'SPENDSGIR', 'ISENABLER'],
  gicv3: ['ICFGR', 'IPRIORITYR', 'IROUTER', 'ISACTIVER', 'ISPENDR', 'ISENABLER'],
};
const WORD = 4;

/** The words of the saved arrays that are for interrupts of a range; in GICR an array can be registers of its own. */
function words(frame: Frame, prefix: string, names: readonly string[], from: number, to: number): number[] {
  return names.flatMap((name) =>
    frame.registers
      .filter((one) => one.interrupts !== null && (one.name === `${prefix}${name}` || one.name === `${prefix}${name}0` || one.name === `${prefix}${name}1`))
      .flatMap((register) => {
        const { first, count, width } = register;
        return Array.from({ length: count }, (_, n) => first + n)
          .filter((n) => register.firstIntidOf(n) >= from && register.firstIntidOf(n) < to)
          .flatMap((n) => Array.from({ length: width / 32 }, (_, half) => register.offsetOf(n) + WORD * half));
      }),
  );
}

export function savedRegisters(model: VgicModel, irqCount: number): SavedRegisters {
  const isV2 = model === 'gicv2';
  const frame = isV2 ? GICD_GICv2 : GICD_GICv3;
  const names = SAVED[model];
  return {
    distributor: { shared: words(frame, 'GICD_', names, PRIVATE_IRQS, irqCount), banked: isV2 ? words(frame, 'GICD_', names, 0, PRIVATE_IRQS) : [] },
    redistributor: isV2 ? [] : words(GICR_SGI, 'GICR_', names, 0, PRIVATE_IRQS).map((offset) => GICR_RD.size + offset),
    lpis: isV2 ? [] : [GICR_PROPBASER, GICR_PENDBASER, GICR_CTLR].flatMap(({ offset, width }) => Array.from({ length: width / 32 }, (_, half) => offset + WORD * half)),
    control: frame.registers.find(({ name }) => name === 'GICD_CTLR')!.offset,
  };
}
