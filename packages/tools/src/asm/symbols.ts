/**
 * The symbols of a file. Labels are offsets in sections until the layout gives sections their addresses, so a symbol is
 * looked up in one of three ways: early (labels have no value yet, and asking for one is remembered), on trial (sections
 * lie at made-up addresses, to see whether an expression depends on them), and finally.
 */
import type { Token } from './lexer.ts';
import { Cursor, type Symbols } from '../syntax/cursor.ts';
import type { Literal } from './literals.ts';
import type { Section } from './section.ts';

/** A point of the program; `sequence` counts statements, and so says what comes before what. */
export interface Place {
  readonly section: Section;
  readonly offset: number;
  readonly sequence: number;
}

export type Definition =
  | { readonly kind: 'label'; readonly place: Place }
  | { readonly kind: 'value'; readonly value: bigint; readonly sequence: number }
  /** Computed when it is asked for. */
  | { readonly kind: 'expression'; readonly tokens: readonly Token[]; readonly position: number; readonly place: Place };

export type SymbolType = 'notype' | 'object' | 'function';

/** A symbol: what is known of it, and what it was defined as; more than one definition only by `.set`. */
export interface SymbolEntry {
  readonly name: string;
  binding: 'local' | 'global' | 'weak';
  type: SymbolType;
  size: { readonly tokens: readonly Token[]; readonly position: number; readonly place: Place; readonly line: number } | null;
  readonly definitions: Definition[];
  /** The line of the first definition. */
  line: number;
}

/** The name under which `ldr x0, =value` refers to the literal of the statement at hand. */
export const LITERAL_NAME = '=';

/** Names that are registers wherever an expression may stand, so never symbols. */
const RESERVED_NAME = /^(?:[xw](?:[0-9]|[12][0-9]|30|zr)|w?sp|v(?:[0-9]|[12][0-9]|3[01])(?:\.[0-9]*[bhsdq])?)$/i;
/** Names that are registers unless a symbol is called so. */
const REGISTER_NAME = /^(?:[bhsdq](?:[0-9]|[12][0-9]|3[01])|fp|lr|ip[01])$/i;

/** Whether a name is always a register. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAME.test(name);
}

/** How deep a symbol may be defined in terms of others. */
const MAX_DEPTH = 200;

export class SymbolTable implements Symbols {
  readonly #symbols = new Map<string, SymbolEntry>();
  /** Places of the numeric local labels, in order. */
  readonly #locals = new Map<string, Place[]>();
  /** The point from which symbols are looked up. */
  place: Place;
  /** The literal that {@link LITERAL_NAME} stands for. */
  literal: Literal | null = null;
  #isLate = false;
  #addressOf: ((section: Section) => bigint) | null = null;
  /** Values of expressions for the addresses at hand, so that symbols defined by symbols are computed once. */
  readonly #values = new Map<Definition, bigint>();
  #depth = 0;

  constructor(place: Place) {
    this.place = place;
  }

  /** Says where sections lie; null while that is not known. */
  placeSections(addressOf: ((section: Section) => bigint) | null): void {
    this.#addressOf = addressOf;
    this.#values.clear();
  }

  /** Whether a lookup since {@link watch} failed only because it was early. */
  get isLate(): boolean {
    return this.#isLate;
  }

  watch(): void {
    this.#isLate = false;
  }

  get(name: string): SymbolEntry | undefined {
    return this.#symbols.get(name);
  }

  /** The symbol of this name, made where there is none. */
  declare(name: string): SymbolEntry {
    let symbol = this.#symbols.get(name);
    if (symbol === undefined) {
      symbol = { name, binding: 'local', type: 'notype', size: null, definitions: [], line: 0 };
      this.#symbols.set(name, symbol);
    }
    return symbol;
  }

  all(): Iterable<SymbolEntry> {
    return this.#symbols.values();
  }

  /** The names of all that are defined, for suggestions. */
  definedNames(): string[] {
    return [...this.#symbols.values()].filter(({ definitions }) => definitions.length > 0).map(({ name }) => name);
  }

  defineLocal(number: string): void {
    const key = String(Number(number));
    const places = this.#locals.get(key);
    if (places === undefined) this.#locals.set(key, [this.place]);
    else places.push(this.place);
  }

  lookup(name: string): bigint | null {
    const code = name.charCodeAt(0);
    if (code >= 0x30 && code <= 0x39) return this.#lookupLocal(name);
    if (name === '.') return this.#addressAt(this.place.section, this.place.offset);
    if (name === LITERAL_NAME) return this.literal === null ? null : this.#addressAt(this.place.section, this.literal.offset);
    const symbol = this.#symbols.get(name);
    if (symbol === undefined) {
      if (this.#addressOf === null && !RESERVED_NAME.test(name) && !REGISTER_NAME.test(name)) this.#isLate = true;
      return null;
    }
    if (RESERVED_NAME.test(name)) return null;
    const definition = this.#definitionHere(symbol);
    if (definition === null) {
      if (this.#addressOf === null) this.#isLate = true;
      else if (symbol.binding === 'weak') return 0n;
      return null;
    }
    return this.valueOf(definition);
  }

  /** The value of a definition, or null when it has none yet. */
  valueOf(definition: Definition): bigint | null {
    switch (definition.kind) {
      case 'value':
        return definition.value;
      case 'label':
        return this.#addressAt(definition.place.section, definition.place.offset);
      case 'expression':
        return this.#evaluate(definition);
    }
  }

  /** What the symbol means at the point at hand: its last definition before it, or else the final one. */
  #definitionHere(symbol: SymbolEntry): Definition | null {
    const { definitions } = symbol;
    for (let index = definitions.length - 1; index > 0; index--) {
      const definition = definitions[index]!;
      const sequence = definition.kind === 'value' ? definition.sequence : definition.place.sequence;
      if (sequence <= this.place.sequence) return definition;
    }
    const [first] = definitions;
    if (first === undefined) return null;
    const sequence = first.kind === 'value' ? first.sequence : first.place.sequence;
    return sequence <= this.place.sequence ? first : definitions[definitions.length - 1]!;
  }

  #addressAt(section: Section, offset: number): bigint | null {
    if (this.#addressOf === null) {
      this.#isLate = true;
      return null;
    }
    return offset < 0 ? null : this.#addressOf(section) + BigInt(offset);
  }

  /** Computes an expression where it was written; too deep, or in a circle, it has no value. */
  #evaluate(definition: Extract<Definition, { kind: 'expression' }>): bigint | null {
    if (this.#addressOf === null) {
      this.#isLate = true;
      return null;
    }
    const known = this.#values.get(definition);
    if (known !== undefined) return known;
    if (this.#depth >= MAX_DEPTH) return null;
    const { place } = this;
    this.#depth++;
    this.place = definition.place;
    const value = new Cursor(definition.tokens, definition.position, 0n, this).expression();
    this.place = place;
    this.#depth--;
    if (value !== null) this.#values.set(definition, value);
    return value;
  }

  #lookupLocal(name: string): bigint | null {
    if (this.#addressOf === null) {
      this.#isLate = true;
      return null;
    }
    const places = this.#locals.get(String(Number(name.slice(0, -1)))) ?? [];
    const after = firstAfter(places, this.place.sequence);
    const place = /b$/i.test(name) ? places[after - 1] : places[after];
    return place === undefined ? null : this.#addressAt(place.section, place.offset);
  }
}

/** Index of the first place after `sequence`; the places are in order. */
function firstAfter(places: readonly Place[], sequence: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
