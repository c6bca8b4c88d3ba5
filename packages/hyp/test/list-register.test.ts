/** One interrupt into a list register and out of it: expectations follow kvm-arm-vhe-series.md, section 6.7, by hand. */
import { describe, expect, test } from 'vitest';
import { compareIrqs, targetOracle, VgicIrq } from '../src/vgic/irq.ts';
import { emptyImage, fold, populate } from '../src/vgic/list-register.ts';
import { Vcpu } from '../src/vcpu.ts';
import { machine } from './machine.ts';

const { vcpu: { vcpu: FIRST }, vm } = machine({ mode: 'vhe' });
const SECOND = new Vcpu(vm.vm, 1, FIRST.address);

function irq(intid: number, change: Partial<VgicIrq> = {}): VgicIrq {
  return Object.assign(new VgicIrq(intid), { isEnabled: true, priority: 0xa0 }, change);
}

describe('populate', () => {
  test('an edge leaves the latch for the list register', () => {
    const one = irq(40, { isEdge: true, pendingLatch: true });
    const image = emptyImage();
    expect(populate(one, image, 'gicv3')).toBe(false);
    expect(image).toEqual({ vIntid: 40, source: 0, priority: 0xa0, group: 1, isPending: true, isActive: false, pIntid: -1, eoi: false });
    expect(one.isPending).toBe(false);
  });

  test('a level stays pending as long as its line is high, and its EOI is reported', () => {
    const one = irq(40, { lineLevel: true });
    const image = emptyImage();
    populate(one, image, 'gicv2');
    expect(image).toMatchObject({ group: 0, isPending: true, eoi: true });
    expect(one.isPending).toBe(true);
  });

  test('a mapped level is offered once for each rising edge, and its deactivation is the hardware\'s', () => {
    const one = irq(27, { lineLevel: true, mapped: { pIntid: 27, level: () => true } });
    const image = emptyImage();
    populate(one, image, 'gicv3');
    expect(image).toMatchObject({ isPending: true, pIntid: 27, eoi: false });
    expect(one.lineLevel).toBe(false);
  });

  test('a mapped interrupt is never pending and active: the pending state stays in the physical distributor', () => {
    const one = irq(27, { isActive: true, lineLevel: true, mapped: { pIntid: 27, level: () => true } });
    const image = emptyImage();
    populate(one, image, 'gicv3');
    expect(image).toMatchObject({ isPending: false, isActive: true });
    expect(one.lineLevel).toBe(true);
  });

  test('a GICv2 SGI shows one sender at a time, the lowest first, and its end is reported while there are more', () => {
    const one = irq(3, { pendingLatch: true, sources: 0b1010 });
    const image = emptyImage();
    expect(populate(one, image, 'gicv2')).toBe(true);
    expect(image).toMatchObject({ source: 1, isPending: true, eoi: true });
    expect(one).toMatchObject({ sources: 0b1000, pendingLatch: true });
    expect(populate(one, image, 'gicv2')).toBe(false);
    expect(image).toMatchObject({ source: 3, isPending: true, eoi: false });
    expect(one.isPending).toBe(false);
  });

  test('an active GICv2 SGI keeps its sender, and another one waits', () => {
    const one = irq(3, { isActive: true, activeSource: 2, pendingLatch: true, sources: 0b0001 });
    const image = emptyImage();
    expect(populate(one, image, 'gicv2')).toBe(true);
    expect(image).toMatchObject({ source: 2, isPending: false, isActive: true, eoi: true });
    expect(one).toMatchObject({ sources: 0b0001, pendingLatch: true });
  });
});

describe('fold', () => {
  test('an edge that the guest has not taken goes back to the latch', () => {
    const one = irq(40, { isEdge: true });
    expect(fold(one, { ...emptyImage(), isPending: true }, 'gicv3')).toBe(false);
    expect(one).toMatchObject({ pendingLatch: true, isActive: false });
  });

  test('a level that the guest has acknowledged loses what software had latched, and keeps its line', () => {
    const one = irq(40, { pendingLatch: true, lineLevel: true });
    fold(one, { ...emptyImage(), isActive: true }, 'gicv3');
    expect(one).toMatchObject({ pendingLatch: false, lineLevel: true, isActive: true });
  });

  test('a mapped level that is still pending is sampled again', () => {
    const one = irq(27, { mapped: { pIntid: 27, level: () => true } });
    expect(fold(one, { ...emptyImage(), isPending: true }, 'gicv3')).toBe(true);
    expect(fold(one, { ...emptyImage(), isActive: true }, 'gicv3')).toBe(false);
  });

  test('a GICv2 SGI remembers who sent it, pending or active', () => {
    const one = irq(3);
    fold(one, { ...emptyImage(), source: 2, isPending: true }, 'gicv2');
    expect(one).toMatchObject({ sources: 0b0100, pendingLatch: true, activeSource: 0 });
    const other = irq(3);
    fold(other, { ...emptyImage(), source: 2, isActive: true }, 'gicv2');
    expect(other).toMatchObject({ sources: 0, pendingLatch: false, activeSource: 2 });
  });
});

describe('the target oracle', () => {
  test.each([
    ['active: where it is, even if it is disabled', { isActive: true, isEnabled: false, vcpu: FIRST, target: SECOND }, true, FIRST],
    ['active on no list: its target', { isActive: true, target: SECOND }, true, SECOND],
    ['pending and enabled: its target', { lineLevel: true, vcpu: FIRST, target: SECOND }, true, SECOND],
    ['pending and disabled: nowhere', { lineLevel: true, isEnabled: false, target: SECOND }, true, null],
    ['pending while the distributor is off: nowhere', { lineLevel: true, target: SECOND }, false, null],
    ['neither: nowhere', { vcpu: FIRST, target: FIRST }, true, null],
    ['active while the distributor is off: where it is', { isActive: true, vcpu: FIRST }, false, FIRST],
  ])('%s', (_what, change, enabled, expected) => {
    expect(targetOracle(irq(40, change), enabled)).toBe(expected);
  });
});

test('a crowded ap_list: active ones, then pending ones by priority in their order, then what is disabled', () => {
  const list = [
    irq(40, { lineLevel: true, isEnabled: false, priority: 0 }), irq(41, { lineLevel: true, priority: 0xa0 }), irq(42, { isActive: true, priority: 0xf0 }),
    irq(43, { lineLevel: true, priority: 0x80 }), irq(44, { lineLevel: true, priority: 0xa0 }),
  ];
  expect(list.toSorted(compareIrqs).map(({ intid }) => intid)).toEqual([42, 43, 41, 44, 40]);
});
