/** Breakpoints of one PE (DDI 0487, D2 "Breakpoint exceptions", pseudocode AArch64.BreakpointMatch). */
import { DBGBCRn_EL1, DBGBVRn_EL1, VTCR_EL2 } from '../arch/sysregs/index.ts';
import { MODE, PE } from '../engine/layout.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { CELL } from '../sysreg/cells.ts';
import { sysRegCell } from '../sysreg/storage.ts';
import { debugAddress } from './addresses.ts';
import { matchesEl, matchingEls } from './state-match.ts';

const CONTROL = DBGBCRn_EL1[0]!;
const VALUE_CELLS = DBGBVRn_EL1.map(({ name }) => sysRegCell(name));
const CONTROL_CELLS = DBGBCRn_EL1.map(({ name }) => sysRegCell(name));
const CONTEXTIDR_EL1 = sysRegCell('CONTEXTIDR_EL1');
const CONTEXTIDR_EL2 = sysRegCell('CONTEXTIDR_EL2');

/** DBGBCRn_EL1.BT without its lowest bit, which links. */
const TYPE = { ADDRESS: 0b0000, CONTEXT: 0b0010, CONTEXT_EL1: 0b0110, VMID: 0b1000, VMID_AND_CONTEXT: 0b1010, CONTEXT_EL2: 0b1100, FULL_CONTEXT: 0b1110 } as const;
const LINKED = 1;

const VMID_8_BITS = 0xff;
const VMID_BITS = 0xffff;

export interface BreakpointOptions {
  readonly hasEl2: boolean;
  readonly hasVhe: boolean;
  readonly hasVmid16: boolean;
  /** AArch32 at some EL: then DBGBCRn_EL1.BAS chooses the halfword. */
  readonly hasAArch32: boolean;
  readonly breakpoints: number;
}

/** The last breakpoints compare contexts, too: two on every core that we model (ID_AA64DFR0_EL1.CTX_CMPs). */
export function contextBreakpoints(breakpoints: number): number {
  return Math.min(2, breakpoints);
}

interface AddressBreakpoint {
  readonly address: number;
  readonly els: number;
  /** The breakpoint that must match too, or -1. */
  readonly link: number;
}

interface ContextBreakpoint {
  readonly number: number;
  readonly els: number;
}

export class Breakpoints {
  readonly #state: CpuState;
  readonly #options: BreakpointOptions;
  #addresses: readonly AddressBreakpoint[] = [];
  #contexts: readonly ContextBreakpoint[] = [];

