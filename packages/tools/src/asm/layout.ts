/** Gives sections their addresses: code first, then constants, data and space, each kind from a new page. */
import { alignUp, PAGE_SIZE } from '../image/image.ts';
import type { Section } from './section.ts';

/** Sections of one kind share a segment; kinds in the order in which they lie in memory. */
export function segmentKind({ flags, type }: Pick<Section, 'flags' | 'type'>): number {
  if (flags.exec) return 0;
  if (!flags.write) return 1;
  return type === 'nobits' ? 3 : 2;
}

export const END_OF_MEMORY = 1n << 64n;

/** The sections to keep, in order of address, those that are not loaded last; null if they do not fit in the address space. */
export function placeSections(sections: readonly Section[], base: bigint): readonly Section[] | null {
  const kept = sections.filter((section) => section.size > 0 || section.hasLabels || section.name === '.text');
  const loaded = kept.filter(({ flags }) => flags.alloc).sort((a, b) => segmentKind(a) - segmentKind(b));
  let address = base;
  let kind = -1;
  for (const section of loaded) {
    // Data and space follow one another in one segment.
    const next = Math.min(segmentKind(section), 2);
    if (kind >= 0 && next !== kind) address = alignUp(address, PAGE_SIZE);
    kind = next;
    address = alignUp(address, section.alignment);
    section.address = address;
    address += BigInt(section.size);
    if (address > END_OF_MEMORY) return null;
  }
  return [...loaded, ...kept.filter(({ flags }) => !flags.alloc)];
}
