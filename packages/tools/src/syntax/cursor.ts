/**
 * Reading the operands of one statement. A `Cursor` walks the tokens and remembers the failure that got furthest, so
 * that among all syntaxes of a mnemonic the message of the one that fitted best is reported.
 */
import type { Token } from '../asm/lexer.ts';

/** What an expression may refer to. Returns null when the symbol has no value. */
export interface Symbols {
  lookup(name: string): bigint | null;
}

export interface Failure {
  readonly token: Token;
  readonly message: string;
}

export class Cursor {
  readonly tokens: readonly Token[];
  /** Address of the instruction, for PC-relative operands. */
  readonly address: bigint;
  readonly symbols: Symbols;
  position: number;
  #furthest = -1;
  #failure: Failure | null = null;

  constructor(tokens: readonly Token[], position: number, address: bigint, symbols: Symbols) {
    this.tokens = tokens;
    this.position = position;
    this.address = address;
    this.symbols = symbols;
  }

  get token(): Token {
    return this.tokens[this.position]!;
  }

  peek(ahead: number): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)]!;
  }

  /** Consumes the punctuation `text`, or returns false and leaves the cursor. */
  punct(text: string): boolean {
    const { token } = this;
    if (token.kind !== 'punct' || token.text !== text) return this.fail(`expected '${text}'`);
    this.position++;
    return true;
  }

  /** Consumes the name `text` (lower case), or returns false and leaves the cursor. */
  name(text: string): boolean {
    const { token } = this;
    if (token.kind !== 'name' || token.lower !== text) return this.fail(`expected ${text}`);
    this.position++;
    return true;
  }

  /** Whether the statement ends here. */
  atEnd(): boolean {
    const { token } = this;
    return token.kind === 'end' || token.text === ';';
  }

  /** Records that `message` stopped this syntax at the current token; always false. */
  fail(message: string): false {
    return this.failAt(this.position, message);
  }

  /** As {@link fail}, at an earlier token. A complaint about a value outranks an equally far "expected ...". */
  failAt(position: number, message: string): false {
    if (position > this.#furthest || (position === this.#furthest && !message.startsWith('expected') && this.#failure?.message.startsWith('expected') === true)) {
      this.#furthest = position;
      this.#failure = { token: this.tokens[position]!, message };
    }
    return false;
  }

  /** Records that every operand fitted and the instruction does not exist: outranks all other failures. */
  failWhole(position: number, message: string): false {
    this.#furthest = Infinity;
    this.#failure = { token: this.tokens[position]!, message };
    return false;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /**
   * An integer expression: `+ - * / % << >> & | ^ ~ ( )`, numbers, characters, symbols, `.`. Returns null, with the
   * cursor where it was, when there is none; a symbol without a value is a failure.
   */
  expression(): bigint | null {
    const start = this.position;
    const value = this.#binary(0);
    if (value === null) this.position = start;
    return value;
  }

  #binary(level: number): bigint | null {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (left !== null && this.token.kind === 'punct' && operators.has(this.token.text)) {
      const operator = this.token.text;
      this.position++;
      const right = this.#binary(level + 1);
      if (right === null) return null;
      if ((operator === '/' || operator === '%') && right === 0n) {
        this.fail('division by zero');
        return null;
      }
      left = OPERATIONS[operator]!(left, right);
    }
    return left;
  }

  #unary(): bigint | null {
    const { token } = this;
    if (token.kind === 'punct' && (token.text === '-' || token.text === '+' || token.text === '~')) {
      this.position++;
      const value = this.#unary();
      if (value === null) return null;
      return token.text === '-' ? -value : token.text === '~' ? ~value : value;
    }
    if (token.kind === 'punct' && token.text === '(') {
      this.position++;
      const value = this.#binary(0);
      return value !== null && this.punct(')') ? value : null;
    }
    if (token.kind === 'number' && !/^[0-9]+[bf]$/.test(token.text)) {
      this.position++;
      return token.value;
    }
    if (token.kind === 'name' || token.kind === 'number') {
      const value = token.text === '.' ? this.address : this.symbols.lookup(token.text);
      if (value === null) {
        this.fail(`undefined symbol ${token.text}`);
        return null;
      }
      this.position++;
      return value;
    }
    this.fail('expected an expression');
    return null;
  }
}

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => BigInt.asUintN(64, a) >> (b & 63n),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** Operators from the loosest level to the tightest; GNU's order: `|^&` bind tighter than `+-`. */
const LEVELS: readonly ReadonlySet<string>[] = [new Set(['+', '-']), new Set(['|', '^', '&']), new Set(['*', '/', '%', '<<', '>>'])];
