/** Codecs of plain registers: general, scalar and vector, by the naming rules that `insn/row.ts` documents. */
import { ARRANGEMENTS, GPR_SELECTORS, SCALAR_SELECTORS, type Cube, type InsnField, type Selector } from '@worldswitch/cpu/arch';
import type { Cursor } from './cursor.ts';
import type { OperandCodec, Placeholder, WordBuilder } from './codec.ts';

const GPR = /^([WXR])([a-z][a-z0-9]*)(\|W?SP)?(?:@(\w+))?$/;
const SCALAR = /^([BHSDQF])([a-z][a-z0-9]*)(?:@(\w+))?$/;
const VECTOR = /^V([a-z][a-z0-9]*)\.(\w+)$/;

/** The codec of a register placeholder, or null when the placeholder is of another kind. */
export function registerCodec(placeholder: Placeholder): OperandCodec | null {
  const { text } = placeholder;
  const gpr = GPR.exec(text);
  if (gpr) {
    const [, letter, suffix, sp, selectorName] = gpr;
    const field = placeholder.field(`R${suffix ?? ''}`);
    return generalRegister(field, chooser(placeholder, letter ?? '', 'R', GPR_SELECTORS, selectorName ?? 'sf'), sp !== undefined);
  }
  const scalar = SCALAR.exec(text);
  if (scalar) {
    const [, letter, suffix, selectorName] = scalar;
    return scalarRegister(placeholder.field(`R${suffix ?? ''}`), chooser(placeholder, letter ?? '', 'F', SCALAR_SELECTORS, selectorName ?? 'ftype'));
  }
  const vector = VECTOR.exec(text);
  if (vector) {
    const [, suffix, arrangement] = vector;
    return vectorRegister(placeholder.field(`R${suffix ?? ''}`), arrangementChoice(placeholder, arrangement ?? ''));
  }
  return null;
}

/** A name chosen by fields of the word; `null` from `format` means reserved. */
export interface Choice {
  format(word: number): string | null;
  /** Decides the selecting fields so that `name` is chosen. */
  parse(name: string, word: WordBuilder): boolean;
}

/** A choice that is always `name`. */
export function fixedChoice(name: string): Choice {
  return { format: () => name, parse: (candidate) => candidate === name };
}

export function selectorChoice(placeholder: Placeholder, selector: Selector): Choice {
  const fields = selector.fields.map((name) => placeholder.field(name));
  if (fields.length > 2) throw new TypeError(`${placeholder.owner}: a selector has at most two fields`);
  const { names } = selector;
  /** Bits of a value in the places of the selecting fields. */
  const inPlace = (value: number): number => {
    let rest = value;
    let bits = 0;
    for (let i = fields.length - 1; i >= 0; i--) {
      const field = fields[i]!;
      bits |= (rest << field.lsb) & field.mask;
      rest >>>= field.width;
    }
    return bits;
  };
  const [first, second] = fields as [InsnField, InsnField | undefined];
  const index =
    second === undefined
      ? (word: number): number => (word & first.mask) >>> first.lsb
      : (word: number): number => (((word & first.mask) >>> first.lsb) << second.width) | ((word & second.mask) >>> second.lsb);
  const choices = new Map<string, readonly Cube[]>();
  for (const name of names) {
    if (name !== null && !choices.has(name)) choices.set(name, cubesOf(names, name).map(({ mask, value }) => ({ mask: inPlace(mask), value: inPlace(value) })));
  }
  return {
    format: (word) => names[index(word)] ?? null,
    parse: (name, word) => choices.get(name)?.some(({ mask, value }) => word.putBits(mask, value)) === true,
  };
}

/**
 * The indexes at which `name` stands: all in one cube where they are one, so that the bits that do not matter stay
 * open for another operand (`imm5` of an element: size and index), else each by itself, to be tried in order.
 */
function cubesOf(names: readonly (string | null)[], name: string): Cube[] {
  const all = names.length - 1;
  const values = names.flatMap((candidate, value) => (candidate === name ? [value] : []));
  const common = values.reduce((mask, value) => mask & ~(value ^ values[0]!), all);
  const free = all & ~common;
  const size = 2 ** [...free.toString(2)].filter((bit) => bit === '1').length;
  return size === values.length ? [{ mask: common, value: values[0]! & common }] : values.map((value) => ({ mask: all, value }));
}

function chooser(placeholder: Placeholder, letter: string, wildcard: string, selectors: Readonly<Record<string, Selector>>, name: string): Choice {
  if (letter !== wildcard) return fixedChoice(letter);
  const selector = selectors[name];
  if (selector === undefined) throw new TypeError(`${placeholder.owner}: no selector ${name}`);
  return selectorChoice(placeholder, selector);
}

