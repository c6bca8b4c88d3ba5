/** The world outside: standard streams and the environment, as an object that tests replace. */

export interface Output {
  readonly isTerminal: boolean;
  /** Whether the reader has gone: nothing that is written arrives any more. */
  readonly isClosed: boolean;
  /** What went wrong with the writing, other than that the reader has gone. */
  readonly failure: string | null;
  /** Writes; a promise says to wait until the reader has caught up. */
  write(text: string): Promise<void> | null;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The streams of this process. */
export function processIo(): Io {
  return { stdout: streamOutput(process.stdout), stderr: streamOutput(process.stderr), stdin: process.stdin, env: process.env };
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
    write(text) {
      if (isClosed || text === '' || stream.write(text)) return null;
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
