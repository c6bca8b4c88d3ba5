/** Logical immediates: the value of `N:immr:imms` and back (the immediate half of DecodeBitMasks). */

const memo = new Map<number, bigint>();

/** The immediate in a register of `size` bits. Reserved combinations never reach here: no row has such a word. */
export function decodeBitmask(N: number, imms: number, immr: number, size: number): bigint {
  const key = (N << 12) | (immr << 6) | imms;
  let value = memo.get(key);
  if (value === undefined) {
    value = expand(key);
    memo.set(key, value);
  }
  return size === 64 ? value : value & 0xffff_ffffn;
}

/** The 64-bit value of `N:immr:imms`: a run of ones, rotated right within its element, and repeated. */
function expand(key: number): bigint {
  const imms = key & 63;
  const element = 1 << (31 - Math.clz32(((key >> 12) << 6) | (~imms & 63)));
  const ones = (imms & (element - 1)) + 1;
  const rotation = BigInt((key >> 6) & (element - 1));
  const run = (1n << BigInt(ones)) - 1n;
  let value = BigInt.asUintN(element, (run >> rotation) | (run << (BigInt(element) - rotation)));
  for (let width = element; width < 64; width *= 2) value |= value << BigInt(width);
  return value;
}

let encodings: ReadonlyMap<bigint, number> | null = null;

/** `N:immr:imms` of a value in a register of `size` bits, or null when it is no logical immediate. */
export function encodeBitmask(value: bigint, size: number): number | null {
  encodings ??= allEncodings();
  return encodings.get(size === 64 ? value : value | (value << 32n)) ?? null;
}

/** Every value with its one encoding in which the unused high bits of immr are 0: 5334 of them. */
function allEncodings(): Map<bigint, number> {
  const all = new Map<bigint, number>();
  for (let element = 2; element <= 64; element *= 2) {
    const N = element === 64 ? 1 : 0;
    const prefix = N === 1 ? 0 : 64 - 2 * element;
    for (let ones = 1; ones < element; ones++) {
      for (let rotation = 0; rotation < element; rotation++) {
        const key = (N << 12) | (rotation << 6) | prefix | (ones - 1);
        all.set(expand(key), key);
      }
    }
  }
  return all;
}
