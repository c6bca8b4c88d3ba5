/**
 * The virtual CPU interface of one PE: list registers, active priorities, a guest's controls, and the lines that follow.
 * It knows neither the register layouts of GICv2 or GICv3 nor any hypervisor; `v2/` and `v3/` give it registers.
 */
import { ICH_HCR_EL2 } from '@worldswitch/cpu/arch';
import type { StateVisitor } from '@worldswitch/cpu';
import { emptyListRegister, LR_STATE, visitListRegister, type Group, type ListRegister } from './list-register.ts';
import { hasEoiToReport, isEmpty, maintenanceStatus } from './maintenance.ts';
import {
  canSignalInterrupt, getHighestActivePriority, highestPriorityVirtualInterrupt, IDLE_PRIORITY, minimumBinaryPoint,
  priorityActivate, priorityDrop, priorityGroup, visitControl, type ActivePriorities, type InterfaceControl,
} from './priority.ts';

export interface VirtualInterfaceOptions {
  readonly lrCount: number;
  /** Implemented bits of a virtual priority, and those of them that can preempt: 5 to 7. */
  readonly priorityBits: number;
  readonly preemptionBits: number;
  /** GICv2 counts both groups' active priorities in one set of registers. */
  readonly sharedActivePriorities: boolean;
}

/** Where the virtual interface's lines lead. */
export interface VirtualInterfaceLines {
  setVirtualIrq(level: boolean): void;
  setVirtualFiq(level: boolean): void;
  /** The maintenance interrupt, level-sensitive; a PPI of the physical side. */
  setMaintenance(level: boolean): void;
  /** The end of a virtual interrupt with HW set: the physical one is deactivated. */
  deactivate(pIntid: number): void;
}

/** Nothing pending; special INTIDs start at 1020. */
export const SPURIOUS = 1023;
/** IAR of GICv2 where the interrupt belongs to group 1 and AckCtl is 0. */
export const GROUP1_PENDING = 1022;
const FIRST_SPECIAL = 1020;
const FIRST_LPI = 8192;

const { En, EOIcount } = ICH_HCR_EL2;

const NOTHING_ENABLED: Readonly<InterfaceControl> = { enableGroup0: false, enableGroup1: false, ackCtl: false, fiqEn: false, cbpr: false, eoiMode: false, bpr0: 0, bpr1: 0, pmr: 0 };

export class VirtualInterface {
  readonly lrs: readonly ListRegister[];
  /** The registers of active priorities. */
  readonly active: ActivePriorities;
  readonly control: InterfaceControl = { ...NOTHING_ENABLED };
  readonly options: VirtualInterfaceOptions;
  /** Of a guest without system registers those of group 1 count both groups (IHI 0069, "ICH_AP1R<n>_EL2"). */
  readonly #activeOfMemory: ActivePriorities;
  /** What counts at the moment. */
  #counted: ActivePriorities;
  #hasSystemRegisters = false;
  readonly #lines: VirtualInterfaceLines;
  #hcr = 0;
  #virtualIrq = false;
  #virtualFiq = false;
  #maintenance = false;

  constructor(options: VirtualInterfaceOptions, lines: VirtualInterfaceLines) {
    this.options = options;
    this.#lines = lines;
    this.lrs = Array.from({ length: options.lrCount }, emptyListRegister);
    const registers = (): Uint32Array => new Uint32Array(2 ** (options.preemptionBits - 5));
    const group0 = registers();
    const group1 = options.sharedActivePriorities ? group0 : registers();
    this.active = [group0, group1];
    this.#activeOfMemory = [group1, group1];
    this.#counted = this.#activeOfMemory;
    this.setBinaryPoint(0, 0);
    this.setBinaryPoint(1, 0);
  }

  // ---- What the hypervisor reads and writes. The caller of a setter calls update() after it. ------------------------

  /** Whether EL1 has the system registers of a GICv3: group 0 is FIQ then, whatever VFIQEn holds. */
  get hasSystemRegisters(): boolean {
    return this.#hasSystemRegisters;
  }

  set hasSystemRegisters(value: boolean) {
    this.#hasSystemRegisters = value;
    this.#counted = value ? this.active : this.#activeOfMemory;
  }

  /** HCR, low word; the bits of GICv2 and GICv3 agree. */
  get hcr(): number {
    return this.#hcr;
  }

  set hcr(value: number) {
    this.#hcr = value;
  }

