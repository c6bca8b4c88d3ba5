/** Codecs of operands of the integer, branch and load/store groups. */
import { GPR_SELECTORS, NAME_LISTS, prefetchName, type InsnField, type Selector } from '@worldswitch/cpu/arch';
import { decodeBitmask, encodeBitmask } from './bitmask.ts';
import { get, type CodecFactory, type OperandCodec, type Placeholder, type WordBuilder } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { asGeneralRegister, generalRegisterName, selectorChoice } from './register-codecs.ts';

/** The single field a placeholder names, with its scale. */
export function onlyField(placeholder: Placeholder): { field: InsnField; scale: number } {
  const arg = placeholder.args[0];
  if (arg === undefined || placeholder.args.length !== 1) throw new TypeError(`${placeholder.owner}: <${placeholder.text}> takes one field`);
  return { field: placeholder.field(arg.name), scale: arg.scale };
}

// Reading immediates

/** What `:operator:symbol` gives of the symbol's value, and the halfword that the MOVZ family then writes. */
interface Relocation {
  readonly value: (symbol: bigint) => bigint;
  readonly halfword?: number;
  /** The symbol's value must lie below `1 << limit`. */
  readonly limit?: bigint;
}

const halfword = (n: number, isChecked: boolean): Relocation => ({
  value: (symbol) => (BigInt.asUintN(64, symbol) >> BigInt(16 * n)) & 0xffffn,
  halfword: n,
  ...(isChecked ? { limit: BigInt(16 * n + 16) } : {}),
});

/** The operators that need no linker ("ELF for the Arm 64-bit Architecture", static relocations). */
const RELOCATIONS: ReadonlyMap<string, Relocation> = new Map<string, Relocation>([
  ['lo12', { value: (symbol) => symbol & 0xfffn }],
  ['pg_hi21', { value: (symbol) => symbol }],
  ['pg_hi21_nc', { value: (symbol) => symbol }],
  ['abs_g0', halfword(0, true)],
  ['abs_g0_nc', halfword(0, false)],
  ['abs_g1', halfword(1, true)],
  ['abs_g1_nc', halfword(1, false)],
  ['abs_g2', halfword(2, true)],
  ['abs_g2_nc', halfword(2, false)],
  ['abs_g3', halfword(3, false)],
]);

/** `:operator:expression` at the cursor: the value and the operator; null, with a failure, when it is not for this operand. */
function readRelocation(cursor: Cursor, isMove: boolean): { readonly value: bigint; readonly relocation: Relocation } | null {
  cursor.position++;
  const at = cursor.position;
  const relocation = RELOCATIONS.get(cursor.token.lower);
  if (relocation === undefined || (relocation.halfword !== undefined && !isMove)) {
    const known = [...RELOCATIONS].filter(([, { halfword: half }]) => isMove || half === undefined).map(([name]) => name);
    cursor.fail(`unsupported relocation operator: known here are ${known.join(', ')}`);
    return null;
  }
  cursor.position++;
  if (!cursor.punct(':')) return null;
  const symbol = cursor.expression();
  if (symbol === null) return null;
  if (relocation.limit !== undefined && BigInt.asUintN(64, symbol) >> relocation.limit !== 0n) {
    cursor.failAt(at, `the value needs more than ${String(relocation.limit)} bits`);
    return null;
  }
  return { value: relocation.value(symbol), relocation };
}

/** `#expr`, `expr`, or either with a relocation operator. */
export function readImmediate(cursor: Cursor): bigint | null {
  if (cursor.isAt('#')) cursor.position++;
  if (!cursor.isAt(':')) return cursor.expression();
  return readRelocation(cursor, false)?.value ?? null;
}

