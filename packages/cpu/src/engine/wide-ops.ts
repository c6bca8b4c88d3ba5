/** What vector operations do to one element of 64 bits: on pairs of words, with the result in `out`. */
import { add64, mul64, out, sar64, shl64, shr64, sub64 } from '../emit/int64.ts';
import type { SatOp, VecOp } from '../emit/vector-ops.ts';
import { saturation, shiftCount } from './lane-ops.ts';

/** The result goes to `out`. */
export type WideOp = (aLo: number, aHi: number, bLo: number, bHi: number, cLo: number, cHi: number) => void;

function words(lo: number, hi: number): void {
  out.lo = lo;
  out.hi = hi;
}

function lessUnsigned(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi >>> 0 < bHi >>> 0 || (aHi === bHi && aLo >>> 0 < bLo >>> 0);
}

function lessSigned(aLo: number, aHi: number, bLo: number, bHi: number): boolean {
  return aHi < bHi || (aHi === bHi && aLo >>> 0 < bLo >>> 0);
}

/** All ones or zero. */
function mask(holds: boolean): void {
  const word = holds ? -1 : 0;
  words(word, word);
}

/** The most negative or most positive doubleword. */
export function saturateWide(negative: boolean): void {
  saturation.happened = true;
  words(negative ? 0 : -1, negative ? -0x8000_0000 : 0x7fff_ffff);
}

function saturateWideUnsigned(negative: boolean): void {
  saturation.happened = true;
  words(negative ? 0 : -1, negative ? 0 : -1);
}

/** Right by 1 or more, with copies of the sign or zeros; rounding adds the last bit that is shifted out. */
function shiftRight(lo: number, hi: number, count: number, isSigned: boolean, rounding: boolean): void {
  const last = count > 64 ? 0 : count > 32 ? (hi >>> (count - 33)) & 1 : (lo >>> (count - 1)) & 1;
  if (isSigned) sar64(lo, hi, Math.min(count, 63));
  else if (count > 63) words(0, 0);
  else shr64(lo, hi, count);
  // By 64 and more nothing is left of a number but its sign, which rounding takes away.
  if (rounding && count > 63) words(isSigned ? 0 : last, 0);
  else if (rounding) add64(out.lo, out.hi, last, 0);
}

function shift(isSigned: boolean, rounding: boolean): WideOp {
  return (aLo, aHi, bLo) => {
    const count = shiftCount(bLo);
    if (count < 0) shiftRight(aLo, aHi, -count, isSigned, rounding);
    else if (count > 63) words(0, 0);
    else shl64(aLo, aHi, count);
  };
}

/** As {@link shift}; what a left shift would lose saturates. */
function saturatingShift(isSigned: boolean, rounding: boolean): WideOp {
  const plain = shift(isSigned, rounding);
  return (aLo, aHi, bLo, bHi, cLo, cHi) => {
    plain(aLo, aHi, bLo, bHi, cLo, cHi);
    const count = shiftCount(bLo);
    if (count <= 0) return;
    const { lo, hi } = out;
    if (count > 63) words(0, 0);
    else if (isSigned) sar64(lo, hi, count);
    else shr64(lo, hi, count);
    if (out.lo === aLo && out.hi === aHi) words(lo, hi);
    else if (isSigned) saturateWide(aHi < 0);
    else saturateWideUnsigned(false);
  };
}

const uqshl = saturatingShift(false, false);

export const WIDE_OPS: Readonly<Partial<Record<VecOp | SatOp, WideOp>>> = {
  and: (aLo, aHi, bLo, bHi) => words(aLo & bLo, aHi & bHi),
  or: (aLo, aHi, bLo, bHi) => words(aLo | bLo, aHi | bHi),
  xor: (aLo, aHi, bLo, bHi) => words(aLo ^ bLo, aHi ^ bHi),
  not: (aLo, aHi) => words(~aLo, ~aHi),
  bic: (aLo, aHi, bLo, bHi) => words(aLo & ~bLo, aHi & ~bHi),
  select: (aLo, aHi, bLo, bHi, cLo, cHi) => words((aLo & bLo) | (~aLo & cLo), (aHi & bHi) | (~aHi & cHi)),
  add: add64,
  sub: sub64,
  mul: mul64,
  abs: (aLo, aHi) => (aHi < 0 ? sub64(0, 0, aLo, aHi) : words(aLo, aHi)),
  smin: (aLo, aHi, bLo, bHi) => (lessSigned(bLo, bHi, aLo, aHi) ? words(bLo, bHi) : words(aLo, aHi)),
  smax: (aLo, aHi, bLo, bHi) => (lessSigned(aLo, aHi, bLo, bHi) ? words(bLo, bHi) : words(aLo, aHi)),
  umin: (aLo, aHi, bLo, bHi) => (lessUnsigned(bLo, bHi, aLo, aHi) ? words(bLo, bHi) : words(aLo, aHi)),
  umax: (aLo, aHi, bLo, bHi) => (lessUnsigned(aLo, aHi, bLo, bHi) ? words(bLo, bHi) : words(aLo, aHi)),
  eq: (aLo, aHi, bLo, bHi) => mask(aLo === bLo && aHi === bHi),
  gts: (aLo, aHi, bLo, bHi) => mask(lessSigned(bLo, bHi, aLo, aHi)),
  ges: (aLo, aHi, bLo, bHi) => mask(!lessSigned(aLo, aHi, bLo, bHi)),
  gtu: (aLo, aHi, bLo, bHi) => mask(lessUnsigned(bLo, bHi, aLo, aHi)),
  geu: (aLo, aHi, bLo, bHi) => mask(!lessUnsigned(aLo, aHi, bLo, bHi)),
  sshl: shift(true, false),
  ushl: shift(false, false),
  srshl: shift(true, true),
  urshl: shift(false, true),

  sqadd(aLo, aHi, bLo, bHi) {
    add64(aLo, aHi, bLo, bHi);
    if ((~(aHi ^ bHi) & (aHi ^ out.hi)) < 0) saturateWide(aHi < 0);
  },
  uqadd(aLo, aHi, bLo, bHi) {
    add64(aLo, aHi, bLo, bHi);
    if (lessUnsigned(out.lo, out.hi, aLo, aHi)) saturateWideUnsigned(false);
  },
  sqsub(aLo, aHi, bLo, bHi) {
    sub64(aLo, aHi, bLo, bHi);
    if (((aHi ^ bHi) & (aHi ^ out.hi)) < 0) saturateWide(aHi < 0);
  },
  uqsub(aLo, aHi, bLo, bHi) {
    sub64(aLo, aHi, bLo, bHi);
    if (lessUnsigned(aLo, aHi, bLo, bHi)) saturateWideUnsigned(true);
  },
  suqadd(aLo, aHi, bLo, bHi) {
    add64(aLo, aHi, bLo, bHi);
    if (lessSigned(out.lo, out.hi, aLo, aHi)) saturateWide(false);
  },
  usqadd(aLo, aHi, bLo, bHi) {
    add64(aLo, aHi, bLo, bHi);
    if (bHi < 0 ? !lessUnsigned(out.lo, out.hi, aLo, aHi) : lessUnsigned(out.lo, out.hi, aLo, aHi)) saturateWideUnsigned(bHi < 0);
  },
  sqshl: saturatingShift(true, false),
  uqshl,
  sqrshl: saturatingShift(true, true),
  uqrshl: saturatingShift(false, true),
  sqshlu: (aLo, aHi, bLo, bHi, cLo, cHi) => (aHi < 0 ? saturateWideUnsigned(true) : uqshl(aLo, aHi, bLo, bHi, cLo, cHi)),
};
