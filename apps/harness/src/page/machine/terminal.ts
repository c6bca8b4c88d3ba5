/** What a console printed as lines of text: the controls that kernels and shells use, and everything else as characters. Never markup. */

const MOST_LINES = 2000;
const MOST_COLUMNS = 2000;
const ESCAPE = 0x1b;
/** The byte that ends a control sequence (ECMA-48, "Control sequences"). */
const isFinal = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;

export class Terminal {
  readonly #lines: string[] = [''];
  #column = 0;
  #sequence: number[] | null = null;
  readonly #decoder = new TextDecoder();

  write(bytes: Uint8Array): void {
    const printable: number[] = [];
    const flush = (): void => {
      if (printable.length === 0) return;
      this.#print(this.#decoder.decode(Uint8Array.from(printable), { stream: true }));
      printable.length = 0;
    };
    for (const byte of bytes) {
      if (this.#sequence !== null) {
        this.#sequence.push(byte);
        this.#continueSequence();
      } else if (byte >= 0x20 && byte !== 0x7f) printable.push(byte);
      else {
        flush();
        this.#control(byte);
      }
    }
    flush();
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  #print(text: string): void {
    const line = this.#lines.at(-1)!;
    this.#lines[this.#lines.length - 1] = (line.slice(0, this.#column) + text + line.slice(this.#column + text.length)).slice(0, MOST_COLUMNS);
    this.#column = Math.min(this.#column + text.length, MOST_COLUMNS);
  }

  #control(byte: number): void {
    switch (byte) {
      case 0x08:
        this.#column = Math.max(0, this.#column - 1);
        return;
      case 0x09:
        this.#print(' '.repeat(8 - (this.#column % 8)));
        return;
      case 0x0a:
        this.#lines.push('');
        if (this.#lines.length > MOST_LINES) this.#lines.shift();
        this.#column = 0;
        return;
      case 0x0d:
        this.#column = 0;
        return;
      case ESCAPE:
        this.#sequence = [];
        return;
      default:
    }
  }

  /** Of control sequences only those that erase the line do something; the others are left out. */
  #continueSequence(): void {
    const sequence = this.#sequence!;
    const [first] = sequence;
    const last = sequence.at(-1)!;
    if (first !== 0x5b) {
      this.#sequence = null;
      return;
    }
    if (sequence.length < 2 || (!isFinal(last) && sequence.length < 32)) return;
    this.#sequence = null;
    if (last === 0x4b) this.#lines[this.#lines.length - 1] = this.#lines.at(-1)!.slice(0, this.#column);
  }
}

const KEYS: Readonly<Record<string, string>> = { Enter: '\r', Backspace: '\x7f', Escape: '\x1b', ArrowUp: '\x1b[A', ArrowDown: '\x1b[B', ArrowRight: '\x1b[C', ArrowLeft: '\x1b[D', Delete: '\x1b[3~', Home: '\x1b[H', End: '\x1b[F' };

/** What a key sends; null for one that is the browser's. */
export function bytesOfKey({ key, ctrlKey, altKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): Uint8Array | null {
  if (metaKey || altKey) return null;
  if (ctrlKey) return /^[a-z]$/i.test(key) ? Uint8Array.of(key.toUpperCase().charCodeAt(0) & 0x1f) : null;
  const text = Object.hasOwn(KEYS, key) ? KEYS[key]! : [...key].length === 1 ? key : null;
  return text === null ? null : new TextEncoder().encode(text);
}
