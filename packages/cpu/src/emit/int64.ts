/**
 * 64-bit arithmetic on pairs of 32-bit halves, without `bigint` where it can be helped. Results go to `out.lo` and
 * `out.hi`, one object for the whole module: read them before the next call. Halves are signed 32-bit integers.
 */

export const out = { lo: 0, hi: 0 };

/** Unsigned 32 x 32 to 64 bits. */
export function mul32(a: number, b: number): void {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const low = al * bl;
  const mid = ah * bl + (low >>> 16);
  const mid2 = al * bh + (mid & 0xffff);
  out.lo = (mid2 << 16) | (low & 0xffff);
  out.hi = (ah * bh + Math.floor(mid / 0x1_0000) + Math.floor(mid2 / 0x1_0000)) | 0;
}

/** The low 64 bits of the product. */
export function mul64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  mul32(aLo, bLo);
  out.hi = (out.hi + Math.imul(aLo, bHi) + Math.imul(aHi, bLo)) | 0;
}

/** The high 64 bits of the unsigned product. */
export function umulh64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  mul32(aLo, bLo);
  const carry0 = out.hi >>> 0;
  mul32(aHi, bLo);
  const t1 = (out.lo >>> 0) + carry0;
  const t1Hi = (out.hi >>> 0) + (t1 > 0xffff_ffff ? 1 : 0);
  mul32(aLo, bHi);
  const t2 = (out.lo >>> 0) + (t1 >>> 0);
  const t2Hi = (out.hi >>> 0) + (t2 > 0xffff_ffff ? 1 : 0);
  mul32(aHi, bHi);
  const low = (out.lo >>> 0) + t1Hi + t2Hi;
  out.hi = (out.hi + Math.floor(low / 0x1_0000_0000)) | 0;
  out.lo = low | 0;
}

/** The high 64 bits of the signed product: the unsigned one less each operand whose other is negative. */
export function smulh64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  umulh64(aLo, aHi, bLo, bHi);
  if (aHi < 0) sub64(out.lo, out.hi, bLo, bHi);
  if (bHi < 0) sub64(out.lo, out.hi, aLo, aHi);
}

export function add64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const low = (aLo >>> 0) + (bLo >>> 0);
  out.lo = low | 0;
  out.hi = (aHi + bHi + (low > 0xffff_ffff ? 1 : 0)) | 0;
}

export function sub64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  out.hi = (aHi - bHi - (aLo >>> 0 < bLo >>> 0 ? 1 : 0)) | 0;
  out.lo = (aLo - bLo) | 0;
}

/** Unsigned division, by zero 0. Operands below 2^53 take the fast way. */
export function udiv64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  if ((bLo | bHi) === 0) {
    out.lo = 0;
    out.hi = 0;
    return;
  }
  if (aHi >>> 21 === 0 && bHi >>> 21 === 0) {
    const quotient = Math.floor((aHi * 0x1_0000_0000 + (aLo >>> 0)) / (bHi * 0x1_0000_0000 + (bLo >>> 0)));
    out.lo = quotient | 0;
    out.hi = Math.floor(quotient / 0x1_0000_0000) | 0;
    return;
  }
  split(wide(aLo, aHi) / wide(bLo, bHi));
}

/** Signed division; by zero 0, the overflow case gives the dividend. */
export function sdiv64(aLo: number, aHi: number, bLo: number, bHi: number): void {
  const negative = (aHi ^ bHi) < 0;
  if (aHi < 0) sub64(0, 0, aLo, aHi);
  else add64(aLo, aHi, 0, 0);
  const { lo, hi } = out;
  if (bHi < 0) sub64(0, 0, bLo, bHi);
  else add64(bLo, bHi, 0, 0);
  udiv64(lo, hi, out.lo, out.hi);
  if (negative) sub64(0, 0, out.lo, out.hi);
}

function wide(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

function split(value: bigint): void {
  out.lo = Number(BigInt.asIntN(32, value));
  out.hi = Number(BigInt.asIntN(32, value >> 32n));
}

export function shl64(lo: number, hi: number, n: number): void {
  if (n === 0) {
    out.lo = lo;
    out.hi = hi;
  } else if (n < 32) {
    out.hi = (hi << n) | (lo >>> (32 - n));
    out.lo = lo << n;
  } else {
    out.hi = lo << (n - 32);
    out.lo = 0;
  }
}

export function shr64(lo: number, hi: number, n: number): void {
  if (n === 0) {
    out.lo = lo;
    out.hi = hi;
  } else if (n < 32) {
    out.lo = (lo >>> n) | (hi << (32 - n));
    out.hi = (hi >>> n) | 0;
  } else {
    out.lo = (hi >>> (n - 32)) | 0;
    out.hi = 0;
  }
}

export function sar64(lo: number, hi: number, n: number): void {
  if (n === 0) {
    out.lo = lo;
    out.hi = hi;
  } else if (n < 32) {
    out.lo = (lo >>> n) | (hi << (32 - n));
    out.hi = hi >> n;
  } else {
    out.lo = hi >> (n - 32);
    out.hi = hi >> 31;
  }
}

/** Reverses the 32 bits of `value`. */
export function reverse32(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x5555_5555) | ((v & 0x5555_5555) << 1);
  v = ((v >>> 2) & 0x3333_3333) | ((v & 0x3333_3333) << 2);
  v = ((v >>> 4) & 0x0f0f_0f0f) | ((v & 0x0f0f_0f0f) << 4);
  return swap32(v);
}

/** Reverses the four bytes of `value`. */
export function swap32(value: number): number {
  return (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}
