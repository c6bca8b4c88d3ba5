/**
 * Exception entry and return (DDI 0487, pseudocode AArch64.TakeException, AArch64.ExceptionReturn): the only writer of
 * ELR_ELx, SPSR_ELx, ESR_ELx, FAR_ELx and HPFAR_EL2 on entry, and the only one who changes EL.
 */
import { takenFromSameEl } from '../arch/esr.ts';
import { EVENT } from '../arch/events.ts';
import { ESR_EL1, HCR_EL2, HPFAR_EL2, SCTLR_EL1, SCTLR_EL2_E2H1 } from '../arch/sysregs/index.ts';
import { VECTOR_GROUP, VECTOR_KIND } from '../arch/vectors.ts';
import { MODE, PE } from '../engine/layout.ts';
import { CELL } from '../sysreg/cells.ts';
import type { CpuObserver } from '../ports.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE, setElAndSp, setPstateBits, spsrFromPstate } from '../state/pstate.ts';
import type { ExceptionSlot } from './exception.ts';
import { isIllegalReturnTarget, routePhysical, routeSynchronous, type RoutingView } from './route.ts';

const KIND_OFFSET = { sync: VECTOR_KIND.SYNCHRONOUS, irq: VECTOR_KIND.IRQ, fiq: VECTOR_KIND.FIQ, serror: VECTOR_KIND.SERROR } as const;

/** Cells of the registers of the target EL. */
const BANKED = [
  null,
  { vbar: CELL.VBAR_EL1, elr: CELL.ELR_EL1, spsr: CELL.SPSR_EL1, esr: CELL.ESR_EL1, far: CELL.FAR_EL1, sctlr: CELL.SCTLR_EL1, span: SCTLR_EL1.SPAN.wordMask },
  { vbar: CELL.VBAR_EL2, elr: CELL.ELR_EL2, spsr: CELL.SPSR_EL2, esr: CELL.ESR_EL2, far: CELL.FAR_EL2, sctlr: CELL.SCTLR_EL2, span: SCTLR_EL2_E2H1.SPAN.wordMask },
] as const;

/** DSSBS is above bit 31. */
const DSSBS_HIGH = SCTLR_EL1.DSSBS.word === 1 ? SCTLR_EL1.DSSBS.wordMask : 0;

/** The lowest bit of ESR_ELx.EC. */
const EC_SHIFT = ESR_EL1.EC.lsb;

/** FIPA holds address bits from 12 up, from bit 4 up. */
const FIPA_SHIFT = 12 - HPFAR_EL2.FIPA.lsb;

/** What is counted beside the 64 values of ESR_ELx.EC, which asynchronous exceptions have none of (SError has one, but is told apart). */
const KIND_INDEX = { irq: 64, fiq: 65, serror: 66 } as const;
const KINDS = 67;

/** What an exception return makes of PSTATE.SS: the bit, in place. */
export interface StepRule {
  stepAfterReturn(el: number, to: number, spsr: number): number;
}

export class ExceptionUnit {
  /** Exceptions taken, by target EL and class: see {@link takenTo}. @internal */
  readonly taken = new Float64Array(3 * KINDS);
  /** Exception returns by the EL that executed them. */
  readonly returnsFrom = new Float64Array(3);
  readonly #state: CpuState;
  readonly #slot: ExceptionSlot;
  readonly #events: Float64Array;
  /** PSTATE bits that the core implements. */
  readonly #implemented: number;
  readonly #step: StepRule;
  readonly #observer: CpuObserver | null;

  constructor(state: CpuState, slot: ExceptionSlot, events: Float64Array, implemented: number, step: StepRule, observer: CpuObserver | null) {
    this.#state = state;
    this.#slot = slot;
    this.#events = events;
    this.#implemented = implemented;
    this.#step = step;
    this.#observer = observer;
  }

  /** Takes the exception in the slot; the PC is that of the instruction that it interrupts. Returns the target EL. */
  take(view: RoutingView, virtual = false): 1 | 2 {
    const slot = this.#slot;
    const target = virtual ? 1 : slot.kind === 'sync' ? routeSynchronous(view, slot.routing) : routePhysical(view, slot.kind);
    const state = this.#state;
    const bank = BANKED[target];
    const from = view.el;
    const same = from === target;
    const spsr = spsrFromPstate(state);
    state.set64(bank.spsr, spsr, 0);
    this.#saveReturnAddress(bank.elr);
    const syndrome = same ? takenFromSameEl(slot.syndrome >>> 0) : slot.syndrome;
    const counter = target * KINDS + (slot.kind === 'sync' ? syndrome >>> EC_SHIFT : KIND_INDEX[slot.kind]);
    this.taken[counter] = this.taken[counter]! + 1;
    if (slot.kind === 'sync' || slot.kind === 'serror') {
      state.set64(bank.esr, syndrome, slot.syndromeHigh);
      if (slot.hasFar) state.set64(bank.far, slot.farLo, slot.farHi);
      if (slot.hasIpa && target === 2) {
        state.set64(CELL.HPFAR_EL2, (slot.ipaLo >>> 12 << (12 - FIPA_SHIFT)) | (slot.ipaHi << (32 - FIPA_SHIFT)), slot.ipaHi >>> FIPA_SHIFT);
      }
    }
    this.#enter(target, bank, view);
    const group = same ? ((spsr & 1) !== 0 ? VECTOR_GROUP.CURRENT_SP_ELx : VECTOR_GROUP.CURRENT_SP_EL0) : VECTOR_GROUP.LOWER_AARCH64;
    state.set64(PE.PC, state.lo(bank.vbar) + group + KIND_OFFSET[slot.kind], state.hi(bank.vbar));
    this.#events[EVENT.exceptionEntry] = this.#events[EVENT.exceptionEntry]! + 1;
    this.#observer?.exceptionTaken?.(slot.kind, from, target, slot.hasFar, slot.hasIpa && target === 2);
    return target;
  }

