/**
 * Priorities of a CPU interface as pure functions, by the names of the manual's pseudocode without the V that it gives the
 * virtual ones (IHI 0069, "Priority grouping", "Preemption"; IHI 0048, "Interrupt prioritization" says the same of GICv2).
 * 0 is the highest priority.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import { LR_STATE, type Group, type ListRegister } from './list-register.ts';

/** The running priority while nothing is active, and the lowest priority. */
export const IDLE_PRIORITY = 0xff;
const HIGHEST_BINARY_POINT = 7;

/** The controls of a CPU interface; a guest's are those that GICH_VMCR and ICH_VMCR_EL2 hold. */
export interface InterfaceControl {
  enableGroup0: boolean;
  enableGroup1: boolean;
  /** GICv2: IAR acknowledges group 1 too. */
  ackCtl: boolean;
  /** Group 0 is signalled as FIQ. */
  fiqEn: boolean;
  /** One binary point for both groups. */
  cbpr: boolean;
  /** EOIR drops the priority only; DIR deactivates. */
  eoiMode: boolean;
  bpr0: number;
  bpr1: number;
  pmr: number;
}

/** @internal */
export function visitControl(control: InterfaceControl, state: StateVisitor): void {
  control.enableGroup0 = state.flag(control.enableGroup0);
  control.enableGroup1 = state.flag(control.enableGroup1);
  control.ackCtl = state.flag(control.ackCtl);
  control.fiqEn = state.flag(control.fiqEn);
  control.cbpr = state.flag(control.cbpr);
  control.eoiMode = state.flag(control.eoiMode);
  control.bpr0 = state.within(control.bpr0, 0, HIGHEST_BINARY_POINT);
  control.bpr1 = state.within(control.bpr1, 0, HIGHEST_BINARY_POINT);
  control.pmr = state.within(control.pmr, 0, IDLE_PRIORITY);
}

export function isGroupEnabled(control: InterfaceControl, group: Group): boolean {
  return group === 0 ? control.enableGroup0 : control.enableGroup1;
}

/** Smallest binary point of a group, where `preemptionBits` of the priority can preempt. */
export function minimumBinaryPoint(group: Group, preemptionBits: number): number {
  return 7 - preemptionBits + group;
}

/** The bits of a priority that decide about preemption. Group 1's binary point counts from one bit further up. */
export function priorityMask(group: Group, control: InterfaceControl): number {
  const lowest = group === 0 || control.cbpr ? control.bpr0 + 1 : control.bpr1;
  return (0xff << lowest) & 0xff;
}

/** PriorityGroup: the part of `priority` that decides about preemption. */
export function priorityGroup(priority: number, group: Group, control: InterfaceControl): number {
  return priority & priorityMask(group, control);
}

/**
 * Active priorities: one bit for each level of preemption, level 0 the highest, in registers of 32 bits. GICv2 has one set
 * of registers, so that both groups are the same array; GICv3 has one set a group.
 */
export type ActivePriorities = readonly [group0: Uint32Array, group1: Uint32Array];

/** The level of the highest active priority in one set of registers; -1 where none is active. */
function highestLevel(registers: Uint32Array): number {
  for (let n = 0; n < registers.length; n++) {
    const bits = registers[n]!;
    if (bits !== 0) return 32 * n + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}

/** GetHighestActiveGroup: the group of the highest active priority, group 0 first; -1 where none is active. */
export function getHighestActiveGroup(active: ActivePriorities): Group | -1 {
  const level0 = highestLevel(active[0]);
  const level1 = highestLevel(active[1]);
  if (level0 < 0) return level1 < 0 ? -1 : 1;
  return level1 < 0 || level0 <= level1 ? 0 : 1;
}

/** GetHighestActivePriority: the running priority. */
export function getHighestActivePriority(active: ActivePriorities, preemptionBits: number): number {
  const group = getHighestActiveGroup(active);
  return group < 0 ? IDLE_PRIORITY : highestLevel(active[group as Group]) << (8 - preemptionBits);
}

/** Marks a group priority as active. */
export function priorityActivate(active: ActivePriorities, group: Group, groupPriority: number, preemptionBits: number): void {
  const level = groupPriority >> (8 - preemptionBits);
  active[group][level >> 5]! |= 1 << (level & 31);
}

/** PriorityDrop: clears the highest active priority and returns it; {@link IDLE_PRIORITY} where none was active. */
export function priorityDrop(active: ActivePriorities, preemptionBits: number): number {
  const group = getHighestActiveGroup(active);
  if (group < 0) return IDLE_PRIORITY;
  const registers = active[group as Group];
  const level = highestLevel(registers);
  registers[level >> 5]! &= ~(1 << (level & 31));
  return level << (8 - preemptionBits);
}

/** HighestPriorityVirtualInterrupt: the pending list register of an enabled group to be offered first; -1 where none is. */
export function highestPriorityVirtualInterrupt(lrs: readonly ListRegister[], control: InterfaceControl): number {
  let best = -1;
  let bestPriority = IDLE_PRIORITY + 1;
  for (let n = 0; n < lrs.length; n++) {
    const lr = lrs[n]!;
    if (lr.state !== LR_STATE.PENDING || lr.priority >= bestPriority) continue;
    if (!isGroupEnabled(control, lr.group)) continue;
    best = n;
    bestPriority = lr.priority;
  }
  return best;
}

/** Whether an interrupt gets past the priority mask and the running priority (GICv2 and GICv3 alike). */
export function canSignalInterrupt(lr: Pick<ListRegister, 'priority' | 'group'>, control: InterfaceControl, active: ActivePriorities, preemptionBits: number): boolean {
  if (lr.priority >= control.pmr) return false;
  const running = getHighestActivePriority(active, preemptionBits);
  if (running === IDLE_PRIORITY) return true;
  const mask = priorityMask(lr.group, control);
  return (lr.priority & mask) < (running & mask);
}
