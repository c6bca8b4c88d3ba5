/** The digest of RAM: SHA-256 of each page that is not all zero, of which only those are hashed again that may have changed. */
import type { RamRegion } from '../mem/physical.ts';
import { isZero } from '../snapshot/ram.ts';
import type { DigestBuilder } from './digest.ts';
import type { DirtyPages } from './dirty-pages.ts';
import { Sha256 } from './sha256.ts';

const PAGE = 4096;

export class RamDigest {
  readonly #memory: ArrayBufferLike;
  readonly #region: RamRegion;
  readonly #dirty: DirtyPages;
  /** By page; a page that is all zero has none. */
  readonly #hashes = new Map<number, string>();
  /** How many pages the last digest hashed. */
  hashed = 0;

  constructor(memory: ArrayBufferLike, region: RamRegion, dirty: DirtyPages) {
    this.#memory = memory;
    this.#region = region;
    this.#dirty = dirty;
  }

  /** Adds RAM to a digest. No bank may have a write entry: the pages count as unchanged from here on. */
  addTo(digest: DigestBuilder): void {
    this.hashed = 0;
    for (let page = 0; page < this.#dirty.pages; page++) if (this.#dirty.isMarked(page)) this.#hash(page);
    this.#dirty.clear();
    digest.integer(this.#region.size).integer(this.#hashes.size);
    for (const page of [...this.#hashes.keys()].sort((a, b) => a - b)) digest.integer(page).section(this.#hashes.get(page)!);
  }

  #hash(page: number): void {
    const at = this.#region.host + page * PAGE;
    const length = Math.min(PAGE, this.#region.size - page * PAGE);
    if (isZero(new Int32Array(this.#memory, at, length >> 2))) {
      this.#hashes.delete(page);
      return;
    }
    this.hashed++;
    this.#hashes.set(page, new Sha256().update(new Uint8Array(this.#memory, at, length)).hex());
  }
}
