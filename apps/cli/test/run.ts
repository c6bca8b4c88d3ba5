/** Runs the command in this process with captured streams, in a folder of its own. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../src/cli.ts';
import type { Command } from '../src/command.ts';
import type { Io, Output } from '../src/io.ts';

export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly stdin?: Iterable<string>;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What goes wrong with stdout. */
  readonly failure?: string;
  /** Bytes after which the reader of stdout goes away. */
  readonly closeAfter?: number;
  readonly commands?: readonly Command[];
}

export async function run(args: readonly string[], settings: Settings = {}): Promise<Result> {
  const stdout = new Capture(settings.isTerminal ?? false, settings.closeAfter ?? Infinity, settings.failure ?? null);
  const stderr = new Capture(settings.isTerminal ?? false, Infinity, null);
  const io: Io = { stdout, stderr, stdin: chunks(settings.stdin ?? []), env: settings.env ?? {} };
  const status = settings.commands === undefined ? await main(args, io) : await main(args, io, settings.commands);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

class Capture implements Output {
  text = '';
  readonly isTerminal: boolean;
  readonly failure: string | null;
  readonly #limit: number;

  constructor(isTerminal: boolean, limit: number, failure: string | null) {
    this.isTerminal = isTerminal;
    this.failure = failure;
    this.#limit = limit;
  }

  get isClosed(): boolean {
    return this.text.length > this.#limit;
  }

  write(text: string): null {
    if (!this.isClosed) this.text += text;
    return null;
  }
}

async function* chunks(texts: Iterable<string>): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  for (const text of texts) yield new TextEncoder().encode(text);
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
