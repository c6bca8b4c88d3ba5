/**
 * A list register: one virtual interrupt that the hypervisor offers to a guest. The type is neutral; GICv2 and GICv3 differ
 * in where the fields stand (IHI 0048 "List Registers, GICH_LRn"; IHI 0069 "ICH_LR<n>_EL2").
 */
import { ICH_LR, ICH_LR_HW0 } from '@worldswitch/cpu/arch';
import type { StateVisitor } from '@worldswitch/cpu';
import { GICH_LR, GICH_LR_HW0 } from './regs/index.ts';

export type Group = 0 | 1;

/** States of a virtual interrupt: bit 0 pending, bit 1 active. */
export const LR_STATE = { INACTIVE: 0b00, PENDING: 0b01, ACTIVE: 0b10, PENDING_ACTIVE: 0b11 } as const;

export interface ListRegister {
  state: number;
  /** The virtual interrupt stands for the physical one {@link pIntid}: deactivation reaches it. */
  hw: boolean;
  group: Group;
  /** Eight bits, 0 the highest; unimplemented low bits are 0. */
  priority: number;
  /** The number as IAR returns it: for an SGI of a GICv2 guest with the source PE in bits 12:10. */
  vIntid: number;
  /** While `hw`. */
  pIntid: number;
  /** While not `hw`: the end of the interrupt asks for a maintenance interrupt. */
  eoi: boolean;
}

export function emptyListRegister(): ListRegister {
  return { state: LR_STATE.INACTIVE, hw: false, group: 0, priority: 0, vIntid: 0, pIntid: 0, eoi: false };
}

/** Where a version of the architecture puts the fields. `words` holds the low word and, for GICv3, the high one. */
export interface ListRegisterCodec {
  decode(words: Uint32Array, lr: ListRegister): void;
  encode(lr: ListRegister, words: Uint32Array): void;
}

/** GICv3: a priority of eight bits, of which `priorityBits` are implemented, and INTIDs of `intidBits`. */
export function listRegisterV3(priorityBits: number, intidBits: number): ListRegisterCodec {
  const { State, HW, Group: GroupBit, Priority, pINTID } = ICH_LR;
  const { EOI } = ICH_LR_HW0;
  const priorityMask = (0xff << (8 - priorityBits)) & 0xff;
  const intidMask = 2 ** intidBits - 1;
  return {
    decode(words, lr) {
      const high = words[1]!;
      lr.state = State.inWord(high);
      lr.hw = HW.inWord(high) !== 0;
      lr.group = GroupBit.inWord(high) as Group;
      lr.priority = Priority.inWord(high) & priorityMask;
      lr.vIntid = words[0]! & intidMask;
      lr.pIntid = lr.hw ? pINTID.inWord(high) : 0;
      lr.eoi = !lr.hw && EOI.inWord(high) !== 0;
    },
    encode(lr, words) {
      words[0] = lr.vIntid;
      const rest = lr.hw ? lr.pIntid << pINTID.wordShift : lr.eoi ? EOI.wordMask : 0;
      words[1] = (lr.state << State.wordShift) | (lr.hw ? HW.wordMask : 0) | (lr.group << GroupBit.wordShift) | (lr.priority << Priority.wordShift) | rest;
    },
  };
}

const LOWEST_PRIORITY = 0xff;

/** @internal */
export function visitListRegister(lr: ListRegister, state: StateVisitor): void {
  lr.state = state.within(lr.state, LR_STATE.INACTIVE, LR_STATE.PENDING_ACTIVE);
  lr.group = state.within(lr.group, 0, 1) as Group;
  lr.priority = state.within(lr.priority, 0, LOWEST_PRIORITY);
  lr.hw = state.flag(lr.hw);
  lr.eoi = state.flag(lr.eoi);
  lr.vIntid = state.word(lr.vIntid);
  lr.pIntid = state.within(lr.pIntid, 0, 2 ** ICH_LR.pINTID.width - 1);
}

/** Bits of a priority below those that GICv2's five-bit field holds. */
const V2_PRIORITY_SHIFT = 8 - GICH_LR.Priority.width;
/** IAR shows the source PE of an SGI above the INTID. */
const CPUID_SHIFT = GICH_LR.VirtualID.width;

/** GICv2: five bits of priority, and the source PE of an SGI apart from its number. */
export const LIST_REGISTER_V2: ListRegisterCodec = {
  decode(words, lr) {
    const word = words[0]!;
    lr.state = GICH_LR.State.inWord(word);
    lr.hw = GICH_LR.HW.inWord(word) !== 0;
    lr.group = GICH_LR.Grp1.inWord(word) as Group;
    lr.priority = GICH_LR.Priority.inWord(word) << V2_PRIORITY_SHIFT;
    lr.pIntid = lr.hw ? GICH_LR.PhysicalID.inWord(word) : 0;
    lr.eoi = !lr.hw && GICH_LR_HW0.EOI.inWord(word) !== 0;
    lr.vIntid = GICH_LR.VirtualID.inWord(word) | (lr.hw ? 0 : GICH_LR_HW0.CPUID.inWord(word) << CPUID_SHIFT);
  },
  encode(lr, words) {
    const source = lr.vIntid >>> CPUID_SHIFT;
    const rest = lr.hw ? lr.pIntid << GICH_LR.PhysicalID.wordShift : (lr.eoi ? GICH_LR_HW0.EOI.wordMask : 0) | (source << GICH_LR_HW0.CPUID.wordShift);
    words[0] =
      (lr.state << GICH_LR.State.wordShift) |
      (lr.hw ? GICH_LR.HW.wordMask : 0) |
      (lr.group << GICH_LR.Grp1.wordShift) |
      ((lr.priority >> V2_PRIORITY_SHIFT) << GICH_LR.Priority.wordShift) |
      (lr.vIntid & GICH_LR.VirtualID.wordMask) |
      rest;
  },
};
