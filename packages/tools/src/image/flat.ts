/** An image as a flat binary: memory from the first loaded byte to the last one that has contents, gaps zero. */
import type { Image } from './image.ts';

export interface FlatImage {
  /** Address of the first byte. */
  readonly base: bigint;
  readonly bytes: Uint8Array;
}

/** Bytes of the largest flat binary that is made. */
export const MAX_FLAT_BYTES = 512 * 1024 * 1024;

/** The flat binary, or null where it would be larger than {@link MAX_FLAT_BYTES}. */
export function flatImage(image: Image): FlatImage | null {
  const loaded = image.sections.filter(({ flags, bytes }) => flags.alloc && bytes.length > 0);
  const base = loaded.reduce((lowest, { address }) => (address < lowest ? address : lowest), loaded[0]?.address ?? 0n);
  const end = loaded.reduce((highest, { address, bytes }) => (address + BigInt(bytes.length) > highest ? address + BigInt(bytes.length) : highest), base);
  if (end - base > BigInt(MAX_FLAT_BYTES)) return null;
  const bytes = new Uint8Array(Number(end - base));
  for (const section of loaded) bytes.set(section.bytes, Number(section.address - base));
  return { base, bytes };
}
