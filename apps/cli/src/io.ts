/** The world outside: standard streams, signals and the environment, as an object that tests replace. */
import { fstatSync } from 'node:fs';
import { ReadStream } from 'node:tty';

export interface Output {
  readonly isTerminal: boolean;
  /** Whether the reader has gone: nothing that is written arrives any more. */
  readonly isClosed: boolean;
  /** What went wrong with the writing, other than that the reader has gone. */
  readonly failure: string | null;
  /** Writes; a promise says to wait until the reader has caught up. */
  write(data: string | Uint8Array): Promise<void> | null;
}

export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTerminal: boolean;
  /** Whether all of it is there already: it is no terminal, pipe or socket. */
  readonly isFile: boolean;
  /** A terminal gives keys as they are typed, and shows none; or lines again. */
  setRaw(isRaw: boolean): void;
  /** Calls `data` with what comes, and `end` after it. */
  listen(data: (bytes: Uint8Array) => void, end: () => void): Listening;
}

/** Somebody who listens to an input. */
export interface Listening {
  pause(): void;
  resume(): void;
  /** Nothing comes any more, and the process need not stay for it. */
  stop(): void;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  /** Calls `heard` at each signal that asks the process to end; the result stops that. */
  readonly onInterrupt: (heard: () => void) => () => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The streams of this process. */
export function processIo(): Io {
  return { stdout: streamOutput(process.stdout), stderr: streamOutput(process.stderr), stdin: standardInput(), env: process.env, onInterrupt };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function onInterrupt(heard: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, heard);
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, heard);
  };
}

function standardInput(): Input {
  return {
    get isTerminal() {
      return process.stdin.isTTY;
    },
    get isFile() {
      const info = fstatSync(0);
      return !process.stdin.isTTY && !info.isFIFO() && !info.isSocket();
    },
    setRaw: (isRaw) => {
      if (process.stdin instanceof ReadStream) process.stdin.setRawMode(isRaw);
    },
    listen: (data, end) => {
      const { stdin } = process;
      // A terminal that has gone away is the end, however it says so.
      for (const name of ['end', 'error'] as const) stdin.on(name, end);
      stdin.on('data', data);
      return {
        pause: () => void stdin.pause(),
        resume: () => void stdin.resume(),
        stop: () => {
          stdin.removeListener('data', data).removeListener('end', end).removeListener('error', end).pause();
          if (stdin instanceof ReadStream) stdin.unref();
        },
      };
    },
    [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
  };
}

function streamOutput(stream: NodeJS.WriteStream): Output {
  let isClosed = false;
  let failure: string | null = null;
  let release = (): void => undefined;
  let draining: Promise<void> | null = null;
  // `worldswitch ... | head` closes the pipe: the rest of the output is not wanted, which is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error.message;
    isClosed = true;
    release();
  });
  return {
    isTerminal: stream.isTTY,
    get isClosed() {
      return isClosed;
    },
    get failure() {
      return failure;
    },
    write(data) {
      if (isClosed || data.length === 0 || stream.write(data)) return null;
      draining ??= new Promise<void>((resolve) => {
        release = () => {
          draining = null;
          resolve();
        };
        stream.once('drain', release);
      });
      return draining;
    },
  };
}
