/** Unsigned 64-bit values as two words, low first, in typed arrays: reused, because timers are read in every world switch. */

/** Less than, as unsigned values. */
export function isLess(a: Uint32Array, b: Uint32Array): boolean {
  return a[1] === b[1] ? a[0]! < b[0]! : a[1]! < b[1]!;
}

export function isZero(a: Uint32Array): boolean {
  return a[0] === 0 && a[1] === 0;
}

/** `into = a - b`, modulo 2^64. */
export function subtract(into: Uint32Array, a: Uint32Array, b: Uint32Array): void {
  const lo = a[0]! - b[0]!;
  into[1] = a[1]! - b[1]! - (lo < 0 ? 1 : 0);
  into[0] = lo;
}

/** `into = a + SignExtend(word)`, modulo 2^64. */
export function addSigned(into: Uint32Array, a: Uint32Array, word: number): void {
  const signed = word | 0;
  const lo = a[0]! + (signed >>> 0);
  into[1] = a[1]! + (signed < 0 ? -1 : 0) + (lo > 0xffff_ffff ? 1 : 0);
  into[0] = lo;
}

/** `into = a + b`; false where that is 2^64 or more. */
export function add(into: Uint32Array, a: Uint32Array, b: Uint32Array): boolean {
  const lo = a[0]! + b[0]!;
  const hi = a[1]! + b[1]! + (lo > 0xffff_ffff ? 1 : 0);
  into[0] = lo;
  into[1] = hi;
  return hi <= 0xffff_ffff;
}

export function toBigInt(a: Uint32Array): bigint {
  return (BigInt(a[1]!) << 32n) | BigInt(a[0]!);
}
