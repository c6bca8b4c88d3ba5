/**
 * An interrupt controller put together: distributor, redistributors and CPU interfaces of all PEs. Devices drive lines of
 * it, PEs reach it by system registers and frames. Which version it is says the object, and nobody asks afterwards.
 */
import { ICC_SGI0R_EL1, ICC_SGI1R_EL1 } from '@worldswitch/cpu/arch';
import type { StateVisitor, SysRegBank } from '@worldswitch/cpu';
import { PhysicalInterface, type PhysicalLines } from './physical-interface.ts';
import type { GicMemory } from './memory.ts';
import type { Group } from './list-register.ts';
import type { MmioFrame } from './mmio.ts';
import { isGroupEnabled } from './priority.ts';
import { CpuInterfaceV2 } from './v2/cpu-interface.ts';
import { DistributorV2 } from './v2/distributor.ts';
import { createVirtualInterfaceV2 } from './v2/hyp-interface.ts';
import { affinityOf, sgiReaches } from './v3/affinity.ts';
import type { InterfaceView } from './v3/cpu-interface.ts';
import { DistributorV3 } from './v3/distributor.ts';
import { Its } from './v3/its/its.ts';
import { LPI_ID_BITS, Lpis } from './v3/lpis.ts';
import { Redistributor } from './v3/redistributor.ts';
import { createCpuInterfaceV3 } from './v3/virtual-interface.ts';
import type { VirtualInterface } from './virtual-interface.ts';

/** INTID of the maintenance interrupt, by convention (IHI 0069, "Maintenance interrupts"). */
export const MAINTENANCE_INTID = 25;
/** The priority bits of GICv2's list registers, and of GIC-400. */
const V2_PRIORITY_BITS = 5;

export interface GicOptions {
  readonly pes: number;
  /** Shared peripheral interrupts, a multiple of 32. */
  readonly spis: number;
  readonly lrCount: number;
  /** GICv3: implemented bits of a priority, and those of them that can preempt. */
  readonly priorityBits: number;
  readonly preemptionBits: number;
  readonly intidBits: 16 | 24;
  readonly hasEl2: boolean;
}

/** A PE as the controller sees it. */
export interface GicPe {
  /** MPIDR_EL1. */
  readonly mpidr: bigint;
  readonly lines: PhysicalLines & { setVirtualIrq(level: boolean): void; setVirtualFiq(level: boolean): void };
  readonly view: () => InterfaceView;
}

/** The part of the controller that one PE reaches, by frame name. */
export interface GicInterface {
  readonly banks: readonly SysRegBank[];
  /** GICD is here only where its registers are banked by PE. */
  readonly frames: Readonly<Partial<Record<'GICD' | 'GICC' | 'GICH' | 'GICV', MmioFrame>>>;
  readonly virtual: VirtualInterface;
}

export interface Gic {
  readonly interfaces: readonly GicInterface[];
  /** Frames that all PEs reach at one place: GICD of GICv3, and of each redistributor RD_base and SGI_base in turn. */
  readonly distributor: MmioFrame | null;
  readonly redistributors: readonly MmioFrame[];
  /** GICv3 with memory: LPIs come from here. */
  readonly its: Its | null;
  setPpi(pe: number, intid: number, level: boolean): void;
  setSpi(intid: number, level: boolean): void;
  /** Levels of the private inputs of a PE, a bit for each INTID. */
  privateLines(pe: number): number;
  /** A PE is reset, and with it the CPU interface of a GICv3; GICv2's is a part of the controller. */
  resetPe(pe: number): void;
  /** State of the distributor; and of what belongs to one PE. */
  visitState(visitor: StateVisitor): void;
  visitPe(pe: number, visitor: StateVisitor): void;
}