/** An immediate in `[min, max]` that is a multiple of `scale`; the failure names the range. */
export function readScaled(cursor: Cursor, min: number, max: number, scale: number): number | null {
  const at = cursor.position;
  const value = readImmediate(cursor);
  if (value === null) return null;
  const number = Number(value);
  if (number < min * scale || number > max * scale || number % scale !== 0) {
    cursor.position = at;
    const multiple = scale === 1 ? '' : `, a multiple of ${String(scale)}`;
    cursor.failAt(at, `immediate out of range: ${String(min * scale)} to ${String(max * scale)}${multiple}`);
    return null;
  }
  return number / scale;
}

/** `, lsl #amount`, the comma being optional syntax: null when there is none, -1 when it is no such thing. */
function readLsl(cursor: Cursor): number | null {
  if (!cursor.isAt(',')) return null;
  cursor.position++;
  if (!cursor.name('lsl')) return -1;
  const amount = readScaled(cursor, 0, 63, 1);
  return amount ?? -1;
}

// Numbers

/** The fields a placeholder names, read as one number, most significant first. */
function concatenation(placeholder: Placeholder): { width: number; read: (word: number) => number; write: (word: WordBuilder, value: number) => boolean } {
  const fields = placeholder.args.map(({ name }) => placeholder.field(name));
  const [only] = fields;
  const width = fields.reduce((sum, field) => sum + field.width, 0);
  if (only !== undefined && fields.length === 1) return { width, read: (word) => (word & only.mask) >>> only.lsb, write: (word, value) => word.put(only, value) };
  return {
    width,
    read: (word) => fields.reduce((value, field) => (value << field.width) | get(word, field), 0),
    write: (word, value) => {
      let rest = value;
      return fields.reduceRight((ok, field) => {
        const fits = word.put(field, rest);
        rest >>= field.width;
        return ok && fits;
      }, true);
    },
  };
}

/** A number times a scale; in an optional group its default, 0 unless the template says otherwise, is left out. */
function immediate(placeholder: Placeholder, isSigned: boolean, text: (value: number) => string): OperandCodec {
  const { width, read, write } = concatenation(placeholder);
  const { scale, scaleField, preset } = placeholder.args[placeholder.args.length - 1]!;
  const { optional } = placeholder;
  const scaleOf = scaleField === null ? (): number => scale : (word: number): number => scale << get(word, scaleField);
  const unused = 32 - width;
  const min = isSigned ? -(2 ** (width - 1)) : 0;
  const max = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  const default_ = preset ?? 0;
  return {
    format: (word) => {
      const bits = read(word);
      const value = isSigned ? (bits << unused) >> unused : bits;
      return optional && value === default_ ? null : `#${text(value * scaleOf(word))}`;
    },
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readScaled(cursor, min, max, scaleOf(word.word));
      return value !== null && (write(word, value) || cursor.failAt(at, 'immediate out of range for this register'));
    },
    omit: (word) => write(word, default_),
  };
}

/** A bit number or shift amount of a register whose width `sf` chooses. */
const bit: CodecFactory = (placeholder) => {
  const { field } = onlyField(placeholder);
  const sf = placeholder.field('sf');
  return {
    format: (word) => `#${String(get(word, field))}`,
    parse: (cursor, word) => {
      const value = readScaled(cursor, 0, registerSize(word.word, sf) - 1, 1);
      return value !== null && word.put(field, value);
    },
  };
};

const registerSize = (word: number, sf: InsnField): number => ((word & sf.mask) === 0 ? 32 : 64);

/** A general register with a default (`<xreg(Rn=30)>`), left out when it has it. */
const xreg: CodecFactory = (placeholder) => {
  const [arg] = placeholder.args;
  const field = placeholder.field(arg?.name ?? '');
  const preset = arg?.preset ?? 31;
  return {
    format: (word) => (get(word, field) === preset ? null : generalRegisterName('X', get(word, field), false)),
    parse: (cursor, word) => {
      const register = asGeneralRegister(cursor.token.lower);
      if (register?.letter !== 'X' || register.sp) return cursor.fail('expected a register of 64 bits (x)');
      cursor.position++;
      return word.put(field, register.number);
    },
    omit: (word) => word.put(field, preset),
  };
};

