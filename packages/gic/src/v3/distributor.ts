/**
 * The GICv3 distributor with affinity routing and one security state, the only configuration of our boards: SPIs and
 * where they go; SGIs and PPIs are the redistributors' (IHI 0069, "Distributor registers", "Affinity routing").
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { Distributor, FIRST_SPI, PRIVATE_INTERRUPTS, type DistributorOptions } from '../distributor.ts';
import { interruptRegisters } from '../interrupt-registers.ts';
import type { Group } from '../list-register.ts';
import { MmioFrame, type FrameHandler } from '../mmio.ts';
import { GICD_CTLR, GICD_GICv3, GICD_IIDR, GICD_TYPER, IROUTER, PIDR2 } from '../regs/index.ts';
import { affinityOf } from './affinity.ts';

export interface DistributorV3Options extends DistributorOptions {
  /** Affinity of each PE as in MPIDR_EL1: Aff0 in bits 7:0, Aff1 15:8, Aff2 23:16, Aff3 39:32. */
  readonly affinities: readonly bigint[];
  /** Bits of an INTID. */
  readonly intidBits: number;
  readonly hasLpis: boolean;
}

/** Whether a PE takes part in the distribution of interrupts of a group that are for any PE (IHI 0069, "1 of N"): it is awake, and has the group on. */
export type Participates = (pe: number, group: Group) => boolean;

/** Arm as the implementer, product and revision of our own. */
const IIDR = Number(GICD_IIDR.of({ Implementer: 0x43b }));
const PIDR2_GICV3 = Number(PIDR2.of({ ArchRev: PIDR2.ArchRev.value('GICv3'), JEDEC: 1, DES_1: 3 }));
const ENABLES = (GICD_CTLR.EnableGrp0.wordMask | GICD_CTLR.EnableGrp1.wordMask) >>> 0;
/** Affinity routing and one security state are not to be switched off. */
const FIXED_CONTROL = (GICD_CTLR.ARE.wordMask | GICD_CTLR.DS.wordMask) >>> 0;
const ROUTER_MASK = [
  (IROUTER.Interrupt_Routing_Mode.wordMask | IROUTER.Aff2.wordMask | IROUTER.Aff1.wordMask | IROUTER.Aff0.wordMask) >>> 0,
  IROUTER.Aff3.wordMask >>> 0,
] as const;

export class DistributorV3 {
  readonly state: Distributor;
  readonly frame: MmioFrame;
  readonly #options: DistributorV3Options;
  /** IROUTER of each SPI, low and high word. */
  readonly #routers: Uint32Array;
  /** Affinity of each PE as IROUTER holds it. */
  readonly #affinities: readonly (readonly [lo: number, hi: number])[];
  readonly #participates: Participates;

  /** `update` recomputes the lines of a PE. */
  constructor(options: DistributorV3Options, update: (pe: number) => void, participates: Participates) {
    this.#options = options;
    this.state = new Distributor(options, update);
    this.#routers = new Uint32Array(2 * options.spis);
    this.#affinities = options.affinities.map(affinityOf);
    this.#participates = participates;
    for (let index = 0; index < options.spis; index++) this.#route(index);
    this.frame = new MmioFrame(GICD_GICv3, this.#handlers());
  }

  /** Which PEs participate changed, or SPIs did, perhaps their groups: those for any PE may go elsewhere. */
  rerouteAll(): void {
    for (let index = 0; index < this.#options.spis; index++) if (this.#isForAny(index)) this.#route(index);
    this.state.updateAll();
  }

  visitState(state: StateVisitor): void {
    this.state.visitState(state);
    state.words(this.#routers);
  }

  #handlers(): Record<string, FrameHandler> {
    const { state } = this;
    const { spis, intidBits, hasLpis } = this.#options;
    const typer = Number(GICD_TYPER.of({ IDbits: intidBits - 1, A3V: 1, No1N: 0, LPIS: hasLpis ? 1 : 0, ITLinesNumber: (spis + PRIVATE_INTERRUPTS) / 32 - 1 }));
    const rows = interruptRegisters({ block: (intid) => (state.spis.contains(intid) ? state.spis : null), fixedEnabled: 0, fixedPending: 0, changed: () => this.rerouteAll() });
    return {
      GICD_CTLR: {
        read: () => (FIXED_CONTROL | state.groups) >>> 0,
        write: (value) => {
          state.groups = value & ENABLES;
          state.updateAll();
        },
      },
      GICD_TYPER: { read: () => typer },
      GICD_IIDR: { read: () => IIDR },
      GICD_PIDR2: { read: () => PIDR2_GICV3 },
      ...Object.fromEntries(Object.entries(rows).map(([name, handler]) => [`GICD_${name}`, handler])),
      GICD_IROUTER: { read: (n, half) => this.#readRouter(n, half), write: (value, n, half) => this.#writeRouter(value, n, half) },
    };
  }

  #readRouter(intid: number, half: number): number {
    return this.state.spis.contains(intid) ? this.#routers[2 * (intid - FIRST_SPI) + half]! : 0;
  }

  #writeRouter(value: number, intid: number, half: number): void {
    if (!this.state.spis.contains(intid)) return;
    const index = intid - FIRST_SPI;
    this.#routers[2 * index + half] = value & ROUTER_MASK[half as 0 | 1];
    this.#route(index);
    this.state.updateAll();
  }

  #isForAny(index: number): boolean {
    return IROUTER.Interrupt_Routing_Mode.inWord(this.#routers[2 * index]!) !== 0;
  }

  /** "Any participating PE" is the first of them; where there is none, and for an affinity that no PE has, it stays pending here. */
  #route(index: number): void {
    const intid = FIRST_SPI + index;
    const lo = this.#routers[2 * index]!;
    const hi = this.#routers[2 * index + 1]!;
    const group = this.state.spis.groupOf(intid);
    const target = this.#isForAny(index)
      ? this.#affinities.findIndex((_, pe) => this.#participates(pe, group))
      : this.#affinities.findIndex(([affinityLo, affinityHi]) => lo === affinityLo && hi === affinityHi);
    for (let pe = 0; pe < this.#affinities.length; pe++) this.state.setTarget(pe, intid, pe === target);
  }
}