  constructor(state: CpuState, options: BreakpointOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** Reads the registers anew; `enabled` is MDSCR_EL1.MDE with the OS lock clear. */
  refresh(enabled: boolean): void {
    const addresses: AddressBreakpoint[] = [];
    const contexts: ContextBreakpoint[] = [];
    for (let n = 0; enabled && n < this.#options.breakpoints; n++) {
      const control = this.#state.lo(CONTROL_CELLS[n]!);
      if ((control & CONTROL.E.wordMask) === 0) continue;
      const { HMC, SSC, PMC, BT, LBN } = fields(control);
      const els = matchingEls(HMC, SSC, PMC, this.#options.hasEl2);
      const isLinked = (BT & LINKED) !== 0;
      if (els === 0) continue;
      if ((BT & ~LINKED) === TYPE.ADDRESS) {
        if (this.#selectsFirstHalf(control)) addresses.push({ address: this.#address(n), els, link: isLinked ? LBN : -1 });
      } else if (!isLinked && this.#isContextAware(n)) contexts.push({ number: n, els });
    }
    this.#addresses = addresses;
    this.#contexts = contexts;
  }

  get any(): boolean {
    return this.#addresses.length > 0 || this.#contexts.length > 0;
  }

  get hasAddresses(): boolean {
    return this.#addresses.length > 0;
  }

  /** Whether some breakpoint by context alone could match at this EL: then every instruction asks. */
  matchesAnywhere(el: number): boolean {
    return this.#contexts.some(({ els }) => matchesEl(els, el));
  }

  /** Whether an address breakpoint lies in the page. */
  isInPage(page: number, bytes: number): boolean {
    return this.#addresses.some(({ address }) => address >= page && address < page + bytes);
  }

  /** AArch64.CheckBreakpoint. */
  matches(pc: number, el: number): boolean {
    for (const { address, els, link } of this.#addresses) {
      if (address === pc && matchesEl(els, el) && (link < 0 || this.isLinkedMatch(link))) return true;
    }
    for (const { number, els } of this.#contexts) if (matchesEl(els, el) && this.#contextMatches(number)) return true;
    return false;
  }

  /** Whether the breakpoint that another one, or a watchpoint, is linked to matches (AArch64.StateMatch, `linked`). */
  isLinkedMatch(n: number): boolean {
    if (n >= this.#options.breakpoints || !this.#isContextAware(n)) return false;
    const control = this.#state.lo(CONTROL_CELLS[n]!);
    if ((control & CONTROL.E.wordMask) === 0 || (control & (LINKED << CONTROL.BT.lsb)) === 0) return false;
    return this.#contextMatches(n);
  }

  #isContextAware(n: number): boolean {
    const { breakpoints } = this.#options;
    return n >= breakpoints - contextBreakpoints(breakpoints);
  }

  /** The halfword that the instruction begins with: BAS<0>, RES1 where there is no AArch32. */
  #selectsFirstHalf(control: number): boolean {
    return !this.#options.hasAArch32 || (control & (1 << CONTROL.BAS.lsb)) !== 0;
  }

  #address(n: number): number {
    const cell = VALUE_CELLS[n]!;
    return debugAddress(this.#state.lo(cell) & ~3, this.#state.hi(cell));
  }

  /** AArch64.BreakpointValueMatch of a type that is no address. */
  #contextMatches(n: number): boolean {
    const state = this.#state;
    const mode = state.get32(PE.MODE);
    const el = mode & MODE.EL_MASK;
    const isInHost = (mode & MODE.E2H) !== 0 && (el === 2 || (el === 0 && (mode & MODE.TGE) !== 0));
    const isGuest = el < 2 && !isInHost;
    const value = VALUE_CELLS[n]!;
    const { BT } = fields(state.lo(CONTROL_CELLS[n]!));
    const low = state.lo(value);
    const matchesEl1 = isGuest && low === state.lo(CONTEXTIDR_EL1);
    switch (BT & ~LINKED) {
      case TYPE.CONTEXT:
        return isInHost ? low === state.lo(CONTEXTIDR_EL2) : matchesEl1;
      case TYPE.CONTEXT_EL1:
        return this.#options.hasVhe && matchesEl1;
      case TYPE.VMID:
        return isGuest && this.#vmidMatches(value);
      case TYPE.VMID_AND_CONTEXT:
        return matchesEl1 && this.#vmidMatches(value);
      case TYPE.CONTEXT_EL2:
        return this.#contextEl2Matches(value);
      case TYPE.FULL_CONTEXT:
        return matchesEl1 && this.#contextEl2Matches(value);
      default:
        return false;
    }
  }

  #contextEl2Matches(value: number): boolean {
    return this.#options.hasEl2 && this.#options.hasVhe && this.#state.hi(value) === this.#state.lo(CONTEXTIDR_EL2);
  }

  #vmidMatches(value: number): boolean {
    const state = this.#state;
    if (!this.#options.hasEl2) return false;
    const wide = this.#options.hasVmid16 && (state.lo(CELL.VTCR_EL2) & VTCR_EL2.VS.wordMask) !== 0;
    const mask = wide ? VMID_BITS : VMID_8_BITS;
    return (state.hi(value) & mask) === ((state.hi(CELL.VTTBR_EL2) >>> 16) & mask);
  }
}

function fields(control: number): { readonly HMC: number; readonly SSC: number; readonly PMC: number; readonly BT: number; readonly LBN: number } {
  const get = ({ wordMask, wordShift }: { readonly wordMask: number; readonly wordShift: number }): number => (control & wordMask) >>> wordShift;
  return { HMC: get(CONTROL.HMC), SSC: get(CONTROL.SSC), PMC: get(CONTROL.PMC), BT: get(CONTROL.BT), LBN: get(CONTROL.LBN) };
}
