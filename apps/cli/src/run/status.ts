/** How far a run is: a line on a terminal's stderr while the guest is silent, which goes away before anything else is printed. */
import type { Io } from '../io.ts';
import { ERASE_LINE } from '../progress.ts';
import type { InputSource } from './input-source.ts';
import type { Runnable } from './runnable.ts';

/** Milliseconds of silence before the line comes, and between two versions of it. */
const SILENCE = 2000;
const INTERVAL = 500;
const SECOND = 1000;

/** What is measured. */
export type Measured = Pick<Runnable, 'instructions' | 'nanoseconds'>;

export class StatusLine {
  readonly #stderr: Io['stderr'];
  readonly #started = performance.now();
  #lastOutput = this.#started;
  #lastShown = 0;
  #isShown = false;
  #isAtLineStart = true;

  constructor({ stderr }: Io) {
    this.#stderr = stderr;
  }

  /** Called before something is printed to a terminal, with its last character. */
  beforeOutput(lastByte: number): void {
    this.erase();
    this.#lastOutput = performance.now();
    this.#isAtLineStart = lastByte === NEWLINE;
  }

  /** Called now and then; a line that the guest has begun, or a conversation, is left alone. */
  tick(measured: Measured, { isConversation }: Pick<InputSource, 'isConversation'>): void {
    const now = performance.now();
    if (!this.#stderr.isTerminal || isConversation || !this.#isAtLineStart || now - this.#lastOutput < SILENCE || now - this.#lastShown < INTERVAL) return;
    this.#lastShown = now;
    this.#isShown = true;
    void this.#stderr.write(`${ERASE_LINE}${this.describe(measured)}`);
  }

  describe({ instructions, nanoseconds }: Measured): string {
    const seconds = (performance.now() - this.#started) / SECOND;
    return `worldswitch: ${instructions.toLocaleString('en')} instructions, ${(nanoseconds / 1e9).toFixed(3)} s of virtual time, ${seconds.toFixed(0)} s, ${(instructions / seconds / 1e6).toFixed(1)} MIPS`;
  }

  /** What is printed next begins a line. */
  startLine(): void {
    this.erase();
    if (this.#stderr.isTerminal && !this.#isAtLineStart) void this.#stderr.write('\n');
    this.#isAtLineStart = true;
  }

  erase(): void {
    if (this.#isShown) void this.#stderr.write(ERASE_LINE);
    this.#isShown = false;
  }
}

const NEWLINE = 10;