/** The register after the one in the first field, which is even; the second argument selects the width. */
const next: CodecFactory = (placeholder) => {
  const field = placeholder.field(placeholder.args[0]?.name ?? '');
  const selectors: Readonly<Record<string, Selector>> = GPR_SELECTORS;
  const width = selectorChoice(placeholder, selectors[placeholder.args[1]?.name ?? '']!);
  return {
    format: (word) => generalRegisterName(width.format(word) ?? '?', get(word, field) + 1, false),
    parse: (cursor, word) => {
      const first = word.get(field);
      if (first % 2 !== 0) return cursor.failAt(cursor.position - 2, 'expected an even register');
      const name = generalRegisterName(width.format(word.word) ?? '?', first + 1, false);
      if (cursor.token.lower !== name) return cursor.fail(`expected ${name}, the register after the one before`);
      cursor.position++;
      return true;
    },
  };
};

// Arithmetic and logical immediates

const ADD_SUB_RANGE = 'immediate out of range: 0 to 4095, or such a number times 4096';

/** An immediate of ADD and SUB; `sign` -1 takes the negative numbers. */
function addSubImmediate(placeholder: Placeholder, sign: bigint): OperandCodec {
  const sh = placeholder.field('sh');
  const imm12 = placeholder.field('imm12');
  return {
    format: (word) => `#0x${get(word, imm12).toString(16)}${(word & sh.mask) !== 0 ? ', lsl #12' : ''}`,
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      const magnitude = value * sign;
      const amount = readLsl(cursor);
      if (amount === null) {
        if (magnitude >= 0n && magnitude <= 4095n) return word.put(sh, 0) && word.put(imm12, Number(magnitude));
        if (magnitude > 0n && magnitude <= 0xfff000n && (magnitude & 4095n) === 0n) return word.put(sh, 1) && word.put(imm12, Number(magnitude >> 12n));
        return cursor.failAt(at, ADD_SUB_RANGE);
      }
      if (amount !== 0 && amount !== 12) return cursor.failAt(cursor.position - 1, 'the shift is lsl #0 or lsl #12');
      if (magnitude < 0n || magnitude > 4095n) return cursor.failAt(at, 'immediate out of range: 0 to 4095');
      return word.put(sh, amount === 12 ? 1 : 0) && word.put(imm12, Number(magnitude));
    },
  };
}

/** The value in a register of `size` bits, unsigned; null when it fits neither as a signed nor as an unsigned number. */
function inRegister(value: bigint, size: number): bigint | null {
  const limit = 1n << BigInt(size);
  return value < limit && value >= -(limit >> 1n) ? BigInt.asUintN(size, value) : null;
}

/** A logical immediate, or with `isInverted` the complement of one. */
function bitmaskCodec(placeholder: Placeholder, isInverted: boolean): OperandCodec {
  const sf = placeholder.field('sf');
  const N = placeholder.field('N');
  const immr = placeholder.field('immr');
  const imms = placeholder.field('imms');
  return {
    format: (word) => `#0x${decodeBitmask(get(word, N), get(word, imms), get(word, immr), registerSize(word, sf)).toString(16)}`,
    parse: (cursor, word) => {
      const at = cursor.position;
      const value = readImmediate(cursor);
      if (value === null) return false;
      const size = registerSize(word.word, sf);
      const wanted = inRegister(value, size);
      const found = wanted === null ? null : encodeBitmask(isInverted ? BigInt.asUintN(size, ~wanted) : wanted, size);
      if (found === null) return cursor.failAt(at, 'this number is no logical immediate: a rotated run of ones, repeated');
      return word.put(N, found >> 12) && word.put(immr, (found >> 6) & 63) && word.put(imms, found & 63);
    },
  };
}

