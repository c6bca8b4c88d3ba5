/**
 * The redistributor of one PE: its SGIs and PPIs, and whether the PE is awake (IHI 0069, "Redistributor registers",
 * "Power management"); its LPIs, where the GIC has them, are `lpis.ts`.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { SGI_COUNT } from '../distributor.ts';
import type { Candidate } from '../interrupt-block.ts';
import { interruptRegisters } from '../interrupt-registers.ts';
import { MmioFrame, type FrameHandler } from '../mmio.ts';
import { FIRST_LPI, type InterruptSource } from '../physical-interface.ts';
import { GICR_CTLR, GICR_IIDR, GICR_RD, GICR_SGI, GICR_TYPER, GICR_WAKER, PIDR2 } from '../regs/index.ts';
import { affinityOf } from './affinity.ts';
import type { DistributorV3 } from './distributor.ts';
import type { Lpis } from './lpis.ts';

export interface RedistributorOptions {
  readonly pe: number;
  /** MPIDR_EL1 of the PE. */
  readonly mpidr: bigint;
  /** Whether it is the last redistributor of its region. */
  readonly isLast: boolean;
  /** Null where the GIC has no LPIs. */
  readonly lpis: Lpis | null;
}

const IIDR = Number(GICR_IIDR.of({ Implementer: 0x43b }));
const PIDR2_GICV3 = Number(PIDR2.of({ ArchRev: PIDR2.ArchRev.value('GICv3'), JEDEC: 1, DES_1: 3 }));

export class Redistributor implements InterruptSource {
  readonly rd: MmioFrame;
  readonly sgi: MmioFrame;
  readonly #options: RedistributorOptions;
  readonly #distributor: DistributorV3;
  #isAsleep = true;

  constructor(options: RedistributorOptions, distributor: DistributorV3) {
    this.#options = options;
    this.#distributor = distributor;
    this.rd = new MmioFrame(GICR_RD, this.#controlHandlers());
    this.sgi = new MmioFrame(GICR_SGI, this.#interruptHandlers());
  }

  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  // ---- What the CPU interface takes ------------------------------------------------------------------------------------

  offer(best: Candidate, groups: number): void {
    if (this.#isAsleep) return;
    const { pe, lpis } = this.#options;
    const { state } = this.#distributor;
    state.offer(pe, best, groups);
    lpis?.offer(best, groups & state.groups);
  }

  numberOf(intid: number): number {
    return intid;
  }

  acknowledge(intid: number): void {
    if (intid < FIRST_LPI) this.#distributor.state.acknowledge(this.#options.pe, intid);
    else this.#options.lpis?.setPending(intid, false);
  }

  deactivate(intid: number): void {
    this.#distributor.state.deactivate(this.#options.pe, intid);
  }

  /** An SGI arrives; one that software configured for the other group is dropped. */
  receiveSgi(intid: number, group: 0 | 1): void {
    const { pe } = this.#options;
    const { state } = this.#distributor;
    const block = state.banked[pe]!;
    if (block.groupOf(intid) !== group) return;
    block.setLatch(intid, true);
    state.changed(pe, intid);
  }

  visitState(state: StateVisitor): void {
    this.#isAsleep = state.flag(this.#isAsleep);
    this.#options.lpis?.visitState(state);
  }

  // ---- Registers -----------------------------------------------------------------------------------------------------

  #controlHandlers(): Record<string, FrameHandler> {
    const { pe, mpidr, isLast, lpis } = this.#options;
    const [affinityLo, affinityHi] = affinityOf(mpidr);
    const typer = GICR_TYPER.of({ Affinity_Value: (BigInt(affinityHi) << 24n) | BigInt(affinityLo), Processor_Number: pe, Last: isLast ? 1 : 0, PLPIS: lpis === null ? 0 : 1 });
    const words = [Number(typer & 0xffff_ffffn), Number(typer >> 32n)] as const;
    return {
      GICR_CTLR: {
        // EnableLPIs may be cleared again, and GICR_INVLPIR and GICR_INVALLR exist.
        read: () => GICR_CTLR.CES.wordMask | (lpis === null ? 0 : GICR_CTLR.IR.wordMask) | (lpis?.isEnabled === true ? GICR_CTLR.EnableLPIs.wordMask : 0),
        write: (value) => {
          if (lpis !== null) lpis.isEnabled = GICR_CTLR.EnableLPIs.inWord(value) !== 0;
        },
      },
      GICR_IIDR: { read: () => IIDR },
      GICR_TYPER: { read: (_n, half) => words[half as 0 | 1] },
      GICR_WAKER: {
        read: () => (this.#isAsleep ? GICR_WAKER.ProcessorSleep.wordMask | GICR_WAKER.ChildrenAsleep.wordMask : 0),
        write: (value) => {
          this.#isAsleep = GICR_WAKER.ProcessorSleep.inWord(value) !== 0;
          this.#distributor.rerouteAll();
        },
      },
      GICR_PIDR2: { read: () => PIDR2_GICV3 },
      ...(lpis !== null && lpiHandlers(lpis)),
    };
  }

  #interruptHandlers(): Record<string, FrameHandler> {
    const { pe } = this.#options;
    const { state } = this.#distributor;
    const block = state.banked[pe]!;
    const rows = interruptRegisters({ block: (intid) => (block.contains(intid) ? block : null), fixedEnabled: 0, fixedPending: 0, changed: () => state.changed(pe, 0) });
    const { IPRIORITYR, ICFGR, ...bits } = rows;
    return {
      ...Object.fromEntries(Object.entries(bits).map(([name, handler]) => [`GICR_${name}0`, handler])),
      GICR_IPRIORITYR: IPRIORITYR,
      GICR_ICFGR0: { read: () => ICFGR.read!(0, 0) },
      // The second register of the pair holds the triggers of the PPIs.
      GICR_ICFGR1: { read: () => ICFGR.read!(1, 0), write: (value, _n, half, mask) => ICFGR.write!(value, SGI_COUNT / 16, half, mask) },
    };
  }
}

/** An invalidation is done when its write is: GICR_SYNCR is never busy. */
function lpiHandlers(lpis: Lpis): Record<string, FrameHandler> {
  const invalidate: FrameHandler = { write: () => lpis.reconsider() };
  return {
    GICR_PROPBASER: { read: (_n, half) => lpis.readProperties(half), write: (value, _n, half) => lpis.writeProperties(value, half) },
    GICR_PENDBASER: { read: (_n, half) => lpis.readPendingTable(half), write: (value, _n, half) => lpis.writePendingTable(value, half) },
    GICR_INVLPIR: invalidate,
    GICR_INVALLR: invalidate,
  };
}
