/** Random machine states and instruction words for comparing tiers, from a seed; and what must be equal afterwards. */
import { ROWS } from '../src/arch/insn/index.ts';
import type { Row } from '../src/arch/insn/row.ts';
import { PE } from '../src/engine/layout.ts';
import type { CpuState } from '../src/state/cpu-state.ts';
import { DATA_AREA } from './tiered.ts';

/** Where random pointers point: 16 pages, with accesses across their borders. */
export const DATA_BASE = DATA_AREA;
export const DATA_SIZE = 0x1_0000;

/** Xorshift, 32 bits. */
export class Random {
  #x: number;

  constructor(seed: number) {
    this.#x = seed | 1;
  }

  word(): number {
    this.#x ^= this.#x << 13;
    this.#x ^= this.#x >>> 17;
    this.#x ^= this.#x << 5;
    return this.#x;
  }

  below(limit: number): number {
    return (this.word() >>> 0) % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** A word of the row: its fixed bits, should-be bits as they should be, the rest random. */
export function randomWord(row: Row, random: Random): number {
  const { mask, value, shouldMask, shouldValue } = row.pattern;
  return value | (shouldValue & shouldMask) | (random.word() & ~(mask | shouldMask));
}

/** Values that find mistakes: pointers, small numbers, extremes, noise. */
export function randomValue(random: Random): bigint {
  switch (random.below(8)) {
    case 0: return random.pick([0n, 1n, -1n, 1n << 63n, (1n << 63n) - 1n, 0x8000_0000n, 0x7fff_ffffn, 0xffff_ffffn]);
    case 1:
    case 2: return BigInt(random.below(64));
    case 3: return (BigInt(random.word() >>> 0) << 32n) | BigInt(random.word() >>> 0);
    default: return BigInt(DATA_BASE + (random.below(DATA_SIZE - 0x2000) & random.pick([-1, -8, -16, -16])) + 0x1000);
  }
}

export function randomRegisters(state: CpuState, random: Random): void {
  for (let register = 0; register <= 31; register++) state.put64(PE.X + 8 * register, randomValue(random));
  for (let doubleword = 0; doubleword < 64; doubleword++) state.put64(PE.V + 8 * doubleword, randomValue(random));
  state.nzcv = random.below(16);
  if (random.below(4) === 0) {
    state.set32(PE.MONITOR_SIZE, random.pick([0, 1, 2, 4, 8, 16]));
    state.put64(PE.MONITOR_ADDRESS, state.get64(PE.X + 8 * random.below(31)));
  }
}

const IGNORED = new Set([PE.BUDGET, PE.LEAVE, PE.MISS_VA, PE.MISS_VA + 4, PE.MISS_INFO, PE.DUMP, PE.DUMP + 4, PE.SAMPLE, PE.ENTERED, PE.ENTERED + 4]);

/** The PE block as it counts: flags normalised, without what only one tier writes. */
export function peBlock(state: CpuState): Int32Array {
  // Reading the flags normalises them.
  state.nzcv = state.nzcv;
  const block = state.i32.slice(state.word, state.word + 0x1000 / 4);
  for (const offset of IGNORED) block[offset >>> 2] = 0;
  return block;
}

/** The first cell in which two PE blocks differ, for messages; null if they are equal. */
export function difference(a: Int32Array, b: Int32Array): string | null {
  for (let word = 0; word < a.length; word++) {
    if (a[word] !== b[word]) return `PE+0x${(word * 4).toString(16)}: ${(a[word]! >>> 0).toString(16)} and ${(b[word]! >>> 0).toString(16)}`;
  }
  return null;
}

export const rowNamed = (id: string): Row => ROWS.find((row) => row.id === id)!;