/** `#imm16{, lsl #16 * hw}` of MOVZ, MOVN and MOVK, or `#:abs_g1:symbol`. */
const movewide: CodecFactory = (placeholder) => {
  const sf = placeholder.field('sf');
  const hw = placeholder.field('hw');
  const imm16 = placeholder.field('imm16');
  return {
    format: (word) => `#0x${get(word, imm16).toString(16)}${get(word, hw) === 0 ? '' : `, lsl #${String(16 * get(word, hw))}`}`,
    parse: (cursor, word) => {
      if (cursor.isAt('#')) cursor.position++;
      const at = cursor.position;
      const last = registerSize(word.word, sf) - 16;
      if (cursor.isAt(':')) {
        const read = readRelocation(cursor, true);
        if (read === null) return false;
        const { value, relocation } = read;
        const half = relocation.halfword ?? 0;
        if (16 * half > last) return cursor.failAt(at, 'a W register has no such halfword');
        return word.put(hw, half) && word.put(imm16, Number(value));
      }
      const value = readScaled(cursor, 0, 0xffff, 1);
      if (value === null) return false;
      const amount = readLsl(cursor) ?? 0;
      if (amount < 0 || amount % 16 !== 0 || amount > last) return cursor.failAt(cursor.position - 1, `the shift is a multiple of 16 from 0 to ${String(last)}`);
      return word.put(hw, amount / 16) && word.put(imm16, value);
    },
  };
};

/** The number that MOVZ, or with `isInverted` MOVN, leaves in the register. */
function moveCodec(placeholder: Placeholder, isInverted: boolean): OperandCodec {
  const sf = placeholder.field('sf');
  const hw = placeholder.field('hw');
  const imm16 = placeholder.field('imm16');
  return {
    format: (word) => {
      const shifted = BigInt(get(word, imm16)) << BigInt(16 * get(word, hw));
      return `#0x${(isInverted ? BigInt.asUintN(registerSize(word, sf), ~shifted) : shifted).toString(16)}`;
    },
    parse: (cursor, word) => {
      const at = cursor.position;
      const read = readImmediate(cursor);
      if (read === null) return false;
      const size = registerSize(word.word, sf);
      const inside = inRegister(read, size);
      if (inside === null) return cursor.failAt(at, `the number does not fit in ${String(size)} bits`);
      const value = isInverted ? BigInt.asUintN(size, ~inside) : inside;
      for (let half = 0; half < size / 16; half++) {
        const position = BigInt(16 * half);
        if ((value & ~(0xffffn << position)) === 0n) return word.put(hw, half) && word.put(imm16, Number(value >> position));
      }
      return cursor.failAt(at, 'this number takes more than one instruction');
    },
  };
}

// Bitfields: `size` is the register's, and the source counts where the encoding rotates.

type Bitfield = (fields: { readonly sf: InsnField; readonly immr: InsnField; readonly imms: InsnField }) => OperandCodec;

function bitfield(make: Bitfield): CodecFactory {
  return (placeholder) => make({ sf: placeholder.field('sf'), immr: placeholder.field('immr'), imms: placeholder.field('imms') });
}

/** `lsr #n`: the field from bit n to the top. */
const rshift = bitfield(({ sf, immr, imms }) => ({
  format: (word) => `#${String(get(word, immr))}`,
  parse: (cursor, word) => {
    const size = registerSize(word.word, sf);
    const value = readScaled(cursor, 0, size - 1, 1);
    return value !== null && word.put(immr, value) && word.put(imms, size - 1);
  },
}));

/** `lsl #n`: the lowest size - n bits, put at bit n. */
const lshift = bitfield(({ sf, immr, imms }) => ({
  format: (word) => `#${String(registerSize(word, sf) - 1 - get(word, imms))}`,
  parse: (cursor, word) => {
    const size = registerSize(word.word, sf);
    const value = readScaled(cursor, 0, size - 1, 1);
    return value !== null && word.put(immr, (size - value) % size) && word.put(imms, size - 1 - value);
  },
}));