export function createGicV2(options: GicOptions, pes: readonly GicPe[]): Gic {
  const physical: PhysicalInterface[] = [];
  const distributor = new DistributorV2({ pes: options.pes, spis: options.spis, priorityBits: V2_PRIORITY_BITS }, (pe) => physical[pe]?.update());
  const { state } = distributor;
  const parts = pes.map(({ lines }, pe) => {
    const source = distributor.source(pe);
    physical.push(new PhysicalInterface({ priorityBits: V2_PRIORITY_BITS, preemptionBits: V2_PRIORITY_BITS, sharedActivePriorities: true, group0IsFiq: false }, lines, source));
    return createVirtualInterfaceV2(options.lrCount, {
      ...virtualLines(lines),
      setMaintenance: (level) => state.setPpi(pe, MAINTENANCE_INTID, level),
      deactivate: (intid) => source.deactivate(intid),
    });
  });
  const cpus = physical.map((of) => new CpuInterfaceV2(of));
  return {
    interfaces: parts.map(({ virtual, gich, gicv }, pe) => ({
      banks: [],
      frames: { GICD: distributor.frames[pe]!, GICC: cpus[pe]!.gicc, ...(options.hasEl2 && { GICH: gich, GICV: gicv }) },
      virtual,
    })),
    distributor: null,
    redistributors: [],
    its: null,
    setPpi: (pe, intid, level) => state.setPpi(pe, intid, level),
    setSpi: (intid, level) => state.setSpi(intid, level),
    privateLines: (pe) => state.banked[pe]!.line[0]!,
    resetPe: () => undefined,
    visitState: (visitor) => distributor.visitState(visitor),
    visitPe: (pe, visitor) => {
      parts[pe]!.virtual.visitState(visitor);
      cpus[pe]!.visitState(visitor);
    },
  };
}

/** With `memory` there are LPIs and an ITS. */
export function createGicV3(options: GicOptions, pes: readonly GicPe[], memory: GicMemory | null = null): Gic {
  const { spis, priorityBits } = options;
  const affinities = pes.map(({ mpidr }) => mpidr);
  const physical: PhysicalInterface[] = [];
  const distributor = new DistributorV3({ pes: options.pes, spis, priorityBits, intidBits: LPI_ID_BITS, affinities, hasLpis: memory !== null }, (pe) => physical[pe]?.update(), participates);
  const { state } = distributor;
  function participates(pe: number, group: Group): boolean {
    return !redistributors[pe]!.isAsleep && isGroupEnabled(physical[pe]!.control, group);
  }
  const lpis = memory === null ? [] : affinities.map((_, pe) => new Lpis(memory, priorityBits, () => physical[pe]?.update()));
  const its = memory === null ? null : new Its(memory, lpis);
  const redistributors = affinities.map((mpidr, pe) => new Redistributor({ pe, mpidr, isLast: pe === options.pes - 1, lpis: lpis[pe] ?? null }, distributor));
  const words = affinities.map(affinityOf);
  const parts = pes.map(({ lines, view }, pe) => {
    const source = redistributors[pe]!;
    const part = createCpuInterfaceV3(options, {
      view,
      source,
      lines: {
        setIrq: (level) => lines.setIrq(level),
        setFiq: (level) => lines.setFiq(level),
        ...virtualLines(lines),
        setMaintenance: (level) => state.setPpi(pe, MAINTENANCE_INTID, level),
        deactivate: (intid) => source.deactivate(intid),
      },
      enablesChanged: () => distributor.rerouteAll(),
      generateSgi: (key, lo, hi) => {
        // ICC_ASGI1R_EL1 is for the other Security state, which these machines lack: it sends as ICC_SGI1R_EL1 does.
        const group = key === ICC_SGI0R_EL1.key ? 0 : 1;
        const intid = ICC_SGI1R_EL1.INTID.inWord(lo);
        for (let target = 0; target < words.length; target++) {
          if (sgiReaches(lo, hi, pe, target, words[target]!)) redistributors[target]!.receiveSgi(intid, group);
        }
      },
    });
    physical.push(part.cpu.physical);
    return part;
  });
  return {
    interfaces: parts.map(({ banks, gicv, virtual }) => ({ banks, frames: options.hasEl2 ? { GICV: gicv } : {}, virtual })),
    distributor: distributor.frame,
    redistributors: redistributors.flatMap(({ rd, sgi }) => [rd, sgi]),
    its,
    setPpi: (pe, intid, level) => state.setPpi(pe, intid, level),
    setSpi: (intid, level) => state.setSpi(intid, level),
    privateLines: (pe) => state.banked[pe]!.line[0]!,
    resetPe: (pe) => {
      parts[pe]!.hyp.reset();
      parts[pe]!.cpu.reset();
    },
    visitState: (visitor) => {
      distributor.visitState(visitor);
      its?.visitState(visitor);
    },
    visitPe: (pe, visitor) => {
      parts[pe]!.virtual.visitState(visitor);
      parts[pe]!.hyp.visitState(visitor);
      parts[pe]!.cpu.visitState(visitor);
      redistributors[pe]!.visitState(visitor);
    },
  };
}

function virtualLines(lines: GicPe['lines']): Pick<GicPe['lines'], 'setVirtualIrq' | 'setVirtualFiq'> {
  return { setVirtualIrq: (level) => lines.setVirtualIrq(level), setVirtualFiq: (level) => lines.setVirtualFiq(level) };
}
