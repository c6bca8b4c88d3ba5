/** Codecs of operands of the scalar floating-point, cryptographic, and SIMD and FP load/store groups. */
import { NAME_LISTS, type InsnField } from '@worldswitch/cpu/arch';
import { isFloat } from '../asm/lexer.ts';
import { get, type CodecFactory, type OperandCodec, type Placeholder, type WordBuilder } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { onlyField, readImmediate, readScaled } from './integer-codecs.ts';
import { arrangementChoice, asGeneralRegister, generalRegisterName, readVector } from './register-codecs.ts';
import { formatVectorList, readVectorList } from './vector-list.ts';

/** Fields read as one number, most significant first: `opc<1>:size`. */
function concatenation(placeholder: Placeholder, from: number): (word: number) => number {
  const fields = placeholder.args.slice(from).map(({ name }) => placeholder.field(name));
  return (word) => fields.reduce((value, field) => (value << field.width) | get(word, field), 0);
}

// Floating-point constants

/** `VFPExpandImm`: the value of imm8 is the same in half, single and double precision. */
export function expandFpImm8(imm8: number): number {
  const exponent = ((imm8 & 0x40) !== 0 ? -3 : 1) + ((imm8 >> 4) & 3);
  const magnitude = ((16 + (imm8 & 15)) / 16) * 2 ** exponent;
  return (imm8 & 0x80) !== 0 ? -magnitude : magnitude;
}

const imm8ByValue: ReadonlyMap<number, number> = new Map(Array.from({ length: 256 }, (_, imm8) => [expandFpImm8(imm8), imm8]));

/** As binutils prints it: `#1.000000000000000000e+00`. */
export function formatFpImm8(imm8: number): string {
  const [digits, exponent] = expandFpImm8(imm8).toExponential(18).split('e') as [string, string];
  return `#${digits}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`;
}

/** A floating-point literal with its sign, and `#` before it; a hexadecimal integer is the bit pattern. */
function readFloat(cursor: Cursor, isDouble: boolean): number | null {
  if (cursor.token.text === '#') cursor.position++;
  const negative = cursor.token.text === '-';
  if (negative || cursor.token.text === '+') cursor.position++;
  const { token } = cursor;
  let value: number;
  if (token.kind === 'number' && /^0x/i.test(token.text)) {
    const view = new DataView(new ArrayBuffer(8));
    if (isDouble) view.setBigUint64(0, token.value);
    else view.setBigUint64(0, token.value << 32n);
    value = isDouble ? view.getFloat64(0) : view.getFloat32(0);
  } else if ((token.kind === 'number' && (isFloat(token.text) || /^[0-9]+$/.test(token.text))) || /^\.[0-9]+(e[0-9]+)?$/i.test(token.text)) {
    value = Number(token.text);
  } else {
    cursor.fail('expected a floating-point constant');
    return null;
  }
  cursor.position++;
  return negative ? -value : value;
}

/** Reads a constant that imm8 can hold; null with a failure recorded when it cannot. */
export function readFpImm8(cursor: Cursor, isDouble: boolean): number | null {
  const at = cursor.position;
  const value = readFloat(cursor, isDouble);
  if (value === null) return null;
  const imm8 = imm8ByValue.get(value);
  if (imm8 !== undefined) return imm8;
  cursor.failAt(at, 'not an 8-bit floating-point constant: plus or minus n / 16 * 2^r, n from 16 to 31, r from -3 to 4');
  return null;
}

const fpimm: CodecFactory = (placeholder) => {
  const { field } = onlyField(placeholder);
  const ftype = placeholder.hasField('ftype') ? placeholder.field('ftype') : null;
  return {
    format: (word) => formatFpImm8(get(word, field)),
    parse: (cursor, word) => {
      const imm8 = readFpImm8(cursor, ftype !== null && word.get(ftype) === 1);
      return imm8 !== null && word.put(field, imm8);
    },
  };
};

const fpzero: CodecFactory = () => ({
  format: () => '#0.0',
  parse: (cursor) => {
    const at = cursor.position;
    const value = readFloat(cursor, false);
    return value !== null && (value === 0 || cursor.failAt(at, 'the constant must be 0.0'));
  },
});

const nzcv: CodecFactory = (placeholder) => {
  const { field } = onlyField(placeholder);
  return {
    format: (word) => `#0x${get(word, field).toString(16)}`,
    parse: (cursor, word) => {
      const value = readScaled(cursor, 0, 15, 1);
      return value !== null && word.put(field, value);
    },
  };
};

