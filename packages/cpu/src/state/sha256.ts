/** SHA-256 (FIPS 180-4), incremental; the packages use nothing of the host. */

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes: computed, not copied. */
const K = new Int32Array(64);
const INITIAL = new Int32Array(8);

{
  const primes: number[] = [];
  for (let candidate = 2; primes.length < K.length; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  primes.forEach((prime, index) => {
    K[index] = fractionalRootBits(BigInt(prime), 3n);
    if (index < INITIAL.length) INITIAL[index] = fractionalRootBits(BigInt(prime), 2n);
  });
}

/** The first 32 bits of the fraction of the root of `value`: the root of value x 2^(32 x degree), in integers. */
function fractionalRootBits(value: bigint, degree: bigint): number {
  const scaled = value << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(low & 0xffff_ffffn);
}

const BLOCK = 64;

export class Sha256 {
  readonly #state = INITIAL.slice();
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  #bytes = 0;

  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === 0 && bytes.length - at >= BLOCK) {
        compress(this.#state, bytes, at);
        at += BLOCK;
        continue;
      }
      const take = Math.min(BLOCK - this.#filled, bytes.length - at);
      this.#block.set(bytes.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled < BLOCK) continue;
      compress(this.#state, this.#block, 0);
      this.#filled = 0;
    }
    return this;
  }

  /** The digest as 64 hexadecimal digits. The object cannot be used afterwards. */
  hex(): string {
    return Array.from(this.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** The digest, 32 bytes. The object cannot be used afterwards. */
  digest(): Uint8Array {
    const bits = this.#bytes * 8;
    const padding = new Uint8Array(((this.#filled < BLOCK - 8 ? BLOCK : 2 * BLOCK) - this.#filled) | 0);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.length - 4, bits >>> 0);
    this.update(padding);
    const digest = new Uint8Array(4 * this.#state.length);
    const words = new DataView(digest.buffer);
    this.#state.forEach((word, index) => {
      words.setInt32(4 * index, word);
    });
    return digest;
  }
}

/** Words of the message schedule, of whoever hashes now. */
const W = new Int32Array(64);

/** One block, of 64 bytes from `at`. Everything is signed: the sum of unsigned words would be computed in floating point. */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0, from = at; t < 16; t++, from += 4) W[t] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
  for (let t = 16; t < 64; t++) {
    const a = W[t - 15]!;
    const b = W[t - 2]!;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    W[t] = (W[t - 16]! + s0 + W[t - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + K[t]! + W[t]!) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  state[4] = state[4]! + e;
  state[5] = state[5]! + f;
  state[6] = state[6]! + g;
  state[7] = state[7]! + h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