  get eoiCount(): number {
    return EOIcount.inWord(this.#hcr);
  }

  /** EISR, ELRSR: a bit for each list register. */
  get eisr(): number {
    return bitsWhere(this.lrs, hasEoiToReport);
  }

  get elrsr(): number {
    return bitsWhere(this.lrs, isEmpty);
  }

  get misr(): number {
    return maintenanceStatus(this.#hcr, this);
  }

  /** A binary point below what the implementation has becomes the smallest it has. */
  setBinaryPoint(group: Group, value: number): void {
    const point = Math.max(value, minimumBinaryPoint(group, this.options.preemptionBits));
    if (group === 0) this.control.bpr0 = point;
    else this.control.bpr1 = point;
  }

  setPriorityMask(value: number): void {
    this.control.pmr = value & (0xff << (8 - this.options.priorityBits));
  }

  // ---- What the guest does -------------------------------------------------------------------------------------------

  get runningPriority(): number {
    return getHighestActivePriority(this.#counted, this.options.preemptionBits);
  }

  /** The interrupt that HPPIR shows: pending in an enabled group, whatever masks it. */
  get highestPending(): ListRegister | null {
    const index = highestPriorityVirtualInterrupt(this.lrs, this.control);
    return index < 0 ? null : this.lrs[index]!;
  }

  /** The interrupt that the lines announce: not masked, and above what runs. */
  get signalled(): ListRegister | null {
    if (!this.#isEnabled) return null;
    const lr = this.highestPending;
    return lr !== null && canSignalInterrupt(lr, this.control, this.#counted, this.options.preemptionBits) ? lr : null;
  }

  /** Takes the interrupt that the lines announce, if it is of `group`: its number, or {@link SPURIOUS}. */
  acknowledge(group: Group): number {
    const lr = this.signalled;
    if (lr?.group !== group) return SPURIOUS;
    if (isSpecial(lr.vIntid)) {
      lr.state = LR_STATE.INACTIVE;
    } else {
      lr.state = LR_STATE.ACTIVE;
      const { preemptionBits } = this.options;
      priorityActivate(this.#counted, group, priorityGroup(lr.priority, group, this.control), preemptionBits);
    }
    this.update();
    return lr.vIntid;
  }

  /**
   * End of interrupt: drops the running priority and, unless the guest splits the two, deactivates. An LPI has no
   * deactivation of its own. An EOI that drops no priority does nothing (IHI 0048, GICH_HCR.EOICount).
   */
  endOfInterrupt(vIntid: number, group: Group | 'any'): void {
    if (isSpecial(vIntid)) return;
    const { preemptionBits } = this.options;
    const dropped = priorityDrop(this.#counted, preemptionBits);
    if (dropped === IDLE_PRIORITY) return;
    const lr = this.#findActive(vIntid);
    const deactivates = !this.control.eoiMode || vIntid >= FIRST_LPI;
    if (lr === undefined) {
      if (!this.control.eoiMode) this.#countEoi(vIntid);
    } else if (deactivates && (group === 'any' || lr.group === group) && priorityGroup(lr.priority, lr.group, this.control) === dropped) {
      this.#deactivate(lr);
    }
    this.update();
  }

  /** DIR: deactivates where EOIR only drops the priority; otherwise ignored. */
  deactivate(vIntid: number): void {
    if (isSpecial(vIntid) || !this.control.eoiMode) return;
    const lr = this.#findActive(vIntid);
    if (lr === undefined) this.#countEoi(vIntid);
    else this.#deactivate(lr);
    this.update();
  }

  // ---- The lines -----------------------------------------------------------------------------------------------------

  /** Recomputes the lines; called after every change. */
  update(): void {
    const lr = this.signalled;
    const fiq = lr !== null && lr.group === 0 && (this.#hasSystemRegisters || this.control.fiqEn);
    const irq = lr !== null && !fiq;
    const maintenance = this.#isEnabled && this.misr !== 0;
    if (irq !== this.#virtualIrq) this.#lines.setVirtualIrq((this.#virtualIrq = irq));
    if (fiq !== this.#virtualFiq) this.#lines.setVirtualFiq((this.#virtualFiq = fiq));
    if (maintenance !== this.#maintenance) this.#lines.setMaintenance((this.#maintenance = maintenance));
  }

  /** As after reset; what is UNKNOWN then is 0. */
  reset(): void {
    this.#hcr = 0;
    for (const lr of this.lrs) Object.assign(lr, emptyListRegister());
    for (const registers of this.active) registers.fill(0);
    Object.assign(this.control, NOTHING_ENABLED);
    this.setBinaryPoint(0, 0);
    this.setBinaryPoint(1, 0);
  }

  visitState(state: StateVisitor): void {
    this.#hcr = state.word(this.#hcr);
    for (const lr of this.lrs) visitListRegister(lr, state);
    for (const registers of new Set(this.active)) state.words(registers);
    visitControl(this.control, state);
    this.#virtualIrq = state.flag(this.#virtualIrq);
    this.#virtualFiq = state.flag(this.#virtualFiq);
    this.#maintenance = state.flag(this.#maintenance);
  }

  get #isEnabled(): boolean {
    return En.inWord(this.#hcr) !== 0;
  }

  #findActive(vIntid: number): ListRegister | undefined {
    for (let n = 0; n < this.lrs.length; n++) {
      const lr = this.lrs[n]!;
      if (lr.vIntid === vIntid && (lr.state & LR_STATE.ACTIVE) !== 0) return lr;
    }
    return undefined;
  }

  /** EOIcount counts what software must deactivate itself: interrupts in no list register, LPIs excepted. It wraps. */
  #countEoi(vIntid: number): void {
    if (vIntid >= FIRST_LPI) return;
    const next = (this.eoiCount + 1) % 2 ** EOIcount.width;
    this.#hcr = ((this.#hcr & ~EOIcount.wordMask) | (next << EOIcount.wordShift)) >>> 0;
  }

  #deactivate(lr: ListRegister): void {
    lr.state &= ~LR_STATE.ACTIVE;
    if (lr.hw && lr.pIntid < FIRST_SPECIAL) this.#lines.deactivate(lr.pIntid);
  }
}

function isSpecial(vIntid: number): boolean {
  return vIntid >= FIRST_SPECIAL && vIntid <= SPURIOUS;
}

function bitsWhere(lrs: readonly ListRegister[], test: (lr: ListRegister) => boolean): number {
  let bits = 0;
  for (let n = 0; n < lrs.length; n++) if (test(lrs[n]!)) bits |= 1 << n;
  return bits;
}
