/** Directives that choose the section, move within it, and empty its literal pool. */
import type { SectionFlags, SectionType } from '../image/image.ts';
import type { Cursor } from '../syntax/cursor.ts';
import type { Assembly, Directive } from './assembly.ts';
import { stringBytes, type Token } from './lexer.ts';

const enter =
  (name: string): Directive =>
  (assembly, cursor) => assembly.enter(cursor.token, name, null);

export const text = enter('.text');
export const data = enter('.data');
export const rodata = enter('.rodata');
export const bss = enter('.bss');

/** `.section name{, "flags"{, @type{, ...}}}`. */
export const section: Directive = (assembly, cursor) => {
  const { token } = cursor;
  const name = sectionName(cursor);
  if (name === null) {
    assembly.error(token, 'expected the name of a section');
    return;
  }
  if (cursor.token.text !== ',') {
    assembly.enter(token, name, null);
    return;
  }
  cursor.position++;
  const flags = sectionFlags(assembly, cursor);
  if (flags === null) return;
  const type = sectionType(assembly, cursor, name);
  if (type === null) return;
  // Entry sizes, groups and links are for a linker.
  while (!cursor.atEnd()) cursor.position++;
  assembly.enter(token, name, { type, flags });
};

/** A name may contain `-`, as `.note.GNU-stack` does, or be quoted. */
function sectionName(cursor: Cursor): string | null {
  const { token } = cursor;
  if (token.kind === 'string') {
    cursor.position++;
    return String.fromCharCode(...stringBytes(token.text).subarray(0, 200));
  }
  let name = '';
  while (cursor.token.kind === 'name' || cursor.token.kind === 'number' || cursor.token.text === '-') name += cursor.tokens[cursor.position++]!.text;
  return name === '' ? null : name;
}

const FLAG_LETTERS = 'awxMSGTeRo?';

function sectionFlags(assembly: Assembly, cursor: Cursor): SectionFlags | null {
  const { token } = cursor;
  const letters = token.kind === 'string' ? token.text.slice(1, -1) : null;
  if (letters === null || [...letters].some((letter) => !FLAG_LETTERS.includes(letter))) {
    assembly.error(token, 'expected flags in quotes: a loaded, w written, x executed, as in "ax"');
    return null;
  }
  cursor.position++;
  return { alloc: letters.includes('a'), write: letters.includes('w'), exec: letters.includes('x') };
}

const TYPES: ReadonlyMap<string, SectionType> = new Map([
  ['progbits', 'progbits'],
  ['nobits', 'nobits'],
  ['note', 'note'],
  ['init_array', 'progbits'],
  ['fini_array', 'progbits'],
]);

