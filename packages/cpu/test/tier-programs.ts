/**
 * Random programs, and programs that try translated code where it is delicate: the same state as Eval's, in any slices, with
 * any mix of tiers. `programTests` makes the tests for one mix.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { ROWS } from '../src/arch/insn/index.ts';
import { LEAVE, MODE, PE } from '../src/engine/layout.ts';
import { CELL } from '../src/sysreg/cells.ts';
import { DEFINITIONS } from '../src/sem/index.ts';
import { DATA_BASE, difference, peBlock, Random, randomRegisters, randomWord } from './random-state.ts';
import type { Tiers } from '../src/engine/translation.ts';
import { DATA_AREA, mapData, RAM_BASE, restart, runTiered, tieredCpu, type TieredCpu } from './tiered.ts';

const STEPS = new Set(['ERET', 'SVC', 'HVC', 'SMC', 'BRK', 'HLT', 'YIELD', 'WFE', 'WFI', 'SYS', 'MSR_reg', 'MRS', 'MSR_UAO', 'MSR_PAN', 'MSR_SPSel', 'MSR_SSBS', 'MSR_DIT', 'MSR_DAIFSet', 'MSR_DAIFClr']);
const BRANCHES = new Set(['B', 'BL', 'BR', 'BLR', 'RET', 'B_cond', 'CBZ', 'CBNZ', 'TBZ', 'TBNZ']);
const PLAIN = ROWS.filter((row) => DEFINITIONS[row.index] !== null && !STEPS.has(row.id) && !BRANCHES.has(row.id));
/** Rows that set or read flags: every other block is made of them by half, so that they meet. */
const FLAG_ROWS = PLAIN.filter((row) => /^(ADD|SUB|AND|BIC)S_|^CCM|^CS|^ADC|^SBC|^SETF|^RMIF|^CFINV|^[AX][AX]FLAG/.test(row.id));
const DATA_WORDS = 0x20_0000 / 4;
const DATA_END = DATA_WORDS + 0x1_4000 / 4;
const SCTLR_SA = 8n;
/** The mode that programs run in. */
const EL1H = 1 | MODE.SPSEL;
const B_SELF = 0x14000000;

let target: TieredCpu;
let initialData: Int32Array;

/** The state after `count` instructions by Eval alone: PE block and data. */
function evaluate(count: number): { readonly block: Int32Array; readonly data: Int32Array } {
  const { cpu, ram } = target;
  for (let i = 0; i < count; i++) cpu.stepOnce();
  return { block: peBlock(cpu.state), data: ram.slice(DATA_WORDS, DATA_END) };
}

/** The vectors spin, so that a fault is seen in ELR, ESR and FAR, and stays. */
const VECTORS = 0x1_0000;
function placeVectors(): void {
  for (let vector = 0; vector < 16; vector++) target.ram[(VECTORS + 0x80 * vector) / 4] = B_SELF;
}

/** Adds x1 + (x1 - 1) + ... by recursion, x0 times. */
const SUM = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0xaa0103e0, // mov x0, x1
  0x94000005, // bl 20
  0x8b0002b5, // add x21, x21, x0
  0xf1000694, // subs x20, x20, #0x1
  0x54ffff81, // b.ne 8
  0x14000000, // b 1c
  0xb4000100, // cbz x0, 40
  0xa9be7bfd, // stp x29, x30, [sp, #-32]!
  0xf9000be0, // str x0, [sp, #16]
  0xd1000400, // sub x0, x0, #0x1
  0x97fffffc, // bl 20
  0xf9400be2, // ldr x2, [sp, #16]
  0x8b020000, // add x0, x0, x2
  0xa8c27bfd, // ldp x29, x30, [sp], #32
  0xd65f03c0, // ret
];

/** Recursion of 100 calls; every fourth time the innermost goes straight back to the loop, x0 times. */
const LONGJMP = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0x910003f6, // mov x22, sp
  0xd2800c80, // mov x0, #0x64
  0x94000006, // bl 28
  0x8b0002b5, // add x21, x21, x0
  0x910002df, // mov sp, x22
  0xf1000694, // subs x20, x20, #0x1
  0x54ffff61, // b.ne c
  0x14000000, // b 24
  0xb40000e0, // cbz x0, 44
  0xa9bf7bfd, // stp x29, x30, [sp, #-16]!
  0xd1000400, // sub x0, x0, #0x1
  0x97fffffd, // bl 28
  0x91000400, // add x0, x0, #0x1
  0xa8c17bfd, // ldp x29, x30, [sp], #16
  0xd65f03c0, // ret
  0xf240069f, // tst x20, #0x3
  0x54000040, // b.eq 50
  0xd65f03c0, // ret
  0x91001eb5, // add x21, x21, #0x7
  0x10fffe21, // adr x1, 18
  0xd61f0020, // br x1
];

