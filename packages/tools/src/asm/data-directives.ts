/** Directives that put data into the section at hand. */
import type { Cursor } from '../syntax/cursor.ts';
import type { Assembly, Directive } from './assembly.ts';
import { stringBytes, type Token } from './lexer.ts';

/** Adds `length` bytes of data; -1 (reported) where they cannot be here. */
function append(assembly: Assembly, token: Token, length: number, fill = 0): number {
  if (!assembly.hasRoom(token, length)) return -1;
  return assembly.section.appendData(length, fill);
}

/** As {@link append}, for data with a value, which `.bss` cannot hold. */
function appendContents(assembly: Assembly, token: Token, length: number): number {
  if (assembly.section.type === 'nobits') {
    assembly.error(token, `${assembly.section.name} holds no data, only space: use .data`);
    return -1;
  }
  return append(assembly, token, length);
}

/** Calls `read` for each operand between commas, until one fails. */
export function eachOperand(cursor: Cursor, read: () => boolean): void {
  if (cursor.atEnd()) return;
  while (read() && cursor.token.text === ',') cursor.position++;
}

/** Whether a value is one of `size` bytes, signed or unsigned. */
export function fitsInteger(value: bigint, size: number): boolean {
  const bits = BigInt(size * 8);
  return value >= -(1n << (bits - 1n)) && value < 1n << bits;
}

/** `-128 to 255`: the range of {@link fitsInteger} as text. */
export function integerRange(size: number): string {
  const bits = BigInt(size * 8);
  return size < 8 ? `${String(-(1n << (bits - 1n)))} to ${String((1n << bits) - 1n)}` : `-2^${String(bits - 1n)} to 2^${String(bits)} - 1`;
}

/** `.byte`, `.hword`, `.word`, `.quad`, `.octa`: each value in `size` bytes. */
export const integers =
  (size: number): Directive =>
  (assembly, cursor) => {
    eachOperand(cursor, () => {
      assembly.advance();
      const start = cursor.position;
      const token = cursor.token;
      const value = assembly.early(cursor);
      if (value === null) {
        assembly.report(cursor);
        return false;
      }
      const at = appendContents(assembly, token, size);
      if (at < 0) return false;
      const { section, line } = assembly;
      if (value === 'late') assembly.late.push({ kind: 'data', section, offset: at, size, line, sequence: assembly.symbols.place.sequence, tokens: cursor.tokens, position: start });
      else if (!fitsInteger(value, size)) assembly.error(token, `value out of range: ${integerRange(size)}`);
      else section.putBigInteger(at, size, value);
      return true;
    });
  };

/** `.float` and `.double`. */
export const floats =
  (size: 4 | 8): Directive =>
  (assembly, cursor) => {
    eachOperand(cursor, () => {
      const first = cursor.token;
      const negative = first.text === '-';
      if (negative || first.text === '+') cursor.position++;
      const { token } = cursor;
      const value = Number(token.text);
      if (token.kind !== 'number' || Number.isNaN(value)) {
        assembly.error(token, 'expected a decimal floating-point number, such as 1.5 or 2e-3');
        return false;
      }
      cursor.position++;
      const at = appendContents(assembly, first, size);
      if (at < 0) return false;
      const view = new DataView(new ArrayBuffer(size));
      if (size === 4) view.setFloat32(0, negative ? -value : value, true);
      else view.setFloat64(0, negative ? -value : value, true);
      assembly.section.putBytes(at, new Uint8Array(view.buffer));
      return true;
    });
  };

const strings =
  (terminator: 0 | 1): Directive =>
  (assembly, cursor) => {
    eachOperand(cursor, () => {
      const first = cursor.token;
      if (first.kind !== 'string') {
        assembly.error(first, first.kind === 'bad' && first.text.startsWith('"') ? 'the string is not closed' : 'expected a string');
        return false;
      }
      // Strings that stand side by side are one.
      while (cursor.token.kind === 'string') {
        const bytes = stringBytes(cursor.token.text);
        const isLast = cursor.peek(1).kind !== 'string';
        const at = appendContents(assembly, cursor.token, bytes.length + (isLast ? terminator : 0));
        if (at < 0) return false;
        assembly.section.putBytes(at, bytes);
        cursor.position++;
      }
      return true;
    });
  };

export const ascii = strings(0);
/** `.asciz`: each string is followed by a zero. */
export const asciz = strings(1);

/** `.space size{, fill}`. */
export const space: Directive = (assembly, cursor) => {
  const { token } = cursor;
  const length = assembly.absoluteNumber(cursor, 0, Number.MAX_SAFE_INTEGER, 'size');
  if (length === null) return;
  let value: number | null = 0;
  if (cursor.token.text === ',') {
    cursor.position++;
    value = assembly.absoluteNumber(cursor, -128, 255, 'fill value');
  }
  if (value === null) return;
  if (value !== 0 && assembly.section.type === 'nobits') assembly.error(token, `${assembly.section.name} holds no data, only space: use .data`);
  else append(assembly, token, length, value & 0xff);
};

/** `.fill repeat{, size{, value}}`: the value in `size` bytes, of which the ones above four are zero. */
export const fill: Directive = (assembly, cursor) => {
  const { token } = cursor;
  const operands = [1, 1, 0];
  const limits: readonly [number, number, string][] = [
    [0, Number.MAX_SAFE_INTEGER, 'repeat count'],
    [0, 8, 'size'],
    [-(2 ** 31), 2 ** 32 - 1, 'fill value'],
  ];
  for (const [index, [min, max, what]] of limits.entries()) {
    if (index > 0 && cursor.token.text !== ',') break;
    if (index > 0) cursor.position++;
    const value = assembly.absoluteNumber(cursor, min, max, what);
    if (value === null) return;
    operands[index] = value;
  }
  const [repeat = 1, size = 1, value = 0] = operands;
  const { section } = assembly;
  const at = value === 0 ? append(assembly, token, repeat * size) : appendContents(assembly, token, repeat * size);
  if (at < 0 || value === 0) return;
  for (let index = 0; index < repeat; index++) section.putBigInteger(at + index * size, Math.min(size, 4), BigInt(value));
};

/** `.inst word, ...`: instructions by their words. */
export const instructionWords: Directive = (assembly, cursor) => {
  eachOperand(cursor, () => {
    const { token } = cursor;
    const word = assembly.absoluteNumber(cursor, 0, 2 ** 32 - 1, 'instruction word');
    if (word === null || !isInstructionPlace(assembly, token) || !assembly.hasRoom(token, 4)) return false;
    assembly.section.appendInstruction(word);
    return true;
  });
};

/** Whether an instruction may stand here; reports where not. */
export function isInstructionPlace(assembly: Assembly, token: Token): boolean {
  const { section } = assembly;
  if (section.type === 'nobits') {
    assembly.error(token, `${section.name} holds no instructions: use .text`);
    return false;
  }
  if (!section.flags.alloc && section.marks.length === 0) assembly.warning(token, `${section.name} is not loaded into memory: for code, give it flags, as in .section ${section.name},"ax"`);
  if (section.size % 4 === 0) return true;
  assembly.error(token, 'an instruction must begin at a multiple of 4: put .balign 4 before it');
  return false;
}
