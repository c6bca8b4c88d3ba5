/**
 * Whether debug exceptions may be taken, and where they go (DDI 0487, D2 "AArch64 Self-hosted Debug", pseudocode
 * DebugTarget and AArch64.GenerateDebugExceptionsFrom). BRK asks for the target alone.
 */
import { DBGPRCR_EL1, HCR_EL2, MDCR_EL2, MDSCR_EL1, OSDLR_EL1, OSLAR_EL1 } from '../arch/sysregs/index.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { ExceptionRouting } from '../exception/exception.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { PSTATE } from '../state/pstate.ts';
import { CELL } from '../sysreg/cells.ts';
import { sysRegCell } from '../sysreg/storage.ts';

const OSLAR = sysRegCell('OSLAR_EL1');
const OSDLR = sysRegCell('OSDLR_EL1');
const DBGPRCR = sysRegCell('DBGPRCR_EL1');

export class DebugControls {
  readonly #state: CpuState;
  readonly #hasEl2: boolean;

  constructor(state: CpuState, hasEl2: boolean) {
    this.#state = state;
    this.#hasEl2 = hasEl2;
  }

  /** OSLAR_EL1 is write-only: its cell keeps the OS lock. */
  get isOsLocked(): boolean {
    return (this.#state.lo(OSLAR) & OSLAR_EL1.OSLK.wordMask) !== 0;
  }

  /** The OS lock or the OS double lock: no debug exceptions but those of BRK. */
  get isLocked(): boolean {
    const state = this.#state;
    if (this.isOsLocked) return true;
    return (state.lo(OSDLR) & OSDLR_EL1.DLK.wordMask) !== 0 && (state.lo(DBGPRCR) & DBGPRCR_EL1.CORENPDRQ.wordMask) === 0;
  }

  /** How a debug exception from here is routed: MDCR_EL2.TDE sends those of EL1 and EL0 to EL2; so does TGE, as everything. */
  get routing(): ExceptionRouting {
    return this.#hasEl2 && (this.#state.lo(CELL.MDCR_EL2) & MDCR_EL2.TDE.wordMask) !== 0 ? 'el2' : 'default';
  }

  /** DebugTarget. */
  get target(): 1 | 2 {
    return this.#hasEl2 && (this.routing === 'el2' || (this.#state.lo(CELL.HCR_EL2) & HCR_EL2.TGE.wordMask) !== 0) ? 2 : 1;
  }

  /** Whether exceptions from `el` may be enabled, whatever PSTATE.D says there; the locks apart. */
  isPossibleFrom(el: number): boolean {
    const { target } = this;
    return el < target || (el === target && (this.#state.lo(CELL.MDSCR_EL1) & MDSCR_EL1.KDE.wordMask) !== 0);
  }

  /** AArch64.GenerateDebugExceptionsFrom; `masked` is PSTATE.D there. */
  isEnabledFrom(el: number, masked: boolean): boolean {
    return !this.isLocked && this.isPossibleFrom(el) && (el < this.target || !masked);
  }

  /** AArch64.GenerateDebugExceptions. */
  get isEnabled(): boolean {
    const state = this.#state;
    return this.isEnabledFrom(state.get32(PE.MODE) & MODE.EL_MASK, (state.get32(PE.PSTATE) & PSTATE.D) !== 0);
  }
}