/** The callee makes X30 skip an instruction of its caller every second time, x0 times. */
const SKIP = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0x94000006, // bl 20
  0x910006b5, // add x21, x21, #0x1
  0x910042b5, // add x21, x21, #0x10
  0xf1000694, // subs x20, x20, #0x1
  0x54ffff81, // b.ne 8
  0x14000000, // b 1c
  0x36000054, // tbz w20, #0, 28
  0x910013de, // add x30, x30, #0x4
  0xd65f03c0, // ret
];

/** Exchanges the ADD at 0x28 with the word in w3, every 1024 of x0 rounds. */
const PATCH = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0x10000104, // adr x4, 28
  0xb9400085, // ldr w5, [x4]
  0xf240269f, // tst x20, #0x3ff
  0x540000a1, // b.ne 28
  0xb9000083, // str w3, [x4]
  0x2a0303e6, // mov w6, w3
  0x2a0503e3, // mov w3, w5
  0x2a0603e5, // mov w5, w6
  0x910006b5, // add x21, x21, #0x1
  0xf1000694, // subs x20, x20, #0x1
  0x54ffff01, // b.ne 10
  0x14000000, // b 34
];

/** Calls by register, chosen by CCMP, with a 128-bit sum, x0 times. */
const INDIRECT = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0x100001aa, // adr x10, 3c
  0x100001cb, // adr x11, 44
  0x92400a81, // and x1, x20, #0x7
  0xf1000c3f, // cmp x1, #0x3
  0xfa468822, // ccmp x1, #0x6, #0x2, hi
  0x9a8b9142, // csel x2, x10, x11, ls
  0xaa1403e0, // mov x0, x20
  0xd63f0040, // blr x2
  0xab0002b5, // adds x21, x21, x0
  0x9a1f02d6, // adc x22, x22, xzr
  0xf1000694, // subs x20, x20, #0x1
  0x54fffee1, // b.ne 10
  0x14000000, // b 38
  0xca001c00, // eor x0, x0, x0, lsl #7
  0xd65f03c0, // ret
  0x9b007c00, // mul x0, x0, x0
  0x9bc07c03, // umulh x3, x0, x0
  0x8b030000, // add x0, x0, x3
  0xd65f03c0, // ret
];

/** A switch of eight cases; for long stretches only the first is taken; x0 times. */
const SWITCH = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0xca540e81, // eor x1, x20, x20, lsr #3
  0x92400821, // and x1, x1, #0x7
  0xf278129f, // tst x20, #0x1f00
  0x9a9f0021, // csel x1, x1, xzr, eq
  0x10000062, // adr x2, 24
  0x8b010c42, // add x2, x2, x1, lsl #3
  0xd61f0040, // br x2
  0x910006b5, // add x21, x21, #0x1
  0x1400000e, // b 60
  0x8b0112b5, // add x21, x21, x1, lsl #4
  0x1400000c, // b 60
  0xca1402b5, // eor x21, x21, x20
  0x1400000a, // b 60
  0xd1000eb5, // sub x21, x21, #0x3
  0x14000008, // b 60
  0x9b147eb5, // mul x21, x21, x20
  0x14000006, // b 60
  0x93d51eb5, // ror x21, x21, #7
  0x14000004, // b 60
  0xaa3503f5, // mvn x21, x21
  0x14000002, // b 60
  0x910026b5, // add x21, x21, #0x9
  0xf1000694, // subs x20, x20, #0x1
  0x54fffd21, // b.ne 8
  0x14000000, // b 68
];

/** As {@link PATCH}, and each round stores to the page of the code, beside it. */
const PATCH_BESIDE_DATA = [
  0xaa0003f4, // mov x20, x0
  0xd2800015, // mov x21, #0x0
  0x10000124, // adr x4, 2c
  0xb9400085, // ldr w5, [x4]
  0xb9040094, // str w20, [x4, #1024]
  0xf240269f, // tst x20, #0x3ff
  0x540000a1, // b.ne 2c
  0xb9000083, // str w3, [x4]
  0x2a0303e6, // mov w6, w3
  0x2a0503e3, // mov w3, w5
  0x2a0603e5, // mov w5, w6
  0x910006b5, // add x21, x21, #0x1
  0xf1000694, // subs x20, x20, #0x1
  0x54fffee1, // b.ne 10
  0x14000000, // b 38
];

