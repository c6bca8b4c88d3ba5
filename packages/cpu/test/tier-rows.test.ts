/** Every row with a definition that a tier knows: Eval and the tier on random states agree on the PE block and on memory. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ROWS } from '../src/arch/insn/index.ts';
import type { Row } from '../src/arch/insn/row.ts';
import { PE, codeMode } from '../src/engine/layout.ts';
import { DEFINITIONS } from '../src/sem/index.ts';
import { difference, peBlock, Random, randomRegisters, randomWord } from './random-state.ts';
import type { Tiers } from '../src/engine/translation.ts';
import { leaving, RAM_BASE, restart, tieredCpu, type TieredCpu } from './tiered.ts';

/** Words of a row; rows on V registers are many. */
const PER_ROW = { general: 24, vector: 6 };
const CODE = RAM_BASE;
/** Words of RAM that are compared: the data area up to beyond the random pointers. */
const DATA_WORDS = 0x20_0000 / 4;
const DATA_END = DATA_WORDS + 0x1_4000 / 4;
const HLT = 0xd4400000;
/** Rows that only Eval does: the tiers leave at every one of them. */
const STEPS = new Set(['ERET', 'SVC', 'HVC', 'SMC', 'BRK', 'HLT', 'YIELD', 'WFE', 'WFI', 'SEV', 'SEVL', 'ISB', 'SYS', 'MSR_reg', 'MRS', 'MSR_UAO', 'MSR_PAN', 'MSR_SPSel', 'MSR_SSBS', 'MSR_DIT', 'MSR_DAIFSet', 'MSR_DAIFClr', 'ESB', 'SYSL']);
/** Rows with V registers that both tiers execute; of the others Eval does many for tier 1, and all for tier 0. */
const VECTOR_MOVES = /_fpsimd$|^FMOV_/;

let target: TieredCpu;
let words: Int32Array;
let initialRam: Int32Array;

function begin(tiers: Tiers): void {
  target = tieredCpu({ tiers });
  words = target.ram;
  const random = new Random(1);
  initialRam = words.slice();
  for (let i = DATA_WORDS; i < DATA_END; i++) initialRam[i] = random.word();
}

/** Words of the row, each followed by a HLT, as entries of one page. */
function compileWords(row: Row, random: Random): number[] {
  const { cache, cpu } = target;
  cache.clear();
  words.set(initialRam);
  const entries: number[] = [];
  restart(cpu, CODE);
  const mode = codeMode(cpu.state.get32(PE.MODE));
  for (let i = 0; i < (row.usesFpSimd && !VECTOR_MOVES.test(row.id) ? PER_ROW.vector : PER_ROW.general); i++) {
    const word = randomWord(row, random);
    if (cpu.decoder.row(word) !== row) continue;
    const entry = 16 * i;
    words.set([word, HLT, HLT, HLT], entry / 4);
    entries.push(entry);
    cache.request({ host: words.byteOffset, pageLo: CODE, pageHi: 0, mode, entry }, 0);
  }
  cache.compile();
  return entries;
}

interface Outcome {
  readonly executed: number;
  readonly mismatch: string | null;
}

/** One instruction by Eval, then the same from the same state by the tier. */
function compare(entry: number, random: Random): Outcome {
  const { cpu, tier1 } = target;
  const { state } = cpu;
  restart(cpu, CODE + entry);
  randomRegisters(state, random);
  const before = state.i32.slice(state.word, state.word + 0x400);
  const restore = (): void => {
    state.i32.set(before, state.word);
    words.set(initialRam.subarray(DATA_WORDS, DATA_END), DATA_WORDS);
  };
  restore();
  // The reference fills the TLB, so that the tier finds it filled where an entry is possible.
  cpu.stepOnce();
  const expected = peBlock(state);
  const expectedRam = words.slice(DATA_WORDS, DATA_END);
  restore();
  cpu.contextChanged();
  state.set32(PE.BUDGET, 1);
  if (!tier1.enter(leaving)) return { executed: 0, mismatch: null } /* the reference stored to the page of the code */;
  const executed = 1 - state.get32(PE.BUDGET);
  if (executed === 0) cpu.stepOnce();
  const actual = peBlock(state);
  const different = difference(expected, actual) ?? (Buffer.compare(Buffer.from(expectedRam.buffer), Buffer.from(words.slice(DATA_WORDS, DATA_END).buffer)) === 0 ? null : 'memory');
  return { executed, mismatch: different };
}

const TIERS: readonly (readonly [name: string, tiers: Tiers])[] = [
  ['tier 1', { tier0: false, tier1: true }],
  ['tier 0', { tier0: true, tier1: false }],
];

describe.each(TIERS)('%s', (name, tiers) => {
  beforeAll(() => {
    begin(tiers);
  });

  test.each(ROWS.filter((row) => DEFINITIONS[row.index] !== null && (!row.usesFpSimd || VECTOR_MOVES.test(row.id) || tiers.tier1)).map((row) => [row.id, row] as const))('%s', (id, row) => {
    const random = new Random(row.index + 77);
    const entries = compileWords(row, random);
    let executed = 0;
    const mismatches: string[] = [];
    for (const entry of entries) {
      for (let round = 0; round < 3; round++) {
        const outcome = compare(entry, random);
        executed += outcome.executed;
        if (outcome.mismatch !== null) mismatches.push(`${(words[entry / 4]! >>> 0).toString(16)}: ${outcome.mismatch}`);
      }
    }
    expect(mismatches.slice(0, 5)).toEqual([]);
    if (target.cpu.decoder.row(row.pattern.value | row.pattern.shouldValue) !== row && entries.length === 0) return;
    if (!STEPS.has(id) && (!row.usesFpSimd || VECTOR_MOVES.test(id))) expect(executed, `executed by ${name}`).toBeGreaterThan(0);
  });
});
