/** What the floating-point definitions share: widths by form fields, elements, and numbers of fraction bits. */
import type { Emit, Imm, Val, Vec, VReg } from '../emit/builder.ts';
import type { FpOp, FpWidth } from '../emit/fp-ops.ts';

/** The width of numbers by `sz`; rows without it are those of half precision. */
export function szWidth(sz: number | undefined): FpWidth {
  return sz === undefined ? 16 : sz === 1 ? 64 : 32;
}

/** The width by `size`: 1 half, 2 single, 3 double. */
export function sizeWidth(size: number): FpWidth {
  return size === 1 ? 16 : size === 2 ? 32 : 64;
}

/** The width by the highest bit of `immh`, none above half precision. */
export function immhWidth(immh: number): FpWidth {
  return immh >= 8 ? 64 : immh >= 4 ? 32 : 16;
}

/** How many numbers of a width a register has, or its lower half where Q is 0. */
export function lanesOf(width: FpWidth, Q: number): number {
  return (Q === 1 ? 128 : 64) / width;
}

/** A scalar operand. */
export function number(e: Emit, r: VReg, width: FpWidth): Val {
  return e.lane(e.v(r), width, 0);
}

/** Writes a scalar, and zeros above it. */
export function setNumber(e: Emit, r: VReg, v: Val): void {
  e.setV(r, e.vecOf(v));
}

/** Fraction bits of a fixed-point number in vector forms: twice the width less immh:immb. */
export function fractionBits(e: Emit, immh: number, immb: Imm, w: 32 | 64): Val {
  return e.sub(e.imm(2 * immhWidth(immh) - 8 * immh, w), e.imm(immb, w));
}

export interface Element {
  readonly sz?: number;
  readonly H: number;
  readonly L: number;
  readonly M?: number;
}

/** The element that H, L and, in half precision, M name. */
export function elementIndex(i: Element): number {
  if (i.M !== undefined) return (i.H << 2) | (i.L << 1) | i.M;
  return i.sz === 1 ? i.H : (i.H << 1) | i.L;
}

/** The operation for each width of the result. */
export type OpByWidth = Readonly<Record<FpWidth, FpOp>>;

const sized = <N extends string>(name: N): Readonly<Record<FpWidth, `${N}${FpWidth}`>> => ({ 16: `${name}16`, 32: `${name}32`, 64: `${name}64` });

/** Conversions to integers and fixed point, from them, and between formats. */
export const CONVERT = {
  cvt: sized('cvt'),
  cvtns: sized('cvtns'), cvtnu: sized('cvtnu'), cvtps: sized('cvtps'), cvtpu: sized('cvtpu'), cvtms: sized('cvtms'), cvtmu: sized('cvtmu'),
  cvtzs: sized('cvtzs'), cvtzu: sized('cvtzu'), cvtas: sized('cvtas'), cvtau: sized('cvtau'),
  fixzs: sized('fixzs'), fixzu: sized('fixzu'),
  scvtf: sized('scvtf'), ucvtf: sized('ucvtf'),
  sfixf: sized('sfixf'), ufixf: sized('ufixf'),
} as const satisfies Readonly<Record<string, OpByWidth>>;

/** The value 0.0 as wide as a number of `width` bits. */
export function zero(e: Emit, width: FpWidth): Val {
  return e.imm(0, width === 64 ? 64 : 32);
}

// ---- Pairs and halves of vectors ---------------------------------------------------------------------------------------

const indexTable = (width: FpWidth, source: (lane: number) => number): Readonly<Uint8Array> =>
  Uint8Array.from({ length: 16 }, (_, byte) => source(Math.floor((8 * byte) / width)) * (width / 8) + (byte % (width / 8)));

interface Tables {
  readonly evens: readonly [Readonly<Uint8Array>, Readonly<Uint8Array>];
  readonly odds: readonly [Readonly<Uint8Array>, Readonly<Uint8Array>];
  readonly swap: Readonly<Uint8Array>;
  readonly firsts: Readonly<Uint8Array>;
  readonly seconds: Readonly<Uint8Array>;
}

function tables(width: FpWidth): Tables {
  const all = 128 / width;
  // Every second element of the two operands one after the other; of the lower halves where Q is 0.
  const alternate = (Q: number, first: number): Readonly<Uint8Array> => {
    const lanes = lanesOf(width, Q);
    return indexTable(width, (lane) => {
      const at = (2 * lane + first) % (2 * lanes);
      return at < lanes ? at : all + at - lanes;
    });
  };
  return {
    evens: [alternate(0, 0), alternate(1, 0)],
    odds: [alternate(0, 1), alternate(1, 1)],
    swap: indexTable(width, (lane) => lane ^ 1),
    firsts: indexTable(width, (lane) => lane & ~1),
    seconds: indexTable(width, (lane) => lane | 1),
  };
}

const TABLES: Readonly<Record<FpWidth, Tables>> = { 16: tables(16), 32: tables(32), 64: tables(64) };

/** The first numbers of each pair of n:m, and the second ones. */
export function evens(e: Emit, width: FpWidth, Q: number, n: Vec, m: Vec): Vec {
  return e.shuffle(n, m, TABLES[width].evens[Q === 1 ? 1 : 0]);
}

export function odds(e: Emit, width: FpWidth, Q: number, n: Vec, m: Vec): Vec {
  return e.shuffle(n, m, TABLES[width].odds[Q === 1 ? 1 : 0]);
}

/** The numbers of each pair exchanged; the first, or the second, of each pair twice. */
export function swapPairs(e: Emit, width: FpWidth, v: Vec): Vec {
  return e.shuffle(v, v, TABLES[width].swap);
}

export function firstsOfPairs(e: Emit, width: FpWidth, v: Vec): Vec {
  return e.shuffle(v, v, TABLES[width].firsts);
}

export function secondsOfPairs(e: Emit, width: FpWidth, v: Vec): Vec {
  return e.shuffle(v, v, TABLES[width].seconds);
}

/** Negates the first (0) or the second (1) number of each pair. */
export function negatePairHalf(e: Emit, width: FpWidth, half: 0 | 1, v: Vec): Vec {
  const sign = e.shl(e.imm(1, 64), e.imm(width === 64 ? 63 : half * width + width - 1, 64));
  const none = e.imm(0, 64);
  const signs = width === 64 ? (half === 0 ? e.vec(sign, none) : e.vec(none, sign)) : width === 32 ? e.splat(64, sign) : e.splat(32, e.zext(sign, 32, 32));
  return e.vop('xor', 64, v, signs);
}
