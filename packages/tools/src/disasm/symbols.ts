/** Finds the symbol for an address: `label`, or `label+0x10` within the same section. */
import type { Image } from '../image/image.ts';

export interface AddressSymbol {
  readonly name: string;
  readonly address: bigint;
}

/** Addresses `[start, end)` within which a symbol names what follows it. */
export interface AddressRange {
  readonly start: bigint;
  readonly end: bigint;
}

export class SymbolIndex {
  readonly #addresses: readonly bigint[];
  readonly #names: readonly string[];
  readonly #ranges: readonly AddressRange[];

  /** Of symbols at one address the first is used; without `ranges`, a symbol names everything up to the next one. */
  constructor(symbols: readonly AddressSymbol[], ranges: readonly AddressRange[] = []) {
    const firsts = new Map<bigint, string>();
    for (const { name, address } of symbols) if (!firsts.has(address)) firsts.set(address, name);
    const sorted = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#addresses = sorted.map(([address]) => address);
    this.#names = sorted.map(([, name]) => name);
    this.#ranges = [...ranges].sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** The symbols of an image that name places, functions first; of one section only, where sections overlap. */
  static of(image: Image, only: number | null = null): SymbolIndex {
    const named = image.symbols.filter(({ name, type, section }) => section !== null && (only === null || section === only) && name !== '' && type !== 'section' && type !== 'file' && !/^\$[xd](?:\.|$)/.test(name));
    const rank = ({ binding, type }: (typeof named)[number]): number => (type === 'function' ? 0 : 2) + (binding === 'local' ? 1 : 0);
    const ranges = image.sections.filter(({ flags, size }) => flags.alloc && size > 0).map(({ address, size }) => ({ start: address, end: address + BigInt(size) }));
    return new SymbolIndex(named.sort((a, b) => rank(a) - rank(b)).map(({ name, value }) => ({ name, address: value })), ranges);
  }

  /** The symbol at exactly this address, or null. */
  at(address: bigint): string | null {
    const index = lastAtOrBefore(this.#addresses.length, (middle) => this.#addresses[middle]! <= address);
    return this.#addresses[index] === address ? this.#names[index]! : null;
  }

  /** `label` or `label+0x10`, or null where no symbol goes before in the same range. */
  describe(address: bigint): string | null {
    const index = lastAtOrBefore(this.#addresses.length, (middle) => this.#addresses[middle]! <= address);
    const start = this.#addresses[index];
    if (start === undefined || !this.#inOneRange(start, address)) return null;
    return start === address ? this.#names[index]! : `${this.#names[index]!}+0x${(address - start).toString(16)}`;
  }

  #inOneRange(start: bigint, address: bigint): boolean {
    if (start === address || this.#ranges.length === 0) return true;
    const range = this.#ranges[lastAtOrBefore(this.#ranges.length, (middle) => this.#ranges[middle]!.start <= address)];
    return range !== undefined && start >= range.start && address < range.end;
  }
}

/** The last index for which `holds`, where it holds up to some index; -1 for none. */
export function lastAtOrBefore(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
