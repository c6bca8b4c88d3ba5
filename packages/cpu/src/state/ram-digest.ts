/**
 * The digest of memory: SHA-256 of each page that is not all zero, and of each group of pages over these, of which only those
 * are hashed again that may have changed. So a digest costs what was written since the last.
 */
import type { RamRegion } from '../mem/physical.ts';
import type { Hash } from '../snapshot/format.ts';
import type { DigestBuilder } from './digest.ts';
import type { DirtyPages } from './dirty-pages.ts';
import { Sha256 } from './sha256.ts';
import { isZero } from './zero.ts';

const PAGE = 4096;
const GROUP = 64;

/** Pages that follow one another; those that are all zero have no hash. */
interface Group {
  readonly pages: (Uint8Array | null)[];
  /** Null: a page has changed since it was computed. */
  hash: Uint8Array | null;
}

export class RamDigest {
  readonly #memory: ArrayBufferLike;
  readonly #region: RamRegion;
  readonly #dirty: DirtyPages;
  /** By number; one whose pages are all zero may be missing. */
  readonly #groups: (Group | undefined)[];
  /** How many pages the last digest hashed. */
  hashed = 0;

  constructor(memory: ArrayBufferLike, region: RamRegion, dirty: DirtyPages) {
    this.#memory = memory;
    this.#region = region;
    this.#dirty = dirty;
    this.#groups = new Array<Group | undefined>(Math.ceil(dirty.pages / GROUP));
  }

  /** Adds the memory to a digest; `host`: the host's SHA-256, for pages. No bank may have a write entry: the pages count as unchanged from here on. */
  addTo(digest: DigestBuilder, host: Hash | null = null): void {
    this.hashed = 0;
    for (let page = 0; page < this.#dirty.pages; page++) if (this.#dirty.isMarked(page)) this.#hash(page, host);
    this.#dirty.clear();
    digest.integer(this.#region.size);
    for (let number = 0; number < this.#groups.length; number++) {
      const group = this.#groups[number];
      if (group?.pages.some((hash) => hash !== null) === true) digest.word(number).bytes((group.hash ??= hashOf(group)));
    }
  }

  #hash(page: number, hash: Hash | null): void {
    const { host, size } = this.#region;
    const length = Math.min(PAGE, size - page * PAGE);
    const isEmpty = isZero(this.#memory, host + page * PAGE, length);
    const number = Math.floor(page / GROUP);
    const known = this.#groups[number];
    if (isEmpty && known === undefined) return;
    const group = known ?? (this.#groups[number] = { pages: new Array<Uint8Array | null>(GROUP).fill(null), hash: null });
    group.hash = null;
    group.pages[page % GROUP] = isEmpty ? null : sha256(new Uint8Array(this.#memory, host + page * PAGE, length), hash);
    if (!isEmpty) this.hashed++;
  }
}

function sha256(bytes: Uint8Array, hash: Hash | null): Uint8Array {
  if (hash === null) return new Sha256().update(bytes).digest();
  const digits = hash(bytes);
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

function hashOf({ pages }: Group): Uint8Array {
  const hash = new Sha256();
  const number = new Uint8Array(1);
  for (let page = 0; page < GROUP; page++) {
    const of = pages[page];
    if (of === null || of === undefined) continue;
    number[0] = page;
    hash.update(number).update(of);
  }
  return hash.digest();
}
