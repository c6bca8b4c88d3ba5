/** RAM in a snapshot: the pages that are not all zero, by number. */
import type { RamRegion } from '../mem/physical.ts';
import type { SnapshotPart } from './format.ts';

const PAGE = 4096;

/** The section of one region; `restored` hears that everything in it may have changed. */
export function ramPart(memory: ArrayBufferLike, region: RamRegion, name: string, restored: () => void): SnapshotPart {
  const pages = Math.ceil(region.size / PAGE);
  const pageAt = (page: number): Uint8Array => new Uint8Array(memory, region.host + page * PAGE, Math.min(PAGE, region.size - page * PAGE));
  return {
    name,
    version: 1,
    save: (into) => {
      into.integer(region.base).integer(region.size);
      const used = Array.from({ length: pages }, (_, page) => page).filter((page) => !isZero(new Int32Array(memory, region.host + page * PAGE, pageAt(page).length >> 2)));
      into.u32(used.length);
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
        new Uint8Array(memory, region.host, region.size).fill(0);
        for (const { page, bytes } of contents) pageAt(page).set(bytes);
        restored();
      };
    },
  };
}

/** Whether words are all zero. */
export function isZero(words: Int32Array): boolean {
  for (let at = 0; at < words.length; at++) if (words[at] !== 0) return false;
  return true;
}