const bfxlsb = bitfield(({ sf, immr }) => ({
  format: (word) => `#${String(get(word, immr))}`,
  parse: (cursor, word) => {
    const value = readScaled(cursor, 0, registerSize(word.word, sf) - 1, 1);
    return value !== null && word.put(immr, value);
  },
}));

const bfxwidth = bitfield(({ sf, immr, imms }) => ({
  format: (word) => `#${String(get(word, imms) - get(word, immr) + 1)}`,
  parse: (cursor, word) => {
    const lsb = word.get(immr);
    const value = readScaled(cursor, 1, registerSize(word.word, sf) - lsb, 1);
    return value !== null && word.put(imms, lsb + value - 1);
  },
}));

const bfizlsb = bitfield(({ sf, immr }) => ({
  format: (word) => `#${String((registerSize(word, sf) - get(word, immr)) % registerSize(word, sf))}`,
  parse: (cursor, word) => {
    const size = registerSize(word.word, sf);
    const value = readScaled(cursor, 0, size - 1, 1);
    return value !== null && word.put(immr, (size - value) % size);
  },
}));

const bfizwidth = bitfield(({ sf, immr, imms }) => ({
  format: (word) => `#${String(get(word, imms) + 1)}`,
  parse: (cursor, word) => {
    const size = registerSize(word.word, sf);
    const lsb = (size - word.get(immr)) % size;
    const value = readScaled(cursor, 1, size - lsb, 1);
    return value !== null && word.put(imms, value - 1);
  },
}));

// Shifted and extended registers

/** `lsl #n` after a register; left out when it is `lsl #0`. */
function shiftCodec(placeholder: Placeholder, names: readonly string[]): OperandCodec {
  const sf = placeholder.field('sf');
  const type = placeholder.field('shift');
  const imm6 = placeholder.field('imm6');
  return {
    format: (word) => ((word & (type.mask | imm6.mask)) === 0 ? null : `${names[get(word, type)]!} #${String(get(word, imm6))}`),
    parse: (cursor, word) => {
      const number = names.indexOf(cursor.token.lower);
      if (number < 0) return cursor.fail(`expected a shift: ${names.join(', ')}`);
      cursor.position++;
      const amount = readScaled(cursor, 0, registerSize(word.word, sf) - 1, 1);
      return amount !== null && word.put(type, number) && word.put(imm6, amount);
    },
    omit: (word) => word.put(type, 0) && word.put(imm6, 0),
  };
}

const EXTENDS: readonly string[] = NAME_LISTS.extend;

/**
 * The register of ADD (extended register) with its extension. The arguments are the fields that may name SP: where one
 * does, the extension that changes nothing is written LSL, and left out when it does not shift either. The source may
 * name Rm by either width in a 64-bit form, as GNU as allows.
 */
const extended: CodecFactory = (placeholder) => {
  const sf = placeholder.field('sf');
  const Rm = placeholder.field('Rm');
  const option = placeholder.field('option');
  const imm3 = placeholder.field('imm3');
  const spFields = placeholder.args.map(({ name }) => placeholder.field(name));
  const usesSp = (word: number): boolean => spFields.some((field) => get(word, field) === 31);
  return {
    format: (word) => {
      const kind = get(word, option);
      const amount = get(word, imm3);
      const is64 = (word & sf.mask) !== 0;
      const register = generalRegisterName(is64 && (kind & 3) === 3 ? 'X' : 'W', get(word, Rm), false);
      const isPlain = kind === (is64 ? 3 : 2) && usesSp(word);
      if (isPlain && amount === 0) return register;
      return `${register}, ${isPlain ? 'lsl' : EXTENDS[kind]!}${amount === 0 ? '' : ` #${String(amount)}`}`;
    },
    parse: (cursor, word) => {
      const is64 = (word.word & sf.mask) !== 0;
      const register = asGeneralRegister(cursor.token.lower);
      if (register === null || register.sp) return cursor.fail('expected a general register');
      if (!is64 && register.letter === 'X') return cursor.fail('expected a register of 32 bits (w)');
      cursor.position++;
      let kind = register.letter === 'X' ? 3 : 2;
      let amount = 0;
      if (cursor.isAt(',')) {
        cursor.position++;
        const name = cursor.token.lower;
        if (name === 'lsl') {
          if (!usesSp(word.word)) return cursor.fail('expected an extension such as uxtw');
        } else {
          kind = EXTENDS.indexOf(name);
          if (kind < 0) return cursor.fail('expected an extension such as uxtw');
        }
        cursor.position++;
        if (name === 'lsl' || !cursor.atEnd()) {
          const read = readScaled(cursor, 0, 4, 1);
          if (read === null) return false;
          amount = read;
        }
      } else if (!usesSp(word.word)) {
        return cursor.fail('expected an extension such as uxtw');
      }
      return word.put(Rm, register.number) && word.put(option, kind) && word.put(imm3, amount);
    },
  };
};

