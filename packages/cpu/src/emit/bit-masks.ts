/** DecodeBitMasks of the manual's shared pseudocode, memoised. */

/** The rotated mask (wmask) and the top mask (tmask), replicated to 64 bits, as pairs of words. */
export interface BitMasks {
  readonly wLo: number;
  readonly wHi: number;
  readonly tLo: number;
  readonly tHi: number;
}

const decoded = new Map<number, BitMasks>();

/** `N`, `imms`, `immr` as they stand in the word; reserved combinations do not reach here. */
export function decodeBitMasks(N: number, imms: number, immr: number): BitMasks {
  const key = (N << 12) | (imms << 6) | immr;
  let masks = decoded.get(key);
  if (masks === undefined) {
    const size = 1 << (31 - Math.clz32((N << 6) | (~imms & 0x3f)));
    const levels = size - 1;
    const s = imms & levels;
    const r = immr & levels;
    const ones = (count: number): bigint => (1n << BigInt(count)) - 1n;
    const element = ones(s + 1);
    const rotated = ((element >> BigInt(r)) | (element << BigInt(size - r))) & ones(size);
    const wmask = replicate(rotated, size);
    const tmask = replicate(ones(((s - r) & levels) + 1), size);
    masks = { wLo: low(wmask), wHi: low(wmask >> 32n), tLo: low(tmask), tHi: low(tmask >> 32n) };
    decoded.set(key, masks);
  }
  return masks;
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function replicate(element: bigint, size: number): bigint {
  let result = 0n;
  for (let at = 0; at < 64; at += size) result |= element << BigInt(at);
  return result;
}
