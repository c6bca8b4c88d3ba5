/** Codecs of operands of the integer, branch, load/store and system groups. */
import type { InsnField } from '@worldswitch/cpu/arch';
import type { CodecFactory, OperandCodec, Placeholder } from './codec.ts';
import type { Cursor } from './cursor.ts';

/** The single field a placeholder names, with its scale. */
export function onlyField(placeholder: Placeholder): { field: InsnField; scale: number } {
  const arg = placeholder.args[0];
  if (arg === undefined || placeholder.args.length !== 1) throw new TypeError(`${placeholder.owner}: <${placeholder.text}> takes one field`);
  return { field: placeholder.field(arg.name), scale: arg.scale };
}

/** `#expr` or `expr`. */
export function readImmediate(cursor: Cursor): bigint | null {
  if (cursor.token.kind === 'punct' && cursor.token.text === '#') cursor.position++;
  return cursor.expression();
}

/** An immediate in `[min, max]` that is a multiple of `scale`; the failure names the range. */
export function readScaled(cursor: Cursor, min: number, max: number, scale: number): number | null {
  const at = cursor.position;
  const value = readImmediate(cursor);
  if (value === null) return null;
  if (value < BigInt(min * scale) || value > BigInt(max * scale) || value % BigInt(scale) !== 0n) {
    cursor.position = at;
    const multiple = scale === 1 ? '' : `, a multiple of ${String(scale)}`;
    cursor.failAt(at, `immediate out of range: ${String(min * scale)} to ${String(max * scale)}${multiple}`);
    return null;
  }
  return Number(value) / scale;
}

const uimm: CodecFactory = (placeholder) => {
  const { field, scale } = onlyField(placeholder);
  const { optional } = placeholder;
  const max = 2 ** field.width - 1;
  return {
    format: (word) => {
      const value = (word & field.mask) >>> field.lsb;
      return optional && value === 0 ? null : `#${String(value * scale)}`;
    },
    parse: (cursor, word) => {
      const value = readScaled(cursor, 0, max, scale);
      return value !== null && word.put(field, value);
    },
    omit: (word) => word.put(field, 0),
  };
};

const simm: CodecFactory = (placeholder) => {
  const { field, scale } = onlyField(placeholder);
  const { optional } = placeholder;
  const half = 2 ** (field.width - 1);
  const read = (word: number): number => (word << (32 - field.lsb - field.width)) >> (32 - field.width);
  return {
    format: (word) => {
      const value = read(word);
      return optional && value === 0 ? null : `#${String(value * scale)}`;
    },
    parse: (cursor, word) => {
      const value = readScaled(cursor, -half, half - 1, scale);
      return value !== null && word.put(field, value);
    },
    omit: (word) => word.put(field, 0),
  };
};

const addsubimm: CodecFactory = (placeholder) => {
  const sh = placeholder.field('sh');
  const imm12 = placeholder.field('imm12');
  return {
    format: (word) => {
      const value = (word & imm12.mask) >>> imm12.lsb;
      return `#0x${value.toString(16)}${(word & sh.mask) !== 0 ? ', lsl #12' : ''}`;
    },
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      if (cursor.token.text === ',') {
        cursor.position++;
        if (!cursor.name('lsl')) return false;
        const amount = readImmediate(cursor);
        if (amount !== 0n && amount !== 12n) return cursor.failAt(cursor.position - 1, 'the shift is lsl #0 or lsl #12');
        return value >= 0n && value <= 4095n ? word.put(sh, amount === 12n ? 1 : 0) && word.put(imm12, Number(value)) : cursor.failAt(at, 'immediate out of range: 0 to 4095');
      }
      if (value >= 0n && value <= 4095n) return word.put(sh, 0) && word.put(imm12, Number(value));
      if (value > 0n && value <= 0xfff000n && (value & 4095n) === 0n) return word.put(sh, 1) && word.put(imm12, Number(value >> 12n));
      return cursor.failAt(at, 'immediate out of range: 0 to 4095, or such a number times 4096');
    },
  };
};

/** A target `PC + offset`; `split` reads and writes the offset in bytes. */
function target(read: (word: number, address: bigint) => bigint, parse: OperandCodec['parse']): OperandCodec {
  return {
    format: (word, context) => {
      const address = BigInt.asUintN(64, read(word, context.address));
      return context.symbol(address) ?? `0x${address.toString(16)}`;
    },
    parse,
  };
}

const label: CodecFactory = (placeholder) => {
  const { field } = onlyField(placeholder);
  const half = 2 ** (field.width - 1);
  return target(
    (word, address) => address + BigInt(((word << (32 - field.lsb - field.width)) >> (32 - field.width)) * 4),
    (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      const offset = BigInt.asIntN(64, value - cursor.address);
      if ((offset & 3n) !== 0n) return cursor.failAt(at, 'the target is not a multiple of 4 away');
      if (offset < BigInt(-half * 4) || offset > BigInt((half - 1) * 4)) return cursor.failAt(at, `target out of range: ${String(-half * 4)} to ${String((half - 1) * 4)} from here`);
      return word.put(field, Number(offset >> 2n));
    },
  );
};

function pageRelative(placeholder: Placeholder, pageBits: bigint): OperandCodec {
  const hi = placeholder.field('immhi');
  const lo = placeholder.field('immlo');
  return target(
    (word, address) => {
      const immediate = (((word & hi.mask) << 8) >> 11) | ((word & lo.mask) >>> lo.lsb);
      return ((address >> pageBits) << pageBits) + (BigInt(immediate) << pageBits);
    },
    (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      const offset = BigInt.asIntN(64, value - ((cursor.address >> pageBits) << pageBits)) >> pageBits;
      if (offset < -(2n ** 20n) || offset >= 2n ** 20n) return cursor.failAt(at, pageBits === 0n ? 'target out of range: -1048576 to 1048575 from here' : 'target out of range: 4 GiB from here');
      const immediate = Number(BigInt.asUintN(21, offset));
      return word.put(lo, immediate & 3) && word.put(hi, immediate >>> 2);
    },
  );
}

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const INTEGER_CODECS = {
  uimm,
  simm,
  addsubimm,
  label,
  adr: (placeholder) => pageRelative(placeholder, 0n),
  adrp: (placeholder) => pageRelative(placeholder, 12n),
} as const satisfies Readonly<Record<string, CodecFactory>>;
