/** `--trace LIST FILE`: events as JSON lines. What the file holds is complete up to its last line. */
import type { TraceDescription } from '@worldswitch/machine';
import { mistake, type Mistake } from '../command.ts';
import { explain } from '../files.ts';
import { GrowingFile } from './growing-file.ts';
import type { Request } from './request.ts';

/** Characters that are gathered before they are written. */
const CHUNK = 1 << 16;

export class TraceFile {
  readonly description: TraceDescription;
  readonly #path: string;
  #file: GrowingFile | null = null;
  #pending = '';

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
      this.#file = new GrowingFile(this.#path);
      return null;
    } catch (error) {
      return mistake(`--trace: ${this.#path}: ${explain(error)}`);
    }
  }

  /** Writes the rest; what could not be written, if anything. */
  close(): Mistake | null {
    this.#flush();
    const failure = this.#file?.close() ?? null;
    return failure === null ? null : mistake(`--trace: ${this.#path}: ${failure} (the trace is not complete)`);
  }

  #flush(): void {
    if (this.#file === null) return;
    this.#file.write(this.#pending);
    this.#pending = '';
  }
}
