/**
 * Sums and products of significands, exact to a sticky bit: 128 bits hold the product of two doubles with room to spare,
 * so one rounding follows, as FPMulAdd asks for.
 */
import { mul64, out, umulh64 } from '../emit/int64.ts';
import type { Unpacked } from './unpack.ts';

/** A magnitude of four words, the highest last, over 2^127, times 2^exponent; normalised: the highest bit is set. */
export class Wide {
  sign = 0;
  exponent = 0;
  readonly words = new Uint32Array(4);

  get isZero(): boolean {
    const { words } = this;
    return (words[3]! | words[2]! | words[1]! | words[0]!) === 0;
  }

  /** The upper 64 bits are `hi:lo`; what lies below is in the lowest of them. */
  get hi(): number {
    return this.words[3]! | 0;
  }

  get lo(): number {
    const { words } = this;
    return words[2]! | ((words[1]! | words[0]!) === 0 ? 0 : 1);
  }

  /** An operand that is finite and not zero. */
  set(u: Unpacked): void {
    this.sign = u.sign;
    this.exponent = u.exponent;
    const { words } = this;
    words[3] = u.hi;
    words[2] = u.lo;
    words[1] = 0;
    words[0] = 0;
  }

  setZero(): void {
    this.words.fill(0);
  }

  /** The product of two operands that are finite and not zero. */
  setProduct(a: Unpacked, b: Unpacked): void {
    const { words } = this;
    this.sign = a.sign ^ b.sign;
    this.exponent = a.exponent + b.exponent + 1;
    mul64(a.lo, a.hi, b.lo, b.hi);
    words[0] = out.lo;
    words[1] = out.hi;
    umulh64(a.lo, a.hi, b.lo, b.hi);
    words[2] = out.lo;
    words[3] = out.hi;
    if (out.hi >= 0) this.#shiftLeft(1);
  }

  /** A small positive integer. */
  setInteger(value: number): void {
    const zeros = Math.clz32(value);
    this.sign = 0;
    this.exponent = 31 - zeros;
    this.words.fill(0);
    this.words[3] = value << zeros;
  }

  /** Adds `other`, which is changed too. Neither is zero; the sum may be. */
  add(other: Wide): void {
    if (this.exponent < other.exponent) {
      this.#shiftRight(other.exponent - this.exponent);
      this.exponent = other.exponent;
    } else other.#shiftRight(this.exponent - other.exponent);
    if (this.sign === other.sign) {
      if (this.#addMagnitude(other)) {
        this.#shiftRight(1);
        this.exponent++;
        this.words[3] = this.words[3]! | (1 << 31);
      }
      return;
    }
    if (this.#isBelow(other)) {
      this.sign = other.sign;
      this.#subtractFrom(other.words, this.words);
    } else this.#subtractFrom(this.words, other.words);
    this.#normalise();
  }

  /** Whether there was a carry out. */
  #addMagnitude(other: Wide): boolean {
    let carry = 0;
    for (let i = 0; i < 4; i++) {
      const sum = this.words[i]! + other.words[i]! + carry;
      this.words[i] = sum;
      carry = sum > 0xffff_ffff ? 1 : 0;
    }
    return carry === 1;
  }

  #subtractFrom(from: Uint32Array, amount: Uint32Array): void {
    let borrow = 0;
    for (let i = 0; i < 4; i++) {
      const difference = from[i]! - amount[i]! - borrow;
      this.words[i] = difference;
      borrow = difference < 0 ? 1 : 0;
    }
  }

  #isBelow(other: Wide): boolean {
    for (let i = 3; i > 0; i--) if (this.words[i] !== other.words[i]) return this.words[i]! < other.words[i]!;
    return this.words[0]! < other.words[0]!;
  }

  #normalise(): void {
    if (this.isZero) return;
    const { words } = this;
    while (words[3] === 0) {
      this.exponent -= 32;
      words[3] = words[2]!;
      words[2] = words[1]!;
      words[1] = words[0]!;
      words[0] = 0;
    }
    const zeros = Math.clz32(words[3]!);
    if (zeros > 0) this.#shiftLeft(zeros);
  }

  /** By 1 to 31 bits. */
  #shiftLeft(bits: number): void {
    const { words } = this;
    for (let i = 3; i > 0; i--) words[i] = (words[i]! << bits) | (words[i - 1]! >>> (32 - bits));
    words[0] = words[0]! << bits;
    this.exponent -= bits;
  }

  /** The bits that leave stay in the lowest, which is sticky; the exponent is the caller's. */
  #shiftRight(bits: number): void {
    const { words } = this;
    const wholeWords = Math.min(bits >>> 5, 4);
    const rest = bits & 31;
    let sticky = 0;
    for (let i = 0; i < wholeWords; i++) {
      sticky |= words[0]!;
      words[0] = words[1]!;
      words[1] = words[2]!;
      words[2] = words[3]!;
      words[3] = 0;
    }
    if (rest > 0) {
      sticky |= words[0]! << (32 - rest);
      for (let i = 0; i < 3; i++) words[i] = (words[i]! >>> rest) | (words[i + 1]! << (32 - rest));
      words[3] = words[3]! >>> rest;
    }
    if (sticky !== 0) words[0] = words[0]! | 1;
  }
}
