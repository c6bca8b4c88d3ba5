// @ts-check
/** Mutations of bytes: each takes a copy and returns what it made of it, with its name. */

/** @typedef {import('../lib/rng.mjs').Random} Random */
/** @typedef {(bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array} Mutation */

/** Values at which lengths and offsets go wrong. */
const EXTREMES = [0, 1, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_fffe, 0xffff_ffff];
/** Where headers are: most mutations go there. */
const HEAD = 256;

/** A place in the bytes, more often near the beginning. @param {Uint8Array} bytes @param {Random} random */
function place(bytes, random) {
  return random.below(random.below(3) === 0 ? bytes.length : Math.min(bytes.length, HEAD));
}

/** @param {Uint8Array} bytes @param {number} at @param {number} size @param {number} value @param {boolean} isBig */
function put(bytes, at, size, value, isBig) {
  for (let n = 0; n < size && at + n < bytes.length; n++) bytes[at + n] = Math.floor(value / 2 ** (8 * (isBig ? size - 1 - n : n))) & 0xff;
}

/** @type {Readonly<Record<string, Mutation>>} */
export const MUTATIONS = {
  'bit flips': (bytes, random) => {
    for (let left = 1 + random.below(8); left > 0; left--) {
      const at = place(bytes, random);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  'other bytes': (bytes, random) => {
    for (let left = 1 + random.below(8); left > 0; left--) bytes[place(bytes, random)] = random.below(256);
    return bytes;
  },
  'an extreme word': (bytes, random) => {
    const size = [2, 4, 8][random.below(3)] ?? 4;
    const at = Math.floor(place(bytes, random) / size) * size;
    const value = EXTREMES[random.below(EXTREMES.length)] ?? 0;
    put(bytes, at, size, size === 8 && random.below(2) === 0 ? value * 2 ** 32 + value : value, random.below(2) === 0);
    return bytes;
  },
  'a word and one more or less': (bytes, random) => {
    const at = Math.floor(place(bytes, random) / 4) * 4;
    if (at + 4 > bytes.length) return bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isLittle = random.below(2) === 0;
    view.setUint32(at, view.getUint32(at, isLittle) + (random.below(2) === 0 ? 1 : -1) * (1 + random.below(16)), isLittle);
    return bytes;
  },
  'cut off': (bytes, random) => bytes.slice(0, place(bytes, random)),
  'more at the end': (bytes, random) => {
    const longer = new Uint8Array(bytes.length + 1 + random.below(4096));
    longer.set(bytes);
    for (let at = bytes.length; at < longer.length; at++) longer[at] = random.below(256);
    return longer;
  },
  'a piece left out': (bytes, random) => {
    const at = place(bytes, random);
    const end = Math.min(bytes.length, at + 1 + random.below(64));
    return concat(bytes.subarray(0, at), bytes.subarray(end));
  },
  'a piece twice': (bytes, random) => {
    const at = place(bytes, random);
    const end = Math.min(bytes.length, at + 1 + random.below(64));
    return concat(bytes.subarray(0, end), bytes.subarray(at));
  },
  'a piece of zeros or ones': (bytes, random) => {
    const at = place(bytes, random);
    return bytes.fill(random.below(2) === 0 ? 0 : 0xff, at, at + 1 + random.below(64));
  },
  'a piece of another': (bytes, random, other) => {
    const from = random.below(other.length);
    bytes.set(other.subarray(from, from + Math.min(random.below(512), bytes.length)).subarray(0, bytes.length), 0);
    return bytes;
  },
  'the end of another': (bytes, random, other) => concat(bytes.subarray(0, place(bytes, random)), other.subarray(random.below(other.length))),
  'words that change places': (bytes, random) => {
    const [a, b] = [4 * Math.floor(place(bytes, random) / 4), 4 * Math.floor(place(bytes, random) / 4)];
    const word = bytes.slice(a, a + 4);
    bytes.copyWithin(a, b, Math.min(b + 4, bytes.length));
    bytes.set(word.subarray(0, Math.max(0, bytes.length - b)), b);
    return bytes;
  },
};

const NAMES = Object.keys(MUTATIONS);

/** One to three mutations of a copy. @param {Uint8Array} bytes @param {Random} random @param {Uint8Array} other @returns {{ bytes: Uint8Array, what: string }} */
export function mutate(bytes, random, other) {
  /** @type {Uint8Array} */
  let mutated = Uint8Array.from(bytes);
  const what = [];
  for (let left = 1 + random.below(3); left > 0; left--) {
    if (mutated.length < 8) break;
    const name = NAMES[random.below(NAMES.length)] ?? '';
    what.push(name);
    mutated = /** @type {Mutation} */ (MUTATIONS[name])(mutated, random, other);
  }
  return { bytes: mutated, what: what.join(', ') };
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function concat(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
