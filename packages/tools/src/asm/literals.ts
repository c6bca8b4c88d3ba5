/** The literal pool of a section: what `ldr x0, =value` reads, each value once, until `.ltorg` or the end of the file. */
import type { Token } from './lexer.ts';

export type LiteralSize = 4 | 8 | 16;

export interface Literal {
  readonly size: LiteralSize;
  /** The value where it is known at once; else the expression is computed when addresses are. */
  readonly value: bigint | null;
  readonly tokens: readonly Token[];
  readonly position: number;
  readonly line: number;
  readonly sequence: number;
  /** Where it was put in the section; -1 while it waits for its pool. */
  offset: number;
}

const SIZES: readonly LiteralSize[] = [4, 8, 16];

export class LiteralPool {
  /** By size and value (or expression); an expression that means something else in each place has no key. */
  readonly #known = new Map<string, Literal>();
  #waiting: Literal[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** The literal of a value, shared with an earlier one of the same key. */
  add(key: string | null, literal: Literal): Literal {
    const shared = key === null ? undefined : this.#known.get(key);
    if (shared !== undefined) return shared;
    if (key !== null) this.#known.set(key, literal);
    this.#waiting.push(literal);
    return literal;
  }

  /** Takes all that wait, in the order in which GNU puts them: by size, then by first use. */
  take(): { readonly size: LiteralSize; readonly literals: readonly Literal[] }[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#known.clear();
    return SIZES.map((size) => ({ size, literals: waiting.filter((literal) => literal.size === size) })).filter(({ literals }) => literals.length > 0);
  }
}
