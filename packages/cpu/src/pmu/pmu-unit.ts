/**
 * The Performance Monitors of one PE (DDI 0487, D13, pseudocode AArch64.CountPMUEvents and IncrementEventCounter). A
 * counter is behind: it holds what it had when it was last looked at, and the totals that the core keeps anyway say how
 * much it has grown since. It is looked at when software asks, when the EL changes, and where it overflows: that is a
 * deadline, so that the interrupt comes at the same instruction on every tier. While no counter is enabled nobody asks here.
 */
import { EVENT } from '../arch/events.ts';
import type { FeatureSet } from '../arch/features.ts';
import { PMU_EVENTS, pmuEvent, type PmuEventName } from '../arch/pmu-events.ts';
import { MDCR_EL2, PM_COUNTERS, PMCCFILTR_EL0, PMCCNTR_EL0, PMCNTENSET_EL0, PMCR_EL0, PMEVCNTRn_EL0, PMEVTYPER, PMEVTYPERn_EL0, PMINTENSET_EL1, PMOVSSET_EL0 } from '../arch/sysregs/index.ts';
import type { CycleSource } from '../ports.ts';
import type { CpuState } from '../state/cpu-state.ts';
import { CELL } from '../sysreg/cells.ts';
import { sysRegCell } from '../sysreg/storage.ts';
import { addToCounter, untilOverflow, type CounterBits } from './counter.ts';
import type { EventCounts } from './instruction-events.ts';

const PMCR = sysRegCell(PMCR_EL0.name);
const ENABLED = sysRegCell(PMCNTENSET_EL0.name);
const INTERRUPTS = sysRegCell(PMINTENSET_EL1.name);
const OVERFLOWS = sysRegCell(PMOVSSET_EL0.name);

/** The cycle counter's bit among the counters, which is also its number. */
const CYCLE_BIT = PM_COUNTERS.C.wordMask;
const CYCLE_COUNTER = PM_COUNTERS.C.lsb;
/** PMCR_EL0.D counts every 64th cycle. */
const DIVIDER = 64;

export interface PmuOwner {
  readonly state: CpuState;
  readonly features: FeatureSet;
  readonly hasEl2: boolean;
  readonly eventCounters: number;
  /** Counters by `EVENT`, and retired machine-code instructions by EL. */
  readonly events: Float64Array;
  readonly retired: Float64Array;
  /** Null: a cycle is a retired instruction of machine code. */
  readonly cycles: CycleSource | null;
  setPmuOverflow(level: boolean): void;
  /** Whether every instruction must be seen may have changed. */
  pmuNeedsChanged(): void;
}

interface Counter {
  readonly number: number;
  /** Its bit in the registers of one bit a counter. */
  readonly bit: number;
  readonly cell: number;
  readonly filter: number;
  event: PmuEventName | null;
  size: CounterBits;
  overflow: CounterBits;
  /** Whether it counts at the current EL. */
  countsHere: boolean;
  /** The total when it was last looked at. */
  seen: number;
}

export class PmuUnit {
  /** Some counter is enabled. */
  isCounting = false;
  /** Some counter counts what only Eval sees. */
  needsEval = false;
  readonly #owner: PmuOwner;
  readonly #state: CpuState;
  readonly #counters: readonly Counter[];
  readonly #cycleCounter: Counter;
  #active: readonly Counter[] = [];
  #el = 0;
  #level = false;
  /** Totals of events of single instructions, by event number. */
  readonly #instructionTotals = new Float64Array(64);

  constructor(owner: PmuOwner) {
    this.#owner = owner;
    this.#state = owner.state;
    const counter = (number: number, cell: number, filter: number): Counter => ({ number, bit: 1 << number, cell, filter, event: null, size: 32, overflow: 32, countsHere: false, seen: 0 });
    this.#counters = Array.from({ length: owner.eventCounters }, (_, n) => counter(n, sysRegCell(PMEVCNTRn_EL0[n]!.name), sysRegCell(PMEVTYPERn_EL0[n]!.name)));
    this.#cycleCounter = counter(CYCLE_COUNTER, sysRegCell(PMCCNTR_EL0.name), sysRegCell(PMCCFILTR_EL0.name));
    this.#cycleCounter.event = 'CPU_CYCLES';
    this.#cycleCounter.size = 64;
  }

  // ---- Who may see what --------------------------------------------------------------------------------------------

