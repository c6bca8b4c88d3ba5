/** Codecs of operands of the Advanced SIMD data processing groups. */
import type { InsnField } from '@worldswitch/cpu/arch';
import { get, type CodecFactory, type OperandCodec, type Placeholder, type WordBuilder } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { formatFpImm8, readFpImm8 } from './fp-codecs.ts';
import { readImmediate, readScaled } from './integer-codecs.ts';
import { formatVectorList, readVectorList } from './vector-list.ts';

function fieldsOf(placeholder: Placeholder): InsnField[] {
  return placeholder.args.map(({ name }) => placeholder.field(name));
}

const copy: CodecFactory = (placeholder) => {
  const [from, to] = fieldsOf(placeholder) as [InsnField, InsnField];
  return { format: () => '', parse: (_, word) => word.put(to, word.get(from)) };
};

/** A constant that `value` derives from the word, and that the source must state. */
function constant(value: (word: number) => number): OperandCodec {
  return {
    format: (word) => `#${String(value(word))}`,
    parse: (cursor, word) => {
      const at = cursor.position;
      const expected = value(word.word);
      const read = readImmediate(cursor);
      return read !== null && (read === BigInt(expected) || cursor.failAt(at, `the operand must be #${String(expected)}`));
    },
  };
}

const zero: CodecFactory = ({ optional }) => {
  const codec = constant(() => 0);
  return optional ? { ...codec, format: () => null } : codec;
};

const esize: CodecFactory = (placeholder) => {
  const [size] = fieldsOf(placeholder) as [InsnField];
  return constant((word) => 8 << get(word, size));
};

const fcaddrot: CodecFactory = (placeholder) => {
  const [rot] = fieldsOf(placeholder) as [InsnField];
  return {
    format: (word) => (get(word, rot) === 0 ? '#90' : '#270'),
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      return value === 90n || value === 270n ? word.put(rot, value === 90n ? 0 : 1) : cursor.failAt(at, 'the rotation is #90 or #270');
    },
  };
};

// Shifts by immediate

/** The element size is 8 shifted left by the position of the highest bit of immh; a register before has decided it. */
function shift(placeholder: Placeholder, direction: 'left' | 'right'): OperandCodec {
  const [immh, immb] = fieldsOf(placeholder) as [InsnField, InsnField];
  const bits = (word: number): number => (get(word, immh) << 3) | get(word, immb);
  const elementSize = (word: number): number => 8 << (31 - Math.clz32(get(word, immh)));
  const write = (word: WordBuilder, value: number): boolean => word.put(immh, value >> 3) && word.put(immb, value & 7);
  return direction === 'left'
    ? {
        format: (word) => `#${String(bits(word) - elementSize(word))}`,
        parse: (cursor, word) => {
          const size = elementSize(word.word);
          const amount = readScaled(cursor, 0, size - 1, 1);
          return amount !== null && write(word, size + amount);
        },
      }
    : {
        format: (word) => `#${String(2 * elementSize(word) - bits(word))}`,
        parse: (cursor, word) => {
          const size = elementSize(word.word);
          const amount = readScaled(cursor, 1, size, 1);
          return amount !== null && write(word, 2 * size - amount);
        },
      };
}

// Modified immediates

/** The byte in abc:defgh, as `text` writes it and `read` reads it back. */
function modified(placeholder: Placeholder, text: (byte: number) => string, read: (cursor: Cursor) => number | null): OperandCodec {
  const [abc, defgh] = fieldsOf(placeholder) as [InsnField, InsnField];
  return {
    format: (word) => text((get(word, abc) << 5) | get(word, defgh)),
    parse: (cursor, word) => {
      const byte = read(cursor);
      return byte !== null && word.put(abc, byte >> 5) && word.put(defgh, byte & 31);
    },
  };
}

const vimm8: CodecFactory = (placeholder) =>
  modified(
    placeholder,
    (byte) => `#0x${byte.toString(16)}`,
    (cursor) => {
      const value = readScaled(cursor, -128, 255, 1);
      return value === null ? null : value & 0xff;
    },
  );

/** Bit i of the byte stands for byte i of the mask. */
const MASKS = Array.from({ length: 256 }, (_, byte) => {
  let mask = 0n;
  for (let i = 0; i < 8; i++) if ((byte >> i) & 1) mask |= 0xffn << BigInt(8 * i);
  return mask;
});

const vmask: CodecFactory = (placeholder) =>
  modified(
    placeholder,
    (byte) => `#0x${MASKS[byte]!.toString(16)}`,
    (cursor) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return null;
      const byte = MASKS.indexOf(BigInt.asUintN(64, value));
      if (byte >= 0 && value >= -(1n << 63n) && value < 1n << 64n) return byte;
      cursor.failAt(at, 'each byte of the 64-bit immediate must be 0x00 or 0xff');
      return null;
    },
  );

const vfpimm: CodecFactory = (placeholder) => {
  // op (bit 29) tells double from single precision; the bit pattern of a half-precision constant is a single's.
  const isDouble = ((placeholder.fixedValue >> 29) & 1) === 1;
  return modified(placeholder, formatFpImm8, (cursor) => readFpImm8(cursor, isDouble));
};

/** `lsl #8`; without it the shift is 0. */
const vlsl: CodecFactory = (placeholder) => {
  const [cmode] = fieldsOf(placeholder) as [InsnField];
  return {
    format: (word) => (get(word, cmode) === 0 ? null : `lsl #${String(8 * get(word, cmode))}`),
    parse: (cursor, word) => {
      if (!cursor.name('lsl')) return false;
      const value = readScaled(cursor, 0, 2 ** cmode.width - 1, 8);
      return value !== null && word.put(cmode, value);
    },
    omit: (word) => word.put(cmode, 0),
  };
};

const vmsl: CodecFactory = (placeholder) => {
  const [cmode] = fieldsOf(placeholder) as [InsnField];
  return {
    format: (word) => (get(word, cmode) === 0 ? 'msl #8' : 'msl #16'),
    parse: (cursor, word) => {
      if (!cursor.name('msl')) return false;
      const value = readScaled(cursor, 1, 2, 8);
      return value !== null && word.put(cmode, value - 1);
    },
  };
};

/** One to four vectors of bytes, len counting from 0. */
const tablelist: CodecFactory = (placeholder) => {
  const [Rn, len] = fieldsOf(placeholder) as [InsnField, InsnField];
  return {
    format: (word) => formatVectorList(get(word, Rn), get(word, len) + 1, '16B'),
    parse: (cursor, word) => {
      const at = cursor.position;
      const list = readVectorList(cursor);
      if (list === null) return false;
      if (list.arrangement !== '16B' || list.count > 4) return cursor.failAt(at, 'expected a list of one to four registers with the arrangement 16b');
      return word.put(Rn, list.first) && word.put(len, list.count - 1);
    },
  };
};

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const SIMD_CODECS = {
  copy,
  zero,
  esize,
  vlshift: (placeholder) => shift(placeholder, 'left'),
  vrshift: (placeholder) => shift(placeholder, 'right'),
  fcaddrot,
  vimm8,
  vlsl,
  vmsl,
  vmask,
  vfpimm,
  tablelist,
} as const satisfies Readonly<Record<string, CodecFactory>>;
