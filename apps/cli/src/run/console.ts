/** Where a guest's UART goes: standard output, a file, or nowhere. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { ConsoleListener } from '@worldswitch/machine';
import { isMistake, mistake, type Context, type Mistake } from '../command.ts';
import type { Output } from '../io.ts';
import type { Request } from './request.ts';

export interface ConsoleSink {
  readonly listener: ConsoleListener;
  /** Called when a line matches `--until`. */
  onMatch: () => void;
  /** Whether nobody reads it any more. */
  readonly isClosed: boolean;
  /** Waits until the reader has caught up. */
  drain(): Promise<void>;
  /** What could not be written, if anything. */
  end(): Promise<Mistake | null>;
}

export async function openConsole({ console: where, until, stats }: Request, { io, values }: Context): Promise<ConsoleSink | Mistake> {
  const takesStdout = stats === '-' || values.has('json');
  const output = takesStdout ? io.stderr : io.stdout;
  let behind: Promise<void> | null = null;
  const file = where === 'stdio' || where === 'none' ? null : await openFile(where);
  if (file !== null && isMistake(file)) return file;
  const write = where === 'none' ? () => undefined : file === null ? textWriter(output, (reader) => void (behind = reader)) : (bytes: Uint8Array) => void file.write(bytes);
  const pending: number[] = [];
  const flush = (): void => {
    if (pending.length > 0) write(Uint8Array.from(pending.splice(0)));
  };
  let failure: string | null = null;
  file?.on('error', ({ message }) => (failure = message));
  const sink: ConsoleSink = {
    onMatch: () => undefined,
    listener: {
      byte: (byte) => {
        pending.push(byte);
        if (byte === NEWLINE || pending.length >= CHUNK) flush();
      },
      line: (text) => {
        if (until?.test(text) === true) sink.onMatch();
      },
    },
    get isClosed() {
      return where === 'stdio' && output.isClosed;
    },
    drain: async () => {
      await behind;
      behind = null;
    },
    end: async () => {
      flush();
      // A stream that has failed is closed already, and would not say so again.
      if (file !== null && !file.closed) await new Promise<void>((resolve) => file.once('close', resolve).end());
      return failure === null ? null : mistake(`--console ${where}: ${failure}: write to another place`);
    },
  };
  return sink;
}

const NEWLINE = 10;
const CHUNK = 4096;

/** Guests print UTF-8; a character may come in pieces. */
function textWriter(output: Output, waitFor: (reader: Promise<void>) => void): (bytes: Uint8Array) => void {
  const decoder = new TextDecoder();
  return (bytes) => {
    const reader = output.write(decoder.decode(bytes, { stream: true }));
    if (reader !== null) waitFor(reader);
  };
}

async function openFile(path: string): Promise<WriteStream | Mistake> {
  const stream = createWriteStream(path);
  const wrong = await new Promise<Error | null>((resolve) => {
    stream.once('open', () => resolve(null));
    stream.once('error', resolve);
  });
  return wrong === null ? stream : mistake(`--console ${path}: it cannot be written: name a file in a folder that exists, stdio, or none`);
}
