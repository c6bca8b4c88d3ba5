/** A machine that is made: what drives it, and who watches it. */
import type { ConsoleListener, Hypervised, Machine, TraceDescription } from '@worldswitch/machine';

/** What is driven: the same for a bare machine and for one with a hypervisor. */
export type Runnable = Pick<Machine & Hypervised, 'run' | 'resume' | 'requestStop' | 'requestPause' | 'instructions' | 'nanoseconds' | 'wakesAt' | 'skipTo'> & Pick<Machine, 'input'>;

/** Who watches a machine. */
export interface Watchers {
  readonly listener: ConsoleListener;
  readonly virtioConsole: ConsoleListener | null;
  readonly trace: TraceDescription | null;
}
