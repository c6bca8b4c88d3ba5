/** RAM in a snapshot: the pages that are not all zero, by number. */
import type { RamRegion } from '../mem/physical.ts';
import { isZero } from '../state/zero.ts';
import type { SnapshotPart } from './format.ts';

const PAGE = 4096;

export interface RamPartOptions {
  readonly name: string;
  /** Whether everything is known to be zero when it is restored: nothing else is touched then. */
  readonly isFresh: boolean;
  /** Hears that everything may have changed. */
  readonly restored: () => void;
}

/** The section of one region. */
export function ramPart(memory: ArrayBufferLike, region: RamRegion, { name, isFresh, restored }: RamPartOptions): SnapshotPart {
  const pages = Math.ceil(region.size / PAGE);
  const pageAt = (page: number): Uint8Array => new Uint8Array(memory, region.host + page * PAGE, Math.min(PAGE, region.size - page * PAGE));
  return {
    name,
    version: 1,
    save: (into) => {
      into.integer(region.base).integer(region.size);
      const used = Array.from({ length: pages }, (_, page) => page).filter((page) => !isZero(memory, region.host + page * PAGE, pageAt(page).length));
      into.u32(used.length).reserve(used.length * (4 + PAGE));
      for (const page of used) into.u32(page).bytes(pageAt(page));
    },
    restore: (from) => {
      if (from.integer('the base of RAM') !== region.base || from.integer('the size of RAM') !== region.size) from.fail('RAM lies elsewhere, or has another size');
      const contents: { readonly page: number; readonly bytes: Uint8Array }[] = [];
      let next = 0;
      for (let left = from.within('the number of pages', 0, pages); left > 0; left--) {
        const page = from.within('a page', next, pages - 1);
        contents.push({ page, bytes: from.bytes(pageAt(page).length) });
        next = page + 1;
      }
      return () => {
        if (!isFresh) new Uint8Array(memory, region.host, region.size).fill(0);
        for (const { page, bytes } of contents) pageAt(page).set(bytes);
        restored();
      };
    },
  };
}
