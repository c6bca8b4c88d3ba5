/** `--trace LIST FILE`: events as JSON lines. What the file holds is complete up to its last line. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceDescription } from '@worldswitch/machine';
import { mistake, type Mistake } from '../command.ts';
import type { Request } from './request.ts';

/** Characters that are gathered before they are written: a machine runs without a turn of the event loop, so streams would only grow. */
const CHUNK = 1 << 16;

export class TraceFile {
  readonly description: TraceDescription;
  readonly #path: string;
  #file: number | null = null;
  #pending = '';
  #failure: string | null = null;

  /** Events are kept until there is a file: a host that boots under a hypervisor has some before the machine is complete. */
  constructor({ kinds, path }: NonNullable<Request['trace']>) {
    this.#path = path;
    this.description = {
      kinds,
      listener: (event) => {
        this.#pending += `${JSON.stringify(event)}\n`;
        if (this.#pending.length >= CHUNK) this.#flush();
      },
    };
  }

  open(): Mistake | null {
    try {
      this.#file = openSync(this.#path, 'w');
      return null;
    } catch (error) {
      return mistake(`--trace: ${this.#path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Writes the rest; what could not be written, if anything. */
  close(): Mistake | null {
    this.#flush();
    if (this.#file !== null) closeSync(this.#file);
    return this.#failure === null ? null : mistake(`--trace: ${this.#path}: ${this.#failure}: the trace is not complete`);
  }

  #flush(): void {
    if (this.#file === null) return;
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
