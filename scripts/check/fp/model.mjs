// @ts-check
/**
 * Floating-point arithmetic from first principles: every operation computes its exact result as a rational of BigInts and
 * rounds once. Slow, and written from the rules (DDI 0487, "Floating-point and Advanced SIMD" of part A) without a look at
 * packages/cpu/src/fp, which it judges.
 */

/** @typedef {{ bits: number, exponentBits: number }} Format */
/** @typedef {'TIEEVEN' | 'POSINF' | 'NEGINF' | 'ZERO' | 'TIEAWAY' | 'ODD'} Mode */
/** @typedef {{ mode: Mode, fz: boolean, fz16: boolean, dn: boolean, ahp: boolean }} Controls */
/** @typedef {{ kind: 'nan', quiet: boolean, negative: boolean, payload: bigint, from: Format, raw: bigint } | { kind: 'infinity', negative: boolean } | { kind: 'zero', negative: boolean } | { kind: 'number', negative: boolean, n: bigint, d: bigint }} Value */

export const HALF = { bits: 16, exponentBits: 5 };
export const SINGLE = { bits: 32, exponentBits: 8 };
export const DOUBLE = { bits: 64, exponentBits: 11 };

/** @type {readonly Mode[]} */
export const MODES = ['TIEEVEN', 'POSINF', 'NEGINF', 'ZERO'];
const FLAG = { IOC: 1, DZC: 2, OFC: 4, UFC: 8, IXC: 16, IDC: 128 };

const precision = (/** @type {Format} */ f) => f.bits - f.exponentBits;
const largest = (/** @type {Format} */ f) => 2 ** (f.exponentBits - 1) - 1;
const smallest = (/** @type {Format} */ f) => 1 - largest(f);
const signBit = (/** @type {Format} */ f) => 1n << BigInt(f.bits - 1);
const fractionField = (/** @type {Format} */ f) => (1n << BigInt(precision(f) - 1)) - 1n;
const infinityBits = (/** @type {Format} */ f) => ((1n << BigInt(f.exponentBits)) - 1n) << BigInt(precision(f) - 1);

/** n/d times 2^e. @param {bigint} n @param {bigint} d @param {number} e @returns {[bigint, bigint]} */
function scale(n, d, e) {
  return e >= 0 ? [n << BigInt(e), d] : [n, d << BigInt(-e)];
}

/** The integer e with 2^e <= n/d < 2^(e+1). @param {bigint} n @param {bigint} d */
function magnitude(n, d) {
  let e = n.toString(2).length - d.toString(2).length;
  const [a, b] = scale(n, d, -e);
  if (a < b) e--;
  return e;
}

/** Rounds n/d to an integer; and whether it was one. @param {bigint} n @param {bigint} d @param {boolean} negative @param {Mode} mode @returns {[bigint, boolean]} */
function roundInteger(n, d, negative, mode) {
  const whole = n / d;
  const rest = n % d;
  if (rest === 0n) return [whole, true];
  const twice = 2n * rest - d;
  /** @type {Record<Mode, boolean>} */
  const up = {
    TIEEVEN: twice > 0n || (twice === 0n && whole % 2n === 1n),
    TIEAWAY: twice >= 0n,
    POSINF: !negative,
    NEGINF: negative,
    ZERO: false,
    ODD: whole % 2n === 0n,
  };
  return [up[mode] ? whole + 1n : whole, false];
}

/** The root of n/d to 256 bits, and one more that says whether something is left. @param {bigint} n @param {bigint} d @returns {[bigint, bigint]} */
function root(n, d) {
  const shift = 256 + 2 * Math.ceil(Math.max(0, d.toString(2).length - n.toString(2).length) / 2 + 1);
  const radicand = n << BigInt(2 * shift);
  const square = radicand / d;
  let x = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (x + square / x) / 2n;
    if (next >= x) break;
    x = next;
  }
  const isExact = x * x * d === radicand;
  return [2n * x + (isExact ? 0n : 1n), 2n << BigInt(shift)];
}

export class Model {
  /** @type {Controls} */
  controls;
  flags = 0;

  /** @param {Controls} controls */
  constructor(controls) {
    this.controls = controls;
  }

