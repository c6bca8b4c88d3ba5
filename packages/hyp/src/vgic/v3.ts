/**
 * What a GICv3 guest finds: distributor, a redistributor for each vCPU, and the system registers of its CPU interface that trap
 * (Linux, virt/kvm/arm/vgic/vgic-mmio-v3.c). The others reach the host's virtual interface.
 */
import { ICC_SGI1R_EL1 } from '@worldswitch/cpu/arch';
import { GICD_CTLR, GICD_GICv3, GICD_TYPER, GICR_RD, GICR_SGI, GICR_TYPER, IROUTER, PIDR2 } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import type { Vcpu } from '../vcpu.ts';
import { VgicFrame, type WordRow } from './frame.ts';
import { interruptRows, type InterruptRows } from './interrupt-rows.ts';
import { PRIVATE_IRQS } from './irq.ts';
import { LPI_ID_BITS, lpiRows } from './lpis.ts';
import { control, IIDR } from './v2.ts';
import type { Vgic } from './vgic.ts';

const PIDR2_GICV3 = Number(PIDR2.of({ ArchRev: PIDR2.ArchRev.value('GICv3'), JEDEC: 1, DES_1: 3 }));
/** Affinity routing and one security state, always. */
const FIXED_CONTROL = GICD_CTLR.ARE.wordMask | GICD_CTLR.DS.wordMask;
const WITHOUT_LPIS = { IDbits: 10 - 1 } as const;
const WITH_LPIS = { LPIS: 1, IDbits: LPI_ID_BITS - 1 } as const;
const AFFINITY = IROUTER.Aff2.wordMask | IROUTER.Aff1.wordMask | IROUTER.Aff0.wordMask;

/** Bytes between two redistributors: RD_base and SGI_base. */
export const REDISTRIBUTOR_STRIDE = GICR_RD.size + GICR_SGI.size;

export function createDistributorV3(vgic: Vgic, interrupts: InterruptRows = interruptRows(vgic)): VgicFrame {
  const rows = Object.entries(interrupts).map(([name, row]) => [`GICD_${name}`, row] as const);
  return new VgicFrame(vgic, GICD_GICv3, {
    ...Object.fromEntries(rows),
    GICD_CTLR: control(vgic, GICD_CTLR.EnableGrp1.wordMask, FIXED_CONTROL),
    GICD_TYPER: { read: () => Number(GICD_TYPER.of({ ...(vgic.its.length > 0 ? WITH_LPIS : WITHOUT_LPIS), ITLinesNumber: vgic.irqCount / 32 - 1 })) },
    GICD_IIDR: { read: () => IIDR },
    GICD_STATUSR: {},
    GICD_IROUTER: router(vgic),
    GICD_PIDR2: { read: () => PIDR2_GICV3 },
  }, { isShared: true });
}

/** Aff3 is not implemented, nor is "any participating PE". */
function router(vgic: Vgic): WordRow {
  return {
    read: (vcpu, intid, half) => (half === 0 ? (vgic.irq(vcpu, intid)?.targets ?? 0) : 0),
    write: (_cpu, vcpu, value, intid, half) => {
      const irq = vgic.irq(vcpu, intid);
      if (half !== 0 || irq === null || intid < PRIVATE_IRQS) return;
      irq.targets = value & AFFINITY;
      irq.target = vgic.cpus.find((one) => one?.vcpu.affinity === irq.targets)?.vcpu ?? null;
    },
  };
}

export interface RedistributorFrames {
  readonly rd: VgicFrame;
  readonly sgi: VgicFrame;
}

export function createRedistributor(vgic: Vgic, owner: Vcpu, interrupts: InterruptRows = interruptRows(vgic)): RedistributorFrames {
  const { IPRIORITYR, ICFGR, ...bits } = interrupts;
  const single = Object.entries(bits).map(([name, row]) => [`GICR_${name}0`, row] as const);
  const sgi = new VgicFrame(vgic, GICR_SGI, { ...Object.fromEntries(single), GICR_IPRIORITYR: IPRIORITYR, GICR_ICFGR0: ICFGR, GICR_ICFGR1: ICFGR }, { owner });
  const type = (half: number): number => {
    if (half === 1) return owner.affinity;
    return Number(GICR_TYPER.of({ Processor_Number: owner.number, Last: owner.number === vgic.cpus.length - 1 ? 1 : 0, PLPIS: vgic.its.length > 0 ? 1 : 0 }) & 0xffff_ffffn);
  };
  const rd = new VgicFrame(vgic, GICR_RD, {
    ...lpiRows(vgic, vgic.cpus[owner.number]!),
    GICR_STATUSR: {}, GICR_WAKER: {}, GICR_IIDR: { read: () => IIDR }, GICR_TYPER: { read: (_vcpu, _n, half) => type(half) }, GICR_PIDR2: { read: () => PIDR2_GICV3 },
  }, { owner });
  return { rd, sgi };
}

/** Aff0 values that one SGI can name. */
const TARGETS = 16;

/** `vgic_v3_dispatch_sgi`: a write of ICC_SGI1R_EL1, given as two words. */
export function dispatchSgi(vgic: Vgic, cpu: Cpu, from: Vcpu, lo: number, hi: number): void {
  cpu.port.charge(TALLIES.vgicSgi);
  const toAll = ICC_SGI1R_EL1.IRM.inWord(hi) !== 0;
  const cluster = (ICC_SGI1R_EL1.Aff2.inWord(hi) << 16) | (ICC_SGI1R_EL1.Aff1.inWord(lo) << 8);
  const list = ICC_SGI1R_EL1.TargetList.inWord(lo);
  for (const target of vgic.cpus) {
    if (target === undefined) continue;
    const { affinity } = target.vcpu;
    const aff0 = affinity & 0xff;
    const isNamed = toAll ? target.vcpu !== from : (affinity & ~0xff) === cluster && aff0 < TARGETS && ((list >>> aff0) & 1) !== 0;
    if (!isNamed) continue;
    const irq = target.private[ICC_SGI1R_EL1.INTID.inWord(lo)]!;
    irq.pendingLatch = true;
    vgic.queue(cpu, irq);
  }
}
