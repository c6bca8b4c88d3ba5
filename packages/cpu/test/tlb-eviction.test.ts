/** An entry that leaves the second-level TLB takes with it what banks and fetches had of it, in the contexts that could see it. */
import { expect, test } from 'vitest';
import { EVENT } from '../src/arch/events.ts';
import { CODE, set, severalCpus, TABLES, TCR } from './several-cpus.ts';

const LOAD = 0xf940_0003; // ldr x3, [x0]
const NOP = 0xd503_201f;
const ROOT = TABLES + 0x4000n;
/** Blocks onto the beginning of RAM, Normal memory. */
const BLOCK = 0x4000_0701n;
const NG = 1n << 11n;
/** Of one set, which has four ways. */
const VAS = [0n, 1n, 2n, 3n].map((n) => 0x8000_3000n + (n << 24n));

test.each([['what is loaded', false], ['what is executed', true]])('%s', (_, isFetched) => {
  const several = severalCpus(1, [LOAD]);
  const cpu = several.cpus[0]!;
  several.load(CODE + 0x3000n, [NOP]);
  several.poke(ROOT + 8n, BLOCK);
  several.poke(ROOT + 16n, (ROOT + 0x1000n) | 3n);
  VAS.forEach((_va, n) => several.poke(ROOT + 0x1000n + 64n * BigInt(n), BLOCK | NG));
  set(cpu, 'TCR_EL1', TCR);
  /** Whether an access with an ASID takes a walk. */
  const walks = (asid: bigint, va: bigint): boolean => {
    set(cpu, 'TTBR0_EL1', ROOT | (asid << 48n));
    const before = cpu.events[EVENT.walkReference]!;
    cpu.setX(0, va);
    cpu.pc = isFetched ? va : CODE;
    cpu.run(1);
    return cpu.events[EVENT.walkReference]! > before;
  };
  walks(5n, CODE);
  expect([walks(5n, VAS[0]!), walks(5n, VAS[0]!)]).toEqual([true, false]);
  for (const va of VAS.slice(1)) expect(walks(6n, va)).toBe(true);
  expect(walks(5n, VAS[0]!)).toBe(false);
  expect(walks(6n, VAS[0]!)).toBe(true);
  expect(walks(5n, VAS[0]!)).toBe(true);
});
