/** The locals of a region's function: where each lies. The parameters come first: the PE block and the depth of calls. */
import { SINGLE, VECTOR } from '../emit/expr.ts';
import { F32, F64 } from '../emit/floats.ts';
import { V128 } from '../emit/simd.ts';
import { I32, I64 } from '../emit/wasm.ts';

export const PE_LOCAL = 0;
export const DEPTH_LOCAL = 1;

/** Locals of 32 bits that every region has. */
export const LOCAL = {
  BANK: 2,
  BUDGET: 3,
  /** How to leave: 0 for the PC in {@link Frame.pc}, otherwise as packed by the generator. */
  STATE: 4,
  /** TLB or jump cache entry. */
  ENTRY: 5,
  FLAGS_KIND: 6,
  /** Whether the last CCMP compared. */
  COMPARED: 7,
  /** Next block of a region that is a loop around a switch. */
  BLOCK: 8,
} as const;
const FIRST_TEMP32 = 9;
/** PC, flag operands, operands of the last CCMP. */
const FIXED64 = 5;

export class Frame {
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly pc: number;
  readonly flagsA: number;
  readonly flagsB: number;
  readonly comparedA: number;
  readonly comparedB: number;
  readonly #registers: Int32Array;
  readonly #temp64: number;
  readonly #temp128: number;
  readonly #tempSingle: number;
  readonly #tempDouble: number;

  constructor(used: number, temps32: number, temps64: number, temps128 = 0, tempsSingle = 0, tempsDouble = 0) {
    const first64 = FIRST_TEMP32 + temps32;
    this.pc = first64;
    this.flagsA = first64 + 1;
    this.flagsB = first64 + 2;
    this.comparedA = first64 + 3;
    this.comparedB = first64 + 4;
    this.#registers = new Int32Array(32);
    let next = first64 + FIXED64;
    for (let register = 0; register < 32; register++) if ((used & (1 << register)) !== 0) this.#registers[register] = next++;
    this.#temp64 = next;
    this.#temp128 = next + temps64;
    this.locals = [[first64 - LOCAL.BANK, I32], [next + temps64 - first64, I64], [temps128, V128], [tempsSingle, F32], [tempsDouble, F64]];
    this.#tempSingle = this.#temp128 + temps128;
    this.#tempDouble = this.#tempSingle + tempsSingle;
  }

  register(index: number): number {
    return this.#registers[index]!;
  }

  temp(index: number, wide: number): number {
    switch (wide) {
      case 0: return FIRST_TEMP32 + index;
      case 1: return this.#temp64 + index;
      case VECTOR: return this.#temp128 + index;
      case SINGLE: return this.#tempSingle + index;
      default: return this.#tempDouble + index;
    }
  }
}
