/** Drives a machine by shares of instructions, so that Ctrl-C, input and a reader who has gone are noticed between them. */
import type { Machine, RunLimits, Stop, StopReason } from '@worldswitch/machine';
import type { ConsoleSink } from './console.ts';
import type { Request } from './request.ts';

/** What is driven: the same for a bare machine and for one with a hypervisor. */
export type Runnable = Pick<Machine, 'run' | 'resume' | 'requestStop' | 'instructions'>;

/** Somebody who may hold the machine between two shares: a debugger. */
export interface Holder {
  /** Whether it wants the machine to stop: asked between shares. */
  readonly wantsStop: boolean;
  /** Whether it is told of stops, and may look at what has stopped. */
  readonly isAttached: boolean;
  /** Waits until the machine may run; how, or null where it is to end. */
  permit(): Promise<RunLimits | null>;
  /** Told why the machine stands still; it goes on when it is permitted. */
  stopped(stop: Stop): void;
  /** Ends {@link permit}: the user has had enough. */
  interrupt(): void;
}

/** Instructions between two looks at the host: as many as take about so many milliseconds. */
const SHARE = { first: 10_000, least: 1_000, most: 1_000_000, milliseconds: 50 } as const;
/** Ends of which a debugger wants to see where they happened. */
const SHOWN: ReadonlySet<StopReason> = new Set(['unimplemented', 'no-progress', 'idle-forever']);

/** Runs until the guest ends, a limit is reached, or somebody stops it; a line that `--until` names stops at once. */
export async function drive(runnable: Runnable, { maxInstructions }: Request, console: ConsoleSink, holder: Holder | null): Promise<Stop> {
  const signal = { interrupted: false };
  const interrupt = (): void => {
    signal.interrupted = true;
    holder?.interrupt();
  };
  process.once('SIGINT', interrupt);
  console.onMatch = () => runnable.requestStop('until');
  let share: number = SHARE.first;
  try {
    for (;;) {
      const permitted = holder === null ? {} : await holder.permit();
      if (permitted === null) return interrupted(runnable);
      const limit = Math.min(maxInstructions, runnable.instructions + share);
      const started = performance.now();
      const stop = runnable.run({ ...permitted, maxInstructions: limit });
      const isPause = stop.reason === 'limit' && limit !== maxInstructions;
      if (!isPause && stop.reason !== 'debugger') {
        await showEnd(holder, stop);
        return stop;
      }
      runnable.resume();
      if (stop.reason === 'debugger' || holder?.wantsStop === true) holder!.stopped(stop);
      if (!isPause) continue;
      share = performance.now() - started < SHARE.milliseconds ? Math.min(2 * share, SHARE.most) : Math.max(share / 2, SHARE.least);
      share = Math.floor(share);
      await console.drain();
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.interrupted || console.isClosed) return interrupted(runnable);
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** A debugger that is attached sees where a run broke off, until it lets go. */
async function showEnd(holder: Holder | null, stop: Stop): Promise<void> {
  if (holder?.isAttached !== true || !SHOWN.has(stop.reason)) return;
  holder.stopped(stop);
  await holder.permit();
}

function interrupted(runnable: Runnable): Stop {
  runnable.requestStop('interrupted');
  return runnable.run();
}
