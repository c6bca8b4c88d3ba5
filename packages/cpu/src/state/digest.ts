/**
 * Digests: equal states give equal digests on every tier, every version of Node, and in the browser. Words and bytes are
 * labelled, so that two sections cannot be mistaken for one another; memory counts by pages, and zero pages not at all.
 */
import { Sha256 } from './sha256.ts';
import { isZero } from './zero.ts';

const PAGE = 4096;
const BUFFERED_WORDS = 1024;

export class DigestBuilder {
  readonly #hash = new Sha256();
  readonly #words = new Uint32Array(BUFFERED_WORDS);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  #count = 0;

  /** Begins a section. */
  section(name: string): this {
    this.word(name.length);
    for (const character of name) this.word(character.charCodeAt(0));
    return this;
  }

  /** One word; negative numbers count as unsigned. Little-endian, as every host that runs WebAssembly shows memory. */
  word(value: number): this {
    this.#words[this.#count++] = value;
    if (this.#count === BUFFERED_WORDS) this.#flush();
    return this;
  }

  /** A non-negative integer up to 2^53: counters and times. */
  integer(value: number): this {
    return this.word(value % 2 ** 32).word(Math.floor(value / 2 ** 32));
  }

  bytes(bytes: Uint8Array): this {
    this.integer(bytes.length);
    this.#flush();
    this.#hash.update(bytes);
    return this;
  }

  /** RAM: each page that is not all zero with its number. */
  pages(memory: ArrayBufferLike, base: number, size: number): this {
    this.integer(size);
    for (let at = 0; at < size; at += PAGE) {
      const length = Math.min(PAGE, size - at);
      if (isZero(memory, base + at, length)) continue;
      this.integer(at / PAGE);
      this.#flush();
      this.#hash.update(new Uint8Array(memory, base + at, length));
    }
    return this;
  }

  hex(): string {
    this.#flush();
    return this.#hash.hex();
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, 4 * this.#count));
    this.#count = 0;
  }
}
