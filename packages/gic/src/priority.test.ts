import { describe, expect, test } from 'vitest';
import { emptyListRegister, LR_STATE, type ListRegister } from './list-register.ts';
import {
  canSignalInterrupt, getHighestActiveGroup, getHighestActivePriority, highestPriorityVirtualInterrupt, IDLE_PRIORITY, minimumBinaryPoint, priorityActivate,
  priorityDrop, priorityGroup, type ActivePriorities, type InterfaceControl,
} from './priority.ts';

const CONTROL: InterfaceControl = { enableGroup0: true, enableGroup1: true, ackCtl: false, fiqEn: false, cbpr: false, eoiMode: false, bpr0: 2, bpr1: 3, pmr: 0xf8 };

const pending = (priority: number, group: 0 | 1 = 1): ListRegister => ({ ...emptyListRegister(), state: LR_STATE.PENDING, group, priority });
const idle = (): ActivePriorities => [new Uint32Array(1), new Uint32Array(1)];

describe('PriorityGroup', () => {
  // IHI 0069, "Priority grouping": group 0 with BPR n splits below bit n + 1, group 1 below bit n.
  test.each([
    [0, { bpr0: 2 }, 0xff, 0xf8],
    [0, { bpr0: 4 }, 0xff, 0xe0],
    [0, { bpr0: 7 }, 0xff, 0x00],
    [1, { bpr1: 3 }, 0xff, 0xf8],
    [1, { bpr1: 4 }, 0xff, 0xf0],
    [1, { bpr1: 7 }, 0xff, 0x80],
    [1, { bpr0: 4, bpr1: 3, cbpr: true }, 0xff, 0xe0],
  ] as const)('group %d, %o: %d is in group priority %d', (group, change, priority, expected) => {
    expect(priorityGroup(priority, group, { ...CONTROL, ...change })).toBe(expected);
  });

  test('the smallest binary point leaves exactly the preemption bits', () => {
    expect(minimumBinaryPoint(0, 5)).toBe(2);
    expect(minimumBinaryPoint(1, 5)).toBe(3);
    expect(minimumBinaryPoint(0, 7)).toBe(0);
  });
});

describe('active priorities', () => {
  test('the running priority is that of the lowest bit of either group, and idle without any', () => {
    const active = idle();
    expect(getHighestActivePriority(active, 5)).toBe(IDLE_PRIORITY);
    priorityActivate(active, 1, 0xa0, 5);
    priorityActivate(active, 0, 0x40, 5);
    // 0x40 >> 3 is level 8, 0xa0 >> 3 level 20.
    expect([active[0][0], active[1][0]]).toEqual([1 << 8, 1 << 20]);
    expect(getHighestActivePriority(active, 5)).toBe(0x40);
    expect(getHighestActiveGroup(active)).toBe(0);
  });

  test('a drop clears the highest and uncovers the next', () => {
    const active = idle();
    priorityActivate(active, 1, 0xa0, 5);
    priorityActivate(active, 0, 0x40, 5);
    expect(priorityDrop(active, 5)).toBe(0x40);
    expect(priorityDrop(active, 5)).toBe(0xa0);
    expect(priorityDrop(active, 5)).toBe(IDLE_PRIORITY);
  });

  test('seven bits of preemption use four registers', () => {
    const active: ActivePriorities = [new Uint32Array(4), new Uint32Array(4)];
    priorityActivate(active, 1, 0xfe, 7);
    expect(active[1][3]).toBe(0x8000_0000);
    expect(getHighestActivePriority(active, 7)).toBe(0xfe);
  });
});

describe('HighestPriorityVirtualInterrupt', () => {
  test('the lowest number wins, and the first list register among equals', () => {
    expect(highestPriorityVirtualInterrupt([pending(0xa0), pending(0x80), pending(0x80)], CONTROL)).toBe(1);
  });

  test('disabled groups and interrupts that are active do not compete', () => {
    const active = { ...pending(0x10), state: LR_STATE.PENDING_ACTIVE };
    expect(highestPriorityVirtualInterrupt([pending(0x20, 0), active, pending(0xf0)], { ...CONTROL, enableGroup0: false })).toBe(2);
  });

  test('none pending', () => {
    expect(highestPriorityVirtualInterrupt([emptyListRegister()], CONTROL)).toBe(-1);
  });
});

describe('signalling', () => {
  test('a priority equal to the mask is masked', () => {
    expect(canSignalInterrupt(pending(0xa0), { ...CONTROL, pmr: 0xa0 }, idle(), 5)).toBe(false);
    expect(canSignalInterrupt(pending(0x98), { ...CONTROL, pmr: 0xa0 }, idle(), 5)).toBe(true);
  });

  test('only a higher group priority preempts', () => {
    const active = idle();
    priorityActivate(active, 1, 0xa0, 5);
    expect(canSignalInterrupt(pending(0xa0), CONTROL, active, 5)).toBe(false);
    expect(canSignalInterrupt(pending(0x98), CONTROL, active, 5)).toBe(true);
    // With BPR1 6 only bits 7:6 count: 0x98 and 0xa0 are one group.
    expect(canSignalInterrupt(pending(0x98), { ...CONTROL, bpr1: 6 }, active, 5)).toBe(false);
  });
});
