/** `--trace LIST FILE`: events as JSON lines. The file begins with the first write; what it holds is complete up to its last line. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceDescription } from '@worldswitch/machine';
import { mistake, type Mistake } from '../command.ts';
import type { Request } from './request.ts';

/** Characters that are gathered before they are written: a machine runs without a turn of the event loop, so streams would only grow. */
const CHUNK = 1 << 16;

export class TraceFile {
  readonly description: TraceDescription;
  readonly #path: string;
  readonly #file: number;
  #pending = '';
  #failure: string | null = null;

  private constructor({ kinds, path }: NonNullable<Request['trace']>, file: number) {
    this.#path = path;
    this.#file = file;
    this.description = {
      kinds,
      listener: (event) => {
        this.#pending += `${JSON.stringify(event)}\n`;
        if (this.#pending.length >= CHUNK) this.#flush();
      },
    };
  }

  static open(request: NonNullable<Request['trace']>): TraceFile | Mistake {
    try {
      return new TraceFile(request, openSync(request.path, 'w'));
    } catch (error) {
      return mistake(`--trace: ${request.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Writes the rest; what could not be written, if anything. */
  close(): Mistake | null {
    this.#flush();
    closeSync(this.#file);
    return this.#failure === null ? null : mistake(`--trace: ${this.#path}: ${this.#failure}: the trace is not complete`);
  }

  #flush(): void {
    const text = this.#pending;
    this.#pending = '';
    if (this.#failure !== null) return;
    try {
      writeSync(this.#file, text);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }
}