/** Fraction bits of a fixed-point number: 64 - scale, at most the width of the general register. */
const fbits: CodecFactory = (placeholder) => {
  const { field } = onlyField(placeholder);
  const sf = placeholder.field('sf');
  return {
    format: (word) => `#${String(64 - get(word, field))}`,
    parse: (cursor, word) => {
      const value = readScaled(cursor, 1, word.get(sf) === 1 ? 64 : 32, 1);
      return value !== null && word.put(field, 64 - value);
    },
  };
};

// Lists and lanes of vectors

const list: CodecFactory = (placeholder) => {
  const [register, rule] = placeholder.args;
  const field = placeholder.field(register!.name);
  const count = register!.scale;
  const arrangement = arrangementChoice(placeholder, rule!.name);
  return {
    format: (word) => formatVectorList(get(word, field), count, arrangement.format(word) ?? '?'),
    parse: (cursor, word) => {
      const at = cursor.position;
      const read = readVectorList(cursor);
      if (read === null) return false;
      if (read.count !== count) return cursor.failAt(at, `expected a list of ${String(count)} registers`);
      if (!arrangement.parse(read.arrangement, word)) return cursor.failAt(at, 'expected another vector arrangement');
      return word.put(field, read.first);
    },
  };
};

/** How the lane index of a single structure is spread over Q:S:size (pseudocode of `LD1 (single structure)`). */
interface LaneFields {
  readonly opcode: InsnField;
  readonly S: InsnField;
  readonly size: InsnField;
  readonly Q: InsnField;
}

const LANE_LETTERS = 'BHSD';

function laneFields(placeholder: Placeholder): LaneFields {
  return { opcode: placeholder.field('opcode'), S: placeholder.field('S'), size: placeholder.field('size'), Q: placeholder.field('Q') };
}

/** log2 of the element size in bytes. */
function laneScale(fields: LaneFields, word: number): number {
  const opcode = get(word, fields.opcode);
  return opcode === 2 && (get(word, fields.size) & 1) !== 0 ? 3 : opcode;
}

function readLaneIndex(cursor: Cursor, scale: number): number | null {
  if (!cursor.punct('[')) return null;
  const index = readScaled(cursor, 0, (16 >> scale) - 1, 1);
  return index !== null && cursor.punct(']') ? index : null;
}

const lanes: CodecFactory = (placeholder) => {
  const [register] = placeholder.args;
  const field = placeholder.field(register!.name);
  const count = register!.scale;
  const fields = laneFields(placeholder);
  return {
    format: (word) => {
      const scale = laneScale(fields, word);
      const index = ((get(word, fields.Q) << 3) | (get(word, fields.S) << 2) | get(word, fields.size)) >> scale;
      return `${formatVectorList(get(word, field), count, LANE_LETTERS[scale] ?? '?')}[${String(index)}]`;
    },
    parse: (cursor, word) => {
      const at = cursor.position;
      const read = readVectorList(cursor);
      if (read === null) return false;
      if (read.count !== count) return cursor.failAt(at, `expected a list of ${String(count)} registers`);
      const scale = LANE_LETTERS.indexOf(read.arrangement);
      if (scale < 0) return cursor.failAt(at, 'expected registers of one element, such as v0.s');
      const index = readLaneIndex(cursor, scale);
      if (index === null) return false;
      const spread = (index << scale) | (scale === 3 ? 1 : 0);
      return (
        word.put(field, read.first) &&
        word.put(fields.opcode, Math.min(scale, 2)) &&
        word.put(fields.Q, spread >> 3) &&
        word.put(fields.S, (spread >> 2) & 1) &&
        word.put(fields.size, spread & 3)
      );
    },
  };
};

/** `v1.d[1]`: the register, its element size, and the index as a field or a number. */
const lane: CodecFactory = (placeholder) => {
  const [register, element, index] = placeholder.args.map(({ name }) => name);
  const field = placeholder.field(register!);
  const scale = LANE_LETTERS.indexOf(element!);
  const indexField = /^[0-9]+$/.test(index!) ? null : placeholder.field(index!);
  const constant = Number(index);
  return {
    format: (word) => `v${String(get(word, field))}.${element!.toLowerCase()}[${String(indexField === null ? constant : get(word, indexField))}]`,
    parse: (cursor, word) => {
      const vector = readVector(cursor);
      if (vector === null || vector.arrangement !== element) return cursor.fail(`expected a vector element such as v0.${element!.toLowerCase()}[0]`);
      if (!word.put(field, vector.number)) return cursor.fail('expected the same register as before');
      cursor.position++;
      const at = cursor.position + 1;
      const value = readLaneIndex(cursor, scale);
      if (value === null) return false;
      if (indexField !== null) return word.put(indexField, value);
      return value === constant || cursor.failAt(at, `the index must be ${String(constant)}`);
    },
  };
};