/** The arrangement after the dot: a rule of `ARRANGEMENTS`, or the arrangement itself. */
export function arrangementChoice(placeholder: Placeholder, name: string): Choice {
  const rules: Readonly<Record<string, Selector>> = ARRANGEMENTS;
  const rule = rules[name];
  return rule === undefined ? fixedChoice(name) : selectorChoice(placeholder, rule);
}

/** `w3`, `xzr`, `wsp`; also the names `fp`, `lr`, `ip0`, `ip1` of the procedure call standard. */
const GPR_TOKEN = /^([wx])([0-9]|[12][0-9]|30)$/;
const NAMED_GPRS: Readonly<Record<string, readonly [letter: string, number: number, sp: boolean]>> = {
  wzr: ['W', 31, false],
  xzr: ['X', 31, false],
  wsp: ['W', 31, true],
  sp: ['X', 31, true],
  fp: ['X', 29, false],
  lr: ['X', 30, false],
  ip0: ['X', 16, false],
  ip1: ['X', 17, false],
};

export interface GeneralRegister {
  readonly letter: string;
  readonly number: number;
  readonly sp: boolean;
}

const gprs = new Map<string, GeneralRegister>();
for (const letter of ['W', 'X']) {
  for (let number = 0; number <= 30; number++) gprs.set(`${letter.toLowerCase()}${String(number)}`, { letter, number, sp: false });
}
for (const [name, [letter, number, sp]] of Object.entries(NAMED_GPRS)) gprs.set(name, { letter, number, sp });

/** The general register a token names, or null. */
export function asGeneralRegister(lower: string): GeneralRegister | null {
  return gprs.get(lower) ?? null;
}

/** The text of general register `number` of the width `letter`. */
export function generalRegisterName(letter: string, number: number, sp: boolean): string {
  const prefix = letter.toLowerCase();
  if (number < 31) return `${prefix}${String(number)}`;
  if (sp) return letter === 'W' ? 'wsp' : 'sp';
  return `${prefix}zr`;
}

function generalRegister(field: InsnField, width: Choice, sp: boolean): OperandCodec {
  return {
    format: (word) => generalRegisterName(width.format(word) ?? '?', (word & field.mask) >>> field.lsb, sp),
    parse: (cursor, word) => {
      const { token } = cursor;
      const register = token.kind === 'name' ? asGeneralRegister(token.lower) : null;
      if (register === null) return cursor.fail(GPR_TOKEN.test(token.lower) ? 'expected another register' : 'expected a general register');
      if (register.number === 31 && register.sp !== sp) return cursor.fail(sp ? 'the zero register is not allowed here, the stack pointer is' : 'the stack pointer is not allowed here, the zero register is');
      if (!width.parse(register.letter, word)) return cursor.fail(`expected a register of ${register.letter === 'W' ? '64 bits (x)' : '32 bits (w)'}`);
      if (!word.put(field, register.number)) return cursor.fail('expected the same register as before');
      cursor.position++;
      return true;
    },
  };
}

const SCALAR_TOKEN = /^([bhsdq])([0-9]|[12][0-9]|3[01])$/;

function scalarRegister(field: InsnField, size: Choice): OperandCodec {
  return {
    format: (word) => `${(size.format(word) ?? '?').toLowerCase()}${String((word & field.mask) >>> field.lsb)}`,
    parse: (cursor, word) => {
      const match = cursor.token.kind === 'name' ? SCALAR_TOKEN.exec(cursor.token.lower) : null;
      if (match === null) return cursor.fail('expected a scalar SIMD or floating-point register');
      if (!size.parse((match[1] ?? '').toUpperCase(), word)) return cursor.fail('expected a register of another size');
      if (!word.put(field, Number(match[2]))) return cursor.fail('expected the same register as before');
      cursor.position++;
      return true;
    },
  };
}

const VECTOR_TOKEN = /^v([0-9]|[12][0-9]|3[01])\.([0-9]*[bhsdq])$/;

/** Reads `v3.4s`; null when the token is no vector register with an arrangement. */
export function readVector(cursor: Cursor): { number: number; arrangement: string } | null {
  const match = cursor.token.kind === 'name' ? VECTOR_TOKEN.exec(cursor.token.lower) : null;
  return match === null ? null : { number: Number(match[1]), arrangement: (match[2] ?? '').toUpperCase() };
}

function vectorRegister(field: InsnField, arrangement: Choice): OperandCodec {
  return {
    format: (word) => `v${String((word & field.mask) >>> field.lsb)}.${(arrangement.format(word) ?? '?').toLowerCase()}`,
    parse: (cursor, word) => {
      const vector = readVector(cursor);
      if (vector === null) return cursor.fail('expected a vector register with an arrangement, such as v0.4s');
      if (!arrangement.parse(vector.arrangement, word)) return cursor.fail('expected another vector arrangement');
      if (!word.put(field, vector.number)) return cursor.fail('expected the same register as before');
      cursor.position++;
      return true;
    },
  };
}