/** The stack pointer is aligned for two accesses, changes by 16 and by 8, and is misaligned for the last. */
const STACK = [
  0xf94003e1, // ldr x1, [sp]
  0x910043ff, // add sp, sp, #0x10
  0xf94003e2, // ldr x2, [sp]
  0xd10083ff, // sub sp, sp, #0x20
  0xf90003e3, // str x3, [sp]
  0x910023ff, // add sp, sp, #0x8
  0xf94003e4, // ldr x4, [sp]
  0x910023ff, // add sp, sp, #0x8
  0x17fffff8, // b 0
];

/** Runs `words` for `count` instructions in slices; a register's value may be given. */
function runProgram(words: readonly number[], registers: Readonly<Record<number, bigint>>, count: number, slice: number | 'eval'): Int32Array {
  const { cpu, ram, cache } = target;
  cache.clear();
  ram.set(words);
  restart(cpu, RAM_BASE);
  cpu.state.put64(PE.SP, BigInt(DATA_BASE + 0x1_0000));
  for (const [register, value] of Object.entries(registers)) cpu.setX(Number(register), value);
  if (slice === 'eval') for (let i = 0; i < count; i++) cpu.stepOnce();
  else {
    let ran = 0;
    for (let left = count; left > 0; left -= slice) ran += runTiered(target, Math.min(slice, left));
    expect(ran).toBe(count);
  }
  return peBlock(cpu.state);
}

const programs: readonly (readonly [string, readonly number[], Readonly<Record<number, bigint>>, number])[] = [
  ['recursion of depth 1', SUM, { 0: 3000n, 1: 1n }, 45_000],
  ['recursion of depth 299', SUM, { 0: 40n, 1: 299n }, 110_000],
  ['recursion of depth 300', SUM, { 0: 40n, 1: 300n }, 110_000],
  ['recursion of depth 1000', SUM, { 0: 12n, 1: 1000n }, 110_000],
  ['a return that skips 25 to 100 frames', LONGJMP, { 0: 150n }, 120_000],
  ['a return address that the callee changes', SKIP, { 0: 10_000n }, 65_000],
  ['code that patches the loop it is in', PATCH, { 0: 40_000n, 3: 0x91000ab5n }, 200_000],
  ['code that patches the loop it is in, and has data in its page', PATCH_BESIDE_DATA, { 0: 10_000n, 3: 0x91000ab5n }, 60_000],
  ['calls by register, CCMP and carries', INDIRECT, { 0: 12_000n }, 170_000],
  ['a switch by BR', SWITCH, { 0: 20_000n }, 200_000],
];

/** A word of a random row, or a branch to one of the first `length` words. */
function randomInstruction(random: Random, at: number, length: number): number {
  if (random.below(3) === 0) return randomBranch(random, at, length);
  for (;;) {
    const row = random.pick(random.below(2) === 0 ? FLAG_ROWS : PLAIN);
    const word = randomWord(row, random);
    if (target.cpu.decoder.row(word) === row) return word;
  }
}

function randomBranch(random: Random, at: number, length: number): number {
  const offset = random.below(length) - at;
  const imm19 = (offset & 0x7_ffff) << 5;
  const register = random.below(31);
  switch (random.below(8)) {
    case 0: return 0x14000000 | (offset & 0x3ff_ffff);
    case 1: return 0x94000000 | (offset & 0x3ff_ffff);
    case 2: return 0xd65f03c0; // ret
    case 3: return 0x34000000 | (random.below(2) << 31) | (random.below(2) << 24) | imm19 | register;
    case 4: return 0x36000000 | (random.below(2) << 31) | (random.below(2) << 24) | (random.below(32) << 19) | ((offset & 0x3fff) << 5) | register;
    default: return 0x54000000 | imm19 | random.below(15);
  }
}

/** Instructions of a program that runs in slices of a few: a slice costs as much as hundreds of them. */
const FINELY = 20_000;