/** The index register of a load or store; the argument is S with the access size in bytes as its scale. */
const regoffset: CodecFactory = (placeholder) => {
  const { scale, scaleField } = placeholder.args[0]!;
  const S = placeholder.field('S');
  const Rm = placeholder.field('Rm');
  const option = placeholder.field('option');
  const log2 = Math.log2(scale);
  const full = (word: number): number => log2 + (scaleField === null ? 0 : get(word, scaleField));
  return {
    format: (word) => {
      const kind = get(word, option);
      const register = generalRegisterName((kind & 1) === 1 ? 'X' : 'W', get(word, Rm), false);
      const isScaled = (word & S.mask) !== 0;
      if (kind === 3 && !isScaled) return register;
      return `${register}, ${kind === 3 ? 'lsl' : EXTENDS[kind]!}${isScaled ? ` #${String(full(word))}` : ''}`;
    },
    parse: (cursor, word) => {
      const at = cursor.position;
      const register = asGeneralRegister(cursor.token.lower);
      if (register === null || register.sp) return cursor.fail('expected an offset: an immediate or a general register');
      cursor.position++;
      let kind = 3;
      let isScaled = false;
      if (cursor.isAt(',')) {
        cursor.position++;
        const name = cursor.token.lower;
        kind = name === 'lsl' ? 3 : EXTENDS.indexOf(name);
        if (name === 'uxtx' || (kind & 2) === 0 || kind < 0) return cursor.fail('expected lsl, uxtw, sxtw or sxtx');
        cursor.position++;
        if (name === 'lsl' || !cursor.isAt(']')) {
          const amountAt = cursor.position;
          const amount = readScaled(cursor, 0, 4, 1);
          if (amount === null) return false;
          const size = full(word.word);
          if (amount !== 0 && amount !== size) return cursor.failAt(amountAt, size === 0 ? 'the shift is 0' : `the shift is 0 or ${String(size)}`);
          // A byte access that says #0 has S set.
          isScaled = amount === size;
        }
      }
      if ((register.letter === 'X') !== ((kind & 1) === 1)) return cursor.failAt(at, kind === 3 ? 'expected a register of 64 bits (x), or an extension' : `expected a register of ${kind === 7 ? '64 bits (x)' : '32 bits (w)'} before this extension`);
      return word.put(Rm, register.number) && word.put(option, kind) && word.put(S, isScaled ? 1 : 0);
    },
  };
};

/** `[x0, #0]` where no offset exists. */
const nooffset: CodecFactory = () => ({
  format: () => null,
  parse: (cursor) => {
    const at = cursor.position;
    const value = readImmediate(cursor);
    return value !== null && (value === 0n || cursor.failAt(at, 'this instruction takes no offset'));
  },
});

// Prefetches

const prefetchNames = Array.from({ length: 32 }, (_, prfop) => prefetchName(prfop)?.toLowerCase() ?? null);

