/** A disk of a board: its contents, and which parts of them have changed since the last digest. */
import { DirtyPages, RamDigest, type DigestBuilder, type Hash } from '@worldswitch/cpu';
import type { Disk } from '../devices/virtio/block.ts';

export class BoardDisk implements Disk {
  readonly bytes: Uint8Array;
  readonly isReadOnly: boolean;
  readonly #disk: Disk;
  readonly #dirty: DirtyPages;
  readonly #digest: RamDigest;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.bytes = disk.bytes;
    this.isReadOnly = disk.isReadOnly;
    const region = { base: 0, size: disk.bytes.length, host: disk.bytes.byteOffset };
    this.#dirty = new DirtyPages(region, null);
    this.#digest = new RamDigest(disk.bytes.buffer, region, this.#dirty);
  }

  written(offset: number, length: number): void {
    this.#dirty.stored(offset, length);
    this.#disk.written?.(offset, length);
  }

  /** All of it may have changed. */
  contentsChanged(): void {
    this.#dirty.markAll();
  }

  addTo(digest: DigestBuilder, hash: Hash | null): void {
    this.#digest.addTo(digest, hash);
  }
}
