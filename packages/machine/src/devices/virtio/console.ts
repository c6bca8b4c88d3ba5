/** A virtio console with one port (Virtio 1.1, "Console Device"): hvc0 in Linux. It holds nothing: what is typed waits for the driver's buffers. */
import type { Dma } from './dma.ts';
import type { ChainPart } from './queue.ts';
import type { VirtioModel } from './transport.ts';

const QUEUE = { RECEIVE: 0, TRANSMIT: 1 } as const;
/** Configuration: cols and rows, for a feature that is not offered. */
const CONFIG_BYTES = 4;
/** Bytes go to whoever watches one by one, and a driver waits for them: a second of the host's time, or less. */
const MOST_BYTES = 1 << 26;

export class VirtioConsole implements VirtioModel {
  readonly id = 3;
  readonly queues = 2;
  readonly mostBytes = MOST_BYTES;
  readonly features = 0;
  readonly config: Uint8Array = new Uint8Array(CONFIG_BYTES);
  readonly receiveQueue = QUEUE.RECEIVE;
  readonly wanted: () => void;
  readonly #transmit: (byte: number) => void;

  /** `wanted` is called when the driver has made buffers available for input. */
  constructor(transmit: (byte: number) => void, wanted: () => void) {
    this.#transmit = transmit;
    this.wanted = wanted;
  }

  /** Only the transmit queue is served by itself. */
  handle(_queue: number, buffers: readonly ChainPart[], dma: Dma): number {
    for (const { address, length, isWritable } of buffers) {
      if (!isWritable) for (const byte of dma.view(address, length)!) this.#transmit(byte);
    }
    return 0;
  }
}
