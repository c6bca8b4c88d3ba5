/**
 * Bitfields, declared once. A `Layout` divides a 32- or 64-bit value into named fields, RES0 and RES1 bits and
 * IMPLEMENTATION DEFINED bits; at load every bit is claimed exactly once, so a gap or an overlap stops the program
 * with the layout's name and the bit. This file knows no register: see `sysregs/` and the `gic/regs` package.
 */
import { InvariantError } from '../invariant.ts';
import type { Feature } from './features.ts';

/** One bit (`5`) or an inclusive range written as the manual does, most significant first (`'31:26'`). */
export type BitRange = number | `${number}:${number}`;

/** How a field is declared: its bits alone, or its bits with what else is known of it. */
export type FieldSpec =
  | BitRange
  | {
      readonly bits: BitRange;
      /** Enumerated values by name; a value may stand once only. */
      readonly values?: Readonly<Record<string, number>>;
      /** The feature (without `FEAT_`) that brings the field; without it the bits read as `absent`. */
      readonly feature?: Feature;
      /** What the bits are while the feature is absent: RES0 (the default) or RES1. */
      readonly absent?: 0 | 1;
    };

export interface LayoutSpec<K extends string> {
  readonly fields?: Readonly<Record<K, FieldSpec>>;
  /** Ranges that are RES0, separated by spaces: `'63:44 12'`. */
  readonly res0?: string;
  /** Ranges that are RES1. */
  readonly res1?: string;
  /** Ranges whose meaning is IMPLEMENTATION DEFINED. */
  readonly impdef?: string;
}

const NO_VALUES: Readonly<Record<string, number>> = {};

/** A named field of a layout. Values are unsigned. (`declare` on members: no second write at load, where thousands are made.) */
export class Field {
  declare readonly layout: string;
  declare readonly name: string;
  declare readonly msb: number;
  declare readonly lsb: number;
  declare readonly width: number;
  /** The 32-bit half that holds the whole field: 0 low, 1 high; -1 when it crosses or lies higher. */
  declare readonly word: -1 | 0 | 1;
  /** Shift and mask (in place, unsigned) within that half; 0 when there is none. */
  declare readonly wordShift: number;
  declare readonly wordMask: number;
  declare readonly values: Readonly<Record<string, number>>;
  declare readonly feature: Feature | null;
  declare readonly absent: 0 | 1;
  /** Made when first asked for: most programs use few of the thousands of fields, and a `bigint` costs. */
  #mask: bigint | undefined;

  constructor(layout: string, name: string, spec: FieldSpec) {
    const full = typeof spec === 'object' ? spec : undefined;
    const [msb, lsb] = parseRange(full === undefined ? (spec as BitRange) : full.bits, layout);
    this.layout = layout;
    this.name = name;
    this.msb = msb;
    this.lsb = lsb;
    this.width = msb - lsb + 1;
    this.word = msb < 32 ? 0 : lsb >= 32 && msb < 64 ? 1 : -1;
    this.wordShift = this.word < 0 ? 0 : lsb & 31;
    this.wordMask = this.word < 0 ? 0 : bitsOfHalf(msb & 31, lsb & 31);
    this.values = full?.values ?? NO_VALUES;
    this.feature = full?.feature ?? null;
    this.absent = full?.absent ?? 0;
    this.#mask = undefined;
    if (full?.values !== undefined) this.#checkValues();
  }

  #checkValues(): void {
    const seen = new Set<number>();
    for (const [name, value] of Object.entries(this.values)) {
      if (seen.has(value)) throw new InvariantError(`${this.layout}.${this.name}: value ${String(value)} is named twice (${name})`);
      if (value < 0 || value >= 2 ** this.width) throw new InvariantError(`${this.layout}.${this.name}: ${name}=${String(value)} does not fit in ${String(this.width)} bits`);
      seen.add(value);
    }
  }

  /** The field's bits in place. */
  get mask(): bigint {
    return (this.#mask ??= maskOf(this.msb, this.lsb));
  }

  /** The field's value within `register`. */
  get(register: bigint): bigint {
    return (register & this.mask) >> BigInt(this.lsb);
  }

  /** Whether a one-bit field is set, or a wider one is non-zero. */
  is(register: bigint): boolean {
    return (register & this.mask) !== 0n;
  }

  /** `register` with the field replaced; `value` must fit. */
  set(register: bigint, value: bigint | number): bigint {
    return (register & ~this.mask) | this.of(value);
  }

  /** The field's bits in place for `value`; a value that does not fit is our own mistake. */
  of(value: bigint | number): bigint {
    const wide = BigInt(value);
    if (wide < 0n || wide >> BigInt(this.width) !== 0n) {
      throw new InvariantError(`${this.layout}.${this.name}: ${wide.toString()} does not fit in ${String(this.width)} bits`);
    }
    return wide << BigInt(this.lsb);
  }

  /** The field from the 32-bit half that holds it ({@link word}); for hot paths, without `bigint`. */
  inWord(half: number): number {
    return (half & this.wordMask) >>> this.wordShift;
  }

  /** The number behind a named value. */
  value(name: string): number {
    const value = this.values[name];
    if (value === undefined) throw new InvariantError(`${this.layout}.${this.name} has no value named ${name}`);
    return value;
  }

  /** The name of a value, if it has one. */
  valueName(value: bigint | number): string | null {
    for (const [name, known] of Object.entries(this.values)) if (BigInt(known) === BigInt(value)) return name;
    return null;
  }
}