/** Post-index by what was transferred, which the other operands decide. */
function transferSize(bytes: (word: number) => number): OperandCodec {
  return {
    format: (word) => `#${String(bytes(word))}`,
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      const expected = bytes(word.word);
      return value !== null && (value === BigInt(expected) || cursor.failAt(at, `the increment must be #${String(expected)}, the size of the transfer, or a register`));
    },
  };
}

const bytes: CodecFactory = (placeholder) => {
  const unit = Number(placeholder.args[0]!.name);
  const scale = concatenation(placeholder, 1);
  return transferSize((word) => unit << scale(word));
};

const lanebytes: CodecFactory = (placeholder) => {
  const count = Number(placeholder.args[0]!.name);
  const fields = laneFields(placeholder);
  return transferSize((word) => count << laneScale(fields, word));
};

// Addresses whose scale depends on the register's size

function scaledOffset(placeholder: Placeholder, field: InsnField, min: number, max: number, read: (word: number) => number, shift: (word: number) => number): OperandCodec {
  const { optional } = placeholder;
  return {
    format: (word) => {
      const value = read(word);
      return optional && value === 0 ? null : `#${String(value * 2 ** shift(word))}`;
    },
    parse: (cursor, word) => {
      const value = readScaled(cursor, min, max, 2 ** shift(word.word));
      return value !== null && word.put(field, value);
    },
    omit: (word: WordBuilder) => word.put(field, 0),
  };
}

/** `<uoffset(imm12 opc1 size)>`: unsigned, times the size of the register. */
const uoffset: CodecFactory = (placeholder) => {
  const field = placeholder.field(placeholder.args[0]!.name);
  return scaledOffset(placeholder, field, 0, 2 ** field.width - 1, (word) => get(word, field), concatenation(placeholder, 1));
};

/** `<soffset(imm7 opc)>`: signed, times the size of a register of a pair. */
const soffset: CodecFactory = (placeholder) => {
  const field = placeholder.field(placeholder.args[0]!.name);
  const half = 2 ** (field.width - 1);
  const scale = concatenation(placeholder, 1);
  const signed = (word: number): number => (word << (32 - field.lsb - field.width)) >> (32 - field.width);
  return scaledOffset(placeholder, field, -half, half - 1, signed, (word) => 2 + scale(word));
};

/** `x2`, `x2, lsl #3`, `w2, sxtw #3`: the amount is 0 or the scale of the register, and S says which. */
const vregoffset: CodecFactory = (placeholder) => {
  const Rm = placeholder.field('Rm');
  const option = placeholder.field('option');
  const S = placeholder.field('S');
  const scale = concatenation(placeholder, 0);
  return {
    format: (word) => {
      const extend = get(word, option);
      const register = generalRegisterName((extend & 1) === 0 ? 'W' : 'X', get(word, Rm), false);
      const isShifted = get(word, S) === 1;
      if (extend === 3 && !isShifted) return register;
      return `${register}, ${extend === 3 ? 'lsl' : NAME_LISTS.extend[extend]!}${isShifted ? ` #${String(scale(word))}` : ''}`;
    },
    parse: (cursor, word) => {
      const register = asGeneralRegister(cursor.token.lower);
      if (register === null) return cursor.fail('expected a general register');
      if (register.number === 31 && register.sp) return cursor.fail('the stack pointer is not allowed here, the zero register is');
      cursor.position++;
      const names: readonly string[] = register.letter === 'X' ? ['lsl', 'sxtx'] : ['uxtw', 'sxtw'];
      let extend = 3;
      let isShifted = 0;
      if (cursor.token.text === ',') {
        cursor.position++;
        const choice = names.indexOf(cursor.token.lower);
        if (choice < 0) return cursor.fail(`expected ${names.join(' or ')}`);
        extend = (register.letter === 'X' ? 3 : 2) + 4 * choice;
        cursor.position++;
        const amount = scale(word.word);
        const at = cursor.position;
        if (extend === 3 || cursor.peek(0).text !== ']') {
          const value = readImmediate(cursor);
          if (value === null) return false;
          if (value !== 0n && value !== BigInt(amount)) return cursor.failAt(at, amount === 0 ? 'the shift is #0' : `the shift is #0 or #${String(amount)}`);
          // For a byte, `lsl #0` is written to mean S=1.
          isShifted = value === BigInt(amount) ? 1 : 0;
        }
      } else if (register.letter === 'W') {
        return cursor.fail('a 32-bit index needs uxtw or sxtw');
      }
      return word.put(Rm, register.number) && word.put(option, extend) && word.put(S, isShifted);
    },
  };
};

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const FP_CODECS = {
  nzcv,
  fpimm,
  fpzero,
  fbits,
  list,
  lanes,
  lane,
  bytes,
  lanebytes,
  uoffset,
  soffset,
  vregoffset,
} as const satisfies Readonly<Record<string, CodecFactory>>;