/** A prefetch operation by name, or as a number where it has none. */
const prfop: CodecFactory = (placeholder) => {
  const Rt = placeholder.field('Rt');
  return {
    format: (word) => prefetchNames[get(word, Rt)] ?? `#0x${get(word, Rt).toString(16).padStart(2, '0')}`,
    parse: (cursor, word) => {
      const number = prefetchNames.indexOf(cursor.token.lower);
      if (number >= 0) {
        cursor.position++;
        return word.put(Rt, number);
      }
      if (cursor.token.kind === 'name') return cursor.fail('expected a prefetch operation such as pldl1keep, or a number');
      const value = readScaled(cursor, 0, 31, 1);
      return value !== null && word.put(Rt, value);
    },
  };
};

// PC-relative targets

/**
 * Reads a target: an expression is its address, `#expr` its distance from `base`. Differs: GNU as takes a bare number for
 * a distance too; here it is an address, so that what the disassembler prints assembles to the same word.
 */
function readDistance(cursor: Cursor, base: bigint): bigint | null {
  const isDistance = cursor.isAt('#');
  const value = readImmediate(cursor);
  return value === null ? null : BigInt.asIntN(64, isDistance ? value : value - base);
}

/** A target `PC + offset`; `read` gives its address. */
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
  const unused = 32 - field.width;
  return target(
    (word, address) => address + BigInt(((word << (unused - field.lsb)) >> unused) * 4),
    (cursor, word) => {
      const at = cursor.position;
      const distance = readDistance(cursor, cursor.address);
      if (distance === null) return false;
      const offset = Number(distance);
      if (offset % 4 !== 0) return cursor.failAt(at, 'the target is not a multiple of 4 away');
      if (offset < -half * 4 || offset > (half - 1) * 4) return cursor.failAt(at, `target out of range: ${String(-half * 4)} to ${String((half - 1) * 4)} from here`);
      return word.put(field, offset / 4);
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
      const distance = readDistance(cursor, (cursor.address >> pageBits) << pageBits);
      if (distance === null) return false;
      const offset = distance >> pageBits;
      if (offset < -(2n ** 20n) || offset >= 2n ** 20n) return cursor.failAt(at, pageBits === 0n ? 'target out of range: -1048576 to 1048575 from here' : 'target out of range: 4 GiB from here');
      const immediate = Number(BigInt.asUintN(21, offset));
      return word.put(lo, immediate & 3) && word.put(hi, immediate >>> 2);
    },
  );
}

/** Codecs by kind; `codecs.ts` checks that the table is total. */
export const INTEGER_CODECS = {
  uimm: (placeholder) => immediate(placeholder, false, String),
  simm: (placeholder) => immediate(placeholder, true, String),
  himm: (placeholder) => immediate(placeholder, false, (value) => `0x${value.toString(16)}`),
  bit,
  xreg,
  next,
  addsubimm: (placeholder) => addSubImmediate(placeholder, 1n),
  negaddsubimm: (placeholder) => addSubImmediate(placeholder, -1n),
  bitmask: (placeholder) => bitmaskCodec(placeholder, false),
  notbitmask: (placeholder) => bitmaskCodec(placeholder, true),
  movewide,
  wideimm: (placeholder) => moveCodec(placeholder, false),
  invertedimm: (placeholder) => moveCodec(placeholder, true),
  rshift,
  lshift,
  bfxlsb,
  bfxwidth,
  bfizlsb,
  bfizwidth,
  shift: (placeholder) => shiftCodec(placeholder, NAME_LISTS.shift),
  addshift: (placeholder) => shiftCodec(placeholder, NAME_LISTS.shift.slice(0, 3)),
  extended,
  regoffset,
  nooffset,
  prfop,
  label,
  adr: (placeholder) => pageRelative(placeholder, 0n),
  adrp: (placeholder) => pageRelative(placeholder, 12n),
} as const satisfies Readonly<Record<string, CodecFactory>>;
