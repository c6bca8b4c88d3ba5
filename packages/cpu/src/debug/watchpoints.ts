/** Watchpoints of one PE (DDI 0487, D2 "Watchpoint exceptions", pseudocode AArch64.WatchpointMatch). */
import { DBGWCRn_EL1, DBGWVRn_EL1 } from '../arch/sysregs/index.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { sysRegCell } from '../sysreg/storage.ts';
import { debugAddress } from './addresses.ts';
import type { Breakpoints } from './breakpoints.ts';
import { matchesEl, matchingEls } from './state-match.ts';

const CONTROL = DBGWCRn_EL1[0]!;
const VALUE_CELLS = DBGWVRn_EL1.map(({ name }) => sysRegCell(name));
const CONTROL_CELLS = DBGWCRn_EL1.map(({ name }) => sysRegCell(name));

const LOAD = CONTROL.LSC.values['Load']!;
const STORE = CONTROL.LSC.values['Store']!;
/** DBGWVRn_EL1 names a doubleword; a word where bit 2 is set, which has the low half of BAS. */
const DOUBLEWORD = 8;
const WORD_BIT = 4;
const WORD_BAS = 0b1111;
/** Smaller masks are reserved: such a watchpoint is disabled. */
const SMALLEST_MASK = 3;

/** Addresses from `first` to `last`, watched for what `kinds` says: `LOAD`, `STORE`. */
export interface WatchedRange {
  readonly first: number;
  readonly last: number;
  readonly kinds: number;
}

interface Watchpoint extends WatchedRange {
  readonly els: number;
  /** The breakpoint that must match too, or -1. */
  readonly link: number;
}

/** The bit of `WatchedRange.kinds` for an access. */
export function watchKind(isWrite: boolean): number {
  return isWrite ? STORE : LOAD;
}

export class Watchpoints {
  readonly #state: CpuState;
  readonly #hasEl2: boolean;
  readonly #count: number;
  readonly #breakpoints: Breakpoints;
  #ranges: readonly Watchpoint[] = [];

  constructor(state: CpuState, breakpoints: Breakpoints, options: { readonly hasEl2: boolean; readonly watchpoints: number }) {
    this.#state = state;
    this.#breakpoints = breakpoints;
    this.#hasEl2 = options.hasEl2;
    this.#count = options.watchpoints;
  }

  /** Reads the registers anew; `enabled` is MDSCR_EL1.MDE with the OS lock clear. */
  refresh(enabled: boolean): void {
    const ranges: Watchpoint[] = [];
    for (let n = 0; enabled && n < this.#count; n++) {
      const range = this.#range(n);
      if (range !== null) ranges.push(range);
    }
    this.#ranges = ranges;
  }

  get ranges(): readonly WatchedRange[] {
    return this.#ranges;
  }

  /** The lowest watched address of an access of `bytes` bytes at `address` with the rights of `el`, or -1. */
  match(address: number, bytes: number, kind: number, el: number): number {
    let lowest = -1;
    for (const { first, last, kinds, els, link } of this.#ranges) {
      if (address > last || address + bytes <= first || (kinds & kind) === 0 || !matchesEl(els, el)) continue;
      if (link >= 0 && !this.#breakpoints.isLinkedMatch(link)) continue;
      const at = Math.max(address, first);
      if (lowest < 0 || at < lowest) lowest = at;
    }
    return lowest;
  }

  #range(n: number): Watchpoint | null {
    const control = this.#state.lo(CONTROL_CELLS[n]!);
    const get = ({ wordMask, wordShift }: { readonly wordMask: number; readonly wordShift: number }): number => (control & wordMask) >>> wordShift;
    const els = matchingEls(get(CONTROL.HMC), get(CONTROL.SSC), get(CONTROL.PAC), this.#hasEl2);
    const kinds = get(CONTROL.LSC);
    if (get(CONTROL.E) === 0 || els === 0 || kinds === 0) return null;
    const cell = VALUE_CELLS[n]!;
    const value = debugAddress(this.#state.lo(cell), this.#state.hi(cell));
    const bounds = get(CONTROL.MASK) > 0 ? maskedBounds(value, get(CONTROL.MASK)) : selectedBounds(value, get(CONTROL.BAS));
    return bounds === null ? null : { ...bounds, kinds, els, link: get(CONTROL.WT) === 1 ? get(CONTROL.LBN) : -1 };
  }
}

/** 2^mask bytes; BAS, which should be ones, and the masked bits of the address do not count. */
function maskedBounds(value: number, mask: number): { readonly first: number; readonly last: number } | null {
  if (mask < SMALLEST_MASK) return null;
  const size = 2 ** mask;
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

/** The bytes that BAS selects: its first run of ones, where it has several. */
function selectedBounds(value: number, BAS: number): { readonly first: number; readonly last: number } | null {
  const selected = value % DOUBLEWORD >= WORD_BIT ? BAS & WORD_BAS : BAS;
  if (selected === 0) return null;
  const offset = 31 - Math.clz32(selected & -selected);
  const run = selected >>> offset;
  const length = 31 - Math.clz32((run + 1) & ~run);
  const first = value - (value % WORD_BIT) + offset;
  return { first, last: first + length - 1 };
}
