/**
 * Tokens of one source line in GNU syntax. Comments are dropped. A token keeps its column so that every message can
 * point at it. A block comment may go on in the next line: the `end` token then says so with the text `/*`.
 */

export type TokenKind = 'name' | 'number' | 'string' | 'punct' | 'end' | 'bad';

export interface Token {
  readonly kind: TokenKind;
  /** As written; names are kept in their own case. */
  readonly text: string;
  /** `text` in lower case. */
  readonly lower: string;
  /** Zero-based column of the first character. */
  readonly column: number;
  /** The value of a number. */
  readonly value: bigint;
}

/** A token whose value is computed when it is asked for: most numbers are read once, most tokens never. */
class LineToken implements Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly lower: string;
  readonly column: number;

  constructor(kind: TokenKind, text: string, column: number) {
    this.kind = kind;
    this.text = text;
    this.lower = kind === 'name' ? text.toLowerCase() : text;
    this.column = column;
  }

  get value(): bigint {
    return this.kind === 'number' ? (this.text.charCodeAt(0) === QUOTE ? characterValue(this.text) : (parseInteger(this.text) ?? 0n)) : 0n;
  }
}

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const STAR = 0x2a;

/** Punctuation of one character, by code. */
const PUNCT1: (string | undefined)[] = [];
for (const character of '#[]{},!()+-*/%&|^~<>=:;@') PUNCT1[character.charCodeAt(0)] = character;

/** Punctuation of two characters, by the code of the first. */
const PUNCT2: (readonly string[] | undefined)[] = [];
for (const pair of ['<<', '<=', '<>', '>>', '>=', '==', '!=', '&&', '||']) {
  const code = pair.charCodeAt(0);
  PUNCT2[code] = [...(PUNCT2[code] ?? []), pair];
}

/** Character classes by code: 1 starts a name, 2 is a digit, 4 is white space. */
const CLASS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  if (/[A-Za-z_.$]/.test(String.fromCharCode(code))) CLASS[code] = 1;
}
CLASS.fill(2, 0x30, 0x3a);
for (const code of [SPACE, TAB, 0x0d, 0x0c]) CLASS[code] = 4;

function classOf(code: number): number {
  return code < 128 ? CLASS[code]! : 0;
}

/** The tokens of `line` from column `at`, ended by one of kind `end`. An unreadable character becomes a token of kind `bad`. */
export function tokenize(line: string, at = 0): Token[] {
  const tokens: Token[] = [];
  const { length } = line;
  while (at < length) {
    const code = line.charCodeAt(at);
    const kind = classOf(code);
    if (kind === 4) {
      at++;
      continue;
    }
    if (kind === 1) {
      const end = endOfName(line, at + 1);
      tokens.push(new LineToken('name', line.slice(at, end), at));
      at = end;
    } else if (kind === 2) {
      const end = endOfNumber(line, at);
      const text = line.slice(at, end);
      tokens.push(new LineToken(isNumber(text) ? 'number' : 'bad', text, at));
      at = end;
    } else if (code === SLASH && line.charCodeAt(at + 1) === SLASH) {
      break;
    } else if (code === SLASH && line.charCodeAt(at + 1) === STAR) {
      const close = line.indexOf('*/', at + 2);
      if (close < 0) {
        tokens.push(new LineToken('end', '/*', at));
        return tokens;
      }
      at = close + 2;
    } else {
      const token = code === DOUBLE_QUOTE ? stringToken(line, at) : code === QUOTE ? characterToken(line, at) : punctuation(line, at);
      tokens.push(token);
      at += token.text.length;
    }
  }
  tokens.push(new LineToken('end', '', length));
  return tokens;
}

/** A name starts with a letter, `_`, `.` or `$`; it goes on with those and digits, so `v0.4s` and `b.eq` are names. */
function endOfName(line: string, from: number): number {
  let end = from;
  while (end < line.length && (classOf(line.charCodeAt(end)) & 3) !== 0) end++;
  return end;
}

