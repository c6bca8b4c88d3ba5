/**
 * virtio over MMIO, version 2: registers, status and interrupts of one device; what the device does with its queues is its
 * model's (Virtio 1.1, "Virtio Over MMIO"). An empty slot is a device with identifier 0.
 */
import type { StateVisitor } from '@worldswitch/cpu';
import type { MmioDevice } from '../../bus.ts';
import type { ConsoleInput } from '../../console.ts';
import type { Dma } from './dma.ts';
import { lengthOf, QUEUE_SIZE, Virtqueue, type ChainPart } from './queue.ts';

export const REGISTER = {
  MAGIC: 0x000, VERSION: 0x004, DEVICE_ID: 0x008, VENDOR_ID: 0x00c, DEVICE_FEATURES: 0x010, DEVICE_FEATURES_SEL: 0x014, DRIVER_FEATURES: 0x020,
  DRIVER_FEATURES_SEL: 0x024, QUEUE_SEL: 0x030, QUEUE_NUM_MAX: 0x034, QUEUE_NUM: 0x038, QUEUE_READY: 0x044, QUEUE_NOTIFY: 0x050, INTERRUPT_STATUS: 0x060,
  INTERRUPT_ACK: 0x064, STATUS: 0x070, QUEUE_DESC: 0x080, QUEUE_DRIVER: 0x090, QUEUE_DEVICE: 0x0a0, CONFIG_GENERATION: 0x0fc, CONFIG: 0x100,
} as const;

/** "virt", and a vendor of our own. */
const MAGIC = 0x7472_6976;
const VENDOR = 0x5753_574c;
const VERSION = 2;
/** Bits of Status. */
const NEEDS_RESET = 0x40;
const FEATURES_OK = 0x08;
const DRIVER_OK = 0x04;
/** VIRTIO_F_VERSION_1 and VIRTIO_F_RING_INDIRECT_DESC, as bits of the two words of features. */
const INDIRECT = 1 << 28;
const VERSION_1 = 1;
/** Bit 0 of InterruptStatus: a used buffer. Bit 1: the configuration, or NEEDS_RESET. */
const USED_BUFFER = 1;
const CONFIGURATION_CHANGE = 2;

/** What a device does. */
export interface VirtioModel {
  readonly id: number;
  /** Feature bits 0 to 23, of the device's own kind. */
  readonly features: number;
  readonly queues: number;
  readonly config: Uint8Array;
  /** Bytes of all chains that one notification may ask to be handled: a guest is untrusted, and waits meanwhile. */
  readonly mostBytes: number;
  /** Handles a chain: the number of bytes that were written into it; null where it is no request. */
  handle(queue: number, buffers: readonly ChainPart[], dma: Dma): number | null;
  /** The queue whose buffers wait for input, and who is told that there are new ones. */
  readonly receiveQueue?: number;
  readonly wanted?: () => void;
  visitState?(state: StateVisitor): void;
}

export class VirtioTransport implements MmioDevice, ConsoleInput {
  readonly #model: VirtioModel | null;
  readonly #dma: Dma;
  readonly #setLine: (level: boolean) => void;
  readonly #queues: readonly Virtqueue[];
  #deviceWord = 0;
  #driverWord = 0;
  readonly #driverFeatures = new Uint32Array(2);
  #selected = 0;
  #status = 0;
  #interrupts = 0;

  constructor(model: VirtioModel | null, dma: Dma, setLine: (level: boolean) => void) {
    this.#model = model;
    this.#dma = dma;
    this.#setLine = setLine;
    this.#queues = Array.from({ length: model?.queues ?? 0 }, () => new Virtqueue(dma));
  }

