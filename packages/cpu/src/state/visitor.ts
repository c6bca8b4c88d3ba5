/**
 * One walk over a component's state serves digests and snapshots: it shows each field to a visitor and keeps what that
 * returns. Digesting and saving return the field as it is; restoring walks twice, first to check (and again returns what is
 * there), then to put in place. So the order and number of calls must not depend on values; `list` has its own length.
 */
import { InvariantError } from '../invariant.ts';
import type { SectionReader, SectionWriter, SnapshotPart } from '../snapshot/format.ts';
import type { DigestBuilder } from './digest.ts';

export interface StateVisitor {
  /** A word of 32 bits, returned unsigned; `mask` are the bits that can be set. */
  word(value: number, mask?: number): number;
  /** An unsigned word from `least` to `most`. */
  within(value: number, least: number, most: number): number;
  /** A non-negative integer below 2^53. */
  integer(value: number): number;
  flag(value: boolean): boolean;
  /** The elements of an array of fixed length, in place. */
  words(array: Uint32Array, mask?: number): void;
  bytes(array: Uint8Array, mask?: number): void;
  /** At most `longest` integers from 0 to `most`. */
  list(values: readonly number[], longest: number, most: number): readonly number[];
}

const ALL = 0xffff_ffff;

/** Fields as they are: `put` takes words, `integer` and lists two words an element. */
abstract class Reading implements StateVisitor {
  protected abstract put(word: number): void;

  word(value: number): number {
    this.put(value);
    return value >>> 0;
  }

  within(value: number): number {
    return this.word(value);
  }

  integer(value: number): number {
    this.put(value % 2 ** 32);
    this.put(Math.floor(value / 2 ** 32));
    return value;
  }

  flag(value: boolean): boolean {
    this.put(value ? 1 : 0);
    return value;
  }

  words(array: Uint32Array): void {
    for (let at = 0; at < array.length; at++) this.put(array[at]!);
  }

  bytes(array: Uint8Array): void {
    for (let at = 0; at < array.length; at++) this.put(array[at]!);
  }

  list(values: readonly number[]): readonly number[] {
    this.put(values.length);
    for (const value of values) this.integer(value);
    return values;
  }
}

export class DigestVisitor extends Reading {
  readonly #digest: DigestBuilder;

  constructor(digest: DigestBuilder) {
    super();
    this.#digest = digest;
  }

  protected put(word: number): void {
    this.#digest.word(word);
  }
}

class SavingVisitor extends Reading {
  readonly #into: SectionWriter;

  constructor(into: SectionWriter) {
    super();
    this.#into = into;
  }

  protected put(word: number): void {
    this.#into.u32(word);
  }
}

/** Reads what a {@link SavingVisitor} wrote, checks it, and leaves everything as it is. */
class CheckingVisitor implements StateVisitor {
  /** In the order of the walk; a list with its length before it. */
  readonly values: number[] = [];
  readonly #from: SectionReader;

  constructor(from: SectionReader) {
    this.#from = from;
  }

  word(value: number, mask = ALL): number {
    const word = this.#from.u32();
    if ((word & ~mask) !== 0) this.#from.fail(`0x${word.toString(16)} has bits outside of 0x${(mask >>> 0).toString(16)}`);
    this.values.push(word);
    return value;
  }

  within(value: number, least: number, most: number): number {
    this.values.push(this.#from.within('a value', least, most));
    return value;
  }

  integer(value: number): number {
    this.values.push(this.#from.integer('a value'));
    return value;
  }

  flag(value: boolean): boolean {
    this.values.push(this.#from.within('a flag', 0, 1));
    return value;
  }

  words(array: Uint32Array, mask = ALL): void {
    for (let at = 0; at < array.length; at++) this.word(0, mask);
  }

  bytes(array: Uint8Array, mask = 0xff): void {
    for (let at = 0; at < array.length; at++) this.word(0, mask);
  }

  list(values: readonly number[], longest: number, most: number): readonly number[] {
    const length = this.#from.within('the length of a list', 0, longest);
    this.values.push(length);
    for (let at = 0; at < length; at++) {
      const value = this.#from.integer('a value');
      if (value > most) this.#from.fail(`${String(value)} is more than ${String(most)}`);
      this.values.push(value);
    }
    return values;
  }
}

/** Puts in place what a {@link CheckingVisitor} has read. */
class PlacingVisitor implements StateVisitor {
  readonly #values: readonly number[];
  #at = 0;

  constructor(values: readonly number[]) {
    this.#values = values;
  }

  word(): number {
    const value = this.#values[this.#at++];
    if (value === undefined) throw new InvariantError('a walk over state is longer than the one that checked it');
    return value;
  }

  within(): number {
    return this.word();
  }

  integer(): number {
    return this.word();
  }

  flag(): boolean {
    return this.word() !== 0;
  }

  words(array: Uint32Array): void {
    for (let at = 0; at < array.length; at++) array[at] = this.word();
  }

  bytes(array: Uint8Array): void {
    for (let at = 0; at < array.length; at++) array[at] = this.word();
  }

  list(): readonly number[] {
    return Array.from({ length: this.word() }, () => this.word());
  }
}

/** The section of a component that shows its state to visitors. `restored` hears that it has been put in place. */
export function statePart(name: string, version: number, visit: (state: StateVisitor) => void, restored?: () => void): SnapshotPart {
  return {
    name,
    version,
    save: (into) => {
      visit(new SavingVisitor(into));
    },
    restore: (from) => {
      const checking = new CheckingVisitor(from);
      visit(checking);
      return () => {
        visit(new PlacingVisitor(checking.values));
        restored?.();
      };
    },
  };
}
