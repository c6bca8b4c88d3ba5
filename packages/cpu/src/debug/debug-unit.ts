/**
 * Self-hosted debug of one PE: software step, breakpoints, watchpoints; and the same for a debugger from outside, without
 * touching a register. Ordinary code pays nothing: while nothing is enabled nobody asks here, pages with watchpoints stay
 * out of the TLB banks, pages with address breakpoints have no translated code, and what every instruction must be asked
 * for (software step, breakpoints by context) runs in Eval.
 */
import { BREAKPOINT_SYNDROME, softwareStepSyndrome, watchpointSyndrome } from '../arch/esr.ts';
import { MDSCR_EL1 } from '../arch/sysregs/index.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { ExceptionSlot } from '../exception/exception.ts';
import type { AccessWatcher } from '../mem/access.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import { CELL } from '../sysreg/cells.ts';
import { debugAddress } from './addresses.ts';
import { Breakpoints, type BreakpointOptions } from './breakpoints.ts';
import { DebugControls } from './controls.ts';
import { ExternalDebugger, type DebugStop } from './external.ts';
import { watchKind, Watchpoints, type WatchedRange } from './watchpoints.ts';

export interface DebugOptions extends BreakpointOptions {
  readonly watchpoints: number;
}

export interface DebugOwner {
  /** Banks must not answer for these addresses. */
  watched(ranges: readonly WatchedRange[]): void;
  /** Breakpoints have changed: translated code is looked up anew. */
  breakpointsChanged(): void;
}

/** What was stepped last, for the syndrome of the Software Step exception. */
const STEPPED = { NOTHING: 0, INSTRUCTION: 1, LOAD_EXCLUSIVE: 2 } as const;

const PAGE = 4096;
const WORD = 2 ** 32;

export class DebugUnit implements AccessWatcher {
  readonly controls: DebugControls;
  /** Breakpoints and watchpoints of a debugger. */
  readonly external: ExternalDebugger;
  /** Something is enabled: a step, a breakpoint or a watchpoint. */
  isArmed = false;
  hasBreakpoints = false;
  hasWatchpoints = false;
  readonly #state: CpuState;
  readonly #slot: ExceptionSlot;
  readonly #owner: DebugOwner;
  readonly #breakpoints: Breakpoints;
  readonly #watchpoints: Watchpoints;
  /** MDSCR_EL1.SS, with no lock. */
  #steps = false;
  #isStepping = false;
  /** What was stepped last: by `STEPPED`. */
  stepped: number = STEPPED.NOTHING;

  constructor(state: CpuState, slot: ExceptionSlot, options: DebugOptions, owner: DebugOwner) {
    this.#state = state;
    this.#slot = slot;
    this.#owner = owner;
    this.controls = new DebugControls(state, options.hasEl2);
    this.#breakpoints = new Breakpoints(state, options);
    this.#watchpoints = new Watchpoints(state, this.#breakpoints, options);
    this.external = new ExternalDebugger(() => this.refresh());
  }

