/** Where the output of a guest's UART or virtio console goes: standard output, a file, or nowhere. */
import type { ConsoleListener } from '@worldswitch/machine';
import { mistake, type Context, type Mistake } from '../command.ts';
import { explain } from '../files.ts';
import type { Output } from '../io.ts';
import { GrowingFile } from './growing-file.ts';
import type { StatusLine } from './status.ts';

export interface ConsoleRequest {
  /** The option that says where, and what it says. */
  readonly option: string;
  readonly where: string;
  readonly until: RegExp | null;
  /** The document takes standard output. */
  readonly stdoutIsTaken: boolean;
}

const NEWLINE = 10;
const CHUNK = 4096;

export class ConsoleSink {
  readonly listener: ConsoleListener;
  /** Called when a line matches `--until`. */
  onMatch: () => void = () => undefined;
  /** Called when software begins to look for input, or has taken all. */
  onWanted: () => void = () => undefined;
  readonly #request: ConsoleRequest;
  readonly #output: Output;
  readonly #status: StatusLine;
  #pending: number[] = [];
  #file: GrowingFile | null = null;
  #behind: Promise<void> | null = null;

  constructor(request: ConsoleRequest, { io }: Context, status: StatusLine) {
    this.#request = request;
    this.#output = request.stdoutIsTaken ? io.stderr : io.stdout;
    this.#status = status;
    this.listener = {
      byte: (byte) => {
        this.#pending.push(byte);
        if (byte === NEWLINE || this.#pending.length >= CHUNK) this.#flush();
      },
      line: (text) => {
        if (request.until?.test(text) === true) this.onMatch();
      },
      wanted: () => this.onWanted(),
    };
  }

  /** Opens the file, if it is one. Nothing has been printed yet. */
  open(): Mistake | null {
    const { option, where } = this.#request;
    if (where === 'stdio' || where === 'none') return null;
    try {
      this.#file = new GrowingFile(where);
      return null;
    } catch (error) {
      return mistake(`--${option} ${where}: ${explain(error)}`);
    }
  }

  /** Whether nobody reads it any more. */
  get isClosed(): boolean {
    return this.#request.where === 'stdio' && this.#output.isClosed;
  }

  /** Prints what there is, and waits until the reader has caught up. */
  async drain(): Promise<void> {
    this.#flush();
    await this.#behind;
    this.#behind = null;
  }

  /** What could not be written, if anything. */
  end(): Mistake | null {
    this.#flush();
    const failure = this.#file?.close() ?? null;
    const { option, where } = this.#request;
    return failure === null ? null : mistake(`--${option} ${where}: ${failure} (what was printed is not complete)`);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Uint8Array.from(this.#pending);
    this.#pending = [];
    if (this.#file !== null) this.#file.write(bytes);
    else if (this.#request.where === 'stdio') this.#print(bytes);
  }

  #print(bytes: Uint8Array): void {
    this.#status.beforeOutput(bytes.at(-1)!);
    this.#behind = this.#output.write(bytes) ?? this.#behind;
  }
}
