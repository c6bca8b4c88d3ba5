/**
 * Which pages of RAM may have changed since a moment (execution-engine, "Snapshots"): those that got a write entry of a TLB
 * bank, and those that were written on a slow path. So what is in no write half and is not marked here is unchanged.
 */
import type { StoreWatcher } from '../mem/access.ts';
import type { RamRegion } from '../mem/physical.ts';

const PAGE_SHIFT = 12;

/** Stands before the code cache, which decides whether a page may be written directly. */
export class DirtyPages implements StoreWatcher {
  readonly pages: number;
  readonly #base: number;
  readonly #marks: Uint8Array;
  readonly #next: StoreWatcher | null;

  constructor(region: RamRegion, next: StoreWatcher | null) {
    this.pages = Math.ceil(region.size / 2 ** PAGE_SHIFT);
    this.#base = region.base;
    this.#marks = new Uint8Array(this.pages).fill(1);
    this.#next = next;
  }

  mayEnterForWrite(page: number, slot: number): boolean {
    if (this.#next !== null && !this.#next.mayEnterForWrite(page, slot)) return false;
    this.#mark(page, page);
    return true;
  }

  stored(address: number, bytes: number): void {
    this.#mark(address, address + bytes - 1);
    this.#next?.stored(address, bytes);
  }

  isMarked(page: number): boolean {
    return this.#marks[page] === 1;
  }

  markAll(): void {
    this.#marks.fill(1);
  }

  /** From here on; the caller has cleared the write halves of all banks. */
  clear(): void {
    this.#marks.fill(0);
  }

  #mark(first: number, last: number): void {
    const to = Math.min(this.pages - 1, Math.floor((last - this.#base) / 2 ** PAGE_SHIFT));
    for (let page = Math.max(0, Math.floor((first - this.#base) / 2 ** PAGE_SHIFT)); page <= to; page++) this.#marks[page] = 1;
  }
}
