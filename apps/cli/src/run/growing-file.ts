/** A file that grows while a machine runs. It is written at once: a machine runs without a turn of the event loop, so streams would only grow. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { explain } from '../files.ts';

export class GrowingFile {
  readonly #file: number;
  #failure: string | null = null;

  /** Empties the file, or makes it; throws what {@link explain} puts into words if it cannot. */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Nothing more is written after what could not be, so that the file is complete up to its end. */
  write(data: string | Uint8Array): void {
    if (this.#failure !== null) return;
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#failure = explain(error);
    }
  }

  /** Why something could not be written, and what to do; null if all was. */
  close(): string | null {
    closeSync(this.#file);
    return this.#failure;
  }
}
