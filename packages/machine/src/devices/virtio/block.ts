/** A virtio block device over an image in memory (Virtio 1.1, "Block Device"). */
import type { Dma } from './dma.ts';
import { lengthOf, sliceOf, type ChainPart } from './queue.ts';
import type { VirtioModel } from './transport.ts';

const SECTOR = 512;
const TYPE = { IN: 0, OUT: 1, FLUSH: 4, GET_ID: 8 } as const;
const STATUS = { OK: 0, IO_ERROR: 1, UNSUPPORTED: 2 } as const;
/** VIRTIO_BLK_F_RO, VIRTIO_BLK_F_FLUSH. */
const FEATURE = { RO: 1 << 5, FLUSH: 1 << 9 } as const;
const REQUEST_HEADER = 16;
const ID_BYTES = 20;
const ID = Uint8Array.from(Array.from('worldswitch'.padEnd(ID_BYTES, '\0'), (character) => character.charCodeAt(0)));
/** As many as a chain may have at most ("The Virtqueue Descriptor Table"): a second of the host's time. */
const MOST_BYTES = 2 ** 32;
const HIGH = 2 ** 32;

/** A disk's contents; its owner keeps the file behind it, if there is one. */
export interface Disk {
  /** A whole number of sectors of 512 bytes. */
  readonly bytes: Uint8Array;
  readonly isReadOnly: boolean;
  /** Told of each write, so that a file can follow. */
  written?(offset: number, length: number): void;
}

export class VirtioBlock implements VirtioModel {
  readonly id = 2;
  readonly queues = 1;
  readonly mostBytes = MOST_BYTES;
  readonly features: number;
  readonly config: Uint8Array;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.features = FEATURE.FLUSH | (disk.isReadOnly ? FEATURE.RO : 0);
    this.config = new Uint8Array(8);
    new DataView(this.config.buffer).setBigUint64(0, BigInt(Math.floor(disk.bytes.length / SECTOR)), true);
  }

  /**
   * A request: a header and what is to be written, for the device to read; what is read and a byte of status, for it to write. How
   * descriptors divide the two is the driver's choice ("Message Framing").
   */
  handle(_queue: number, buffers: readonly ChainPart[], dma: Dma): number | null {
    const readable = buffers.filter(({ isWritable }) => !isWritable);
    const writable = buffers.filter(({ isWritable }) => isWritable);
    const room = lengthOf(writable) - 1;
    if (lengthOf(readable) < REQUEST_HEADER || room < 0) return null;
    const header = new Uint8Array(REQUEST_HEADER);
    move(sliceOf(readable, 0, REQUEST_HEADER), (part, at) => header.set(dma.view(part.address, part.length)!, at));
    const view = new DataView(header.buffer);
    const sector = view.getUint32(12, true) * HIGH + view.getUint32(8, true);
    const { status, written } = this.#perform(view.getUint32(0, true), sector * SECTOR, sliceOf(readable, REQUEST_HEADER), sliceOf(writable, 0, room), dma);
    for (const { address } of sliceOf(writable, room)) dma.write(address, Uint8Array.of(status));
    return written + 1;
  }

  #perform(type: number, offset: number, output: readonly ChainPart[], input: readonly ChainPart[], dma: Dma): { readonly status: number; readonly written: number } {
    const { bytes, isReadOnly } = this.#disk;
    switch (type) {
      case TYPE.IN:
        if (!this.#holds(offset, input)) return { status: STATUS.IO_ERROR, written: 0 };
        move(input, ({ address, length }, at) => dma.write(address, bytes.subarray(offset + at, offset + at + length)));
        return { status: STATUS.OK, written: lengthOf(input) };
      case TYPE.OUT:
        if (isReadOnly || !this.#holds(offset, output)) return { status: STATUS.IO_ERROR, written: 0 };
        move(output, ({ address, length }, at) => {
          bytes.set(dma.view(address, length)!, offset + at);
          this.#disk.written?.(offset + at, length);
        });
        return { status: STATUS.OK, written: 0 };
      case TYPE.FLUSH:
        return { status: STATUS.OK, written: 0 };
      case TYPE.GET_ID: {
        const target = sliceOf(input, 0, ID_BYTES);
        if (target.length === 0) return { status: STATUS.IO_ERROR, written: 0 };
        move(target, ({ address, length }, at) => dma.write(address, ID.subarray(at, at + length)));
        return { status: STATUS.OK, written: lengthOf(target) };
      }
      default:
        return { status: STATUS.UNSUPPORTED, written: 0 };
    }
  }

  /** Whether data are whole sectors of the disk. */
  #holds(offset: number, data: readonly ChainPart[]): boolean {
    const length = lengthOf(data);
    return length % SECTOR === 0 && offset + length <= this.#disk.bytes.length;
  }
}

/** Goes through parts, each with the number of bytes before it. */
function move(parts: readonly ChainPart[], act: (part: ChainPart, at: number) => void): void {
  let at = 0;
  for (const part of parts) {
    act(part, at);
    at += part.length;
  }
}
