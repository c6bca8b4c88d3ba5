/**
 * a + b * c with one rounding, for numbers of which that needs no flag but Inexact; a NaN for all others. Parameters are
 * the bits, and so is the result. Double precision: S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums:
 * proved algorithms using rounding to odd" (2008). Single: exact in double precision but for one addition, rounded to odd.
 */
import { F } from '../emit/floats.ts';
import { W, type CodeWriter } from '../emit/wasm.ts';

const D = { add: F.add[64], sub: F.sub[64], mul: F.mul[64] } as const;
/** 2^27 + 1, which splits a double in halves (T. J. Dekker, 1971). */
const SPLITTER_HIGH = 0x41a0_0000;
const SPLITTER_LOW = 0x0200_0000;
/** The bits of a double's fraction that a single does not have, and the half of its last one. */
const BELOW_SINGLE = 0x1fff_ffff;
const HALF_SINGLE = 0x1000_0000;
const NAN_64 = 0x7ff8_0000;
const NAN_32 = 0x7fc0_0000;

/** Writes `to` = `x` op `y`, on locals. */
function arithmetic(code: CodeWriter, op: number, to: number, x: number, y: number): void {
  code.get(x);
  code.get(y);
  code.op(op);
  code.set(to);
}

/** `sum` + `error` = `x` + `y` exactly (D. E. Knuth); `t` is scratch. None of the five may be the same local. */
function twoSum(code: CodeWriter, sum: number, error: number, x: number, y: number, t: number): void {
  arithmetic(code, D.add, sum, x, y);
  arithmetic(code, D.sub, t, sum, x);
  arithmetic(code, D.sub, error, sum, t);
  arithmetic(code, D.sub, error, x, error);
  arithmetic(code, D.sub, t, y, t);
  arithmetic(code, D.add, error, error, t);
}

/** `high` = the upper half of `x`, `low` the rest. */
function split(code: CodeWriter, high: number, low: number, x: number): void {
  code.get(x);
  code.i64(SPLITTER_LOW, SPLITTER_HIGH);
  code.op(F.ofBits[64]);
  code.op(D.mul);
  code.set(low);
  arithmetic(code, D.sub, high, low, x);
  arithmetic(code, D.sub, high, low, high);
  arithmetic(code, D.sub, low, x, high);
}

/** Rounds `sum` + `error` to odd, in place: where it is inexact and the last bit of the sum is 0, a step toward the error. */
function roundToOdd(code: CodeWriter, sum: number, error: number, bits: number): void {
  code.get(sum);
  code.op(F.bits[64]);
  code.set(bits);
  code.get(error);
  code.i64(0, 0);
  code.op(F.ofBits[64]);
  code.op(F.ne[64]);
  code.get(bits);
  code.op(W.i32WrapI64);
  code.i32(1);
  code.op(W.i32And);
  code.op(W.i32Eqz);
  code.op(W.i32And);
  code.open(W.if);
  // One more in magnitude where the signs are the same, one less elsewhere.
  code.get(bits);
  code.i64(1, 0);
  code.i64(-1, -1);
  code.get(error);
  code.op(F.bits[64]);
  code.get(bits);
  code.op(W.i64Xor);
  code.i64(0, 0);
  code.op(W.i64GeS);
  code.op(W.select);
  code.op(W.i64Add);
  code.op(F.ofBits[64]);
  code.set(sum);
  code.op(W.end);
}

/** Whether the biased exponent of the bits in a local is not from `least` on `count` values. */
function exponentOutside(code: CodeWriter, bits: number, least: number, count: number): void {
  code.get(bits);
  code.i64(52, 0);
  code.op(W.i64ShrU);
  code.op(W.i32WrapI64);
  code.i32(0x7ff);
  code.op(W.i32And);
  code.i32(least);
  code.op(W.i32Sub);
  code.i32(count);
  code.op(W.i32GeU);
}

/** Returns a + b * c where a factor is zero: then the product is, and the sum exact. */
function returnIfZeroProduct(code: CodeWriter, width: 32 | 64): void {
  const isZero = (local: number): void => {
    code.get(local);
    if (width === 64) code.i64(1, 0);
    else code.i32(1);
    code.op(width === 64 ? W.i64Shl : W.i32Shl);
    code.op(width === 64 ? W.i64Eqz : W.i32Eqz);
  };
  const number = (local: number): void => {
    code.get(local);
    code.op(F.ofBits[width]);
  };
  isZero(1);
  isZero(2);
  code.op(W.i32Or);
  code.open(W.if);
  number(0);
  number(1);
  number(2);
  code.op(F.mul[width]);
  code.op(F.add[width]);
  code.op(F.bits[width]);
  code.op(W.return);
  code.op(W.end);
}