/** Tests of one mix of tiers; `slices` in which programs run, and `seeds` of random ones. */
export function programTests(tiers: Tiers, slices: readonly number[], seeds: readonly number[]): void {
  beforeAll(() => {
    target = tieredCpu({ tiers });
    const random = new Random(4242);
    initialData = new Int32Array(DATA_END - DATA_WORDS).map(() => random.word());
  });

  describe.each(programs)('%s', (_, words, registers, count) => {
    const expected = new Map<number, Int32Array>();
    beforeAll(() => {
      for (const length of [count, Math.min(count, FINELY)]) expected.set(length, runProgram(words, registers, length, 'eval'));
    });
    // A slice of one instruction never fits a region: Eval alone, with the bookkeeping of both.
    test.each(slices)('in slices of %i', (slice) => {
      const { regions, decodedBlocks } = target.cache.statistics;
      const length = slice < 100 ? Math.min(count, FINELY) : count;
      expect(difference(expected.get(length)!, runProgram(words, registers, length, slice))).toBe(null);
      // Made anew: dropped code comes back.
      if (tiers.tier1 && slice > 1) expect(target.cache.statistics.regions).toBeGreaterThan(regions);
      if (tiers.tier0) expect(target.cache.statistics.decodedBlocks).toBeGreaterThan(decodedBlocks);
    });
  });

  test('a stack pointer that was aligned is asked again after a change by 8, with SCTLR_EL1.SA', () => {
    const { cpu, ram, cache, tier1 } = target;
    cache.clear();
    ram.set(STACK);
    placeVectors();
    cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode: EL1H | MODE.SP_CHECK, entry: 0 }, 0);
    cache.compile();
    const start = (): void => {
      restart(cpu, RAM_BASE);
      cpu.state.put64(CELL.VBAR_EL1, BigInt(RAM_BASE + VECTORS));
      cpu.state.put64(CELL.SCTLR_EL1, cpu.state.get64(CELL.SCTLR_EL1) | SCTLR_SA);
      cpu.state.put64(PE.SP, BigInt(DATA_BASE + 0x100));
      cpu.contextChanged();
    };
    start();
    const { block } = evaluate(10);
    expect(cpu.state.get64(CELL.ELR_EL1)).toBe(BigInt(RAM_BASE + 0x18));
    start();
    const steps = tier1.leaves[LEAVE.STEP]!;
    runTiered(target, 10);
    expect(difference(block, peBlock(cpu.state))).toBe(null);
    expect(tier1.leaves[LEAVE.STEP]).toBe(steps + 1);
  });

  test('code is patched through another address of its page', () => {
    const { cpu, ram } = target;
    // The ADR of the address becomes a NOP, and x4 points to the alias.
    const words = PATCH.map((word, index) => (index === 2 ? 0xd503201f : word));
    mapData(cpu, ram.byteOffset, 32, 'write', RAM_BASE);
    const registers = { 0: 40_000n, 3: 0x91000ab5n, 4: BigInt(DATA_AREA + 0x1000 * 32 + 0x28) };
    const expected = runProgram(words, registers, 200_000, 'eval');
    expect(cpu.getX(21)).toBeGreaterThan(40_000n);
    expect(difference(expected, runProgram(words, registers, 200_000, 1000))).toBe(null);
    mapData(cpu, ram.byteOffset, 32, 'write');
  });

  describe('random blocks', () => {
    test.each(seeds)('seed %i: states are equal after each, also when a page cannot be read or written', (seed) => {
      const random = new Random(seed * 7919);
      const { cpu, ram, cache, tier1 } = target;
      const misses = tier1.leaves[LEAVE.MISS]!;
      const next = tier1.leaves[LEAVE.NEXT]! + tier1.leaves[LEAVE.BUDGET]!;
      for (let round = 0; round < 40; round++) {
        cache.clear();
        const length = 4 + random.below(16);
        for (let i = 0; i < length; i++) {
          let word = 0;
          do {
            const row = random.pick(round % 2 === 1 && random.below(2) === 0 ? FLAG_ROWS : PLAIN);
            word = randomWord(row, random);
            if (cpu.decoder.row(word) !== row) word = 0;
          } while (word === 0);
          ram[i] = word;
        }
        ram[length] = B_SELF;
        placeVectors();
        for (const mode of [EL1H, EL1H | MODE.SP_CHECK]) cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode, entry: 0 }, 0);
        cache.compile();
        for (let variant = 0; variant < 4; variant++) {
          const page = random.below(18);
          mapData(cpu, ram.byteOffset, page, random.pick(['none', 'read', 'write']));
          restart(cpu, RAM_BASE);
          cpu.state.put64(CELL.VBAR_EL1, BigInt(RAM_BASE + VECTORS));
          if (variant % 2 === 1) cpu.state.put64(CELL.SCTLR_EL1, cpu.state.get64(CELL.SCTLR_EL1) ^ SCTLR_SA);
          randomRegisters(cpu.state, random);
          const before = cpu.state.i32.slice(cpu.state.word, cpu.state.word + 0x400);
          const restore = (): void => {
            cpu.state.i32.set(before, cpu.state.word);
            ram.set(initialData, DATA_WORDS);
            cpu.contextChanged();
          };
          restore();
          const expected = evaluate(length + 2);
          restore();
          expect(runTiered(target, length + 2)).toBe(length + 2);
          const block = peBlock(cpu.state);
          const words = [...ram.subarray(0, length)].map((word) => (word >>> 0).toString(16)).join(' ');
          expect(difference(expected.block, block), words).toBe(null);
          expect(Buffer.compare(Buffer.from(expected.data.buffer), Buffer.from(ram.slice(DATA_WORDS, DATA_END).buffer)), words).toBe(0);
          mapData(cpu, ram.byteOffset, page, 'write');
        }
      }
      expect(tier1.leaves[LEAVE.MISS]).toBeGreaterThan(misses);
      expect(tier1.leaves[LEAVE.NEXT]! + tier1.leaves[LEAVE.BUDGET]!).toBeGreaterThan(next);
    });
  });

  describe('random control flow', () => {
    test.each(seeds)('seed %i: loops, merges, calls and irreducible graphs end in the same state in slices', (seed) => {
      const random = new Random(seed * 104729);
      const { cpu, ram, cache, tier1 } = target;
      const entered = tier1.leaves.reduce((sum, count) => sum + count, 0);
      for (let round = 0; round < 40; round++) {
        cache.clear();
        const length = 6 + random.below(60);
        for (let at = 0; at < length; at++) ram[at] = randomInstruction(random, at, length);
        ram[length] = B_SELF;
        placeVectors();
        // Every third word is an entry, so that calls and returns find regions.
        for (let word = 0; word < length; word += 3) cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode: EL1H, entry: 4 * word }, 0);
        cache.compile();
        restart(cpu, RAM_BASE);
        cpu.state.put64(CELL.VBAR_EL1, BigInt(RAM_BASE + VECTORS));
        randomRegisters(cpu.state, random);
        const before = cpu.state.i32.slice(cpu.state.word, cpu.state.word + 0x400);
        const restore = (): void => {
          cpu.state.i32.set(before, cpu.state.word);
          ram.set(initialData, DATA_WORDS);
          cpu.contextChanged();
        };
        restore();
        const count = 600 + random.below(200);
        const code = ram.slice(0, length);
        const expected = evaluate(count);
        if (code.some((word, at) => word !== ram[at])) continue; // a random store hit the program
        for (const slice of [37, 10_000]) {
          restore();
          for (let left = count; left > 0; left -= slice) runTiered(target, Math.min(slice, left));
          const words = [...ram.subarray(0, length)].map((word) => (word >>> 0).toString(16)).join(' ');
          expect(difference(expected.block, peBlock(cpu.state)), words).toBe(null);
          expect(Buffer.compare(Buffer.from(expected.data.buffer), Buffer.from(ram.slice(DATA_WORDS, DATA_END).buffer)), words).toBe(0);
        }
      }
      expect(tier1.leaves.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(entered + 100);
    });
  });

  test.runIf(tiers.tier1 && !tiers.tier0)('more regions than may live: whole pages go, and the program goes on', () => {
    const small = tieredCpu({ tiers, codeCacheBytes: 0x80_0000 });
    const { cpu, ram, cache } = small;
    // Four pages of `add x0, x0, #1; b .+4`, an entry at every other word; the last jumps back to the first.
    const words = 4 * 1024;
    for (let word = 0; word < words; word += 2) ram.set([0x91000400, 0x14000001], word);
    ram[words - 1] = 0x14000000 | (-(words - 1) & 0x3ff_ffff);
    for (let word = 0; word < words; word += 2) {
      const offset = 4 * word;
      const request = { host: ram.byteOffset + (offset & ~0xfff), pageLo: RAM_BASE + (offset & ~0xfff), pageHi: 0, entry: offset & 0xfff };
      for (const mode of [EL1H, EL1H | MODE.SP_CHECK]) cache.request({ ...request, mode }, 0);
    }
    cache.compile();
    expect(cache.statistics.dropped).toBeGreaterThan(0);
    restart(cpu, RAM_BASE);
    expect(runTiered(small, 3 * words)).toBe(3 * words);
    expect(cpu.getX(0)).toBe(BigInt((3 * words) / 2));
  });
}
