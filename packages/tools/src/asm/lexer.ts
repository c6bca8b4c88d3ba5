/**
 * Tokens of one source line in GNU syntax. Comments (`//`, and block comments within the line) are dropped. A token
 * keeps its column so that every message can point at it. One {@link TokenLine} is reused for all lines of a file.
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

const PUNCT2 = new Set(['<<', '>>', '==', '!=', '<=', '>=', '&&', '||']);

/** A name starts with a letter, `_`, `.` or `$`; it goes on with those and digits, so `v0.4s` and `b.eq` are names. */
function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x2e || code === 0x24;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The tokens of `line`, ended by one of kind `end`. An unreadable character becomes a token of kind `bad`. */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  const { length } = line;
  let at = 0;
  const push = (kind: TokenKind, end: number, value = 0n): void => {
    const text = line.slice(at, end);
    tokens.push({ kind, text, lower: text.toLowerCase(), column: at, value });
    at = end;
  };
  while (at < length) {
    const code = line.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x0d) {
      at++;
    } else if (code === 0x2f && line.charCodeAt(at + 1) === 0x2f) {
      break;
    } else if (code === 0x2f && line.charCodeAt(at + 1) === 0x2a) {
      const close = line.indexOf('*/', at + 2);
      at = close < 0 ? length : close + 2;
    } else if (isNameStart(code)) {
      let end = at + 1;
      while (end < length && (isNameStart(line.charCodeAt(end)) || isDigit(line.charCodeAt(end)))) end++;
      push('name', end);
    } else if (isDigit(code)) {
      let end = at + 1;
      while (end < length && (isDigit(line.charCodeAt(end)) || isNameStart(line.charCodeAt(end)))) end++;
      // A float such as 1.5e-3: the sign of the exponent belongs to the number.
      if (/^[0-9.]+e$/i.test(line.slice(at, end)) && (line[end] === '-' || line[end] === '+')) {
        end++;
        while (end < length && isDigit(line.charCodeAt(end))) end++;
      }
      const text = line.slice(at, end);
      const value = parseInteger(text);
      push(value === null && !/^[0-9]+[bf]$/.test(text) && !isFloat(text) ? 'bad' : 'number', end, value ?? 0n);
    } else if (code === 0x22) {
      let end = at + 1;
      while (end < length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1;
      push(end < length ? 'string' : 'bad', Math.min(end + 1, length));
    } else if (code === 0x27 && at + 2 < length) {
      const end = line[at + 2] === "'" ? at + 3 : at + 2;
      push('number', end, BigInt(line.charCodeAt(at + 1)));
    } else if (PUNCT2.has(line.slice(at, at + 2))) {
      push('punct', at + 2);
    } else {
      push('#[]{},!()+-*/%&|^~<>=:;@'.includes(line[at] ?? '') ? 'punct' : 'bad', at + 1);
    }
  }
  tokens.push({ kind: 'end', text: '', lower: '', column: length, value: 0n });
  return tokens;
}

/** An integer literal (decimal, 0x, 0b, octal with a leading 0), or null. */
export function parseInteger(text: string): bigint | null {
  if (/^0[xX][0-9a-fA-F]+$/.test(text) || /^0[bB][01]+$/.test(text) || /^(0|[1-9][0-9]*)$/.test(text)) return BigInt(text);
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  return null;
}

/** Whether a number token is a decimal floating-point literal: `1.5`, `2e3`. */
export function isFloat(text: string): boolean {
  return /^[0-9]+(\.[0-9]*)?(e[-+]?[0-9]+)?$/i.test(text) && /[.e]/i.test(text);
}
