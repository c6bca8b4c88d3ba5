/** What a machine keeps is bounded: translated code goes when it takes too much, and control ids are numbered anew. */
import { expect, test } from 'vitest';
import { MOST_CONTROLS } from '../src/mem/context.ts';
import type { Tiers } from '../src/engine/translation.ts';
import { CODE, DATA, set, severalCpus, TABLES } from './several-cpus.ts';
import { RAM_BASE, runTiered, tieredCpu } from './tiered.ts';

const PAGES = 480;
const ROUNDS = 2;
const WORDS_OF_A_PAGE = 1024;
const MIB = 1 << 20;

/** Enough turns for a loop to be compiled: tier 0 takes a sample each 4096 instructions. */
const TURNS = { tier0: 2200, tier1: 400 };

/** Each page has a loop of its own and goes on in the next; the last goes on in the first while X21 counts down. */
function loopsIn(ram: Int32Array, turns: number): void {
  for (let page = 0; page < PAGES; page++) {
    const next = page === PAGES - 1 ? [0xf100_06b5, 0x5400_0040, 0x1400_0000 | ((-WORDS_OF_A_PAGE * page - 7) & 0x3ff_ffff), 0x1400_0000] : [0x1400_0000 | (WORDS_OF_A_PAGE - 5)];
    ram.set([
      0xd280_0009 | (turns << 5), // mov x9, #turns
      0x8b09_0000, // add x0, x0, x9
      0xcac8_1c00 | ((page + 1) % 2 << 16), // eor x0, x0, x9 or x8, ror #7
      0xf100_0529, // subs x9, x9, #1
      0x54ff_ffa1, // b.ne to the ADD
      ...next, // b next page; or subs x21, x21, #1, b.eq to the last, b first page, b .
    ], WORDS_OF_A_PAGE * page);
  }
}

function expected(turns: number): bigint {
  const mask = (1n << 64n) - 1n;
  let x0 = 0n;
  for (let round = 0; round < ROUNDS; round++) {
    for (let page = 0; page < PAGES; page++) {
      for (let x9 = BigInt(turns); x9 > 0n; x9--) {
        x0 = (x0 + x9) & mask;
        if (page % 2 === 0) x0 ^= (x9 >> 7n) | ((x9 << 57n) & mask);
      }
    }
  }
  return x0;
}

test.each<[name: string, tiers: Tiers, turns: number]>([
  ['tier 1', { tier0: false, tier1: true }, TURNS.tier1],
  ['both tiers', { tier0: true, tier1: true }, TURNS.tier0],
])('code that takes more than it may goes, and comes again when it is hot: %s', (_, tiers, turns) => {
  const tiered = tieredCpu({ tiers, codeCacheBytes: 4 * MIB });
  const { cpu, cache, ram } = tiered;
  loopsIn(ram, turns);
  cpu.setX(21, BigInt(ROUNDS));
  let most = 0;
  for (let run = 0; run < PAGES; run++) {
    runTiered(tiered, Math.ceil((ROUNDS * PAGES * (4 * turns + 8)) / PAGES));
    most = Math.max(most, cache.statistics.bytes);
  }
  expect(cpu.pc).toBe(BigInt(RAM_BASE + 4 * (WORDS_OF_A_PAGE * (PAGES - 1) + 8)));
  expect(cpu.getX(0)).toBe(expected(turns));
  expect(cache.statistics.evictions).toBeGreaterThan(1);
  expect(cache.statistics.regions).toBeGreaterThan(PAGES);
  expect(most).toBeGreaterThan(MIB);
  expect(most).toBeLessThanOrEqual(3 * MIB);
  cache.clear();
  expect(cache.statistics.bytes).toBe(0);
});

test('more control ids than there are: they are numbered anew, and no translation of an older setting is met', () => {
  const several = severalCpus(1, [0xf940_0003, 0x17ff_ffff]); // ldr x3, [x0]; b .-4
  const cpu = several.cpus[0]!;
  const { contexts } = cpu.memory;
  /** A page of its own at 0x8000_0000, which only the first setting has touched. */
  const leaf = TABLES + 0x2000n;
  several.poke(TABLES + 16n, (TABLES + 0x1000n) | 3n);
  several.poke(TABLES + 0x1000n, leaf | 3n);
  several.poke(leaf, DATA | 0x743n);
  several.poke(DATA, 0x111n);
  several.poke(DATA + 0x1000n, 0x222n);
  const loads = (): bigint => {
    cpu.pc = CODE;
    cpu.setX(0, 0x8000_0000n);
    cpu.run(1);
    return cpu.getX(3);
  };
  expect(loads()).toBe(0x111n);
  const first = contexts.controlNames.length;
  several.poke(leaf, (DATA + 0x1000n) | 0x743n);
  expect(loads()).toBe(0x111n);
  let most = 0;
  let value = 1n;
  const change = (): void => {
    set(cpu, 'MAIR_EL1', 0xffn | (value++ << 8n));
    most = Math.max(most, contexts.controlNames.length);
  };
  while (most < MOST_CONTROLS) change();
  expect(contexts.controlNames.length).toBe(MOST_CONTROLS);
  while (contexts.controlNames.length !== first) change();
  expect(loads()).toBe(0x222n);
  expect(most).toBe(MOST_CONTROLS);
});
