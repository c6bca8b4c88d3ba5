/** Why a machine stopped, and what a process that ran it would return. */

export type StopReason = 'until' | 'poweroff' | 'reset' | 'semihosting' | 'limit' | 'idle' | 'idle-forever' | 'no-progress' | 'interrupted' | 'debugger' | 'unimplemented';

/** What could not be executed, or made no progress, and where. */
export interface StopDiagnostic {
  readonly pe: number;
  readonly el: number;
  readonly pc: bigint;
  /** The instruction: its word, text, and row in the table; null where there is none. */
  readonly word: number | null;
  readonly text: string | null;
  readonly row: string | null;
  readonly message: string;
}

export interface Stop {
  readonly reason: StopReason;
  readonly exitCode: number;
  readonly diagnostic: StopDiagnostic | null;
}

const EXIT_CODES: Readonly<Record<StopReason, number>> = {
  until: 0,
  poweroff: 0,
  reset: 0,
  semihosting: 0,
  limit: 3,
  // Everything waits for later than whoever set the limit wanted: he goes on.
  idle: 0,
  'idle-forever': 1,
  'no-progress': 1,
  interrupted: 130,
  // A breakpoint or watchpoint: whoever set it goes on.
  debugger: 0,
  unimplemented: 70,
};

/** Above this, shells give exit statuses a meaning of their own. */
const MAX_GUEST_EXIT = 125;

export function stopFor(reason: StopReason, diagnostic: StopDiagnostic | null = null): Stop {
  return { reason, exitCode: EXIT_CODES[reason], diagnostic };
}

/** The end by semihosting, with the guest's code: what is above 125 or negative becomes 1. */
export function semihostingStop(code: number): Stop {
  return { reason: 'semihosting', exitCode: code < 0 || code > MAX_GUEST_EXIT ? 1 : code, diagnostic: null };
}
