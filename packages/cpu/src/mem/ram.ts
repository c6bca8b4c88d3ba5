/** One region of RAM as whoever owns the machine reads and writes it: by physical address, with bounds. */
import { ArgumentError, checkInteger } from '../argument-error.ts';
import type { StoreWatcher } from './access.ts';
import type { RamRegion } from './physical.ts';

const WORD = 4;

export class HostRam implements RamRegion {
  readonly base: number;
  readonly size: number;
  readonly host: number;
  readonly #memory: ArrayBufferLike;
  readonly #watcher: StoreWatcher;

  /** `watcher` is told of what is written here, because translated code may have come from it. */
  constructor(memory: ArrayBufferLike, region: RamRegion, watcher: StoreWatcher) {
    this.#memory = memory;
    this.base = region.base;
    this.size = region.size;
    this.host = region.host;
    this.#watcher = watcher;
  }

  /** A copy of `length` bytes at a physical address. */
  read(address: number, length: number): Uint8Array {
    return this.#view(address, length).slice();
  }

  write(address: number, bytes: Uint8Array): void {
    this.#view(address, bytes.length).set(bytes);
    this.#watcher.stored(address, bytes.length);
  }

  /** Writes instruction words, or other words of 32 bits. */
  writeWords(address: number, words: readonly number[]): void {
    const bytes = new DataView(new ArrayBuffer(WORD * words.length));
    words.forEach((word, index) => {
      bytes.setUint32(WORD * index, word, true);
    });
    this.write(address, new Uint8Array(bytes.buffer));
  }

  #view(address: number, length: number): Uint8Array {
    checkInteger('length', length, 0, this.size);
    checkInteger('address', address, this.base, this.base + this.size - length);
    return new Uint8Array(this.#memory, this.host + address - this.base, length);
  }

  /** The region's end; the first address that is not RAM. */
  get end(): number {
    return this.base + this.size;
  }

  /** The words at an address, unsigned. */
  readWords(address: number, count: number): number[] {
    if (address % WORD !== 0) throw new ArgumentError('address', address, 'a multiple of 4');
    const view = new DataView(this.read(address, WORD * count).buffer);
    return Array.from({ length: count }, (_, index) => view.getUint32(WORD * index, true));
  }
}
