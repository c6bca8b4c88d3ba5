/** Bytes that follow from a number: what a machine gives software as random (Steele, Lea and Flood, "SplitMix", 32 bits). */
export class SeededBytes {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next word, 32 bits. */
  word(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  take(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let n = 0; n < count; n++) bytes[n] = this.word() & 0xff;
    return bytes;
  }

  /** For snapshots and digests. */
  get state(): number {
    return this.#state;
  }

  set state(value: number) {
    this.#state = value | 0;
  }
}
