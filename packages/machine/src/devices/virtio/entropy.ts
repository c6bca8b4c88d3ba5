/** A virtio entropy device whose bytes follow from the machine's seed (Virtio 1.1, "Entropy Device"). */
import type { StateVisitor } from '@worldswitch/cpu';
import { SeededBytes } from '../../seed.ts';
import type { Dma } from './dma.ts';
import type { ChainPart } from './queue.ts';
import type { VirtioModel } from './transport.ts';

/** A request is given as many bytes at most: the device may write fewer than were asked for. */
const MOST_BYTES = 4096;

export class VirtioEntropy implements VirtioModel {
  readonly id = 4;
  readonly queues = 1;
  readonly mostBytes = Infinity;
  readonly features = 0;
  readonly config = new Uint8Array(0);
  readonly #random: SeededBytes;

  constructor(seed: number) {
    this.#random = new SeededBytes(seed);
  }

  handle(_queue: number, buffers: readonly ChainPart[], dma: Dma): number {
    let written = 0;
    for (const { address, length, isWritable } of buffers) {
      const count = isWritable ? Math.min(length, MOST_BYTES - written) : 0;
      if (count > 0) dma.write(address, this.#random.take(count));
      written += count;
    }
    return written;
  }

  visitState(state: StateVisitor): void {
    this.#random.state = state.word(this.#random.state);
  }
}
