/** Drives a machine by shares of instructions, so that Ctrl-C, input and a reader who has gone are noticed between them. */
import type { Machine, Stop } from '@worldswitch/machine';
import type { ConsoleSink } from './console.ts';
import type { Request } from './request.ts';

/** What is driven: the same for a bare machine and for one with a hypervisor. */
export type Runnable = Pick<Machine, 'run' | 'resume' | 'requestStop' | 'instructions'>;

/** Instructions between two looks at the host: as many as take about so many milliseconds. */
const SHARE = { first: 10_000, least: 1_000, most: 1_000_000, milliseconds: 50 } as const;

/** Runs until the guest ends, a limit is reached, or somebody stops it; a line that `--until` names stops at once. */
export async function drive(runnable: Runnable, { maxInstructions }: Request, console: ConsoleSink): Promise<Stop> {
  const signal = { interrupted: false };
  const interrupt = (): void => {
    signal.interrupted = true;
  };
  process.once('SIGINT', interrupt);
  console.onMatch = () => runnable.requestStop('until');
  let share: number = SHARE.first;
  try {
    for (;;) {
      const limit = Math.min(maxInstructions, runnable.instructions + share);
      const started = performance.now();
      const stop = runnable.run({ maxInstructions: limit });
      if (stop.reason !== 'limit' || limit === maxInstructions) return stop;
      share = performance.now() - started < SHARE.milliseconds ? Math.min(2 * share, SHARE.most) : Math.max(share / 2, SHARE.least);
      share = Math.floor(share);
      await console.drain();
      await new Promise((resolve) => setImmediate(resolve));
      runnable.resume();
      if (signal.interrupted || console.isClosed) return interrupted(runnable);
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function interrupted(runnable: Runnable): Stop {
  runnable.requestStop('interrupted');
  return runnable.run();
}
