/**
 * A split virtqueue: chains of descriptors that the driver makes available and the device uses (Virtio 1.1, "Split
 * Virtqueues"). The rings are untrusted: a chain that leaves RAM or goes in circles is an error of the driver.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { Dma } from './dma.ts';

/** Entries of the largest queue. */
export const QUEUE_SIZE = 256;

const DESCRIPTOR = { SIZE: 16, LENGTH: 8, FLAGS: 12, NEXT: 14 } as const;
const FLAG = { NEXT: 1, WRITE: 2, INDIRECT: 4 } as const;
const AVAILABLE = { FLAGS: 0, INDEX: 2, RING: 4 } as const;
const USED = { INDEX: 2, RING: 4, ENTRY: 8 } as const;
/** The driver does not want to be interrupted. */
const NO_INTERRUPT = 1;
const HIGH = 2 ** 32;
/** Indices of the rings run freely in 16 bits. */
const LAST_INDEX = 0xffff;

/** A part of a chain: a physical address range, which the device reads or writes. */
export interface ChainPart {
  readonly address: number;
  readonly length: number;
  readonly isWritable: boolean;
}

export interface Chain {
  readonly head: number;
  readonly buffers: readonly ChainPart[];
}

export class Virtqueue {
  size = 0;
  isReady = false;
  /** Physical addresses of descriptor table, available ring and used ring, the low word first. */
  readonly descriptors = new Uint32Array(2);
  readonly available = new Uint32Array(2);
  readonly used = new Uint32Array(2);
  readonly #dma: Dma;
  #nextAvailable = 0;
  #nextUsed = 0;

  constructor(dma: Dma) {
    this.#dma = dma;
  }

  reset(): void {
    this.size = 0;
    this.isReady = false;
    for (const address of [this.descriptors, this.available, this.used]) address.fill(0);
    this.#nextAvailable = 0;
    this.#nextUsed = 0;
  }

  /**
   * How many chains the driver has made available; `broken` where the ring is nonsense: outside of RAM, or with more chains than
   * the queue has entries ("The Virtqueue Available Ring").
   */
  get pending(): number | 'broken' {
    if (!this.isReady || this.size === 0) return 0;
    const ring = this.#ring;
    if (ring === null) return 'broken';
    const count = (ring.getUint16(AVAILABLE.INDEX, true) - this.#nextAvailable) & LAST_INDEX;
    return count > this.size ? 'broken' : count;
  }

  /** The next chain, of those that are {@link pending}; null where it or the ring is nonsense. */
  take(): Chain | null {
    const ring = this.#ring;
    if (ring === null) return null;
    const head = ring.getUint16(AVAILABLE.RING + 2 * (this.#nextAvailable % this.size), true);
    this.#nextAvailable = (this.#nextAvailable + 1) & LAST_INDEX;
    const buffers = this.#chain(head);
    return buffers === null ? null : { head, buffers };
  }

  /** Gives a chain back with the bytes that were written; says whether the driver wants an interrupt, null if it cannot be. */
  giveBack(head: number, written: number): boolean | null {
    const entry = new Uint8Array(USED.ENTRY);
    viewOf(entry).setUint32(0, head, true);
    viewOf(entry).setUint32(4, written, true);
    const used = numberOf(this.used);
    if (!this.#dma.write(used + USED.RING + USED.ENTRY * (this.#nextUsed % this.size), entry)) return null;
    this.#nextUsed = (this.#nextUsed + 1) & LAST_INDEX;
    const index = new Uint8Array(2);
    viewOf(index).setUint16(0, this.#nextUsed, true);
    if (!this.#dma.write(used + USED.INDEX, index)) return null;
    const flags = this.#dma.view(numberOf(this.available) + AVAILABLE.FLAGS, 2);
    return flags === null ? null : (viewOf(flags).getUint16(0, true) & NO_INTERRUPT) === 0;
  }

  visitState(state: StateVisitor): void {
    this.size = state.within(this.size, 0, QUEUE_SIZE);
    this.isReady = state.flag(this.isReady);
    for (const address of [this.descriptors, this.available, this.used]) state.words(address);
    this.#nextAvailable = state.within(this.#nextAvailable, 0, LAST_INDEX);
    this.#nextUsed = state.within(this.#nextUsed, 0, LAST_INDEX);
  }

  get #ring(): DataView | null {
    const ring = this.#dma.view(numberOf(this.available), AVAILABLE.RING + 2 * this.size);
    return ring === null ? null : viewOf(ring);
  }

  #chain(head: number): ChainPart[] | null {
    const buffers: ChainPart[] = [];
    const direct = numberOf(this.descriptors);
    let table = direct;
    let entries = this.size;
    let index = head;
    // A chain visits no descriptor twice: longer than both tables together is a circle.
    for (let left = this.size + QUEUE_SIZE; left > 0; left--) {
      const bytes = index < entries ? this.#dma.view(table + DESCRIPTOR.SIZE * index, DESCRIPTOR.SIZE) : null;
      if (bytes === null) return null;
      const view = viewOf(bytes);
      const address = view.getUint32(4, true) * HIGH + view.getUint32(0, true);
      const length = view.getUint32(DESCRIPTOR.LENGTH, true);
      const flags = view.getUint16(DESCRIPTOR.FLAGS, true);
      if ((flags & FLAG.INDIRECT) !== 0) {
        // An indirect table stands alone or last, and holds no other one.
        if (table !== direct || (flags & FLAG.NEXT) !== 0 || length === 0 || length % DESCRIPTOR.SIZE !== 0) return null;
        table = address;
        entries = Math.min(length / DESCRIPTOR.SIZE, QUEUE_SIZE);
        index = 0;
        continue;
      }
      if (this.#dma.view(address, length) === null) return null;
      buffers.push({ address, length, isWritable: (flags & FLAG.WRITE) !== 0 });
      if ((flags & FLAG.NEXT) === 0) return buffers;
      index = view.getUint16(DESCRIPTOR.NEXT, true);
    }
    return null;
  }
}

export function lengthOf(parts: readonly ChainPart[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** What lies in parts behind the first `from` bytes, and `most` bytes of that. */
export function sliceOf(parts: readonly ChainPart[], from: number, most = Infinity): ChainPart[] {
  const slice: ChainPart[] = [];
  let skip = from;
  let left = most;
  for (const { address, length, isWritable } of parts) {
    const skipped = Math.min(skip, length);
    const taken = Math.min(length - skipped, left);
    if (taken > 0) slice.push({ address: address + skipped, length: taken, isWritable });
    skip -= skipped;
    left -= taken;
  }
  return slice;
}

/** As a number: exact where it may be in RAM. */
function numberOf(address: Uint32Array): number {
  return address[1]! * HIGH + address[0]!;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