/** Parameters a, b, c: i64; locals from 3 on: 14 of f64, then one of i64. */
export function fma64(code: CodeWriter): void {
  const [aBits, bBits, cBits] = [0, 1, 2];
  const [a, b, c, uh, ul, bh, bl, ch, cl, th, tl, vh, vl, t] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const;
  const bits = 17;
  // Far from where a product, its error or a half would not be representable.
  exponentOutside(code, bBits, 1023 - 450, 900);
  exponentOutside(code, cBits, 1023 - 450, 900);
  code.op(W.i32Or);
  exponentOutside(code, aBits, 0, 1023 + 960);
  code.op(W.i32Or);
  code.open(W.if);
  returnIfZeroProduct(code, 64);
  code.i64(0, NAN_64);
  code.op(W.return);
  code.op(W.end);
  for (const [from, to] of [[aBits, a], [bBits, b], [cBits, c]] as const) {
    code.get(from);
    code.op(F.ofBits[64]);
    code.set(to);
  }
  arithmetic(code, D.mul, uh, b, c);
  split(code, bh, bl, b);
  split(code, ch, cl, c);
  // ul = bl * cl - (((uh - bh * ch) - bl * ch) - bh * cl).
  arithmetic(code, D.mul, t, bh, ch);
  arithmetic(code, D.sub, ul, uh, t);
  arithmetic(code, D.mul, t, bl, ch);
  arithmetic(code, D.sub, ul, ul, t);
  arithmetic(code, D.mul, t, bh, cl);
  arithmetic(code, D.sub, ul, ul, t);
  arithmetic(code, D.mul, t, bl, cl);
  arithmetic(code, D.sub, ul, t, ul);
  twoSum(code, th, tl, a, ul, t);
  twoSum(code, vh, vl, uh, th, t);
  // The sum of the rest matters to its last bit only where it may be half of the result's: then what is left is a power of 2.
  arithmetic(code, D.add, bh, tl, vl);
  arithmetic(code, D.add, th, vh, bh);
  arithmetic(code, D.sub, t, th, vh);
  arithmetic(code, D.sub, t, bh, t);
  code.get(t);
  code.op(F.bits[64]);
  code.i64(12, 0);
  code.op(W.i64Shl);
  code.op(W.i64Eqz);
  code.get(t);
  code.i64(0, 0);
  code.op(F.ofBits[64]);
  code.op(F.ne[64]);
  code.op(W.i32And);
  code.open(W.if);
  twoSum(code, bh, bl, tl, vl, t);
  roundToOdd(code, bh, bl, bits);
  arithmetic(code, D.add, th, vh, bh);
  code.op(W.end);
  code.get(th);
  code.op(F.bits[64]);
  code.tee(bits);
  code.i64(0, NAN_64);
  exponentOutside(code, bits, 2, 0x7fd);
  code.op(W.i32Eqz);
  code.op(W.select);
}

/** Parameters a, b, c: i32; locals from 3 on: 5 of f64, one of i64, one of i32. */
export function fma32(code: CodeWriter): void {
  const [product, addend, sum, error, t, bits, result] = [3, 4, 5, 6, 7, 8, 9] as const;
  const promoted = (local: number): void => {
    code.get(local);
    code.op(F.ofBits[32]);
    code.op(F.promote);
  };
  returnIfZeroProduct(code, 32);
  promoted(1);
  promoted(2);
  code.op(D.mul);
  code.set(product);
  promoted(0);
  code.set(addend);
  arithmetic(code, D.add, sum, product, addend);
  // What the sum lost matters only where the sum lies in the middle of two singles.
  code.get(sum);
  code.op(F.bits[64]);
  code.op(W.i32WrapI64);
  code.i32(BELOW_SINGLE);
  code.op(W.i32And);
  code.i32(HALF_SINGLE);
  code.op(W.i32Eq);
  code.open(W.if);
  twoSum(code, sum, error, product, addend, t);
  roundToOdd(code, sum, error, bits);
  code.op(W.end);
  code.get(sum);
  code.op(F.demote);
  code.op(F.bits[32]);
  code.tee(result);
  code.i32(NAN_32);
  code.get(result);
  code.i32(23);
  code.op(W.i32ShrU);
  code.i32(0xff);
  code.op(W.i32And);
  code.i32(2);
  code.op(W.i32Sub);
  code.i32(0xfd);
  code.op(W.i32LtU);
  code.op(W.select);
}
