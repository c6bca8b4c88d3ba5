/** Floating point: what tier 1 computes natively equals the soft path, bit for bit, on corner operands and random ones. */
import { beforeAll, expect, test } from 'vitest';
import { ROWS } from '../src/arch/insn/index.ts';
import { PE, codeMode } from '../src/engine/layout.ts';
import { DEFINITIONS } from '../src/sem/index.ts';
import { setFpsr } from '../src/state/fp-state.ts';
import { difference, peBlock, Random, randomRegisters, randomWord } from './random-state.ts';
import { leaving, RAM_BASE, restart, tieredCpu, type TieredCpu } from './tiered.ts';

const WORDS = 8;
const ROUNDS = 10;
const HLT = 0xd4400000;
const IXC = 1 << 4;
/** Rows of the shapes that the fast path knows; all others of floating point must agree as well. */
const FP_ROWS = ROWS.filter((row) => row.usesFpSimd && DEFINITIONS[row.index] !== null && /^(F|SCVTF|UCVTF)/.test(row.id) && !/16$/.test(row.id));
const NATIVE = /^F(ADD|SUB|MUL|DIV|SQRT|NMUL|MADD|MSUB|NMADD|NMSUB|CMP|CCMP|MLA|MLS|ABD|MAX|MIN|CMEQ|CMGE|CMGT)(_float|_(asimdsame|vec|elem))?$/;

const DOUBLES = [0, -0, 1, -1, 1.5, 2, 0.1, 1 / 3, 3e5, -7.25e9, 2 ** 53 + 2, 2 ** 1000, 2 ** -1000, 2 ** -1022, 2 ** -1074, 1.7e308, Infinity, -Infinity, NaN, 2 ** 31, -(2 ** 31), 2 ** 63, 4294967295.5, 1e-300];
const view = new DataView(new ArrayBuffer(8));

function ofDouble(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function ofSingles(low: number, high: number): bigint {
  view.setFloat32(0, high);
  view.setFloat32(4, low);
  return view.getBigUint64(0);
}

/** A doubleword: a double, two singles, or noise. */
function number(random: Random): bigint {
  switch (random.below(6)) {
    case 0: return ofDouble(random.pick(DOUBLES));
    case 1: return ofSingles(random.pick(DOUBLES), random.pick(DOUBLES));
    case 2: return (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
    // Of a moderate size, with all bits of the fraction: where roundings differ.
    case 3: return ofSingles(((random.word() >>> 0) / 2 ** 32) * 2 ** (random.below(20) - 10), (random.word() / 2 ** 32) * 3);
    default: return ofDouble((random.word() + (random.word() >>> 0) / 2 ** 32) * 2 ** (random.below(60) - 60));
  }
}

let target: TieredCpu;

beforeAll(() => {
  target = tieredCpu({ tiers: { tier0: false, tier1: true } });
});

function compile(words: readonly number[]): void {
  const { cpu, cache, ram } = target;
  cache.clear();
  restart(cpu, RAM_BASE);
  const mode = codeMode(cpu.state.get32(PE.MODE));
  words.forEach((word, i) => {
    ram.set([word, HLT], 4 * i);
    cache.request({ host: ram.byteOffset, pageLo: RAM_BASE, pageHi: 0, mode, entry: 16 * i }, 0);
  });
  cache.compile();
}

/** One instruction by Eval's soft path, then by tier 1 from the same state with the fast path on. */
function compare(entry: number, random: Random, operands: readonly bigint[] = []): { readonly executed: number; readonly mismatch: string | null } {
  const { cpu, tier1 } = target;
  const { state } = cpu;
  restart(cpu, RAM_BASE + entry);
  randomRegisters(state, random);
  for (let doubleword = 0; doubleword < 64; doubleword++) state.put64(PE.V + 8 * doubleword, number(random));
  operands.forEach((operand, n) => state.put64(PE.V + 16 * n, operand));
  setFpsr(state, IXC);
  const before = state.i32.slice(state.word, state.word + 0x400);
  state.set32(PE.FP_FAST, 0);
  cpu.stepOnce();
  const expected = peBlock(state);
  state.i32.set(before, state.word);
  cpu.contextChanged();
  state.set32(PE.BUDGET, 1);
  expect(tier1.enter(leaving)).toBe(true);
  const executed = 1 - state.get32(PE.BUDGET);
  if (executed === 0) cpu.stepOnce();
  const actual = peBlock(state);
  expected[PE.FP_FAST >>> 2] = actual[PE.FP_FAST >>> 2]!;
  return { executed, mismatch: difference(expected, actual) };
}

test.each(FP_ROWS.map((row) => [row.id, row] as const))('%s', (id, row) => {
  const random = new Random(row.index + 5);
  const words = Array.from({ length: WORDS }, () => randomWord(row, random)).filter((word) => target.cpu.decoder.row(word) === row);
  compile(words);
  let executed = 0;
  const mismatches: string[] = [];
  words.forEach((word, i) => {
    for (let round = 0; round < ROUNDS; round++) {
      const outcome = compare(16 * i, random);
      executed += outcome.executed;
      if (outcome.mismatch !== null) mismatches.push(`${(word >>> 0).toString(16)}: ${outcome.mismatch}`);
    }
  });
  expect(mismatches.slice(0, 5)).toEqual([]);
  if (words.length > 0 && NATIVE.test(id)) expect(executed, 'executed by tier 1').toBeGreaterThan(0);
});

/** Sums of which the last bits decide between two neighbours, or fall between them. */
const NEAR_TIES = [2 ** -30, -(2 ** -30), 2 ** -40, 2 ** -52, -(2 ** -52), 0].flatMap((x) =>
  [1, 1 + 2 ** -52, 1.5, 3, -1].flatMap((a) => [2 ** -53, 2 ** -54, 3 * 2 ** -54].flatMap((b) => [[a, b * (1 + x), 1 - x], [a, b * (1 + x), 1 + x], [a, -b * (1 + x), 1 - x]])),
);

test('FMADD rounds once where the exact sum lies at the middle of two numbers, or beside it', () => {
  const fmadd = 0x1f420020; // fmadd d0, d1, d2, d0
  compile([fmadd]);
  const random = new Random(3);
  let executed = 0;
  for (const [a, b, c] of NEAR_TIES) {
    const outcome = compare(0, random, [a!, b!, c!].map(ofDouble));
    expect(outcome.mismatch, `${String(a)} + ${String(b)} * ${String(c)}`).toBeNull();
    executed += outcome.executed;
  }
  expect(executed).toBe(NEAR_TIES.length);
});
