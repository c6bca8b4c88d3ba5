/**
 * Reading the operands of one statement. A `Cursor` walks the tokens and remembers the failure that got furthest, so
 * that among all syntaxes of a mnemonic the message of the one that fitted best is reported.
 */
import { isFloat, isLocalReference, type Token } from '../asm/lexer.ts';

/** What an expression may refer to: names, local labels (`1b`), and `.`. Returns null when the symbol has no value. */
export interface Symbols {
  lookup(name: string): bigint | null;
}

export interface Failure {
  readonly token: Token;
  readonly message: string;
}

export class Cursor {
  readonly tokens: readonly Token[];
  readonly symbols: Symbols;
  position: number;
  /** Whether an operand asked for the address: what was encoded then holds at this address only. */
  usesAddress = false;
  readonly #address: bigint;
  #furthest = -1;
  #failure: Failure | null = null;
  #depth = 0;

  constructor(tokens: readonly Token[], position: number, address: bigint, symbols: Symbols) {
    this.tokens = tokens;
    this.position = position;
    this.#address = address;
    this.symbols = symbols;
  }

  /** Address of the instruction, for PC-relative operands. */
  get address(): bigint {
    this.usesAddress = true;
    return this.#address;
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

  /** Whether the current token is the punctuation `text`. */
  isAt(text: string): boolean {
    return this.token.kind === 'punct' && this.token.text === text;
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

  /** As {@link fail}, at an earlier token. Of equally far failures the one that understood more counts. */
  failAt(position: number, message: string): false {
    if (position < this.#furthest) return false;
    const known = position === this.#furthest ? (this.#failure?.message ?? '') : '';
    if (message.startsWith(OUT_OF_RANGE) && known.startsWith(OUT_OF_RANGE)) {
      const range = message.slice(OUT_OF_RANGE.length);
      if (!known.includes(range)) this.#failure = { token: this.tokens[position]!, message: `${known} or ${range}` };
    } else if (rank(message) > rank(known)) {
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
   * An integer expression: numbers, characters, symbols, `.`, parentheses, unary `- + ~ !`, and GNU's binary operators,
   * of which comparisons yield -1. Returns null, with the cursor where it was, when there is none; a symbol without a
   * value is a failure.
   */
  expression(): bigint | null {
    const start = this.position;
    this.#depth = 0;
    const value = this.#binary(1);
    if (value === null) this.position = start;
    return value;
  }

  /** Operators that bind at least as tightly as `level`. */
  #binary(level: number): bigint | null {
    let left = this.#unary();
    while (left !== null && this.token.kind === 'punct') {
      const operator = OPERATORS.get(this.token.text);
      if (operator === undefined || operator.level < level) break;
      const at = this.position++;
      const right = this.#binary(operator.level + 1);
      if (right === null) return null;
      const value = operator.apply(left, right);
      if (value === null) {
        this.failAt(at, 'division by zero');
        return null;
      }
      left = bounded(value);
    }
    return left;
  }

  #unary(): bigint | null {
    const { token } = this;
    if (token.kind === 'punct') {
      const prefix = PREFIXES.get(token.text);
      if (prefix === undefined && token.text !== '(') return this.#noExpression('expected an expression');
      if (++this.#depth > MAX_DEPTH) return this.#noExpression(`the expression is nested more than ${String(MAX_DEPTH)} deep`);
      this.position++;
      const value = prefix === undefined ? this.#binary(1) : this.#unary();
      this.#depth--;
      if (value === null) return null;
      if (prefix !== undefined) return prefix(value);
      return this.punct(')') ? value : null;
    }
    if (token.kind === 'number' && !isLocalReference(token.text)) {
      if (isFloat(token.text)) return this.#noExpression('expected an integer');
      this.position++;
      return token.value;
    }
    if (token.kind !== 'name' && token.kind !== 'number') return this.#noExpression('expected an expression');
    const value = this.symbols.lookup(token.text) ?? (token.text === '.' ? this.address : null);
    if (value === null) return this.#noExpression(REGISTER.test(token.lower) ? 'expected an expression' : `undefined symbol ${token.text}`);
    this.position++;
    return value;
  }

  #noExpression(message: string): null {
    this.fail(message);
    return null;
  }
}

/** How a failure to fit a range starts; the ranges of several syntaxes are told together. */
const OUT_OF_RANGE = 'immediate out of range: ';

/** A complaint about a value knows more than "expected a register", and that more than "expected an expression". */
function rank(message: string): number {
  if (message === '') return 0;
  if (!message.startsWith('expected')) return 3;
  return message === 'expected an expression' ? 1 : 2;
}

/** A register where an expression may stand belongs to another syntax of the instruction, unless a symbol is called so. */
const REGISTER = /^(?:[wxbhsdqv](?:[12]?[0-9]|3[01])|w?sp|[wx]zr)(?:\.|$)/;

/** Parentheses and prefixes that may stand one in another. */
const MAX_DEPTH = 250;

const LIMIT = 1n << 192n;

/** Values wrap to 64 bits once they are so large that no field could hold them: an expression cannot eat memory. */
function bounded(value: bigint): bigint {
  return value >= LIMIT || value <= -LIMIT ? BigInt.asIntN(64, value) : value;
}

const PREFIXES: ReadonlyMap<string, (value: bigint) => bigint> = new Map([
  ['-', (value: bigint) => -value],
  ['+', (value: bigint) => value],
  ['~', (value: bigint) => ~value],
  ['!', (value: bigint) => (value === 0n ? 1n : 0n)],
]);

interface Operator {
  readonly level: number;
  /** Null for a division by zero. */
  readonly apply: (a: bigint, b: bigint) => bigint | null;
}

const truth = (holds: boolean): bigint => (holds ? -1n : 0n);

/** By level as GNU orders them: `|^&` bind more tightly than `+-`, and comparisons as loosely as these. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['||', { level: 1, apply: (a, b) => (a !== 0n || b !== 0n ? 1n : 0n) }],
  ['&&', { level: 2, apply: (a, b) => (a !== 0n && b !== 0n ? 1n : 0n) }],
  ['==', { level: 3, apply: (a, b) => truth(a === b) }],
  ['!=', { level: 3, apply: (a, b) => truth(a !== b) }],
  ['<>', { level: 3, apply: (a, b) => truth(a !== b) }],
  ['<', { level: 3, apply: (a, b) => truth(a < b) }],
  ['<=', { level: 3, apply: (a, b) => truth(a <= b) }],
  ['>', { level: 3, apply: (a, b) => truth(a > b) }],
  ['>=', { level: 3, apply: (a, b) => truth(a >= b) }],
  ['+', { level: 4, apply: (a, b) => a + b }],
  ['-', { level: 4, apply: (a, b) => a - b }],
  ['|', { level: 5, apply: (a, b) => a | b }],
  ['^', { level: 5, apply: (a, b) => a ^ b }],
  ['&', { level: 5, apply: (a, b) => a & b }],
  ['*', { level: 6, apply: (a, b) => a * b }],
  ['/', { level: 6, apply: (a, b) => (b === 0n ? null : a / b) }],
  ['%', { level: 6, apply: (a, b) => (b === 0n ? null : a % b) }],
  ['<<', { level: 6, apply: (a, b) => a << (b & 63n) }],
  ['>>', { level: 6, apply: (a, b) => BigInt.asUintN(64, a) >> (b & 63n) }],
]);
