/**
 * The pattern language of the instruction table. A pattern lists the 32 bits of an A64 instruction from bit 31 down:
 *
 *   `0` `1`      fixed bits; a run is one token (`100010`)
 *   `(1)` `(00)` should-be bits: encoders write them, the decoder ignores them (CONSTRAINED UNPREDICTABLE otherwise)
 *   `name`       one bit
 *   `name:5`     a field of five bits
 *
 * Spaces group the bits as the manual's diagrams do. Source of the diagrams: DDI 0487, C4 "A64 Instruction Set Encoding".
 */
import { InvariantError } from '../../invariant.ts';

/** A field of an instruction word. */
export interface InsnField {
  readonly name: string;
  readonly lsb: number;
  readonly width: number;
  /** The field's bits in place, as a signed 32-bit integer, ready for `&`. */
  readonly mask: number;
}

export interface Pattern {
  readonly text: string;
  /** Fixed bits, signed 32-bit: a word matches when `(word & mask) === value`. */
  readonly mask: number;
  readonly value: number;
  /** Should-be bits and what they should be. */
  readonly shouldMask: number;
  readonly shouldValue: number;
  readonly fields: readonly InsnField[];
}

/** The word with these values of the fields, and should-be bits as they should be. Every field is needed, and must fit. */
export function encodeFields(pattern: Pattern, values: Readonly<Record<string, number>>): number {
  let word = pattern.value | (pattern.shouldValue & pattern.shouldMask);
  for (const { name, lsb, width } of pattern.fields) {
    const value = values[name];
    if (value === undefined || !Number.isInteger(value) || value < 0 || value >= 2 ** width) {
      throw new InvariantError(`${pattern.text}: ${name} is ${String(value)}, not an integer of ${String(width)} bits`);
    }
    word |= value << lsb;
  }
  return word;
}

/** A set of words: those with `(word & mask) === value`. */
export interface Cube {
  readonly mask: number;
  readonly value: number;
}

export function parsePattern(text: string, owner: string): Pattern {
  let bit = 32;
  let mask = 0;
  let value = 0;
  let shouldMask = 0;
  let shouldValue = 0;
  const fields: InsnField[] = [];
  for (const token of text.split(' ')) {
    if (token === '') continue;
    const first = token.charCodeAt(0);
    if (first === 0x30 || first === 0x31) {
      bit -= token.length;
      mask |= onesAt(bit, token.length);
      value |= parseInt(token, 2) << bit;
    } else if (first === 0x28) {
      const bits = token.slice(1, -1);
      bit -= bits.length;
      shouldMask |= onesAt(bit, bits.length);
      shouldValue |= parseInt(bits, 2) << bit;
    } else {
      const colon = token.indexOf(':');
      const name = colon < 0 ? token : token.slice(0, colon);
      const width = colon < 0 ? 1 : Number(token.slice(colon + 1));
      bit -= width;
      if (!(width > 0) || fields.some((field) => field.name === name)) throw new InvariantError(`${owner}: bad field ${token}`);
      fields.push({ name, lsb: bit, width, mask: onesAt(bit, width) });
    }
  }
  if (bit !== 0) throw new InvariantError(`${owner}: the pattern has ${String(32 - bit)} bits, not 32`);
  return { text, mask, value, shouldMask, shouldValue, fields };
}

/** `width` ones from bit `lsb`, as a signed 32-bit integer. */
export function onesAt(lsb: number, width: number): number {
  return (width === 32 ? -1 : (1 << width) - 1) << lsb;
}

/** The field's value within a word, unsigned. */
export function extract(word: number, field: InsnField): number {
  return (word & field.mask) >>> field.lsb;
}

/**
 * Parses a condition made of cubes: alternatives separated by `|`, each a list of `field=bits` that must all hold;
 * `x` stands for either bit: `'sf=0 N=1 | sf=0 imms=1xxxxx'`.
 */
export function parseCubes(text: string, pattern: Pattern, owner: string): Cube[] {
  return text.split('|').map((alternative) => {
    let mask = 0;
    let value = 0;
    for (const term of alternative.trim().split(/\s+/)) {
      const match = /^(\w+)=([01x]+)$/.exec(term);
      const field = match && pattern.fields.find((candidate) => candidate.name === match[1]);
      const bits = match?.[2] ?? '';
      if (!field || bits.length !== field.width) throw new InvariantError(`${owner}: cannot read the condition ${term}`);
      for (let i = 0; i < bits.length; i++) {
        if (bits[i] === 'x') continue;
        const position = field.lsb + field.width - 1 - i;
        mask |= 1 << position;
        if (bits[i] === '1') value |= 1 << position;
      }
    }
    return { mask, value };
  });
}

type Digit = '0' | '1';
type FieldName<T extends string> = T extends '' | `${Digit}${string}` | `(${string}` ? never : T extends `${infer N}:${string}` ? N : T;

/** The names of a pattern's fields, from its text: what a semantic definition may use. */
export type FieldsOf<P extends string> = P extends `${infer Head} ${infer Tail}` ? FieldName<Head> | FieldsOf<Tail> : FieldName<P>;
