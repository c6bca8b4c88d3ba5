/**
 * The physical CPU interface of one PE: priority mask, binary points, active priorities, and the lines IRQ and FIQ that
 * follow from what the distributor offers. It knows neither GICC nor ICC; `v2/` and `v3/` give it registers.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { noCandidate, type Candidate } from './interrupt-block.ts';
import type { Group } from './list-register.ts';
import {
  canSignalInterrupt, getHighestActiveGroup, getHighestActivePriority, IDLE_PRIORITY, minimumBinaryPoint, priorityActivate, priorityDrop, priorityGroup, visitControl, type ActivePriorities, type InterfaceControl,
} from './priority.ts';
import { SPURIOUS } from './virtual-interface.ts';

export interface PhysicalInterfaceOptions {
  readonly priorityBits: number;
  readonly preemptionBits: number;
  /** GICv2 counts both groups' active priorities in one set of registers. */
  readonly sharedActivePriorities: boolean;
  /** Group 0 is signalled as FIQ whatever software says: GICv3. */
  readonly group0IsFiq: boolean;
}

export interface PhysicalLines {
  setIrq(level: boolean): void;
  setFiq(level: boolean): void;
}

/** What lies behind the interface: the distributor, and what belongs to this PE alone. */
export interface InterruptSource {
  /** Puts the best interrupt for this PE into `best`, of the groups in the mask (bit 0 group 0, bit 1 group 1). */
  offer(best: Candidate, groups: number): void;
  /** The number that IAR and HPPIR show for a pending interrupt: with GICv2, an SGI has its source in it. */
  numberOf(intid: number): number;
  /** Pending becomes active. The interface looks itself what that comes to. */
  acknowledge(intid: number): void;
  /** The lines of all PEs follow. */
  deactivate(interrupt: number): void;
}

/** LPIs have no active state. */
export const FIRST_LPI = 8192;

export class PhysicalInterface {
  readonly options: PhysicalInterfaceOptions;
  readonly control: InterfaceControl;
  readonly active: ActivePriorities;
  readonly #lines: PhysicalLines;
  readonly #source: InterruptSource;
  readonly #candidate = noCandidate();
  #irq = false;
  #fiq = false;

  constructor(options: PhysicalInterfaceOptions, lines: PhysicalLines, source: InterruptSource) {
    this.options = options;
    this.#lines = lines;
    this.#source = source;
    const { preemptionBits } = options;
    const registers = (): Uint32Array => new Uint32Array(2 ** (preemptionBits - 5));
    const group0 = registers();
    this.active = [group0, options.sharedActivePriorities ? group0 : registers()];
    this.control = resetControl(options);
  }

  /** As after reset. */
  reset(): void {
    for (const registers of this.active) registers.fill(0);
    Object.assign(this.control, resetControl(this.options));
    this.update();
  }

  setBinaryPoint(group: Group, value: number): void {
    const point = Math.max(value, minimumBinaryPoint(group, this.options.preemptionBits));
    if (group === 0) this.control.bpr0 = point;
    else this.control.bpr1 = point;
    this.update();
  }

  setPriorityMask(value: number): void {
    this.control.pmr = value & (0xff << (8 - this.options.priorityBits)) & 0xff;
    this.update();
  }

  get runningPriority(): number {
    return getHighestActivePriority(this.active, this.options.preemptionBits);
  }

  /** What HPPIR shows: the best interrupt of an enabled group, whatever masks it; null where there is none. */
  get highestPending(): Candidate | null {
    const { enableGroup0, enableGroup1 } = this.control;
    const best = this.#candidate;
    best.intid = -1;
    best.priority = IDLE_PRIORITY + 1;
    this.#source.offer(best, (enableGroup0 ? 1 : 0) | (enableGroup1 ? 2 : 0));
    return best.intid < 0 ? null : best;
  }

  /** What HPPIR shows of {@link highestPending}. */
  numberOf(pending: Candidate): number {
    return this.#source.numberOf(pending.intid);
  }

  /** What the lines announce: not masked, and above what runs. */
  get signalled(): Candidate | null {
    const best = this.highestPending;
    return best !== null && canSignalInterrupt(best, this.control, this.active, this.options.preemptionBits) ? best : null;
  }

  /** Takes the interrupt that the lines announce, if it is of `group`; what IAR shows, or {@link SPURIOUS}. */
  acknowledge(group: Group): number {
    const best = this.signalled;
    if (best?.group !== group) return SPURIOUS;
    const { preemptionBits } = this.options;
    priorityActivate(this.active, group, priorityGroup(best.priority, group, this.control), preemptionBits);
    const interrupt = this.#source.numberOf(best.intid);
    this.#source.acknowledge(best.intid);
    this.update();
    return interrupt;
  }

  /** Drops the running priority, if it is of `group`, and deactivates unless software splits the two. */
  endOfInterrupt(interrupt: number, intid: number, group: Group | 'any'): void {
    if (intid >= SPURIOUS - 3 && intid <= SPURIOUS) return;
    if (group !== 'any' && !this.options.sharedActivePriorities && getHighestActiveGroup(this.active) !== group) return;
    if (priorityDrop(this.active, this.options.preemptionBits) === IDLE_PRIORITY) return;
    if (!this.control.eoiMode && intid < FIRST_LPI) this.#source.deactivate(interrupt);
    else this.update();
  }

  /** DIR: only where EOIR drops the priority alone. */
  deactivate(interrupt: number): void {
    if (this.control.eoiMode) this.#source.deactivate(interrupt);
  }

  /** Recomputes the lines; called after every change here or behind. */
  update(): void {
    const best = this.signalled;
    const fiq = best !== null && best.group === 0 && this.control.fiqEn;
    const irq = best !== null && !fiq;
    if (irq !== this.#irq) this.#lines.setIrq((this.#irq = irq));
    if (fiq !== this.#fiq) this.#lines.setFiq((this.#fiq = fiq));
  }

  visitState(state: StateVisitor): void {
    for (const registers of new Set(this.active)) state.words(registers);
    visitControl(this.control, state);
    this.#irq = state.flag(this.#irq);
    this.#fiq = state.flag(this.#fiq);
  }
}

function resetControl({ preemptionBits, group0IsFiq }: PhysicalInterfaceOptions): InterfaceControl {
  return {
    enableGroup0: false, enableGroup1: false, ackCtl: false, fiqEn: group0IsFiq, cbpr: false, eoiMode: false,
    bpr0: minimumBinaryPoint(0, preemptionBits), bpr1: minimumBinaryPoint(1, preemptionBits), pmr: 0,
  };
}
