/** An executable image: sections at their addresses, symbols, an entry point. What the assembler makes and ELF holds. */

export type SectionType = 'progbits' | 'nobits' | 'note';

export interface SectionFlags {
  readonly alloc: boolean;
  readonly write: boolean;
  readonly exec: boolean;
}

export interface ImageSection {
  readonly name: string;
  readonly type: SectionType;
  readonly flags: SectionFlags;
  readonly address: bigint;
  readonly size: number;
  readonly alignment: number;
  /** The contents; empty for `nobits`. */
  readonly bytes: Uint8Array;
}

export interface ImageSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  readonly binding: 'local' | 'global' | 'weak';
  readonly type: 'notype' | 'object' | 'function' | 'section' | 'file';
  /** Index into the image's sections; null for an absolute value. */
  readonly section: number | null;
}

export interface Image {
  readonly entry: bigint;
  /** In order of address; those that are not loaded come last, at address 0. */
  readonly sections: readonly ImageSection[];
  readonly symbols: readonly ImageSymbol[];
}

/** Distance at which segments with different permissions begin. */
export const PAGE_SIZE = 0x1000;

/** A multiple of `alignment`, at least `value`. */
export function alignUp(value: bigint, alignment: number): bigint {
  const step = BigInt(alignment);
  return ((value + step - 1n) / step) * step;
}
