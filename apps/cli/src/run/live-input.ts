/** The input of a guest that is typed while it runs: standard input, of a terminal, a pipe or a file. */
import type { Stop } from '@worldswitch/machine';
import type { Input, Listening } from '../io.ts';
import type { InputLimits, InputSource } from './input-source.ts';
import { Keys, type KeyCommand } from './keys.ts';
import type { InputRecord } from './record.ts';
import type { Runnable } from './runnable.ts';

export interface LiveOptions {
  readonly stdin: Input;
  readonly record: InputRecord | null;
  /** A terminal's guest waits as long as its timers say, and not only in virtual time. */
  readonly waits: boolean;
  /** A command of the terminal. */
  readonly command: (command: KeyCommand) => void;
}

const CTRL_C = 0x03;
/** Bytes that wait for the guest before no more are read. */
const ENOUGH = 1 << 16;
/** Idle times are added up until they are worth a wait, in milliseconds. */
const SHORTEST_WAIT = 4;
/** What timers of the host can hold. */
const LONGEST_WAIT = 2 ** 31 - 1;
const NS_PER_MS = 1e6;

export class LiveInput implements InputSource {
  readonly #runnable: Runnable;
  readonly #options: LiveOptions;
  readonly #keys: Keys;
  #listening: Listening | null = null;
  #waiting: Uint8Array = new Uint8Array(0);
  #isEnded = false;
  #hasListened = false;
  #isWoken = false;
  #changed: () => void = () => undefined;
  /** Virtual time up to which the guest may go idle without the host waiting; and how much of it was not waited for, in milliseconds. */
  #granted = 0;
  #owed = 0;

  constructor(runnable: Runnable, options: LiveOptions) {
    this.#runnable = runnable;
    this.#options = options;
    this.#keys = new Keys(options.command);
    if (!options.stdin.isTerminal) return;
    options.stdin.setRaw(true);
    this.#listen();
  }

  get isConversation(): boolean {
    return this.#options.stdin.isTerminal && this.#hasListened;
  }

  wanted(): void {
    const isFirst = !this.#hasListened;
    this.#hasListened = true;
    if (isFirst || this.#waiting.length > 0 || this.#hasMoreAtOnce) this.#runnable.requestPause();
  }

  limits(): InputLimits {
    return this.#isPaced ? { idleLimit: Math.max(this.#granted, this.#runnable.nanoseconds) } : {};
  }

  async next({ reason }: Stop): Promise<boolean> {
    if (this.#hasListened && this.#listening === null && !this.#isEnded) this.#listen();
    // A file is there as a whole: when the guest gets it must not depend on the host.
    while (this.#hasListened && this.#hasMoreAtOnce) await this.#change(Infinity);
    if (this.#give()) return true;
    if (reason === 'idle') await this.#wait(this.#runnable.wakesAt);
    if (reason !== 'idle-forever') return true;
    while (!this.#isEnded && !this.#isWoken && this.#runnable.input.isListening) {
      if (await this.#wait(Infinity)) return true;
    }
    return this.#isWoken;
  }

  wake(): void {
    this.#isWoken = true;
    this.#changed();
  }

  close(): void {
    this.#listening?.stop();
    if (this.#options.stdin.isTerminal) this.#options.stdin.setRaw(false);
  }

  get #isPaced(): boolean {
    const { stdin, waits } = this.#options;
    return waits && stdin.isTerminal && this.#runnable.input.isListening;
  }

  get #hasMoreAtOnce(): boolean {
    return this.#options.stdin.isFile && this.#waiting.length === 0 && !this.#isEnded;
  }

  #listen(): void {
    this.#listening = this.#options.stdin.listen((bytes) => this.#take(bytes), () => {
      this.#isEnded = true;
      this.#changed();
    });
  }

  #take(bytes: Uint8Array): void {
    const { stdin, command } = this.#options;
    const more = stdin.isTerminal ? this.#keys.take(bytes) : bytes;
    // Nobody is there yet who could do something about it.
    if (stdin.isTerminal && !this.#hasListened && more.includes(CTRL_C)) command('quit');
    const joined = new Uint8Array(this.#waiting.length + more.length);
    joined.set(this.#waiting);
    joined.set(more, this.#waiting.length);
    this.#waiting = joined;
    if (joined.length >= ENOUGH) this.#listening?.pause();
    this.#changed();
  }

  /** Gives what the guest takes; whether it was anything. */
  #give(): boolean {
    const { input, instructions, nanoseconds } = this.#runnable;
    if (this.#waiting.length === 0 || !input.isListening) return false;
    const taken = input.receive(this.#waiting);
    if (taken === 0) return false;
    this.#options.record?.add({ instruction: instructions, ns: nanoseconds, bytes: this.#waiting.subarray(0, taken) });
    this.#waiting = this.#waiting.slice(taken);
    if (this.#waiting.length < ENOUGH) this.#listening?.resume();
    return true;
  }

  /** Waits until virtual time has come to `until` as fast as the host's, or until the guest got something, which is the result. */
  async #wait(until: number): Promise<boolean> {
    const from = this.#runnable.nanoseconds;
    const length = (until - from) / NS_PER_MS + this.#owed;
    if (length < SHORTEST_WAIT) {
      this.#owed = Math.max(0, length);
      this.#granted = until;
      return false;
    }
    const started = performance.now();
    const elapsed = (): number => performance.now() - started;
    while (elapsed() < length && !this.#isWoken && !this.#isEnded) {
      await this.#change(length - elapsed());
      if (this.#waiting.length === 0 || !this.#runnable.input.isListening) continue;
      if (this.#isPaced) this.#runnable.skipTo(Math.min(until, from + Math.max(0, Math.floor((elapsed() - this.#owed) * NS_PER_MS))));
      this.#owed = 0;
      return this.#give();
    }
    this.#owed = 0;
    this.#granted = until;
    return false;
  }

  /** Until something comes, the input ends, or `milliseconds` are over. */
  async #change(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
      if (milliseconds !== Infinity) timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_WAIT));
      if (this.#isWoken) resolve();
    });
    clearTimeout(timer);
    this.#changed = () => undefined;
  }
}
