/** Physical memory as a PE reaches it: RAM in machine memory, everything else on the bus. */
import type { Bus } from '../ports.ts';
import type { PhysicalReader } from './translation.ts';

/** One region of RAM: physical base, size, and its offset in machine memory. */
export interface RamRegion {
  readonly base: number;
  readonly size: number;
  readonly host: number;
}

export class PhysicalMemory implements PhysicalReader {
  readonly data = new Int32Array(2);
  /** Accesses that went to the bus: whoever prices an access asks whether it did. */
  deviceAccesses = 0;
  readonly #view: DataView;
  readonly #regions: readonly RamRegion[];
  readonly #bus: Bus;
  readonly #word = new Uint32Array(2);
  /** Whether a physical address lies in native text: fetched, it runs a routine; loaded or stored, it aborts. */
  readonly isNative: (address: number) => boolean;

  constructor(memory: ArrayBufferLike, regions: readonly RamRegion[], bus: Bus, isNative: (address: number) => boolean) {
    this.#view = new DataView(memory as ArrayBuffer);
    this.#regions = regions;
    this.#bus = bus;
    this.isNative = isNative;
  }

  /** Host offset of a physical address of RAM, or 0. */
  host(address: number): number {
    for (const region of this.#regions) {
      const offset = address - region.base;
      if (offset >= 0 && offset < region.size) return region.host + offset;
    }
    return 0;
  }

  readDescriptor(address: number, bigEndian: boolean): boolean {
    const host = this.host(address);
    if (host === 0) return false;
    this.data[0] = this.#view.getInt32(bigEndian ? host + 4 : host, !bigEndian);
    this.data[1] = this.#view.getInt32(bigEndian ? host : host + 4, !bigEndian);
    return true;
  }

  updateDescriptor(address: number, lo: number, bigEndian: boolean): void {
    this.#view.setInt32(this.host(address) + (bigEndian ? 4 : 0), lo, !bigEndian);
  }

  /** Reads `size` bytes to `into[at]`, `into[at + 1]`. False is an external abort. */
  read(address: number, size: number, into: Int32Array, at: number): boolean {
    const host = this.host(address);
    into[at + 1] = 0;
    if (host === 0) {
      this.deviceAccesses++;
      if (this.#bus.read(address, size, this.#word) === 'abort') return false;
      into[at] = this.#word[0]!;
      into[at + 1] = this.#word[1]!;
      return true;
    }
    switch (size) {
      case 1: into[at] = this.#view.getUint8(host); break;
      case 2: into[at] = this.#view.getUint16(host, true); break;
      case 4: into[at] = this.#view.getInt32(host, true); break;
      default:
        into[at] = this.#view.getInt32(host, true);
        into[at + 1] = this.#view.getInt32(host + 4, true);
    }
    return true;
  }

  write(address: number, size: number, from: Int32Array, at: number): boolean {
    const host = this.host(address);
    if (host === 0) {
      this.deviceAccesses++;
      this.#word[0] = from[at]!;
      this.#word[1] = from[at + 1]!;
      return this.#bus.write(address, size, this.#word) === 'ok';
    }
    switch (size) {
      case 1: this.#view.setUint8(host, from[at]!); break;
      case 2: this.#view.setUint16(host, from[at]!, true); break;
      case 4: this.#view.setInt32(host, from[at]!, true); break;
      default:
        this.#view.setInt32(host, from[at]!, true);
        this.#view.setInt32(host + 4, from[at + 1]!, true);
    }
    return true;
  }
}