  /** Counters from this one on belong to EL2. Zero, and what is beyond their number, behaves as their number. */
  get #reserved(): number {
    const { eventCounters, hasEl2 } = this.#owner;
    const most = hasEl2 ? this.#state.lo(CELL.MDCR_EL2) & MDCR_EL2.HPMN.wordMask : 0;
    return most === 0 ? eventCounters : Math.min(eventCounters, most);
  }

  /** Event counters that the current EL may access. */
  get accessible(): number {
    return this.#state.el === 2 ? this.#owner.eventCounters : this.#reserved;
  }

  /** The same as bits, with the cycle counter. */
  get accessibleBits(): number {
    return ((1 << this.accessible) - 1) | CYCLE_BIT;
  }

  /** Bits of an event counter's value. */
  get counterBits(): CounterBits {
    return this.#owner.features.has('PMUv3p5') ? 64 : 32;
  }

  // ---- Counting ----------------------------------------------------------------------------------------------------

  /** Brings the counters up to date; the EL may have changed since the last time, and nothing was counted after that. */
  sync(): void {
    for (const counter of this.#active) {
      const total = this.#total(counter);
      const grown = total - counter.seen;
      if (grown === 0) continue;
      counter.seen = total;
      if (counter.countsHere) this.#add(counter, grown);
    }
    const { el } = this.#state;
    if (el !== this.#el) this.#enter(el);
  }

  /** What an instruction that retired was, while {@link needsEval}. */
  countInstruction(counts: EventCounts): void {
    for (const [name, count] of Object.entries(counts)) {
      const { number } = PMU_EVENTS[name as PmuEventName];
      this.#instructionTotals[number] = this.#instructionTotals[number]! + count;
    }
    this.sync();
  }

  /** PMSWINC_EL0: one more in each of the counters that count SW_INCR here. */
  softwareIncrement(bits: number): void {
    this.sync();
    for (const counter of this.#active) {
      if (counter.event === 'SW_INCR' && counter.countsHere && (bits & counter.bit) !== 0) this.#add(counter, 1);
    }
  }

  /** How many instructions may retire until a counter overflows that interrupts then: at least one. */
  instructionsToOverflow(): number {
    let least = Infinity;
    for (const counter of this.#active) {
      if (!counter.countsHere || !this.#interruptsAtOverflow(counter)) continue;
      if (counter.event !== 'INST_RETIRED' && counter.event !== 'CPU_CYCLES') continue;
      least = Math.min(least, this.#instructionsUntil(counter, untilOverflow(this.#state, counter.cell, counter.overflow)));
    }
    return Math.max(1, least);
  }

  #instructionsUntil(counter: Counter, counts: number): number {
    if (counter.event !== 'CPU_CYCLES') return counts;
    const { cycles } = this.#owner;
    const left = this.#isDivided(counter) ? counts * DIVIDER - (this.#cycles() % DIVIDER) : counts;
    return cycles === null ? left : cycles.instructionsUntil(left);
  }

  /** Its own interrupt is enabled, or that of the counter above, which counts its overflows and may overflow by one. */
  #interruptsAtOverflow(counter: Counter): boolean {
    const enabled = this.#state.lo(INTERRUPTS);
    return (enabled & counter.bit) !== 0 || (this.#chainOf(counter) !== null && (enabled & (counter.bit << 1)) !== 0);
  }

  #total(counter: Counter): number {
    const { event } = counter;
    const { events, retired } = this.#owner;
    switch (event) {
      case 'INST_RETIRED':
        return retired[0]! + retired[1]! + retired[2]! + events[EVENT.native]!;
      case 'CPU_CYCLES':
        return this.#isDivided(counter) ? Math.floor(this.#cycles() / DIVIDER) : this.#cycles();
      case 'EXC_TAKEN':
        return events[EVENT.exceptionEntry]!;
      case 'EXC_RETURN':
        return events[EVENT.exceptionReturn]!;
      case null:
        return 0;
      default:
        return this.#instructionTotals[PMU_EVENTS[event].number]!;
    }
  }

  #cycles(): number {
    const { cycles, retired } = this.#owner;
    return cycles === null ? retired[0]! + retired[1]! + retired[2]! : cycles.cycles();
  }

  /** PMCR_EL0.D, which a counter of 64 bits (LC) ignores. */
  #isDivided(counter: Counter): boolean {
    return counter === this.#cycleCounter && (this.#state.lo(PMCR) & (PMCR_EL0.D.wordMask | PMCR_EL0.LC.wordMask)) === PMCR_EL0.D.wordMask;
  }

  #add(counter: Counter, count: number): void {
    const overflows = addToCounter(this.#state, counter.cell, count, counter.size, counter.overflow);
    if (overflows === 0) return;
    this.#state.set64(OVERFLOWS, this.#state.lo(OVERFLOWS) | counter.bit, 0);
    const chain = this.#chainOf(counter);
    if (chain !== null && counter.overflow === 32 && this.#isEnabled(chain) && chain.countsHere) this.#add(chain, overflows);
    this.updateLine();
  }

  /** The odd counter that counts the overflows of an even one. */
  #chainOf({ number }: Counter): Counter | null {
    const above = (number & 1) === 0 ? this.#counters[number + 1] : undefined;
    return above?.event === 'CHAIN' ? above : null;
  }

  // ---- Configuration -----------------------------------------------------------------------------------------------

  /** Reads the registers anew, after {@link sync} and a write of one of them; nothing that was counted before is lost. */
  configure(): void {
    const state = this.#state;
    const pmcr = state.lo(PMCR);
    const active: Counter[] = [];
    for (const counter of this.#counters) {
      counter.event = pmuEvent(state.lo(counter.filter) & this.#eventMask);
      counter.size = this.counterBits;
      counter.overflow = this.#hasLongOverflow(counter) ? 64 : 32;
      if (this.#isEnabled(counter)) active.push(counter);
    }
    this.#cycleCounter.overflow = (pmcr & PMCR_EL0.LC.wordMask) !== 0 ? 64 : 32;
    if (this.#isEnabled(this.#cycleCounter)) active.push(this.#cycleCounter);
    for (const counter of active) counter.seen = this.#total(counter);
    this.#active = active;
    this.isCounting = active.length > 0;
    this.#enter(state.el);
    this.updateLine();
    const needsEval = active.some(({ event }) => event !== null && PMU_EVENTS[event].source === 'instruction');
    if (needsEval === this.needsEval) return;
    this.needsEval = needsEval;
    this.#owner.pmuNeedsChanged();
  }

  get #eventMask(): number {
    const high = this.#owner.features.has('PMUv3p1') ? PMEVTYPER.field('evtCount[15:10]').wordMask : 0;
    return PMEVTYPER.evtCount.wordMask | high;
  }

  #isReserved(counter: Counter): boolean {
    return counter !== this.#cycleCounter && counter.number >= this.#reserved;
  }

  #isEnabled(counter: Counter): boolean {
    const state = this.#state;
    const enabled = this.#isReserved(counter) ? state.lo(CELL.MDCR_EL2) & MDCR_EL2.HPME.wordMask : state.lo(PMCR) & PMCR_EL0.E.wordMask;
    return enabled !== 0 && (state.lo(ENABLED) & counter.bit) !== 0;
  }

  #hasLongOverflow(counter: Counter): boolean {
    const state = this.#state;
    return (this.#isReserved(counter) ? state.lo(CELL.MDCR_EL2) & MDCR_EL2.HLP.wordMask : state.lo(PMCR) & PMCR_EL0.LP.wordMask) !== 0;
  }

  #enter(el: number): void {
    this.#el = el;
    for (const counter of this.#active) counter.countsHere = this.#countsAt(counter, el);
  }

  /** Whether an enabled counter counts at `el`: prohibited there, or filtered out. */
  #countsAt(counter: Counter, el: number): boolean {
    const state = this.#state;
    const filter = state.lo(counter.filter);
    if (el === 0) return (filter & PMEVTYPER.U.wordMask) === 0;
    if (el === 1) return (filter & PMEVTYPER.P.wordMask) === 0;
    const isProhibited = !this.#isReserved(counter) && (state.lo(CELL.MDCR_EL2) & MDCR_EL2.HPMD.wordMask) !== 0;
    if (isProhibited && (counter !== this.#cycleCounter || (state.lo(PMCR) & PMCR_EL0.DP.wordMask) !== 0)) return false;
    if (counter === this.#cycleCounter && (state.lo(CELL.MDCR_EL2) & MDCR_EL2.HCCD.wordMask) !== 0) return false;
    return (filter & PMEVTYPER.NSH.wordMask) !== 0;
  }

  // ---- The interrupt -----------------------------------------------------------------------------------------------

  /** Drives the overflow line: some counter has overflowed, interrupts then, and its enable is set. */
  updateLine(): void {
    const state = this.#state;
    const counters = (1 << this.#owner.eventCounters) - 1;
    // Bits of counters that are not there are UNKNOWN after a reset.
    const pending = state.lo(OVERFLOWS) & state.lo(INTERRUPTS) & (counters | CYCLE_BIT);
    const reserved = counters & ~((1 << this.#reserved) - 1);
    const isEnabled = (state.lo(PMCR) & PMCR_EL0.E.wordMask) !== 0;
    const isReservedEnabled = (state.lo(CELL.MDCR_EL2) & MDCR_EL2.HPME.wordMask) !== 0;
    const level = (isEnabled && (pending & ~reserved) !== 0) || (isReservedEnabled && (pending & reserved) !== 0);
    if (level === this.#level) return;
    this.#level = level;
    this.#owner.setPmuOverflow(level);
  }
}
