/** Memory as a device reaches it: RAM by physical address. Every write drops code that was translated from there. */
import type { CodeCache } from '@worldswitch/cpu';
import type { Ram } from '../../ram.ts';

export class Dma {
  readonly #ram: Ram;
  readonly #translation: CodeCache | null;

  constructor(ram: Ram, translation: CodeCache | null) {
    this.#ram = ram;
    this.#translation = translation;
  }

  /** A view to read from; null where a part of it is not RAM. */
  view(address: number, length: number): Uint8Array | null {
    return Number.isSafeInteger(address) && this.#ram.contains(address, length) ? this.#ram.bytes(address, length) : null;
  }

  /** False where a part of the target is not RAM, and then nothing is written. */
  write(address: number, bytes: Uint8Array): boolean {
    const target = this.view(address, bytes.length);
    if (target === null) return false;
    target.set(bytes);
    this.#translation?.stored(address, bytes.length);
    return true;
  }
}
