/**
 * The 128-bit values of one instruction in Eval, and what vector operations make of them. A value is a slot of sixteen
 * bytes; slots are handed out anew for each instruction, so nothing is allocated.
 */
import type { Lane } from '../emit/builder.ts';
import { add64, mul64, out, sar64, shl64, shr64 } from '../emit/int64.ts';
import { SATURATING_OPS, VECTOR_OPS, type SatOp, type VecOp, type VecShift } from '../emit/vector-ops.ts';
import { InvariantError } from '../invariant.ts';
import { LANE_OPS, polynomialProduct, saturateSigned, saturateUnsigned, saturation } from './lane-ops.ts';
import { saturateWide, WIDE_OPS } from './wide-ops.ts';

/** No definition uses more vectors than this in one instruction. */
const SLOTS = 512;

type Lanes = Int8Array | Int16Array | Int32Array;
type UnsignedLanes = Uint8Array | Uint16Array | Uint32Array;

export class VectorUnit {
  /** Two words an element where an operation takes elements of 64 bits; four words a slot. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly #signed: Readonly<Record<8 | 16 | 32, Lanes>>;
  readonly #unsigned: Readonly<Record<8 | 16 | 32, UnsignedLanes>>;
  #next = 0;

  constructor() {
    const buffer = new ArrayBuffer(16 * SLOTS);
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#signed = { 8: new Int8Array(buffer), 16: new Int16Array(buffer), 32: this.words };
    this.#unsigned = { 8: this.bytes, 16: new Uint16Array(buffer), 32: new Uint32Array(buffer) };
  }

  /** All slots are free again. */
  begin(): void {
    this.#next = 0;
  }

  /** A slot of zeros. */
  fresh(): number {
    const slot = this.#next++;
    if (slot >= SLOTS) throw new InvariantError('a definition uses too many vectors');
    this.words.fill(0, 4 * slot, 4 * slot + 4);
    return slot;
  }

  put(w0: number, w1: number, w2: number, w3: number): number {
    const slot = this.fresh();
    const { words } = this;
    words[4 * slot] = w0;
    words[4 * slot + 1] = w1;
    words[4 * slot + 2] = w2;
    words[4 * slot + 3] = w3;
    return slot;
  }

  copy(v: number): number {
    const { words } = this;
    return this.put(words[4 * v]!, words[4 * v + 1]!, words[4 * v + 2]!, words[4 * v + 3]!);
  }

  /** An element of 8 to 32 bits, zero-extended to a word. */
  element(v: number, size: 8 | 16 | 32, index: number): number {
    return this.#unsigned[size][(v * 128) / size + index]! | 0;
  }

  setElement(v: number, size: Lane, index: number, lo: number, hi: number): void {
    if (size === 64) {
      this.words[4 * v + 2 * index] = lo;
      this.words[4 * v + 2 * index + 1] = hi;
    } else {
      this.#signed[size][(v * 128) / size + index] = lo;
    }
  }

  splat(size: Lane, lo: number, hi: number): number {
    const slot = this.fresh();
    for (let index = 0; index < 128 / size; index++) this.setElement(slot, size, index, lo, hi);
    return slot;
  }

  shuffle(a: number, b: number, indices: Readonly<Uint8Array>): number {
    const slot = this.fresh();
    const { bytes } = this;
    for (let i = 0; i < 16; i++) {
      const from = indices[i]!;
      bytes[16 * slot + i] = bytes[16 * (from < 16 ? a : b) + (from & 15)]!;
    }
    return slot;
  }

  shift(op: VecShift, size: Lane, a: number, n: number): number {
    const slot = this.fresh();
    for (let index = 0; index < 128 / size; index++) {
      if (size === 64) this.#shiftWide(op, 4 * a + 2 * index, 4 * slot + 2 * index, n);
      else this.#signed[size][(slot * 128) / size + index] = this.#shifted(op, size, (a * 128) / size + index, n);
    }
    return slot;
  }

