/** RAM of a machine: where it lies in the physical address space and in machine memory, and who has taken which part. */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { HostMemory, RamRegion, StoreWatcher } from '@worldswitch/cpu';

export class Ram implements RamRegion, HostMemory {
  readonly memory: ArrayBufferLike;
  readonly base: number;
  readonly size: number;
  readonly host: number;
  /** Who follows stores: translated code, digests. */
  watcher: Pick<StoreWatcher, 'stored'> | null = null;
  /** Everything from here to the end of RAM is taken. */
  #top: number;

  constructor(memory: ArrayBufferLike, host: number, base: number, size: number) {
    this.memory = memory;
    this.host = host;
    this.base = base;
    this.size = size;
    this.#top = base + size;
  }

  get end(): number {
    return this.base + this.size;
  }

  contains(address: number, length: number): boolean {
    return address >= this.base && length >= 0 && address + length <= this.end;
  }

  /** Writes bytes at a physical address, and whoever follows stores is told. */
  write(address: number, bytes: Uint8Array): void {
    this.bytes(address, bytes.length).set(bytes);
    this.watcher?.stored(address, bytes.length);
  }

  /** Zeros `length` bytes. */
  clear(address: number, length: number): void {
    this.bytes(address, length).fill(0);
    this.watcher?.stored(address, length);
  }

  /** A view of `length` bytes at a physical address, to read. */
  bytes(address: number, length: number): Uint8Array {
    if (!this.contains(address, length)) throw new InvariantError(`0x${address.toString(16)} and ${String(length)} bytes are not RAM`);
    return new Uint8Array(this.memory, this.host + address - this.base, length);
  }

  /** Takes memory from the end of RAM downwards: images are loaded from its beginning. */
  allocate(size: number, align: number): number {
    const address = Math.floor((this.#top - size) / align) * align;
    if (address < this.base) throw new InvariantError(`no room in RAM for ${String(size)} bytes`);
    this.#top = address;
    return address;
  }

  /** First address behind what is free. */
  get freeEnd(): number {
    return this.#top;
  }
}
