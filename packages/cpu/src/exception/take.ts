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

// Imported names are looked up each time, and a mask above bit 30 is no small integer to V8: what every exception needs is copied here.
const { EL_MASK, E2H, TGE } = MODE;
const HCR = CELL.HCR_EL2;
const AMO = HCR_EL2.AMO.wordMask | 0;
const IMO = HCR_EL2.IMO.wordMask | 0;
const FMO = HCR_EL2.FMO.wordMask | 0;
const MONITOR_SIZE = PE.MONITOR_SIZE;
const ENTRY_CLEARS = PSTATE.SS | PSTATE.IL | PSTATE.BTYPE | PSTATE.UAO | PSTATE.SSBS;
const ENTRY_SETS = PSTATE.DAIF | PSTATE.TCO;
const ILLEGAL_RESTORES = PSTATE.DAIF | PSTATE.PAN;
const { SS, IL, PAN, SSBS } = PSTATE;

const KIND_OFFSET = { sync: VECTOR_KIND.SYNCHRONOUS, irq: VECTOR_KIND.IRQ, fiq: VECTOR_KIND.FIQ, serror: VECTOR_KIND.SERROR } as const;

/** Cells of the registers of the target EL. */
const BANKED = [
  null,
  { vbar: CELL.VBAR_EL1, elr: CELL.ELR_EL1, spsr: CELL.SPSR_EL1, esr: CELL.ESR_EL1, far: CELL.FAR_EL1, sctlr: CELL.SCTLR_EL1, span: SCTLR_EL1.SPAN.wordMask | 0 },
  { vbar: CELL.VBAR_EL2, elr: CELL.ELR_EL2, spsr: CELL.SPSR_EL2, esr: CELL.ESR_EL2, far: CELL.FAR_EL2, sctlr: CELL.SCTLR_EL2, span: SCTLR_EL2_E2H1.SPAN.wordMask | 0 },
] as const;

/** DSSBS is above bit 31. */
const DSSBS_HIGH = SCTLR_EL1.DSSBS.word === 1 ? SCTLR_EL1.DSSBS.wordMask | 0 : 0;

/** The lowest bit of ESR_ELx.EC. */
const EC_SHIFT = ESR_EL1.EC.lsb;

/** FIPA holds address bits from 12 up, from bit 4 up. */
const FIPA_SHIFT = 12 - HPFAR_EL2.FIPA.lsb;

