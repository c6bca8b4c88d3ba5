// @ts-check
/** Seeded numbers for the checks: SplitMix32, so that a seed printed by a failing run repeats it. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits, unsigned. */
  bits() {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A number below `limit`. @param {number} limit */
  below(limit) {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }
}