function sectionType(assembly: Assembly, cursor: Cursor, name: string): SectionType | null {
  if (!cursor.isAt(',')) return name.startsWith('.bss') ? 'nobits' : 'progbits';
  cursor.position++;
  if (cursor.isAt('@') || cursor.isAt('%')) cursor.position++;
  const { token } = cursor;
  const type = TYPES.get(token.lower.replace(/"/g, ''));
  if (type === undefined) assembly.error(token, 'expected a type: @progbits, @nobits or @note');
  else cursor.position++;
  return type ?? null;
}

const MAX_STACK = 1000;

export const pushSection: Directive = (assembly, cursor) => {
  const { section: current, previous } = assembly;
  if (assembly.stack.length >= MAX_STACK) assembly.error(cursor.token, `.pushsection is nested more than ${String(MAX_STACK)} deep`);
  else assembly.stack.push({ section: current, previous });
  section(assembly, cursor);
};

export const popSection: Directive = (assembly, cursor) => {
  const saved = assembly.stack.pop();
  if (saved === undefined) assembly.error(cursor.token, '.popsection without .pushsection');
  else ({ section: assembly.section, previous: assembly.previous } = saved);
};

export const previousSection: Directive = (assembly) => assembly.switchTo(assembly.previous);

/** Alignments up to 2^16: more than any page. */
const MAX_POWER = 16;

/** `.align n`, `.p2align n{, {fill}{, max}}` (2^n bytes) and `.balign`. Without a fill, code is filled with NOPs. */
export const align =
  (unit: 'power' | 'bytes'): Directive =>
  (assembly, cursor) => {
    const { token } = cursor;
    const operand = cursor.atEnd() ? 0 : assembly.absoluteNumber(cursor, 0, unit === 'power' ? MAX_POWER : 2 ** MAX_POWER, 'alignment');
    if (operand === null) return;
    const alignment = unit === 'power' ? 2 ** operand : Math.max(1, operand);
    if ((alignment & (alignment - 1)) !== 0) {
      assembly.error(token, 'the alignment must be a power of 2');
      return;
    }
    const fill = optionalOperand(assembly, cursor, -128, 255, 'fill value');
    const max = optionalOperand(assembly, cursor, 0, 2 ** MAX_POWER, 'maximum');
    if (fill !== 'wrong' && max !== 'wrong') alignSection(assembly, token, alignment, fill, max);
  };

function optionalOperand(assembly: Assembly, cursor: Cursor, min: number, max: number, what: string): number | 'wrong' | null {
  if (!cursor.isAt(',')) return null;
  cursor.position++;
  if (cursor.isAt(',') || cursor.atEnd()) return null;
  return assembly.absoluteNumber(cursor, min, max, what) ?? 'wrong';
}

function alignSection(assembly: Assembly, token: Token, alignment: number, fill: number | null, max: number | null): void {
  const { section: current } = assembly;
  const gap = (alignment - (current.size % alignment)) % alignment;
  if (max !== null && gap > max) return;
  current.alignment = Math.max(current.alignment, alignment);
  if (gap === 0 || !assembly.hasRoom(token, gap)) return;
  if (fill === null && current.flags.exec) current.appendNops(gap);
  else current.appendData(gap, current.type === 'nobits' ? 0 : (fill ?? 0) & 0xff);
}

/** `.org offset{, fill}`: forward to an offset in the section, or to an address expression such as `start + 0x200`. */
export const org: Directive = (assembly, cursor) => {
  const { token } = cursor;
  const offset = sectionOffset(assembly, cursor);
  if (offset === null) return;
  const fill = optionalOperand(assembly, cursor, -128, 255, 'fill value');
  if (fill === 'wrong') return;
  const gap = offset - assembly.section.size;
  if (gap < 0) assembly.error(token, `.org cannot go back: the section has 0x${assembly.section.size.toString(16)} bytes, beyond 0x${offset.toString(16)}`);
  else if (assembly.hasRoom(token, gap)) assembly.section.appendData(gap, assembly.section.type === 'nobits' ? 0 : (fill ?? 0) & 0xff);
};

/** An expression as an offset in the section at hand: absolute, or relative to the section's beginning. */
function sectionOffset(assembly: Assembly, cursor: Cursor): number | null {
  const { token, position } = cursor;
  const early = assembly.early(cursor);
  const { position: end } = cursor;
  const values = early === 'late' ? assembly.onTrial(cursor, position) : [early, early];
  const [first = null, second = null] = values;
  if (first === null || second === null) {
    assembly.report(cursor);
    return null;
  }
  cursor.position = end;
  const relative = first - assembly.trialAddress(assembly.section, 0);
  const isRelative = relative === second - assembly.trialAddress(assembly.section, 1);
  const offset = isRelative ? relative : first;
  if (isRelative || first === second) {
    if (offset >= 0n && offset <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(offset);
    assembly.error(token, 'the offset is out of range');
  } else {
    assembly.error(token, 'expected an offset, or an address in this section');
  }
  return null;
}

/** `.ltorg`, `.pool`: puts the literals that wait, each size at its alignment. */
export const literalPool: Directive = (assembly, cursor) => emptyLiteralPool(assembly, cursor.token);

/** Puts the literals of the section at hand; those known already get their value, the others are computed later. */
export function emptyLiteralPool(assembly: Assembly, token: Token): void {
  const { section: current } = assembly;
  for (const { size, literals } of current.literals.take()) {
    const gap = (size - (current.size % size)) % size;
    if (!assembly.hasRoom(token, gap + literals.length * size)) return;
    current.alignment = Math.max(current.alignment, size);
    current.appendData(gap);
    for (const literal of literals) {
      literal.offset = current.appendData(size);
      if (literal.value !== null) current.putBigInteger(literal.offset, size, literal.value);
      else assembly.late.push({ kind: 'data', section: current, offset: literal.offset, size, line: literal.line, sequence: literal.sequence, tokens: literal.tokens, position: literal.position });
    }
  }
}
