/** What guests have printed: kept as bytes, counted in lines, and handed on to whoever watches. */

import type { SnapshotPart } from '@worldswitch/cpu';

/** Told of each byte; and of each line without its end, after the byte that ends it. */
export interface ConsoleListener {
  byte?(byte: number): void;
  line?(line: string): void;
  /** Software begins to look for input, or has taken all that there was. */
  wanted?(): void;
}

/** Where what is typed goes. */
export interface ConsoleInput {
  /** Whether software looks for input; what is given to it otherwise may be lost. */
  readonly isListening: boolean;
  /** Gives bytes; the result is how many there was room for. */
  receive(bytes: Uint8Array): number;
}

const NEWLINE = 10;
const RETURN = 13;
const FIRST_SIZE = 1024;

export class Console {
  readonly #listener: ConsoleListener;
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;
  #lineStart = 0;
  /** Complete lines so far. */
  lines = 0;

  constructor(listener: ConsoleListener) {
    this.#listener = listener;
  }

  write(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
    this.#listener.byte?.(byte);
    if (byte !== NEWLINE) return;
    this.lines++;
    const end = this.#length - 1;
    const start = this.#lineStart;
    this.#lineStart = this.#length;
    if (this.#listener.line !== undefined) this.#listener.line(latin1(this.#bytes.subarray(start, end > start && this.#bytes[end - 1] === RETURN ? end - 1 : end)));
  }

  wanted(): void {
    this.#listener.wanted?.();
  }

  /** What was printed, as a section: lines follow from it. Nobody is told of what others have seen already. */
  part(name: string): SnapshotPart {
    return {
      name,
      version: 1,
      save: (into) => void into.bytes(this.bytes),
      restore: (from) => {
        const bytes = from.bytes(from.left).slice();
        return () => {
          this.#bytes = bytes.length === 0 ? new Uint8Array(FIRST_SIZE) : bytes;
          this.#length = bytes.length;
          this.#lineStart = bytes.lastIndexOf(NEWLINE) + 1;
          this.lines = bytes.reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 0);
        };
      },
    };
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get text(): string {
    return latin1(this.bytes);
  }
}

/** Bytes as characters, one for one: what a terminal makes of them is its business. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
