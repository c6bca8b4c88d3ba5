/**
 * Where a guest's input comes from while it runs. It is given between two runs of the machine, and only
 * while software listens, so that an instant of virtual time says all about when the guest got it.
 */
import type { Stop } from '@worldswitch/machine';
import type { Mistake } from '../command.ts';

/** How far a machine may go before the input is asked again. */
export interface InputLimits {
  readonly maxInstructions?: number;
  readonly idleLimit?: number;
}

export interface InputSource {
  /** Called within a run: software begins to look for input, or has taken all that there was. */
  wanted(): void;
  limits(): InputLimits;
  /** Called when a run has stopped: gives what there is, and waits where the guest waits. False where the stop is the end. */
  next(stop: Stop): Promise<boolean | Mistake>;
  /** Whether the guest has a conversation with somebody: what it says is not to be disturbed. */
  readonly isConversation: boolean;
  /** Ends the waiting in {@link next}. */
  wake(): void;
  close(): void;
}

export const NO_INPUT: InputSource = {
  wanted: () => undefined,
  limits: () => ({}),
  next: ({ reason }) => Promise.resolve(reason !== 'idle-forever'),
  isConversation: false,
  wake: () => undefined,
  close: () => undefined,
};