  read(offset: number, size: number, data: Uint32Array): 'ok' {
    data[1] = 0;
    if (offset >= REGISTER.CONFIG) {
      data[0] = 0;
      for (let n = Math.min(size, 8) - 1; n >= 0; n--) data[n >> 2] = ((data[n >> 2]! << 8) | (this.#model?.config[offset - REGISTER.CONFIG + n] ?? 0)) >>> 0;
    } else {
      data[0] = this.#read(offset & ~3);
    }
    return 'ok';
  }

  write(offset: number, _size: number, data: Uint32Array): 'ok' {
    if (this.#model !== null && offset < REGISTER.CONFIG) this.#write(offset & ~3, data[0]!, this.#model);
    return 'ok';
  }

  get isListening(): boolean {
    const pending = this.#isLive ? this.#receiveQueue?.pending : 0;
    return typeof pending === 'number' && pending > 0;
  }

  receive(bytes: Uint8Array): number {
    const queue = this.#receiveQueue;
    if (queue === undefined || !this.isListening) return 0;
    let given = 0;
    this.#serve(queue, (buffers) => {
      const before = given;
      for (const { address, length, isWritable } of buffers) {
        if (!isWritable) continue;
        const part = bytes.subarray(given, given + length);
        this.#dma.write(address, part);
        given += part.length;
      }
      return given - before;
    }, () => given < bytes.length);
    return given;
  }

  visitState(state: StateVisitor): void {
    if (this.#model === null) return;
    this.#deviceWord = state.word(this.#deviceWord);
    this.#driverWord = state.word(this.#driverWord);
    state.words(this.#driverFeatures);
    this.#selected = state.word(this.#selected);
    this.#status = state.word(this.#status);
    this.#interrupts = state.word(this.#interrupts);
    for (const queue of this.#queues) queue.visitState(state);
    this.#model.visitState?.(state);
  }

  #read(offset: number): number {
    const queue = this.#queues[this.#selected];
    switch (offset) {
      case REGISTER.MAGIC: return MAGIC;
      case REGISTER.VERSION: return VERSION;
      case REGISTER.DEVICE_ID: return this.#model?.id ?? 0;
      case REGISTER.VENDOR_ID: return VENDOR;
      case REGISTER.DEVICE_FEATURES: return this.#deviceFeatures;
      case REGISTER.QUEUE_NUM_MAX: return queue === undefined ? 0 : QUEUE_SIZE;
      case REGISTER.QUEUE_READY: return queue?.isReady === true ? 1 : 0;
      case REGISTER.INTERRUPT_STATUS: return this.#interrupts;
      case REGISTER.STATUS: return this.#status;
      default: return 0;
    }
  }

  get #receiveQueue(): Virtqueue | undefined {
    return this.#model?.receiveQueue === undefined ? undefined : this.#queues[this.#model.receiveQueue];
  }

  /** The device uses no buffers before DRIVER_OK ("Device Status Field"). */
  get #isLive(): boolean {
    return (this.#status & (DRIVER_OK | NEEDS_RESET)) === DRIVER_OK;
  }

  get #deviceFeatures(): number {
    if (this.#model === null || this.#deviceWord > 1) return 0;
    return this.#deviceWord === 0 ? (this.#model.features | INDIRECT) >>> 0 : VERSION_1;
  }

  #write(offset: number, value: number, model: VirtioModel): void {
    const queue = this.#queues[this.#selected];
    switch (offset) {
      case REGISTER.DEVICE_FEATURES_SEL: this.#deviceWord = value; return;
      case REGISTER.DRIVER_FEATURES_SEL: this.#driverWord = value; return;
      case REGISTER.DRIVER_FEATURES: if (this.#driverWord < 2) this.#driverFeatures[this.#driverWord] = value; return;
      case REGISTER.QUEUE_SEL: this.#selected = value; return;
      case REGISTER.QUEUE_NUM: if (queue !== undefined) queue.size = value <= QUEUE_SIZE && (value & (value - 1)) === 0 ? value : 0; return;
      case REGISTER.QUEUE_READY: if (queue !== undefined) queue.isReady = (value & 1) !== 0; return;
      case REGISTER.QUEUE_NOTIFY: this.#notified(value, model); return;
      case REGISTER.INTERRUPT_ACK: this.#interrupt(this.#interrupts & ~value); return;
      case REGISTER.STATUS: this.#writeStatus(value, model); return;
      default: if (queue !== undefined) writeAddress(queue, offset, value);
    }
  }

  /** 0 resets. The device takes features that it offered, and no driver of the legacy interface. */
  #writeStatus(value: number, model: VirtioModel): void {
    if (value === 0) {
      for (const queue of this.#queues) queue.reset();
      this.#driverFeatures.fill(0);
      this.#status = 0;
      this.#interrupt(0);
      return;
    }
    const [low, high] = this.#driverFeatures;
    const isAgreed = (low! & ~(model.features | INDIRECT)) === 0 && high === VERSION_1;
    this.#status = (isAgreed ? value : value & ~FEATURES_OK) | (this.#status & NEEDS_RESET);
  }

  #notified(number: number, model: VirtioModel): void {
    const queue = this.#queues[number];
    if (queue === undefined || !this.#isLive) return;
    if (number === model.receiveQueue) {
      if (queue.pending === 'broken') this.#needReset();
      else model.wanted?.();
      return;
    }
    let left = model.mostBytes;
    this.#serve(queue, (buffers) => {
      left -= lengthOf(buffers);
      return left < 0 ? null : model.handle(number, buffers, this.#dma);
    });
  }

  /**
   * Uses the chains that are there, as long as `wantsMore`. What `fill` writes may lie over the ring itself: that makes no more
   * chains than there were.
   */
  #serve(queue: Virtqueue, fill: (buffers: readonly ChainPart[]) => number | null, wantsMore: () => boolean = () => true): void {
    const { pending } = queue;
    if (pending === 'broken') {
      this.#needReset();
      return;
    }
    let wants = false;
    for (let left = pending; left > 0 && wantsMore(); left--) {
      const chain = queue.take();
      const written = chain === null ? null : fill(chain.buffers);
      const isWanted = chain === null || written === null ? null : queue.giveBack(chain.head, written);
      if (isWanted === null) {
        this.#needReset();
        return;
      }
      wants ||= isWanted;
    }
    if (wants) this.#interrupt(this.#interrupts | USED_BUFFER);
  }

  #needReset(): void {
    this.#status |= NEEDS_RESET;
    this.#interrupt(this.#interrupts | CONFIGURATION_CHANGE);
  }

  #interrupt(status: number): void {
    this.#interrupts = status;
    this.#setLine(status !== 0);
  }
}

function writeAddress(queue: Virtqueue, offset: number, value: number): void {
  const half = (offset & 4) >> 2;
  switch (offset & ~4) {
    case REGISTER.QUEUE_DESC: queue.descriptors[half] = value; break;
    case REGISTER.QUEUE_DRIVER: queue.available[half] = value; break;
    case REGISTER.QUEUE_DEVICE: queue.used[half] = value; break;
  }
}
