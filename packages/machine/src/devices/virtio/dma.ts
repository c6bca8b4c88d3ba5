/** Memory as a device reaches it: RAM by physical address. */
import type { Ram } from '../../ram.ts';

export class Dma {
  readonly #ram: Ram;

  constructor(ram: Ram) {
    this.#ram = ram;
  }

  /** A view to read from; null where a part of it is not RAM. */
  view(address: number, length: number): Uint8Array | null {
    return Number.isSafeInteger(address) && this.#ram.contains(address, length) ? this.#ram.bytes(address, length) : null;
  }

  /** False where a part of the target is not RAM, and then nothing is written. */
  write(address: number, bytes: Uint8Array): boolean {
    if (this.view(address, bytes.length) === null) return false;
    this.#ram.write(address, bytes);
    return true;
  }
}