/** What is counted beside the 64 values of ESR_ELx.EC, which asynchronous exceptions have none of (SError has one, but is told apart). */
const KIND_INDEX = { irq: 64, fiq: 65, serror: 66 } as const;
const KINDS = 67;
const ENTRY_EVENT = EVENT.exceptionEntry;
const RETURN_EVENT = EVENT.exceptionReturn;

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
    const { kind } = slot;
    const target = virtual ? 1 : kind === 'sync' ? routeSynchronous(view, slot.routing) : routePhysical(view, kind);
    const state = this.#state;
    const bank = BANKED[target];
    const from = view.el;
    const same = from === target;
    const spsr = spsrFromPstate(state);
    state.set64(bank.spsr, spsr, 0);
    this.#saveReturnAddress(bank.elr);
    const syndrome = same ? takenFromSameEl(slot.syndrome) : slot.syndrome;
    const counter = target * KINDS + (kind === 'sync' ? syndrome >>> EC_SHIFT : KIND_INDEX[kind]);
    this.taken[counter] = this.taken[counter]! + 1;
    if (kind === 'sync' || kind === 'serror') {
      state.set64(bank.esr, syndrome, slot.syndromeHigh);
      if (slot.hasFar) state.set64(bank.far, slot.farLo, slot.farHi);
      if (slot.hasIpa && target === 2) {
        state.set64(CELL.HPFAR_EL2, (slot.ipaLo >>> 12 << (12 - FIPA_SHIFT)) | (slot.ipaHi << (32 - FIPA_SHIFT)), slot.ipaHi >>> FIPA_SHIFT);
      }
    }
    this.#enter(target, bank, view);
    const group = same ? ((spsr & 1) !== 0 ? VECTOR_GROUP.CURRENT_SP_ELx : VECTOR_GROUP.CURRENT_SP_EL0) : VECTOR_GROUP.LOWER_AARCH64;
    state.setPc(state.lo(bank.vbar) + group + KIND_OFFSET[kind], state.hi(bank.vbar));
    this.#events[ENTRY_EVENT] = this.#events[ENTRY_EVENT]! + 1;
    this.#observer?.exceptionTaken?.(kind, from, target, slot.hasFar, slot.hasIpa && target === 2);
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
    const lo = state.pcLo;
    const hi = state.pcHi;
    if (this.#slot.returnsToNext) state.set64(elr, lo + 4, lo >>> 0 >= 0xffff_fffc ? hi + 1 : hi);
    else state.set64(elr, lo, hi);
  }

  /** PSTATE on entry: DAIF set, SS, IL, BTYPE, UAO clear, PAN and SSBS by SCTLR_ELx. */
  #enter(target: 1 | 2, bank: { readonly sctlr: number; readonly span: number }, view: RoutingView): void {
    const state = this.#state;
    const spanClear = (state.lo(bank.sctlr) & bank.span) === 0;
    let pstate = (state.pstate & ~ENTRY_CLEARS) | ENTRY_SETS;
    if (spanClear && (target === 1 || (view.e2h && view.tge))) pstate |= PAN;
    if ((state.hi(bank.sctlr) & DSSBS_HIGH) !== 0) pstate |= SSBS;
    state.pstate = pstate & this.#implemented;
    setElAndSp(state, target, true);
  }

  /**
   * ERET from the current EL. An illegal return keeps EL and SP, sets PSTATE.IL and restores NZCV, DAIF and PAN (DDI 0487,
   * pseudocode SetPSTATEFromSPSR); the instruction at the target then takes the Illegal Execution state exception.
   */
  return(view: RoutingView): void {
    const state = this.#state;
    const from = view.el;
    const bank = BANKED[from as 1 | 2];
    const spsr = state.lo(bank.spsr);
    const m = spsr & 0b1_1111;
    const el = m >> 2;
    const illegal = m >> 4 !== 0 || (m & 0b10) !== 0 || (el === 0 && (m & 1) !== 0) || isIllegalReturnTarget(view, el);
    const step = this.#step.stepAfterReturn(from, illegal ? from : el, spsr);
    const returnLo = state.lo(bank.elr);
    const returnHi = state.hi(bank.elr);
    if (illegal) {
      const restored = ILLEGAL_RESTORES & this.#implemented;
      state.nzcv = spsr >>> 28;
      state.pstate = (state.pstate & ~(restored | SS)) | (spsr & restored) | IL | step;
    } else {
      setPstateBits(state, (spsr & ~SS) | step, this.#implemented);
      setElAndSp(state, el, (m & 1) !== 0);
    }
    state.setPc(returnLo, returnHi);
    // Exception entry leaves the monitor as it is (a choice); the return clears it.
    state.set32(MONITOR_SIZE, 0);
    this.returnsFrom[from] = this.returnsFrom[from]! + 1;
    this.#events[RETURN_EVENT] = this.#events[RETURN_EVENT]! + 1;
    this.#observer?.exceptionReturned?.(from);
  }
}

/** What decides where exceptions go, read from the state of the PE when it is asked: it shows the state as it is then. */
export class StateRoutingView implements RoutingView {
  readonly hasEl2: boolean;
  readonly #state: CpuState;

  constructor(state: CpuState, hasEl2: boolean) {
    this.#state = state;
    this.hasEl2 = hasEl2;
  }

  get el(): number {
    return this.#state.mode & EL_MASK;
  }

  get e2h(): boolean {
    return (this.#state.mode & E2H) !== 0;
  }

  get tge(): boolean {
    return (this.#state.mode & TGE) !== 0;
  }

  get amo(): boolean {
    return this.hasEl2 && (this.#state.lo(HCR) & AMO) !== 0;
  }

  get imo(): boolean {
    return this.hasEl2 && (this.#state.lo(HCR) & IMO) !== 0;
  }

  get fmo(): boolean {
    return this.hasEl2 && (this.#state.lo(HCR) & FMO) !== 0;
  }
}
