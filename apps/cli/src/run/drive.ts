/** Drives a machine by shares of instructions, so that Ctrl-C, input and a reader who has gone are noticed between them. */
import type { RunLimits, Stop, StopReason } from '@worldswitch/machine';
import type { Mistake } from '../command.ts';
import type { Io } from '../io.ts';
import type { ConsoleSink } from './console.ts';
import type { InputSource } from './input-source.ts';
import type { Request } from './request.ts';
import type { Runnable } from './runnable.ts';
import type { StatusLine } from './status.ts';

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

/** Who takes part in a run, beside the machine. */
export interface Company {
  readonly consoles: readonly ConsoleSink[];
  readonly input: InputSource;
  readonly status: StatusLine;
  readonly holder: Holder | null;
  readonly interruption: Interruption;
}

/** Instructions between two looks at the host: as many as take about so many milliseconds. */
const SHARE = { first: 10_000, least: 1_000, most: 1_000_000, milliseconds: 50 } as const;
/** Ends of which a debugger wants to see where they happened. */
const SHOWN: ReadonlySet<StopReason> = new Set(['unimplemented', 'no-progress', 'idle-forever']);
/** Stops after which the machine may go on, unless it is {@link Request.maxInstructions} that was reached. */
const PAUSES: ReadonlySet<StopReason> = new Set(['limit', 'idle', 'idle-forever']);

/** Somebody wants the run to end: by a signal, or by a key. */
export class Interruption {
  #isWanted = false;
  readonly #listeners: (() => void)[] = [];
  readonly #release: () => void;

  constructor({ onInterrupt }: Io) {
    this.#release = onInterrupt(() => this.interrupt());
  }

  hasCome(): boolean {
    return this.#isWanted;
  }

  interrupt(): void {
    this.#isWanted = true;
    for (const listener of this.#listeners) listener();
  }

  tell(listener: () => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#release();
  }
}

/** Runs until the guest ends, a limit is reached, or somebody stops it; a line that `--until` names stops at once. */
export async function drive(runnable: Runnable, { maxInstructions }: Request, { consoles, input, status, holder, interruption }: Company): Promise<Stop | Mistake> {
  interruption.tell(() => {
    holder?.interrupt();
    input.wake();
  });
  for (const console of consoles) console.onMatch = () => runnable.requestStop('until');
  // A virtio console takes the input, where there is one.
  consoles.at(-1)!.onWanted = () => input.wanted();
  let share: number = SHARE.first;
  let lastTurn = 0;
  for (;;) {
    const permitted = holder === null ? {} : await holder.permit();
    if (permitted === null || interruption.hasCome()) return interrupted(runnable);
    const limits = input.limits();
    const limit = Math.min(maxInstructions, limits.maxInstructions ?? Infinity, runnable.instructions + share);
    const started = performance.now();
    const stop = runnable.run({ ...permitted, ...limits, maxInstructions: limit });
    if (stop.reason === 'debugger') {
      runnable.resume();
      holder!.stopped(stop);
      continue;
    }
    const mayGoOn = PAUSES.has(stop.reason) && !(stop.reason === 'limit' && runnable.instructions >= maxInstructions);
    if (mayGoOn) {
      runnable.resume();
      share = nextShare(share, performance.now() - started);
      if (stop.reason !== 'limit' || performance.now() - lastTurn >= SHARE.milliseconds / 2) {
        for (const console of consoles) await console.drain();
        await new Promise((resolve) => setImmediate(resolve));
        lastTurn = performance.now();
      }
      status.tick(runnable, input);
      const goesOn = await input.next(stop);
      if (goesOn !== true && goesOn !== false) return goesOn;
      if (interruption.hasCome() || consoles.some(({ isClosed }) => isClosed)) return interrupted(runnable);
      if (holder?.wantsStop === true) holder.stopped(stop);
      if (goesOn) continue;
      runnable.requestStop(stop);
    }
    await showEnd(holder, stop);
    return stop;
  }
}

function nextShare(share: number, milliseconds: number): number {
  return Math.floor(milliseconds < SHARE.milliseconds ? Math.min(2 * share, SHARE.most) : Math.max(share / 2, SHARE.least));
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
