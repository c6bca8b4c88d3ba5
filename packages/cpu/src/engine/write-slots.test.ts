import { describe, expect, test } from 'vitest';
import { WriteSlots } from './write-slots.ts';

const PAGE = 3;
const COUNT = 16;

/** Banks that hold a write entry for {@link PAGE} in these slots; and the slots that were asked to drop it. */
function pageIn(held: Set<number>): { slots: WriteSlots; dropped: number[] } {
  const dropped: number[] = [];
  const user = {
    isWritable: (slot: number, page: number): boolean => page === PAGE && held.has(slot),
    protect: (slot: number, page: number): void => {
      if (page === PAGE) dropped.push(slot);
    },
  };
  return { slots: new WriteSlots(8, COUNT, [user]), dropped };
}

describe('where a page may be written', () => {
  test('a page that was never entered costs nothing', () => {
    const { slots, dropped } = pageIn(new Set());
    slots.enter(PAGE + 1, 5);
    slots.protect(PAGE);
    expect(dropped).toEqual([]);
  });

  test('two slots are known, however often they are entered', () => {
    const { slots, dropped } = pageIn(new Set([0, 7]));
    for (const slot of [0, 7, 0, 7, 7]) slots.enter(PAGE, slot);
    slots.protect(PAGE);
    expect(dropped.sort()).toEqual([0, 7]);
    slots.protect(PAGE);
    expect(dropped.length).toBe(2);
  });

  test('a third slot takes the place of one that no longer holds the page', () => {
    const held = new Set([0, 7]);
    const { slots, dropped } = pageIn(held);
    for (const slot of held) slots.enter(PAGE, slot);
    held.delete(0);
    held.add(9);
    slots.enter(PAGE, 9);
    slots.protect(PAGE);
    expect(dropped.sort()).toEqual([7, 9]);
  });

  test('with three that hold it all slots are asked', () => {
    const held = new Set([0, 7, 9]);
    const { slots, dropped } = pageIn(held);
    for (const slot of held) slots.enter(PAGE, slot);
    slots.protect(PAGE);
    expect(dropped).toEqual(Array.from({ length: COUNT }, (_none, slot) => slot));
  });
});
