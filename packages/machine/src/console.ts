/**
 * What guests have printed: counted in lines, handed on to whoever watches, and kept as bytes. Of what is long ago a digest is kept: a guest may
 * print for ever.
 */
import { Sha256, type DigestBuilder, type SnapshotPart } from '@worldswitch/cpu';

/** Told of each byte; and of each line without its end, after the byte that ends it; of one of many MiB, the end. */
export interface ConsoleListener {
  byte?(byte: number): void;
  line?(line: string): void;
  /** Software begins to look for input, or has taken all that there was. */
  wanted?(): void;
}

/** Where what is typed goes. */
export interface ConsoleInput {
  /** Whether software looks for input; what is given to it otherwise may be lost. */
  readonly isListening: boolean;
  /** Gives bytes; the result is how many there was room for. */
  receive(bytes: Uint8Array): number;
}

const NEWLINE = 10;
const RETURN = 13;
const FIRST_SIZE = 1024;
/** Bytes that are kept; when there are more, the older half goes. */
const MOST_BYTES = 1 << 24;
const HALF = MOST_BYTES / 2;
const DIGEST_BYTES = 32;

export class Console {
  readonly #listener: ConsoleListener;
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;
  #lineStart = 0;
  /** Halves that are not kept: how many, the lines that ended there, and the digest of the last with that of those before it. */
  #halvesGone = 0;
  #linesGone = 0;
  #digestGone: Uint8Array = new Uint8Array(DIGEST_BYTES);
  /** Complete lines so far. */
  lines = 0;

  constructor(listener: ConsoleListener) {
    this.#listener = listener;
  }

  write(byte: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom();
    this.#bytes[this.#length++] = byte;
    this.#listener.byte?.(byte);
    if (byte !== NEWLINE) return;
    this.lines++;
    const end = this.#length - 1;
    const start = this.#lineStart;
    this.#lineStart = this.#length;
    if (this.#listener.line !== undefined) this.#listener.line(latin1(this.#bytes.subarray(start, end > start && this.#bytes[end - 1] === RETURN ? end - 1 : end)));
  }

  wanted(): void {
    this.#listener.wanted?.();
  }

  #makeRoom(): void {
    if (this.#length < MOST_BYTES) {
      const larger = new Uint8Array(Math.min(2 * this.#bytes.length, MOST_BYTES));
      larger.set(this.#bytes);
      this.#bytes = larger;
      return;
    }
    const half = this.#bytes.subarray(0, HALF);
    this.#digestGone = new Sha256().update(this.#digestGone).update(half).digest();
    this.#linesGone += linesIn(half);
    this.#halvesGone++;
    this.#bytes.copyWithin(0, HALF);
    this.#length -= HALF;
    this.#lineStart = Math.max(0, this.#lineStart - HALF);
  }

  /** Everything that was printed, also what is not kept. */
  addTo(digest: DigestBuilder): void {
    if (this.#halvesGone > 0) digest.section('gone').integer(this.#halvesGone).bytes(this.#digestGone);
    digest.bytes(this.bytes);
  }

  /** What was printed, as a section: lines follow from it. Nobody is told of what others have seen already. */
  part(name: string): SnapshotPart {
    return {
      name,
      version: 2,
      save: (into) => void into.integer(this.#halvesGone).integer(this.#linesGone).bytes(this.#digestGone).bytes(this.bytes),
      restore: (from) => {
        const halvesGone = from.integer('what is not kept');
        const linesGone = from.integer('its lines');
        const digestGone = from.bytes(DIGEST_BYTES).slice();
        if (from.left > MOST_BYTES) from.fail(`${String(from.left)} bytes are more than a console keeps`);
        const bytes = from.bytes(from.left).slice();
        return () => {
          this.#halvesGone = halvesGone;
          this.#linesGone = linesGone;
          this.#digestGone = digestGone;
          this.#bytes = bytes.length === 0 ? new Uint8Array(FIRST_SIZE) : bytes;
          this.#length = bytes.length;
          this.#lineStart = bytes.lastIndexOf(NEWLINE) + 1;
          this.lines = linesGone + linesIn(bytes);
        };
      },
    };
  }

  /** The last of what was printed: 8 MiB at least, where there is so much. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get text(): string {
    return latin1(this.bytes);
  }
}

function linesIn(bytes: Uint8Array): number {
  return bytes.reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 0);
}

/** Bytes as characters, one for one: what a terminal makes of them is its business. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