  /** Reads the registers anew: after a write of one of them, or of the debugger's lists. */
  refresh(): void {
    const mdscr = this.#state.lo(CELL.MDSCR_EL1);
    const isOpen = !this.controls.isLocked;
    const isEnabled = isOpen && (mdscr & MDSCR_EL1.MDE.wordMask) !== 0;
    const hadBreakpoints = this.hasBreakpoints;
    this.#steps = isOpen && (mdscr & MDSCR_EL1.SS.wordMask) !== 0;
    if (!this.#steps) this.stepped = STEPPED.NOTHING;
    this.#breakpoints.refresh(isEnabled);
    this.#watchpoints.refresh(isEnabled);
    this.hasBreakpoints = this.#breakpoints.any || this.external.hasBreakpoints;
    this.hasWatchpoints = this.#watchpoints.ranges.length > 0 || this.external.ranges.length > 0;
    this.isArmed = this.#steps || this.hasBreakpoints || this.hasWatchpoints;
    if (this.hasBreakpoints || hadBreakpoints) this.#owner.breakpointsChanged();
    if (this.hasWatchpoints) this.#owner.watched([...this.#watchpoints.ranges, ...this.external.ranges]);
  }

  /** Whether instructions at `el` must be asked for one by one. PSTATE.D does not count: translated code may change it. */
  needsEval(el: number): boolean {
    if (!this.#steps && !this.#breakpoints.matchesAnywhere(el)) return false;
    return this.controls.isPossibleFrom(el) || (this.#state.get32(PE.PSTATE) & PSTATE.SS) !== 0;
  }

  // ---- Software step -----------------------------------------------------------------------------------------------

  /**
   * Before an instruction. False: the Software Step exception is in the slot (active-pending). PSTATE.SS is cleared before
   * the instruction is executed (pseudocode SSAdvance), so that an ERET sets it by its own rule and SVC saves it as 0.
   */
  beginStep(): boolean {
    this.#isStepping = false;
    if (!this.#steps) return true;
    const state = this.#state;
    const pstate = state.get32(PE.PSTATE);
    if ((pstate & PSTATE.SS) !== 0) {
      this.#isStepping = true;
      state.set32(PE.PSTATE, pstate & ~PSTATE.SS);
      return true;
    }
    if (!this.controls.isEnabled) return true;
    const isv = this.stepped === STEPPED.NOTHING ? 0 : 1;
    this.#slot.sync(softwareStepSyndrome(isv, this.stepped === STEPPED.LOAD_EXCLUSIVE ? 1 : 0), this.controls.routing);
    this.stepped = STEPPED.NOTHING;
    return false;
  }

  /** After it: `completed`, or to be executed again, with PSTATE.SS as it was. */
  endStep(completed: boolean, isLoadExclusive: () => boolean): void {
    this.stepped = STEPPED.NOTHING;
    if (!this.#isStepping) return;
    if (completed) this.stepped = isLoadExclusive() ? STEPPED.LOAD_EXCLUSIVE : STEPPED.INSTRUCTION;
    else this.#state.set32(PE.PSTATE, this.#state.get32(PE.PSTATE) | PSTATE.SS);
  }

  /** PSTATE.SS after an exception return from `el` to `to` with `spsr` (pseudocode DebugExceptionReturnSS). */
  stepAfterReturn(el: number, to: number, spsr: number): number {
    const state = this.#state;
    if ((state.lo(CELL.MDSCR_EL1) & MDSCR_EL1.SS.wordMask) === 0) return 0;
    const { controls } = this;
    if (controls.isEnabledFrom(el, (state.get32(PE.PSTATE) & PSTATE.D) !== 0)) return 0;
    return controls.isEnabledFrom(to, (spsr & PSTATE.D) !== 0) ? spsr & PSTATE.SS : 0;
  }

  // ---- Breakpoints and watchpoints ---------------------------------------------------------------------------------

  /** Why the debugger stopped the PE; null when it did not. */
  get stop(): DebugStop | null {
    return this.external.stop;
  }

  hasBreakpointIn(pcLo: number, pcHi: number): boolean {
    const page = debugAddress(pcLo & -PAGE, pcHi);
    return this.#breakpoints.isInPage(page, PAGE) || this.external.isInPage(page, PAGE);
  }

  mayExecute(pcLo: number, pcHi: number): boolean {
    const pc = debugAddress(pcLo, pcHi);
    if (this.external.reached(pc)) return false;
    const el = this.#state.get32(PE.MODE) & MODE.EL_MASK;
    if (!this.#breakpoints.matches(pc, el) || !this.controls.isEnabled) return true;
    return this.#slot.sync(BREAKPOINT_SYNDROME, this.controls.routing);
  }

  isWatched(vaLo: number, vaHi: number): boolean {
    const page = debugAddress(vaLo & -PAGE, vaHi);
    const covers = ({ first, last }: WatchedRange): boolean => first < page + PAGE && last >= page;
    return this.#watchpoints.ranges.some(covers) || this.external.ranges.some(covers);
  }

  mayAccess(vaLo: number, vaHi: number, bytes: number, isWrite: boolean, privileged: boolean, isMaintenance = false): boolean {
    const address = debugAddress(isMaintenance ? vaLo & -bytes : vaLo, vaHi);
    const kind = watchKind(isWrite);
    if (this.external.accessed(address, bytes, kind)) return false;
    const el = privileged ? this.#state.get32(PE.MODE) & MODE.EL_MASK : 0;
    const at = this.#watchpoints.match(address, bytes, kind, el);
    if (at < 0 || !this.controls.isEnabled) return true;
    const lo = (vaLo >>> 0) + (isMaintenance ? 0 : at - address);
    this.#slot.sync(watchpointSyndrome(0, isMaintenance ? 1 : 0, isWrite ? 1 : 0), this.controls.routing);
    this.#slot.far(lo | 0, lo >= WORD ? vaHi + 1 : vaHi);
    return false;
  }
}
