import { describe, expect, test } from 'vitest';
import { PROFILE_NAMES, PROFILES } from '../profiles.ts';
import { UNITS_PER_CYCLE } from '../prices.ts';
import { PeClock } from './clock.ts';
import { CounterScale } from './scale.ts';

describe('counters', () => {
  test('62.5 MHz against nanoseconds: sixteen a count, rounded down', () => {
    const scale = new CounterScale(62_500_000, 1_000_000_000);
    expect([0, 15, 16, 1600].map((time) => scale.count(time))).toEqual([0, 0, 1, 100]);
    expect(scale.timeOf(1n)).toBe(16);
    expect(scale.timeOf(2n ** 63n)).toBe(Infinity);
  });

  test('a counter that is faster than its time skips counts', () => {
    const scale = new CounterScale(3, 2);
    expect([0, 1, 2, 3].map((time) => scale.count(time))).toEqual([0, 1, 3, 4]);
    // The earliest time at which the count is reached.
    expect([1n, 2n, 3n, 4n].map((count) => scale.timeOf(count))).toEqual([1, 2, 2, 3]);
  });

  test('counts above 32 bits use both words', () => {
    const data = new Uint32Array(2);
    new CounterScale(1, 1).readInto(2 ** 40 + 5, data);
    expect([...data]).toEqual([5, 256]);
  });

  test.each(PROFILE_NAMES)('%s: a day is exact under both clocks', (name) => {
    const { counterHz, clockHz } = PROFILES[name];
    for (const unitsPerSecond of [1_000_000_000, clockHz * UNITS_PER_CYCLE]) {
      const scale = new CounterScale(counterHz, unitsPerSecond);
      expect(scale.count(86_400 * unitsPerSecond)).toBe(86_400 * counterHz);
      expect(scale.timeOf(BigInt(86_400 * counterHz))).toBe(86_400 * unitsPerSecond);
    }
  });
});

describe('deadlines', () => {
  test('fire in order, once, and may be set anew while they fire', () => {
    let worked = 0;
    const clock = new PeClock(new CounterScale(1, 1), () => worked);
    const fired: string[] = [];
    const owner = (number: number, next: bigint | null) => clock.register(number, () => {
      fired.push(`${String(number)} at ${String(clock.time)}`);
      clock.setDeadline(number, fired.length < 3 ? next : null);
    }, () => undefined);
    owner(0, null);
    owner(1, 30n);
    clock.setDeadline(0, 20n);
    clock.setDeadline(1, 10n);
    expect(clock.nextDeadline).toBe(10);
    worked = 10;
    clock.fireDeadlines();
    expect(fired).toEqual(['1 at 10']);
    expect(clock.nextDeadline).toBe(20);
    clock.skipTo(40);
    clock.fireDeadlines();
    expect(fired).toEqual(['1 at 10', '0 at 40', '1 at 40']);
    expect(clock.nextDeadline).toBe(Infinity);
  });

  test('a deadline that goes away or moves further does not end a slice; a nearer one does', () => {
    const clock = new PeClock(new CounterScale(1, 1), () => 0);
    let moves = 0;
    for (const owner of [0, 1]) clock.register(owner, () => undefined, () => moves++);
    clock.setDeadline(0, 20n);
    expect(moves).toBe(1);
    clock.setDeadline(0, 30n);
    clock.setDeadline(1, 40n);
    clock.setDeadline(0, null);
    expect([moves, clock.nextDeadline]).toEqual([1, 40]);
    clock.setDeadline(1, 39n);
    expect([moves, clock.nextDeadline]).toEqual([2, 39]);
  });
});
