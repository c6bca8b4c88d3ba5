/** One element of a vector, `v1.s[2]`: size, register and index as the rules of `ELEMENTS` in the cpu package say. */
import { ELEMENTS, type ElementRule, type InsnField } from '@worldswitch/cpu/arch';
import type { OperandCodec, Placeholder, WordBuilder } from './codec.ts';
import { readImmediate } from './integer-codecs.ts';
import { readVector } from './register-codecs.ts';

/** A rule resolved against a row. */
interface Element {
  readonly mask: number;
  readonly value: number;
  /** In capitals, as written. */
  readonly size: string;
  readonly registers: number;
  readonly register: Bits;
  readonly index: Bits;
}

/** The codec of `<V..[rule]>`; `suffix` names the register field without its R. */
export function vectorElement(placeholder: Placeholder, suffix: string, ruleName: string): OperandCodec {
  const rules: Readonly<Record<string, readonly ElementRule[]>> = ELEMENTS;
  const elements = rules[ruleName]?.map((rule) => resolve(placeholder, suffix, rule));
  if (elements === undefined) throw new TypeError(`${placeholder.owner}: no elements ${ruleName}`);
  return {
    format: (word) => {
      for (const { mask, value, size, register, index } of elements) {
        if ((word & mask) === value) return `v${String(register.read(word))}.${size.toLowerCase()}[${String(index.read(word))}]`;
      }
      return '?';
    },
    parse: (cursor, word) => {
      const vector = readVector(cursor);
      if (vector === null) return cursor.fail('expected a vector element such as v0.s[1]');
      // GNU as also takes the whole arrangement before an index: `v1.4s[2]`.
      const open = elements.filter(({ mask, value }) => ((word.word ^ value) & mask & word.known) === 0);
      const element = open.find(({ size }) => size === vector.arrangement || (size.length === 1 && vector.arrangement.endsWith(size)));
      if (element === undefined) return cursor.fail(`the element size must be ${open.map(({ size }) => size.toLowerCase()).join(' or ')}`);
      word.putBits(element.mask, element.value);
      if (vector.number >= element.registers) return cursor.fail(`elements of this size are those of v0 to v${String(element.registers - 1)}`);
      if (!element.register.write(word, vector.number)) return cursor.fail('expected the same register as before');
      cursor.position++;
      if (!cursor.punct('[')) return false;
      const at = cursor.position;
      const index = readImmediate(cursor);
      if (index === null) return false;
      const last = 2 ** element.index.width - 1;
      if (index < 0n || index > BigInt(last)) return cursor.failAt(at, `element index out of range: 0 to ${String(last)}`);
      if (!element.index.write(word, Number(index))) return cursor.failAt(at, 'expected the same element as before');
      return cursor.punct(']');
    },
  };
}

/** A number in one field, or in several, most significant first. */
class Bits {
  readonly width: number;
  readonly #fields: readonly InsnField[];

  constructor(fields: readonly InsnField[]) {
    this.#fields = fields;
    this.width = fields.reduce((width, field) => width + field.width, 0);
  }

  read(word: number): number {
    let value = 0;
    for (const field of this.#fields) value = (value << field.width) | ((word & field.mask) >>> field.lsb);
    return value;
  }

  write(word: WordBuilder, value: number): boolean {
    let shift = this.width;
    return this.#fields.every((field) => word.put(field, value >> (shift -= field.width)));
  }
}

function resolve(placeholder: Placeholder, suffix: string, rule: ElementRule): Element {
  const index = rule.index.split(' ').map((name) => {
    const [whole, dropped] = name.split('>>');
    const field = placeholder.field(whole ?? '');
    return dropped === undefined ? field : highPart(field, Number(dropped));
  });
  const isHighBitFree = suffix === 'm' && placeholder.hasField('M') && !rule.index.includes('M');
  const register = [...(isHighBitFree ? [placeholder.field('M')] : []), placeholder.field(`R${suffix}`)];
  const registerBits = new Bits(register);
  return { ...when(placeholder, rule.when), size: rule.size, register: registerBits, registers: 2 ** registerBits.width, index: new Bits(index) };
}

/** The field without its `dropped` lowest bits. */
function highPart(field: InsnField, dropped: number): InsnField {
  const lsb = field.lsb + dropped;
  return { name: field.name, lsb, width: field.width - dropped, mask: (field.mask >> lsb) << lsb };
}

function when(placeholder: Placeholder, text: string | null): { mask: number; value: number } {
  if (text === null) return { mask: 0, value: 0 };
  const [name, bits] = text.split('=') as [string, string];
  const { lsb } = placeholder.field(name);
  return { mask: parseInt(bits.replace(/0/g, '1').replace(/x/g, '0'), 2) << lsb, value: parseInt(bits.replace(/x/g, '0'), 2) << lsb };
}