/** The parts of a layout that do not depend on its field names. */
export class LayoutBase<K extends string> {
  declare readonly name: string;
  /** 32 or 64 for registers; other widths for syndromes and descriptors. */
  declare readonly width: number;
  /** All fields, most significant first. */
  declare readonly fields: readonly Field[];
  declare readonly res0: bigint;
  declare readonly res1: bigint;
  declare readonly impdef: bigint;

  /** A layout of its own, or with the bits of `spec` where that is a layout which several registers share. */
  constructor(name: string, width: number, spec: LayoutSpec<K> | LayoutBase<K>) {
    this.name = name;
    this.width = width;
    if (spec instanceof LayoutBase) {
      if (spec.width !== width) throw new InvariantError(`${name}: the layout ${spec.name} has ${String(spec.width)} bits, not ${String(width)}`);
      ({ fields: this.fields, res0: this.res0, res1: this.res1, impdef: this.impdef } = spec);
    } else {
      const claimed = new BitClaims(name, width);
      const fields: Field[] = [];
      for (const fieldName in spec.fields) {
        const field = new Field(name, fieldName, spec.fields[fieldName]);
        claimed.claim(fieldName, field.msb, field.lsb);
        fields.push(field);
      }
      this.fields = fields.sort((a, b) => b.msb - a.msb);
      this.res0 = claimed.claimRanges('RES0', spec.res0);
      this.res1 = claimed.claimRanges('RES1', spec.res1);
      this.impdef = claimed.claimRanges('IMPDEF', spec.impdef);
      claimed.finish();
    }
    for (const field of this.fields) {
      if (field.name in this) throw new InvariantError(`${name}: a field cannot be called ${field.name}`);
      // Defined, not assigned by name: V8 makes a dictionary of an object that gets many properties so, and HCR_EL2 is asked at every exception.
      Object.defineProperty(this, field.name, { value: field, enumerable: true });
    }
  }

  /** A value from named fields: the others 0, RES1 bits 1. */
  of(values: Readonly<Partial<Record<K, bigint | number>>>): bigint {
    let result = this.res1;
    for (const name of Object.keys(values) as K[]) {
      const value = values[name];
      if (value !== undefined) result |= this.field(name).of(value);
    }
    return result;
  }

  field(name: K): Field {
    const found = this.fields.find((field) => field.name === name);
    if (found === undefined) throw new InvariantError(`${this.name} has no field ${name}`);
    return found;
  }

  /** The value as the manual would write it: `TGE=1 RW=1`, non-zero fields only, named values by name. */
  format(value: bigint): string {
    const parts: string[] = [];
    for (const field of this.fields) {
      const bits = field.get(value);
      if (bits === 0n) continue;
      parts.push(`${field.name}=${field.valueName(bits) ?? (field.width > 8 ? `0x${bits.toString(16)}` : bits.toString())}`);
    }
    const stray = value & this.res0;
    if (stray !== 0n) parts.push(`RES0=0x${stray.toString(16)}`);
    return parts.join(' ');
  }
}

/** A layout with its fields as properties: `HCR_EL2.TGE`. */
export type Layout<K extends string> = LayoutBase<K> & Readonly<Record<K, Field>>;

/** Declares a layout of `width` bits and checks that every bit is claimed exactly once. */
export function layout<const K extends string>(name: string, width: number, spec: LayoutSpec<K>): Layout<K> {
  return new LayoutBase<K>(name, width, spec) as Layout<K>;
}

/** `'31:26'` or `5` as most and least significant bit. */
export function parseRange(range: BitRange | string, owner: string): [msb: number, lsb: number] {
  if (typeof range === 'number') {
    if (Number.isInteger(range) && range >= 0) return [range, range];
  } else if (/^\d+(?::\d+)?$/.test(range)) {
    const colon = range.indexOf(':');
    const msb = Number(colon < 0 ? range : range.slice(0, colon));
    const lsb = colon < 0 ? msb : Number(range.slice(colon + 1));
    if (lsb <= msb) return [msb, lsb];
  }
  throw new InvariantError(`${owner}: ${String(range)} is not a bit range`);
}

/** Bits `msb` to `lsb` (both below 32) as an unsigned number. */
function bitsOfHalf(msb: number, lsb: number): number {
  return ((0xffff_ffff >>> (31 - msb + lsb)) << lsb) >>> 0;
}

function maskOf(msb: number, lsb: number): bigint {
  return ((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb);
}

/** Who owns each bit of one layout. */
class BitClaims {
  readonly #layout: string;
  readonly #owners: (string | undefined)[];
  #left: number;

  constructor(layoutName: string, width: number) {
    this.#layout = layoutName;
    this.#owners = new Array<string | undefined>(width);
    this.#left = width;
  }

  claim(owner: string, msb: number, lsb: number): void {
    const owners = this.#owners;
    if (msb >= owners.length) throw new InvariantError(`${this.#layout}: ${owner} claims bit ${String(msb)}, beyond the layout`);
    for (let bit = lsb; bit <= msb; bit++) {
      const previous = owners[bit];
      if (previous !== undefined) throw new InvariantError(`${this.#layout}: bit ${String(bit)} is claimed by ${previous} and by ${owner}`);
      owners[bit] = owner;
    }
    this.#left -= msb - lsb + 1;
  }

  claimRanges(owner: string, ranges: string | undefined): bigint {
    if (ranges === undefined) return 0n;
    let mask = 0n;
    for (const range of ranges.split(' ')) {
      const [msb, lsb] = parseRange(range, this.#layout);
      this.claim(owner, msb, lsb);
      mask |= maskOf(msb, lsb);
    }
    return mask;
  }

  finish(): void {
    if (this.#left === 0) return;
    throw new InvariantError(`${this.#layout}: bit ${String(this.#owners.findIndex((owner) => owner === undefined))} is claimed by nothing`);
  }
}
