// @ts-check
/** Operands at which floating-point arithmetic goes wrong, for each width: at least 40, both signs, then random ones. */

/** @typedef {import('../lib/rng.mjs').Random} Random */

/** By the fields of the format: `e` bits of exponent, `p` - 1 of fraction. @param {number} bits @param {number} e @returns {bigint[]} */
function magnitudes(bits, e) {
  const fractionBits = BigInt(bits - 1 - e);
  const one = 1n << fractionBits;
  const bias = (1n << BigInt(e - 1)) - 1n;
  const infinity = ((1n << BigInt(e)) - 1n) << fractionBits;
  const number = (/** @type {bigint} */ exponent, /** @type {bigint} */ fraction) => ((exponent + bias) << fractionBits) + fraction;
  const half = one >> 1n;
  return [
    0n,
    // Denormal numbers: the smallest, one with bits in the middle, half of the smallest normal one and its neighbour, the largest.
    1n, 3n, (one / 3n) | 1n, half, half - 1n, one - 1n,
    // The smallest normal numbers, and what halves or squares to near them.
    one, one + 1n, 2n * one - 1n, 2n * one, number(-bias / 2n, 0n), number(-bias / 2n, half + 1n),
    // Around one; ties of the rounding to an integer; thirds.
    number(-2n, 0n), number(-1n, 0n), number(-1n, 1n), number(0n, -1n), number(0n, 0n), number(0n, 1n), number(0n, half), number(0n, half + 1n),
    number(1n, 0n), number(1n, half >> 1n), number(1n, half), number(-2n, one / 3n),
    // Where the last bits are one, a half and a quarter.
    number(fractionBits, 1n), number(fractionBits - 1n, 1n), number(fractionBits + 1n, one - 1n), number(fractionBits - 1n, one - 1n),
    // The bounds of integers of 32 and 64 bits, where the format reaches them; large numbers.
    number(e > 5 ? 31n : 14n, 0n), number(e > 5 ? 30n : 14n, one - 1n), number(e > 5 ? 63n : 15n, 0n), number(e > 5 ? 62n : 13n, one - 1n), number(e > 8 ? 31n : 15n, half >> 3n),
    number(bias / 2n, half), number(bias / 2n + 1n, 0n), number(bias - 1n, 0n), number(bias - 1n, 1n), infinity - one, infinity - 1n, infinity,
    // NaNs: quiet ones without and with a payload, signalling ones likewise.
    infinity + half, infinity + half + 5n, infinity + one - 1n, infinity + 1n, infinity + half - 1n, infinity + (half >> 1n) + 3n,
  ];
}

/** All corner operands of a width, positive and negative. @param {number} bits @returns {bigint[]} */
export function corners(bits) {
  const positive = magnitudes(bits, bits === 16 ? 5 : bits === 32 ? 8 : 11);
  const sign = 1n << BigInt(bits - 1);
  return [...positive, ...positive.map((value) => value | sign)];
}

/** Integers that conversions to floating point round, overflow or sign wrongly. @param {number} bits @returns {bigint[]} */
export function integerCorners(bits) {
  const width = BigInt(bits);
  const values = [0n, 1n, 2n, 3n, 5n, 0x7ffn, 0x801n, 0xfff0n, 0xffffn];
  for (const digits of [11n, 24n, 53n]) {
    if (digits + 2n > width) continue;
    for (const low of [-1n, 1n, 2n, 3n]) values.push((1n << digits) + low, (1n << (digits + 1n)) + low);
    values.push(((1n << digits) - 1n) << (width - digits), (((1n << (digits + 1n)) - 1n) << (width - digits - 1n)) - 1n, ((1n << digits) + 1n) << (width - digits - 1n));
  }
  values.push(1n << (width - 1n), (1n << (width - 1n)) - 1n, (1n << (width - 1n)) + 1n, (1n << width) - 1n, (1n << width) - 2n, (1n << (width - 2n)) + 1n);
  return [...new Set(values.flatMap((value) => [BigInt.asUintN(bits, value), BigInt.asUintN(bits, -value)]))];
}

/** A random operand: any bits, or a corner one with some of them changed. @param {number} bits @param {Random} random @param {readonly bigint[]} among @returns {bigint} */
export function randomOperand(bits, random, among) {
  const any = BigInt.asUintN(bits, (BigInt(random.bits()) << 32n) | BigInt(random.bits()));
  const kind = random.below(4);
  if (kind === 0) return any;
  const corner = among[random.below(among.length)] ?? 0n;
  return kind === 1 ? corner : BigInt.asUintN(bits, corner ^ (any >> BigInt(random.below(bits))));
}
