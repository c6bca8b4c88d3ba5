/**
 * The state of one PE: typed views on its block of machine memory and nothing else. Eval, the software port and
 * generated code read and write the same cells. 64-bit cells are two words, low first.
 */
import { FLAGS, MODE, PE, PE_STRIDE } from '../engine/layout.ts';

// Words of the cells that every exception asks for: constants of this module, because V8 does not know the value of an imported one.
const PC_AT = PE.PC >>> 2;
const MODE_AT = PE.MODE >>> 2;
const PSTATE_AT = PE.PSTATE >>> 2;
const FLAGS_KIND_AT = PE.FLAGS_KIND >>> 2;
const FLAGS_A_AT = PE.FLAGS_A >>> 2;
const FLAGS_B_AT = PE.FLAGS_B >>> 2;
const EL_MASK = MODE.EL_MASK;
const LITERAL = FLAGS.LITERAL;

export class CpuState {
  readonly memory: ArrayBufferLike;
  /** Host offset of the PE block. */
  readonly base: number;
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
  /** Index of the block's first word in {@link i32}. */
  readonly word: number;

  constructor(memory: ArrayBufferLike, base: number) {
    this.memory = memory;
    this.base = base;
    this.i32 = new Int32Array(memory);
    this.u8 = new Uint8Array(memory);
    this.word = base >>> 2;
  }

  /** Low and high word of the 64-bit cell at `offset` of the block, signed. */
  lo(offset: number): number {
    return this.i32[this.word + (offset >>> 2)]!;
  }

  hi(offset: number): number {
    return this.i32[this.word + (offset >>> 2) + 1]!;
  }

  set64(offset: number, lo: number, hi: number): void {
    const at = this.word + (offset >>> 2);
    this.i32[at] = lo;
    this.i32[at + 1] = hi;
  }

  /** The 64-bit cell as a `bigint`; for edges, not for hot paths. */
  get64(offset: number): bigint {
    return (BigInt(this.hi(offset) >>> 0) << 32n) | BigInt(this.lo(offset) >>> 0);
  }

  put64(offset: number, value: bigint): void {
    this.set64(offset, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }

  get32(offset: number): number {
    return this.i32[this.word + (offset >>> 2)]!;
  }

  set32(offset: number, value: number): void {
    this.i32[this.word + (offset >>> 2)] = value;
  }

  /** Zeroes the whole block. */
  clear(): void {
    this.i32.fill(0, this.word, this.word + PE_STRIDE / 4);
  }

  /** The mode word: see `MODE`. */
  get mode(): number {
    return this.i32[this.word + MODE_AT]!;
  }

  set mode(mode: number) {
    this.i32[this.word + MODE_AT] = mode;
  }

  /** PSTATE as SPSR_ELx holds it, without NZCV and M. */
  get pstate(): number {
    return this.i32[this.word + PSTATE_AT]!;
  }

  set pstate(pstate: number) {
    this.i32[this.word + PSTATE_AT] = pstate;
  }

  get pcLo(): number {
    return this.i32[this.word + PC_AT]!;
  }

  get pcHi(): number {
    return this.i32[this.word + PC_AT + 1]!;
  }

  setPc(lo: number, hi: number): void {
    const at = this.word + PC_AT;
    this.i32[at] = lo;
    this.i32[at + 1] = hi;
  }

  get el(): number {
    return this.mode & EL_MASK;
  }

  get spsel(): boolean {
    return (this.mode & MODE.SPSEL) !== 0;
  }

  /** NZCV in bits 3:0; computes lazy flags and leaves them literal. */
  get nzcv(): number {
    const kind = this.i32[this.word + FLAGS_KIND_AT]!;
    if (kind === LITERAL) return this.i32[this.word + FLAGS_A_AT]!;
    const flags = lazyFlags(kind, this.lo(PE.FLAGS_A), this.hi(PE.FLAGS_A), this.lo(PE.FLAGS_B), this.hi(PE.FLAGS_B));
    this.nzcv = flags;
    return flags;
  }

  set nzcv(flags: number) {
    const { i32, word } = this;
    i32[word + FLAGS_KIND_AT] = LITERAL;
    i32[word + FLAGS_A_AT] = flags;
    i32[word + FLAGS_A_AT + 1] = 0;
    i32[word + FLAGS_B_AT] = 0;
    i32[word + FLAGS_B_AT + 1] = 0;
  }
}

/** NZCV of a lazy operation: the sum or difference of a and b, or the logical result a. */
export function lazyFlags(kind: number, aLo: number, aHi: number, bLo: number, bHi: number): number {
  switch (kind) {
    case FLAGS.SUB32: {
      const result = (aLo - bLo) | 0;
      const carry = aLo >>> 0 >= bLo >>> 0 ? 2 : 0;
      const overflow = ((aLo ^ bLo) & (aLo ^ result)) < 0 ? 1 : 0;
      return (result < 0 ? 8 : 0) | (result === 0 ? 4 : 0) | carry | overflow;
    }
    case FLAGS.ADD32: {
      const result = (aLo + bLo) | 0;
      const carry = (aLo >>> 0) + (bLo >>> 0) > 0xffff_ffff ? 2 : 0;
      const overflow = (~(aLo ^ bLo) & (aLo ^ result)) < 0 ? 1 : 0;
      return (result < 0 ? 8 : 0) | (result === 0 ? 4 : 0) | carry | overflow;
    }
    case FLAGS.SUB64: {
      const borrow = aLo >>> 0 < bLo >>> 0 ? 1 : 0;
      const hi = (aHi - bHi - borrow) | 0;
      const zero = (hi | (aLo - bLo)) === 0 ? 4 : 0;
      const carry = aHi >>> 0 > bHi >>> 0 || (aHi === bHi && borrow === 0) ? 2 : 0;
      const overflow = ((aHi ^ bHi) & (aHi ^ hi)) < 0 ? 1 : 0;
      return (hi < 0 ? 8 : 0) | zero | carry | overflow;
    }
    case FLAGS.ADD64: {
      const low = (aLo >>> 0) + (bLo >>> 0);
      const carryIn = low > 0xffff_ffff ? 1 : 0;
      const high = (aHi >>> 0) + (bHi >>> 0) + carryIn;
      const hi = high | 0;
      const zero = (hi | low | 0) === 0 ? 4 : 0;
      const overflow = (~(aHi ^ bHi) & (aHi ^ hi)) < 0 ? 1 : 0;
      return (hi < 0 ? 8 : 0) | zero | (high > 0xffff_ffff ? 2 : 0) | overflow;
    }
    case FLAGS.LOGIC32:
      return (aLo < 0 ? 8 : 0) | (aLo === 0 ? 4 : 0);
    default:
      return (aHi < 0 ? 8 : 0) | ((aLo | aHi) === 0 ? 4 : 0);
  }
}

/** ConditionHolds of the manual's shared pseudocode: `cond` 0 to 15 on NZCV in bits 3:0. */
export function conditionHolds(cond: number, nzcv: number): boolean {
  const n = (nzcv & 8) !== 0;
  const z = (nzcv & 4) !== 0;
  const c = (nzcv & 2) !== 0;
  const v = (nzcv & 1) !== 0;
  let result: boolean;
  switch (cond >> 1) {
    case 0: result = z; break;
    case 1: result = c; break;
    case 2: result = n; break;
    case 3: result = v; break;
    case 4: result = c && !z; break;
    case 5: result = n === v; break;
    case 6: result = n === v && !z; break;
    default: return true;
  }
  return (cond & 1) === 1 ? !result : result;
}
