/**
 * The interrupts of a PE: what is pending on its inputs and in HCR_EL2, what wakes WFI, what ISR_EL1 shows, which is taken
 * next, and what an error synchronization barrier defers (DDI 0487, "Asynchronous exception types, routing, masking and
 * priorities", pseudocode AArch64.ESBOperation). Which of several goes first is IMPLEMENTATION DEFINED: physical SError,
 * FIQ, IRQ, virtual SError here, and of FIQ and IRQ the physical one.
 */
import { serrorImpDefSyndrome, serrorSyndrome } from '../arch/esr.ts';
import { DISR_EL1, HCR_EL2, VSESR_EL2 } from '../arch/sysregs/index.ts';
import { PE } from '../engine/layout.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import type { ExceptionSlot } from './exception.ts';
import { isTaken, routePhysical, virtualInterruptEnabled, type InterruptKind, type RoutingView } from './route.ts';

const MASK = { irq: PSTATE.I, fiq: PSTATE.F, serror: PSTATE.A } as const;
const VIRTUAL_BIT = { irq: HCR_EL2.VI.wordMask, fiq: HCR_EL2.VF.wordMask, serror: HCR_EL2.VSE.wordMask } as const;
const KINDS = ['serror', 'fiq', 'irq'] as const;

/** Of SErrors without FEAT_RAS, and of those that a board pends: uncategorized. */
const UNCATEGORIZED = serrorSyndrome(0, 0, 0, 0);

export class Interrupts {
  /** Levels of the inputs; `serror` is pending until it is taken or deferred. */
  readonly physical: Record<InterruptKind, boolean> = { irq: false, fiq: false, serror: false };
  readonly virtual = { irq: false, fiq: false };
  readonly #state: CpuState;
  readonly #slot: ExceptionSlot;
  readonly #hasEl2: boolean;
  readonly #hasRas: boolean;

  constructor(state: CpuState, slot: ExceptionSlot, features: { readonly hasEl2: boolean; readonly hasRas: boolean }) {
    this.#state = state;
    this.#slot = slot;
    this.#hasEl2 = features.hasEl2;
    this.#hasRas = features.hasRas;
  }

  /** Whether anything at all is pending, routed and masked as may be. */
  get isPending(): boolean {
    const { physical, virtual } = this;
    if (physical.irq || physical.fiq || physical.serror || virtual.irq || virtual.fiq) return true;
    return this.#hasEl2 && (this.#state.lo(CELL.HCR_EL2) & (VIRTUAL_BIT.irq | VIRTUAL_BIT.fiq | VIRTUAL_BIT.serror)) !== 0;
  }

  /** Everything of the inputs as bits, for snapshots. */
  get inputs(): number {
    const { physical, virtual } = this;
    return [physical.irq, physical.fiq, physical.serror, virtual.irq, virtual.fiq].reduce((bits, isSet, bit) => bits | (isSet ? 1 << bit : 0), 0);
  }

  set inputs(bits: number) {
    const { physical, virtual } = this;
    [physical.irq, physical.fiq, physical.serror, virtual.irq, virtual.fiq] = [(bits & 1) !== 0, (bits & 2) !== 0, (bits & 4) !== 0, (bits & 8) !== 0, (bits & 16) !== 0];
  }

  /** Whether WFI ends: something is pending, whatever PSTATE masks, a virtual interrupt only where it could be taken. */
  wakes(view: RoutingView): boolean {
    const { physical } = this;
    return physical.irq || physical.fiq || physical.serror || KINDS.some((kind) => this.#isVirtualPending(view, kind));
  }

  /** What ISR_EL1 shows: A, I, F in the bits of PSTATE; a virtual interrupt in place of the physical one where it exists. */
  pendingBits(view: RoutingView): number {
    let bits = 0;
    for (const kind of KINDS) {
      if (virtualInterruptEnabled(view, kind) ? this.#isVirtualPending(view, kind) : this.physical[kind]) bits |= MASK[kind];
    }
    return bits;
  }

  /** Puts the interrupt to take now into the slot: 'physical' or 'virtual', or null when there is none. */
  take(view: RoutingView): 'physical' | 'virtual' | null {
    const pstate = this.#state.get32(PE.PSTATE);
    for (const kind of KINDS) {
      const isMasked = (pstate & MASK[kind]) !== 0;
      if (this.physical[kind] && isTaken(view, routePhysical(view, kind), isMasked)) {
        if (kind === 'serror') this.physical.serror = false;
        this.#slot.interrupt(kind, kind === 'serror' ? UNCATEGORIZED : 0);
        return 'physical';
      }
      if (kind !== 'serror' && !isMasked && this.#isVirtualPending(view, kind)) {
        this.#slot.interrupt(kind);
        return 'virtual';
      }
    }
    if ((pstate & PSTATE.A) !== 0 || !this.#isVirtualPending(view, 'serror')) return null;
    this.#clearVirtualSError();
    this.#slot.interrupt('serror', this.#virtualSyndrome());
    return 'virtual';
  }

  /** ESB: a pending SError that is masked is deferred to DISR_EL1, a virtual one to VDISR_EL2. */
  synchronizeErrors(view: RoutingView): void {
    const isMasked = (this.#state.get32(PE.PSTATE) & PSTATE.A) !== 0;
    if (this.physical.serror && !isTaken(view, routePhysical(view, 'serror'), isMasked)) {
      this.physical.serror = false;
      this.#state.put64(CELL.DISR_EL1, DISR_EL1.of({ A: 1 }));
    }
    if (!isMasked || !this.#isVirtualPending(view, 'serror')) return;
    const vsesr = this.#state.lo(CELL.VSESR_EL2);
    this.#state.put64(CELL.VDISR_EL2, DISR_EL1.of({ A: 1, IDS: VSESR_EL2.IDS.inWord(vsesr), ISS: VSESR_EL2.ISS.inWord(vsesr) }));
    this.#clearVirtualSError();
  }

  #isVirtualPending(view: RoutingView, kind: InterruptKind): boolean {
    if (!virtualInterruptEnabled(view, kind)) return false;
    const input = kind !== 'serror' && this.virtual[kind];
    return input || (this.#hasEl2 && (this.#state.lo(CELL.HCR_EL2) & VIRTUAL_BIT[kind]) !== 0);
  }

  /** HCR_EL2.VSE clears itself when the virtual SError is taken or deferred. */
  #clearVirtualSError(): void {
    this.#state.set64(CELL.HCR_EL2, this.#state.lo(CELL.HCR_EL2) & ~HCR_EL2.VSE.wordMask, this.#state.hi(CELL.HCR_EL2));
  }

  #virtualSyndrome(): number {
    if (!this.#hasRas) return UNCATEGORIZED;
    const vsesr = this.#state.lo(CELL.VSESR_EL2);
    return serrorImpDefSyndrome(VSESR_EL2.IDS.inWord(vsesr), VSESR_EL2.ISS.inWord(vsesr));
  }
}