  /** @param {Format} f @param {bigint} raw @param {{ flush?: boolean, ahp?: boolean }} [options] @returns {Value} */
  read(f, raw, { flush = f.bits === 16 ? this.controls.fz16 : this.controls.fz, ahp = false } = {}) {
    const negative = (raw & signBit(f)) !== 0n;
    const fraction = raw & fractionField(f);
    const exponent = Number((raw >> BigInt(precision(f) - 1)) & ((1n << BigInt(f.exponentBits)) - 1n));
    const hasSpecials = !(ahp && f.bits === 16);
    if (exponent === 2 ** f.exponentBits - 1 && hasSpecials) {
      if (fraction === 0n) return { kind: 'infinity', negative };
      return { kind: 'nan', negative, quiet: (fraction >> BigInt(precision(f) - 2)) === 1n, payload: fraction, from: f, raw };
    }
    if (exponent === 0) {
      if (fraction === 0n) return { kind: 'zero', negative };
      if (flush) {
        if (f.bits !== 16) this.flags |= FLAG.IDC;
        return { kind: 'zero', negative };
      }
    }
    const significand = exponent === 0 ? fraction : fraction | (1n << BigInt(precision(f) - 1));
    const [n, d] = scale(significand, 1n, Math.max(exponent, 1) - largest(f) - precision(f) + 1);
    return { kind: 'number', negative, n, d };
  }

  /** @param {Format} f @param {boolean} negative @param {bigint} n @param {bigint} d @param {{ mode?: Mode, flush?: boolean, ahp?: boolean }} [options] */
  write(f, negative, n, d, { mode = this.controls.mode, flush = f.bits === 16 ? this.controls.fz16 : this.controls.fz, ahp = false } = {}) {
    const sign = negative ? signBit(f) : 0n;
    if (n === 0n) return sign;
    const e = magnitude(n, d);
    const isTiny = e < smallest(f);
    if (isTiny && flush) {
      this.flags |= FLAG.UFC;
      return sign;
    }
    const quantum = Math.max(e, smallest(f)) - precision(f) + 1;
    const [whole, isExact] = roundInteger(...scale(n, d, -quantum), negative, mode);
    if (isTiny && !isExact) this.flags |= FLAG.UFC;
    const [a, b] = scale(whole, 1n, quantum);
    const limit = largest(f) + (ahp ? 2 : 1);
    if (whole !== 0n && magnitude(a, b) >= limit) {
      if (ahp) {
        this.flags |= FLAG.IOC;
        return sign | (signBit(f) - 1n);
      }
      this.flags |= FLAG.OFC | FLAG.IXC;
      const toInfinity = mode === 'TIEEVEN' || mode === (negative ? 'NEGINF' : 'POSINF');
      return sign | (toInfinity ? infinityBits(f) : infinityBits(f) - 1n);
    }
    if (!isExact) this.flags |= FLAG.IXC;
    const implicit = 1n << BigInt(precision(f) - 1);
    if (whole < implicit) return sign | whole;
    const field = magnitude(a, b) + largest(f);
    // A carry made one digit more, all of the others 0.
    const fraction = whole === 2n * implicit ? 0n : whole - implicit;
    return sign | (BigInt(field) << BigInt(precision(f) - 1)) | fraction;
  }

  /** @param {Format} f */
  invalid(f) {
    this.flags |= FLAG.IOC;
    return this.defaultNaN(f);
  }

  /** @param {Format} f */
  defaultNaN(f) {
    return infinityBits(f) | (1n << BigInt(precision(f) - 2));
  }

  /** The NaN that comes of operands, or null. @param {Format} f @param {readonly Value[]} values */
  nan(f, values) {
    const signalling = values.find((value) => value.kind === 'nan' && !value.quiet);
    const chosen = signalling ?? values.find((value) => value.kind === 'nan');
    if (chosen === undefined || chosen.kind !== 'nan') return null;
    if (signalling !== undefined) this.flags |= FLAG.IOC;
    return this.controls.dn ? this.defaultNaN(f) : chosen.raw | (1n << BigInt(precision(f) - 2));
  }

  /** The zero that a sum of unlike zeros, or a cancellation, is. @param {Format} f */
  cancelled(f) {
    return this.controls.mode === 'NEGINF' ? signBit(f) : 0n;
  }

