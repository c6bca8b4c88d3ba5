/**
 * What distributors of both versions have: the private interrupts of each PE, the SPIs with their targets, the group
 * enables, and who is told of a change. Lines come in here; what a PE is offered goes out through its interface.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { InterruptBlock, WORD_BITS, type Candidate } from './interrupt-block.ts';

export const PRIVATE_INTERRUPTS = 32;
export const SGI_COUNT = 16;
const BOTH_GROUPS = 0b11;
/** SPIs start here. */
export const FIRST_SPI = 32;

export interface DistributorOptions {
  readonly pes: number;
  /** Shared peripheral interrupts: a multiple of 32, up to 960. */
  readonly spis: number;
  readonly priorityBits: number;
}

export class Distributor {
  readonly options: DistributorOptions;
  /** SGIs and PPIs of each PE. */
  readonly banked: readonly InterruptBlock[];
  readonly spis: InterruptBlock;
  /** Which SPIs go to each PE: a bit each, derived from what the version's routing registers say. */
  readonly targets: readonly Uint32Array[];
  /** Enabled groups: bit 0 group 0, bit 1 group 1. */
  groups = 0;
  /** Whether no SPI can be offered to any PE: what {@link updateAll}, which follows every change of one, saw last. */
  #isQuiet = true;
  readonly #update: (pe: number) => void;

  /** `update` recomputes the lines of a PE. */
  constructor(options: DistributorOptions, update: (pe: number) => void) {
    const { pes, spis, priorityBits } = options;
    this.options = options;
    this.#update = update;
    this.banked = Array.from({ length: pes }, () => {
      const block = new InterruptBlock(0, PRIVATE_INTERRUPTS, priorityBits);
      block.edge[0] = 2 ** SGI_COUNT - 1;
      return block;
    });
    this.spis = new InterruptBlock(FIRST_SPI, spis, priorityBits);
    this.targets = Array.from({ length: pes }, () => new Uint32Array(spis / WORD_BITS));
  }

  /** The block of an interrupt as PE `pe` sees it; null where it is not implemented. */
  block(pe: number, intid: number): InterruptBlock | null {
    if (intid < PRIVATE_INTERRUPTS) return this.banked[pe]!;
    return this.spis.contains(intid) ? this.spis : null;
  }

  offer(pe: number, best: Candidate, groups: number): void {
    const enabled = groups & this.groups;
    this.banked[pe]!.offer(best, enabled, null);
    if (!this.#isQuiet) this.spis.offer(best, enabled, this.targets[pe]!);
  }

  /** The lines of all other PEs follow. */
  acknowledge(pe: number, intid: number): void {
    this.block(pe, intid)?.acknowledge(intid);
    if (intid >= PRIVATE_INTERRUPTS) this.updateAll();
  }

  deactivate(pe: number, intid: number): void {
    this.block(pe, intid)?.deactivate(intid);
    this.changed(pe, intid);
  }

  setPpi(pe: number, intid: number, level: boolean): void {
    this.banked[pe]!.setLine(intid, level);
    this.#update(pe);
  }

  setSpi(intid: number, level: boolean): void {
    this.spis.setLine(intid, level);
    this.updateAll();
  }

  /** Which PE has the SPI `intid`: routing registers call this for each PE. */
  setTarget(pe: number, intid: number, isTarget: boolean): void {
    const index = intid - FIRST_SPI;
    const bit = 1 << (index & 31);
    const words = this.targets[pe]!;
    if (isTarget) words[index >>> 5]! |= bit;
    else words[index >>> 5]! &= ~bit;
  }

  /** State of an interrupt changed: private ones concern one PE. */
  changed(pe: number, intid: number): void {
    if (intid < PRIVATE_INTERRUPTS) this.#update(pe);
    else this.updateAll();
  }

  updateAll(): void {
    this.#isQuiet = this.spis.isQuiet;
    for (let pe = 0; pe < this.options.pes; pe++) this.#update(pe);
  }

  visitState(state: StateVisitor): void {
    this.groups = state.within(this.groups, 0, BOTH_GROUPS);
    for (const block of this.banked) block.visitState(state);
    this.spis.visitState(state);
    for (const words of this.targets) state.words(words);
    this.#isQuiet = this.spis.isQuiet;
  }
}
