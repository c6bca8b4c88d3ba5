/** What is typed, on its way to a device of a guest: it waits until the VMM's thread is out of KVM_RUN, which a signal brings about. */
import type { ConsoleInput } from '../console.ts';

/** What the FIFO of a UART holds. */
const MOST = 16;

export class TypedInput implements ConsoleInput {
  readonly #device: ConsoleInput;
  readonly #signal: () => void;
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(device: ConsoleInput, signal: () => void) {
    this.#device = device;
    this.#signal = signal;
  }

  get isListening(): boolean {
    return this.#waiting.length === 0 && this.#device.isListening;
  }

  receive(bytes: Uint8Array): number {
    if (this.#waiting.length > 0) return 0;
    this.#waiting = bytes.slice(0, MOST);
    this.#signal();
    return this.#waiting.length;
  }

  /** By the VMM's thread: the device gets what it has room for. */
  give(): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.slice(this.#device.receive(this.#waiting));
  }
}