function endOfNumber(line: string, at: number): number {
  let end = endOfName(line, at + 1);
  // A float such as 1.5e-3: the sign of the exponent belongs to the number.
  if ((line[end] === '-' || line[end] === '+') && /^[0-9.]+e$/i.test(line.slice(at, end))) {
    end++;
    while (end < line.length && classOf(line.charCodeAt(end)) === 2) end++;
  }
  return end;
}

function stringToken(line: string, at: number): Token {
  let end = at + 1;
  while (end < line.length && line.charCodeAt(end) !== DOUBLE_QUOTE) end += line.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end < line.length ? new LineToken('string', line.slice(at, end + 1), at) : new LineToken('bad', line.slice(at), at);
}

/** `'a'`, `'\n'`; the closing quote may be missing, as in GNU. */
function characterToken(line: string, at: number): Token {
  let end = at + (line.charCodeAt(at + 1) === BACKSLASH ? 3 : 2);
  if (end > line.length) return new LineToken('bad', line.slice(at), at);
  if (line.charCodeAt(end) === QUOTE) end++;
  return new LineToken('number', line.slice(at, end), at);
}

const ESCAPES: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9 };

function characterValue(text: string): bigint {
  if (text.charCodeAt(1) !== BACKSLASH) return BigInt(text.charCodeAt(1));
  const character = text.charAt(2);
  return BigInt(ESCAPES[character] ?? (/[0-7]/.test(character) ? Number(character) : character.charCodeAt(0)));
}

function punctuation(line: string, at: number): Token {
  const code = line.charCodeAt(at);
  const pair = PUNCT2[code]?.find((candidate) => candidate.charCodeAt(1) === line.charCodeAt(at + 1));
  if (pair !== undefined) return new LineToken('punct', pair, at);
  const character = PUNCT1[code];
  return character === undefined ? new LineToken('bad', String.fromCodePoint(line.codePointAt(at) ?? 0), at) : new LineToken('punct', character, at);
}

/** Whether a token that starts with a digit is an integer, a reference to a local label (`1f`) or a float. */
function isNumber(text: string): boolean {
  return text.length === 1 || parseInteger(text) !== null || isLocalReference(text) || isFloat(text);
}

/** Whether a token refers to a local label: `1b`, `12f`. */
export function isLocalReference(text: string): boolean {
  const last = text.charCodeAt(text.length - 1) | 0x20;
  return (last === 0x62 || last === 0x66) && /^[0-9]+[bf]$/i.test(text);
}

/** An integer literal (decimal, 0x, 0b, octal with a leading 0) of at most 128 bits, or null. */
export function parseInteger(text: string): bigint | null {
  if (text.length > MAX_DIGITS) return null;
  if (/^0[xX][0-9a-fA-F]+$/.test(text) || /^0[bB][01]+$/.test(text) || /^(0|[1-9][0-9]*)$/.test(text)) return BigInt(text);
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  return null;
}

/** As many characters as 128 bits have in binary, with the prefix. */
const MAX_DIGITS = 130;

/** Whether a number token is a decimal floating-point literal: `1.5`, `2e3`. */
export function isFloat(text: string): boolean {
  return /^[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?$/i.test(text) && /[.e]/i.test(text);
}

/**
 * The bytes of a string token: UTF-8, with the escapes `\b \f \n \r \t \" \\`, `\101` (octal) and `\x41`. Any other
 * escaped character stands for itself.
 */
export function stringBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 1; at < text.length - 1; ) {
    const code = text.codePointAt(at) ?? 0;
    if (code !== BACKSLASH) {
      pushUtf8(bytes, code);
      at += code > 0xffff ? 2 : 1;
      continue;
    }
    const escape = /^\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|([\s\S]))/.exec(text.slice(at, at + 20));
    const [whole = '\\', octal, hex, character] = escape ?? [];
    if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if (hex !== undefined) bytes.push(parseInt(hex.slice(-2), 16));
    else if (character !== undefined) bytes.push(ESCAPES[character] ?? character.charCodeAt(0));
    at += whole.length;
  }
  return Uint8Array.from(bytes);
}

function pushUtf8(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
}