  #shifted(op: VecShift, size: 8 | 16 | 32, at: number, n: number): number {
    if (op === 'sshr') return this.#signed[size][at]! >> Math.min(n, size - 1);
    if (n >= size) return 0;
    return op === 'shl' ? this.#signed[size][at]! << n : this.#unsigned[size][at]! >>> n;
  }

  #shiftWide(op: VecShift, from: number, to: number, n: number): void {
    const { words } = this;
    const lo = words[from]!;
    const hi = words[from + 1]!;
    if (op === 'sshr') sar64(lo, hi, Math.min(n, 63));
    else if (n >= 64) out.lo = out.hi = 0;
    else if (op === 'shl') shl64(lo, hi, n);
    else shr64(lo, hi, n);
    words[to] = out.lo;
    words[to + 1] = out.hi;
  }

  operate(op: VecOp, size: Lane, a: number, b: number, c: number): number {
    if (!VECTOR_OPS[op].sizes.includes(size)) throw new InvariantError(`no vector operation ${op} of ${String(size)} bits`);
    switch (op) {
      case 'swizzle':
        return this.#swizzle(a, b);
      case 'sxtl':
      case 'uxtl':
        return this.#extend(op === 'sxtl', size as 8 | 16 | 32, a, 0);
      case 'sxtl2':
      case 'uxtl2':
        return this.#extend(op === 'sxtl2', size as 8 | 16 | 32, a, 64 / size);
      case 'pmull':
        return size === 64 ? this.#polynomialProduct64(a, b) : this.#polynomialProducts(a, b);
      default:
        return this.#each(op, size, 128 / size, a, b, c);
    }
  }

  /** Whether an element saturated is in `saturation.happened`, until somebody clears it. */
  saturate(op: SatOp, size: Lane, lanes: number, a: number, b: number, c: number): number {
    if (!SATURATING_OPS[op].sizes.includes(size)) throw new InvariantError(`no saturating operation ${op} of ${String(size)} bits`);
    saturation.happened = false;
    switch (op) {
      case 'sqdmull':
        return this.#doublingProducts(size as 16 | 32, lanes, a, b);
      case 'sqxtn':
      case 'uqxtn':
      case 'sqxtun':
        return this.#narrow(op, size as 8 | 16 | 32, lanes, a);
      default:
        return this.#each(op, size, lanes, a, b, c);
    }
  }

  #swizzle(a: number, b: number): number {
    const slot = this.fresh();
    const { bytes } = this;
    for (let i = 0; i < 16; i++) {
      const from = bytes[16 * b + i]!;
      bytes[16 * slot + i] = from < 16 ? bytes[16 * a + from]! : 0;
    }
    return slot;
  }

  /** Half of the elements, from `first` on, extended to twice their size. */
  #extend(isSigned: boolean, size: 8 | 16 | 32, a: number, first: number): number {
    const slot = this.fresh();
    const from = isSigned ? this.#signed[size] : this.#unsigned[size];
    for (let index = 0; index < 64 / size; index++) {
      const value = from[(a * 128) / size + first + index]!;
      this.setElement(slot, (2 * size) as Lane, index, value, isSigned ? value >> 31 : 0);
    }
    return slot;
  }

  #polynomialProducts(a: number, b: number): number {
    const slot = this.fresh();
    for (let index = 0; index < 8; index++) this.setElement(slot, 16, index, polynomialProduct(this.bytes[16 * a + index]!, this.bytes[16 * b + index]!), 0);
    return slot;
  }

  /** Of the low doublewords: 128 bits. */
  #polynomialProduct64(a: number, b: number): number {
    const slot = this.fresh();
    const { words } = this;
    for (let bit = 0; bit < 64; bit++) {
      if (((words[4 * b + (bit >> 5)]! >>> (bit & 31)) & 1) === 0) continue;
      const at = 4 * slot + (bit >> 5);
      shl64(words[4 * a]!, 0, bit & 31);
      words[at] = words[at]! ^ out.lo;
      words[at + 1] = words[at + 1]! ^ out.hi;
      shl64(words[4 * a + 1]!, 0, bit & 31);
      words[at + 1] = words[at + 1]! ^ out.lo;
      words[at + 2] = words[at + 2]! ^ out.hi;
    }
    return slot;
  }

  #doublingProducts(size: 16 | 32, lanes: number, a: number, b: number): number {
    const slot = this.fresh();
    const from = this.#signed[size];
    for (let index = 0; index < lanes; index++) {
      const x = from[(a * 128) / size + index]!;
      const y = from[(b * 128) / size + index]!;
      if (size === 16) {
        this.setElement(slot, 32, index, saturateSigned(2 * x * y, 32), 0);
        continue;
      }
      mul64(x, x >> 31, y, y >> 31);
      add64(out.lo, out.hi, out.lo, out.hi);
      // Only the square of the most negative number has a double that does not fit.
      if ((x & y) === -0x8000_0000 && x === y) saturateWide(false);
      this.setElement(slot, 64, index, out.lo, out.hi);
    }
    return slot;
  }

  #narrow(op: 'sqxtn' | 'uqxtn' | 'sqxtun', size: 8 | 16 | 32, lanes: number, a: number): number {
    const slot = this.fresh();
    const saturated = op === 'sqxtn' ? saturateSigned : saturateUnsigned;
    for (let index = 0; index < lanes; index++) {
      let value: number;
      if (size === 32) {
        // A double keeps of a doubleword what tells whether it fits in a word.
        const high = this.words[4 * a + 2 * index + 1]!;
        value = (op === 'uqxtn' ? high >>> 0 : high) * 2 ** 32 + (this.words[4 * a + 2 * index]! >>> 0);
      } else {
        const at = (a * 64) / size + index;
        value = (op === 'uqxtn' ? this.#unsigned : this.#signed)[size === 8 ? 16 : 32][at]!;
      }
      this.setElement(slot, size, index, saturated(value, size), 0);
    }
    return slot;
  }

  #each(op: VecOp | SatOp, size: Lane, lanes: number, a: number, b: number, c: number): number {
    const slot = this.fresh();
    if (size === 64) {
      const { words } = this;
      const wide = WIDE_OPS[op]!;
      for (let at = 0; at < 2 * lanes; at += 2) {
        const [x, y, z] = [4 * a + at, 4 * b + at, 4 * c + at];
        wide(words[x]!, words[x + 1]!, words[y]!, words[y + 1]!, words[z]!, words[z + 1]!);
        words[4 * slot + at] = out.lo;
        words[4 * slot + at + 1] = out.hi;
      }
      return slot;
    }
    const { signed, compute } = LANE_OPS[op]!;
    const from = signed ? this.#signed[size] : this.#unsigned[size];
    const to = this.#signed[size];
    const perSlot = 128 / size;
    for (let index = 0; index < lanes; index++) {
      to[slot * perSlot + index] = compute(from[a * perSlot + index]!, from[b * perSlot + index]!, size, from[c * perSlot + index]!);
    }
    return slot;
  }
}