  /** c + product, where both are values that are no NaN. @param {Format} f @param {Value} a @param {Value} b */
  sum(f, a, b) {
    if (a.kind === 'infinity' || b.kind === 'infinity') {
      if (a.kind === 'infinity' && b.kind === 'infinity' && a.negative !== b.negative) return this.invalid(f);
      return (a.kind === 'infinity' ? a.negative : b.negative) ? signBit(f) | infinityBits(f) : infinityBits(f);
    }
    if (a.kind === 'zero' && b.kind === 'zero') return a.negative === b.negative ? (a.negative ? signBit(f) : 0n) : this.cancelled(f);
    const [an, ad] = fraction(a);
    const [bn, bd] = fraction(b);
    const n = an * bd + bn * ad;
    return n === 0n ? this.cancelled(f) : this.write(f, n < 0n, n < 0n ? -n : n, ad * bd);
  }

  /** The product as a value, or null for infinity times zero. @param {Value} a @param {Value} b @returns {Value | null} */
  product(a, b) {
    const negative = a.kind !== 'nan' && b.kind !== 'nan' && a.negative !== b.negative;
    if (a.kind === 'infinity' || b.kind === 'infinity') return a.kind === 'zero' || b.kind === 'zero' ? null : { kind: 'infinity', negative };
    if (a.kind !== 'number' || b.kind !== 'number') return { kind: 'zero', negative };
    return { kind: 'number', negative, n: a.n * b.n, d: a.d * b.d };
  }

  /** @param {Format} f @param {bigint} a @param {bigint} b */
  add(f, a, b) {
    const [x, y] = [this.read(f, a), this.read(f, b)];
    return this.nan(f, [x, y]) ?? this.sum(f, x, y);
  }

  /** @param {Format} f @param {bigint} a @param {bigint} b */
  sub(f, a, b) {
    const [x, y] = [this.read(f, a), this.read(f, b)];
    return this.nan(f, [x, y]) ?? this.sum(f, x, { ...y, negative: !y.negative });
  }

  /** @param {Format} f @param {bigint} a @param {bigint} b */
  mul(f, a, b) {
    const [x, y] = [this.read(f, a), this.read(f, b)];
    const nan = this.nan(f, [x, y]);
    if (nan !== null) return nan;
    const product = this.product(x, y);
    return product === null ? this.invalid(f) : this.put(f, product);
  }

  /** @param {Format} f @param {Value} value */
  put(f, value) {
    if (value.kind === 'infinity') return (value.negative ? signBit(f) : 0n) | infinityBits(f);
    return value.kind === 'number' ? this.write(f, value.negative, value.n, value.d) : value.negative ? signBit(f) : 0n;
  }

  /** @param {Format} f @param {bigint} a @param {bigint} b */
  div(f, a, b) {
    const [x, y] = [this.read(f, a), this.read(f, b)];
    const nan = this.nan(f, [x, y]);
    if (nan !== null) return nan;
    const sign = x.negative !== y.negative ? signBit(f) : 0n;
    if (x.kind === y.kind && x.kind !== 'number') return this.invalid(f);
    if (x.kind === 'infinity') return sign | infinityBits(f);
    if (y.kind === 'zero') {
      this.flags |= FLAG.DZC;
      return sign | infinityBits(f);
    }
    if (x.kind !== 'number' || y.kind !== 'number') return sign;
    return this.write(f, sign !== 0n, x.n * y.d, x.d * y.n);
  }

  /** @param {Format} f @param {bigint} a */
  sqrt(f, a) {
    const x = this.read(f, a);
    const nan = this.nan(f, [x]);
    if (nan !== null) return nan;
    if (x.kind === 'zero') return a & signBit(f);
    if (x.negative) return this.invalid(f);
    return x.kind === 'number' ? this.write(f, false, ...root(x.n, x.d)) : infinityBits(f);
  }

  /** c + a * b. @param {Format} f @param {bigint} c @param {bigint} a @param {bigint} b */
  fma(f, c, a, b) {
    const [z, x, y] = [this.read(f, c), this.read(f, a), this.read(f, b)];
    const isBad = (x.kind === 'infinity' && y.kind === 'zero') || (x.kind === 'zero' && y.kind === 'infinity');
    const nan = this.nan(f, [z, x, y]);
    if (isBad && (nan === null || (z.kind === 'nan' && z.quiet))) return this.invalid(f);
    return nan ?? this.sum(f, z, this.product(x, y) ?? z);
  }

