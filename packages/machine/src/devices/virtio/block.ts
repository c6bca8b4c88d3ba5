/** A virtio block device over an image in memory (Virtio 1.1, "Block Device"). */
import type { Dma } from './dma.ts';
import type { ChainPart } from './queue.ts';
import type { VirtioModel } from './transport.ts';

const SECTOR = 512;
const TYPE = { IN: 0, OUT: 1, FLUSH: 4, GET_ID: 8 } as const;
const STATUS = { OK: 0, IO_ERROR: 1, UNSUPPORTED: 2 } as const;
/** VIRTIO_BLK_F_RO, VIRTIO_BLK_F_FLUSH. */
const FEATURE = { RO: 1 << 5, FLUSH: 1 << 9 } as const;
const REQUEST_HEADER = 16;
const ID_BYTES = 20;
const ID = Uint8Array.from(Array.from('worldswitch', (character) => character.charCodeAt(0)));
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
  readonly features: number;
  readonly config: Uint8Array;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.features = FEATURE.FLUSH | (disk.isReadOnly ? FEATURE.RO : 0);
    this.config = new Uint8Array(8);
    new DataView(this.config.buffer).setBigUint64(0, BigInt(Math.floor(disk.bytes.length / SECTOR)), true);
  }

  /** A request: a header to read, data, and a byte of status to write at the end. */
  handle(_queue: number, buffers: readonly ChainPart[], dma: Dma): number {
    const header = buffers[0];
    const last = buffers.at(-1);
    const bytes = header === undefined || header.isWritable || header.length < REQUEST_HEADER ? null : dma.view(header.address, REQUEST_HEADER);
    if (bytes === null || last === undefined || !last.isWritable || last.length === 0) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, REQUEST_HEADER);
    const sector = view.getUint32(12, true) * HIGH + view.getUint32(8, true);
    const data = [...buffers.slice(1, -1), ...(last.length > 1 ? [{ ...last, length: last.length - 1 }] : [])];
    const { status, written } = this.#perform(view.getUint32(0, true), sector * SECTOR, data, dma);
    dma.write(last.address + last.length - 1, Uint8Array.of(status));
    return written + 1;
  }

  #perform(type: number, offset: number, data: readonly ChainPart[], dma: Dma): { readonly status: number; readonly written: number } {
    switch (type) {
      case TYPE.IN:
        return this.#transfer(offset, data, true, (buffer, at) => dma.write(buffer.address, this.#disk.bytes.subarray(at, at + buffer.length)));
      case TYPE.OUT:
        if (this.#disk.isReadOnly) return { status: STATUS.IO_ERROR, written: 0 };
        return this.#transfer(offset, data, false, (buffer, at) => {
          this.#disk.bytes.set(dma.view(buffer.address, buffer.length)!, at);
          this.#disk.written?.(at, buffer.length);
        });
      case TYPE.FLUSH:
        return { status: STATUS.OK, written: 0 };
      case TYPE.GET_ID: {
        const target = data.find(({ isWritable }) => isWritable);
        if (target === undefined) return { status: STATUS.IO_ERROR, written: 0 };
        const id = new Uint8Array(Math.min(ID_BYTES, target.length));
        id.set(ID.subarray(0, id.length));
        dma.write(target.address, id);
        return { status: STATUS.OK, written: id.length };
      }
      default:
        return { status: STATUS.UNSUPPORTED, written: 0 };
    }
  }

  #transfer(offset: number, data: readonly ChainPart[], isRead: boolean, move: (buffer: ChainPart, at: number) => void): { readonly status: number; readonly written: number } {
    const total = data.reduce((sum, { length }) => sum + length, 0);
    if (offset + total > this.#disk.bytes.length || data.some(({ isWritable }) => isWritable !== isRead)) return { status: STATUS.IO_ERROR, written: 0 };
    let at = offset;
    for (const buffer of data) {
      move(buffer, at);
      at += buffer.length;
    }
    return { status: STATUS.OK, written: isRead ? total : 0 };
  }
}