  /** How many exceptions were taken to `el`: all, or those of one kind; a number is a value of ESR_ELx.EC. */
  takenTo(el: 1 | 2, kind?: number | 'irq' | 'fiq' | 'serror'): number {
    if (kind !== undefined) return this.taken[el * KINDS + (typeof kind === 'number' ? kind : KIND_INDEX[kind])]!;
    let sum = 0;
    for (let at = el * KINDS; at < (el + 1) * KINDS; at++) sum += this.taken[at]!;
    return sum;
  }

  #saveReturnAddress(elr: number): void {
    const state = this.#state;
    const lo = state.lo(PE.PC);
    const hi = state.hi(PE.PC);
    if (this.#slot.returnsToNext) state.set64(elr, lo + 4, lo >>> 0 >= 0xffff_fffc ? hi + 1 : hi);
    else state.set64(elr, lo, hi);
  }

  /** PSTATE on entry: DAIF set, SS, IL, BTYPE, UAO clear, PAN and SSBS by SCTLR_ELx. */
  #enter(target: 1 | 2, bank: { readonly sctlr: number; readonly span: number }, view: RoutingView): void {
    const state = this.#state;
    const spanClear = (state.lo(bank.sctlr) & bank.span) === 0;
    let pstate = state.get32(PE.PSTATE) & ~(PSTATE.SS | PSTATE.IL | PSTATE.BTYPE | PSTATE.UAO | PSTATE.SSBS);
    pstate |= PSTATE.DAIF | PSTATE.TCO;
    if (spanClear && (target === 1 || (view.e2h && view.tge))) pstate |= PSTATE.PAN;
    if ((state.hi(bank.sctlr) & DSSBS_HIGH) !== 0) pstate |= PSTATE.SSBS;
    state.set32(PE.PSTATE, pstate & this.#implemented);
    setElAndSp(state, target, true);
  }

  /**
   * ERET from the current EL. An illegal return keeps EL and SP, sets PSTATE.IL and restores NZCV, DAIF and PAN (DDI 0487,
   * pseudocode SetPSTATEFromSPSR); the instruction at the target then takes the Illegal Execution state exception.
   */
  return(view: RoutingView): void {
    const state = this.#state;
    const bank = BANKED[view.el as 1 | 2];
    const spsr = state.lo(bank.spsr);
    const elrLo = state.lo(bank.elr);
    const elrHi = state.hi(bank.elr);
    const m = spsr & 0b1_1111;
    const el = m >> 2;
    const illegal = m >> 4 !== 0 || (m & 0b10) !== 0 || (el === 0 && (m & 1) !== 0) || isIllegalReturnTarget(view, el);
    const step = this.#step.stepAfterReturn(view.el, illegal ? view.el : el, spsr);
    if (illegal) {
      const restored = (PSTATE.DAIF | PSTATE.PAN) & this.#implemented;
      state.nzcv = spsr >>> 28;
      state.set32(PE.PSTATE, (state.get32(PE.PSTATE) & ~(restored | PSTATE.SS)) | (spsr & restored) | PSTATE.IL | step);
    } else {
      setPstateBits(state, (spsr & ~PSTATE.SS) | step, this.#implemented);
      setElAndSp(state, el, (m & 1) !== 0);
    }
    state.set64(PE.PC, elrLo, elrHi);
    // Exception entry leaves the monitor as it is (a choice); the return clears it.
    state.set32(PE.MONITOR_SIZE, 0);
    this.returnsFrom[view.el] = this.returnsFrom[view.el]! + 1;
    this.#events[EVENT.exceptionReturn] = this.#events[EVENT.exceptionReturn]! + 1;
    this.#observer?.exceptionReturned?.(view.el);
  }
}

/** The routing view of a PE, refreshed in place: one object, because exceptions are frequent. */
export class MutableRoutingView implements RoutingView {
  el = 0;
  readonly hasEl2: boolean;
  e2h = false;
  tge = false;
  amo = false;
  imo = false;
  fmo = false;
  readonly #state: CpuState;

  constructor(state: CpuState, hasEl2: boolean) {
    this.#state = state;
    this.hasEl2 = hasEl2;
  }

  refresh(): void {
    const mode = this.#state.get32(PE.MODE);
    const hcr = this.hasEl2 ? this.#state.lo(CELL.HCR_EL2) : 0;
    this.el = mode & MODE.EL_MASK;
    this.e2h = (mode & MODE.E2H) !== 0;
    this.tge = (mode & MODE.TGE) !== 0;
    this.amo = (hcr & HCR_EL2.AMO.wordMask) !== 0;
    this.imo = (hcr & HCR_EL2.IMO.wordMask) !== 0;
    this.fmo = (hcr & HCR_EL2.FMO.wordMask) !== 0;
  }
}