  /** From one format to another. @param {Format} to @param {Format} from @param {bigint} a @param {Mode} [mode] */
  convert(to, from, a, mode = this.controls.mode) {
    const { ahp, fz, dn } = this.controls;
    const x = this.read(from, a, { flush: from.bits !== 16 && fz, ahp });
    const sign = x.negative ? signBit(to) : 0n;
    const toAlternative = ahp && to.bits === 16;
    if (x.kind === 'nan') {
      if (toAlternative || !x.quiet) this.flags |= FLAG.IOC;
      if (toAlternative) return sign;
      if (dn) return this.defaultNaN(to);
      const move = BigInt(precision(to) - precision(from));
      return sign | this.defaultNaN(to) | (move >= 0n ? x.payload << move : x.payload >> -move);
    }
    if (x.kind === 'infinity' && toAlternative) {
      this.flags |= FLAG.IOC;
      return sign | (signBit(to) - 1n);
    }
    if (x.kind !== 'number') return this.put(to, x);
    return this.write(to, x.negative, x.n, x.d, { mode, flush: to.bits !== 16 && fz, ahp: toAlternative });
  }

  /** To an integral value. @param {Format} f @param {bigint} a @param {Mode} mode @param {boolean} isExact */
  roundIntegral(f, a, mode, isExact) {
    const x = this.read(f, a);
    const nan = this.nan(f, [x]);
    if (nan !== null) return nan;
    if (x.kind !== 'number') return this.put(f, x);
    const [whole, same] = roundInteger(x.n, x.d, x.negative, mode);
    if (isExact && !same) this.flags |= FLAG.IXC;
    return this.write(f, x.negative, whole, 1n);
  }

  /** To an integral value within `size` bits, signed. @param {Format} f @param {bigint} a @param {Mode} mode @param {number} size */
  roundIntegralWithin(f, a, mode, size) {
    const x = this.read(f, a);
    if (x.kind === 'zero') return x.negative ? signBit(f) : 0n;
    const [whole, same] = x.kind === 'number' ? roundInteger(x.n, x.d, x.negative, mode) : [1n << 100n, true];
    const limit = 1n << BigInt(size - 1);
    if (whole > limit || (whole === limit && !x.negative)) {
      this.flags |= FLAG.IOC;
      return this.write(f, true, limit, 1n);
    }
    if (!same) this.flags |= FLAG.IXC;
    return this.write(f, x.negative, whole, 1n);
  }

  /** To an integer of `bits` bits after a multiplication by 2^fbits. @param {Format} f @param {bigint} a @param {number} fbits @param {boolean} unsigned @param {Mode} mode @param {number} bits */
  toInteger(f, a, fbits, unsigned, mode, bits) {
    const x = this.read(f, a);
    const [least, greatest] = unsigned ? [0n, (1n << BigInt(bits)) - 1n] : [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n];
    if (x.kind === 'nan') {
      this.flags |= FLAG.IOC;
      return 0n;
    }
    if (x.kind === 'zero') return 0n;
    const [whole, same] = x.kind === 'number' ? roundInteger(...scale(x.n, x.d, fbits), x.negative, mode) : [1n << 100n, true];
    const value = x.negative ? -whole : whole;
    const bounded = value < least ? least : value > greatest ? greatest : value;
    if (bounded !== value) this.flags |= FLAG.IOC;
    else if (!same) this.flags |= FLAG.IXC;
    return BigInt.asUintN(bits, bounded);
  }

  /** From an integer over 2^fbits. @param {Format} f @param {bigint} raw @param {number} fbits @param {boolean} unsigned @param {number} bits */
  fromInteger(f, raw, fbits, unsigned, bits) {
    const value = unsigned ? BigInt.asUintN(bits, raw) : BigInt.asIntN(bits, raw);
    return this.write(f, value < 0n, value < 0n ? -value : value, 1n << BigInt(fbits));
  }
}

/** A number or a zero as a signed fraction. @param {Value} value @returns {[bigint, bigint]} */
function fraction(value) {
  return value.kind === 'number' ? [value.negative ? -value.n : value.n, value.d] : [0n, 1n];
}
