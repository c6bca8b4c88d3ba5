/** What a long command says while it works: one line on a terminal's stderr, replaced as it goes, and nothing elsewhere. */
import type { Io } from './io.ts';

export const ERASE_LINE = '\r\u001b[K';

export interface Progress {
  /** Shows the text; resolves after the event loop had its turn, so that Ctrl-C is heard: {@link Interrupted} is thrown then. */
  readonly say: (text: string) => Promise<void>;
  /** Takes the line away. */
  readonly end: () => void;
}

/** The user has had enough; the message says where, and what there is. */
export class Interrupted extends Error {}

/** At most this often, in milliseconds. */
const INTERVAL = 100;

export function progress({ stderr, onInterrupt }: Io): Progress {
  let last = 0;
  const signal = { interrupted: false };
  const release = onInterrupt(() => (signal.interrupted = true));
  const end = (): void => {
    release();
    if (stderr.isTerminal) void stderr.write(ERASE_LINE);
  };
  return {
    say: async (text) => {
      const now = Date.now();
      if (now - last < INTERVAL) return;
      last = now;
      if (stderr.isTerminal) void stderr.write(`${ERASE_LINE}${text}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (!signal.interrupted) return;
      end();
      throw new Interrupted(`${text}: there is no result`);
    },
    end,
  };
}
