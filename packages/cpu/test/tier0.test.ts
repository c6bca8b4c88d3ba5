/** Tier 0 runs programs as Eval does. */
import { expect, test } from 'vitest';
import { PE, codeMode } from '../src/engine/layout.ts';
import { RAM_BASE, restart, runTiered, tieredCpu } from './tiered.ts';

test('a loop runs in records alone, and retires exactly the budget: MOV, ADD, SUBS, B.NE', () => {
  const target = tieredCpu({ tiers: { tier0: true, tier1: false } });
  target.ram.set([
    0xd2800000, // mov x0, #0
    0xd2a00021, // mov x1, #0x10000
    0x8b010000, // add x0, x0, x1
    0xf1000421, // subs x1, x1, #1
    0x54ffffc1, // b.ne .-8
  ]);
  expect(runTiered(target, 2 + 3 * 0x10000)).toBe(2 + 3 * 0x10000);
  expect(target.cpu.getX(0)).toBe((0x10000n * 0x10001n) / 2n);
  expect(target.cpu.pc).toBe(BigInt(RAM_BASE) + 0x14n);
  expect(target.cache.statistics.decodedBlocks).toBeGreaterThan(0);
});

test('a slice ends in the middle of a block, before and behind where a region starts', () => {
  const { cpu, cache, ram } = tieredCpu({ tiers: { tier0: true, tier1: true } });
  ram.fill(0x91000400 | 0, 0, 12); // add x0, x0, #1
  ram[12] = 0x14000000; // b .
  cpu.run(20);
  cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode: codeMode(cpu.state.get32(PE.MODE)), entry: 16 }, 0);
  cache.compile();
  for (let budget = 1; budget < 12; budget++) {
    restart(cpu, RAM_BASE);
    cpu.setX(0, 0n);
    expect(cpu.run(budget)).toBe('budget');
    expect([cpu.getX(0), cpu.pc]).toEqual([BigInt(budget), BigInt(RAM_BASE + 4 * budget)]);
  }
});
