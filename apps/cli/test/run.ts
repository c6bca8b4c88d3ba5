/** Runs the command in this process with captured streams, in a folder of its own. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../src/cli.ts';
import type { Command } from '../src/command.ts';
import type { Input, Io, Listening, Output } from '../src/io.ts';

export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  /** What stdin has, all of it at once. */
  readonly stdin?: Iterable<string>;
  /** In place of it: keys of a terminal. */
  readonly terminal?: Terminal;
  /** Milliseconds after which a signal asks the process to end. */
  readonly interruptAfter?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What goes wrong with stdout. */
  readonly failure?: string;
  /** Bytes after which the reader of stdout goes away. */
  readonly closeAfter?: number;
  readonly commands?: readonly Command[];
  /** Takes the bytes of stdout. */
  readonly stdoutBytes?: number[];
}

export async function run(args: readonly string[], settings: Settings = {}): Promise<Result> {
  const stdout = new Capture(settings.isTerminal ?? false, settings.closeAfter ?? Infinity, settings.failure ?? null, settings.stdoutBytes ?? []);
  const stderr = new Capture(settings.isTerminal ?? false, Infinity, null, []);
  const onInterrupt = (heard: () => void): (() => void) => {
    const timer = settings.interruptAfter === undefined ? undefined : setTimeout(heard, settings.interruptAfter);
    return () => clearTimeout(timer);
  };
  const io: Io = { stdout, stderr, stdin: settings.terminal ?? new TextInput(settings.stdin ?? []), env: settings.env ?? {}, onInterrupt };
  settings.terminal?.watch(stdout, stderr);
  const status = settings.commands === undefined ? await main(args, io) : await main(args, io, settings.commands);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

class Capture implements Output {
  text = '';
  onWrite: () => void = () => undefined;
  readonly isTerminal: boolean;
  readonly failure: string | null;
  readonly #limit: number;
  readonly #bytes: number[];
  readonly #decoder = new TextDecoder();

  constructor(isTerminal: boolean, limit: number, failure: string | null, bytes: number[]) {
    this.isTerminal = isTerminal;
    this.failure = failure;
    this.#limit = limit;
    this.#bytes = bytes;
  }

  get isClosed(): boolean {
    return this.text.length > this.#limit;
  }

  write(data: string | Uint8Array): null {
    const bytes = Buffer.from(data);
    if (!this.isClosed) {
      this.text += this.#decoder.decode(bytes, { stream: true });
      for (const byte of bytes) this.#bytes.push(byte);
    }
    this.onWrite();
    return null;
  }
}

/** A file as stdin. */
class TextInput implements Input {
  readonly isTerminal = false;
  readonly isFile = true;
  readonly #texts: Iterable<string>;

  constructor(texts: Iterable<string>) {
    this.#texts = texts;
  }

  setRaw(): void {
    throw new Error('a file has no keys');
  }

  listen(data: (bytes: Uint8Array) => void, end: () => void): Listening {
    void (async () => {
      for await (const bytes of this) data(bytes);
      end();
    })();
    return { pause: () => undefined, resume: () => undefined, stop: () => undefined };
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    await Promise.resolve();
    for (const text of this.#texts) yield new TextEncoder().encode(text);
  }
}

/** Somebody at a terminal, who types each text when the pattern before it has been printed. */
export class Terminal implements Input {
  readonly isTerminal = true;
  readonly isFile = false;
  isRaw = false;
  /** Every change of the mode. */
  readonly modes: boolean[] = [];
  #steps: (readonly [after: RegExp, keys: string])[];
  #data: ((bytes: Uint8Array) => void) | null = null;
  #outputs: readonly Capture[] = [];
  #seen: readonly number[] = [];

  constructor(steps: Iterable<readonly [after: RegExp, keys: string]>) {
    this.#steps = [...steps];
  }

  setRaw(isRaw: boolean): void {
    this.isRaw = isRaw;
    this.modes.push(isRaw);
  }

  watch(...outputs: readonly Capture[]): void {
    this.#outputs = outputs;
    for (const output of outputs) output.onWrite = () => this.#look();
  }

  listen(data: (bytes: Uint8Array) => void): Listening {
    this.#data = data;
    this.#look();
    return { pause: () => undefined, resume: () => undefined, stop: () => (this.#data = null) };
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    await Promise.resolve();
    yield* [];
  }

  /** Types, if what was waited for is there; the next text waits for what comes after. */
  #look(): void {
    const [step] = this.#steps;
    if (step === undefined || this.#data === null || !this.#outputs.some(({ text }, n) => step[0].test(text.slice(this.#seen[n])))) return;
    this.#steps = this.#steps.slice(1);
    this.#seen = this.#outputs.map(({ text }) => text.length);
    setImmediate(() => {
      this.#data?.(new TextEncoder().encode(step[1]));
      this.#look();
    });
  }
}

/** A new folder with these files; removed after `use`. */
export async function inFolder<T>(files: Readonly<Record<string, string | Uint8Array>>, use: (path: (name: string) => string, list: () => string[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-cli-'));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    return await use((name) => join(folder, name), () => readdirSync(folder).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
}
