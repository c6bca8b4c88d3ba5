/**
 * Accesses of system registers that come to moving a 64-bit cell which no control can trap, as a port remembers them: by the register
 * and the mode, which decide, so that what is found stays true.
 */
import type { RegisterList } from '../ports.ts';

/** What an access of a register in a mode comes to. */
export interface Move {
  /** The cell; 0: it is more than such a move, and goes through `SysRegAccess`. */
  readonly offset: number;
  readonly maskLo: number;
  readonly maskHi: number;
  readonly onesLo: number;
  readonly onesHi: number;
  readonly reached: number;
  readonly event: number;
  readonly isCounted: boolean;
  /** A write that the core is told of. */
  readonly isFollowed: boolean;
}

/** Registers of a page: the key's bits of CRm and op2. */
const PAGE_BITS = 7;
const PAGE = 1 << PAGE_BITS;

type Page = (Move | null)[];

export class Moves {
  /** By mode, then by page of keys. */
  readonly #modes: ((Page | undefined)[] | undefined)[] = [];
  readonly #find: (register: number, mode: number) => Move;

  constructor(find: (register: number, mode: number) => Move) {
    this.#find = find;
  }

  of(register: number, mode: number): Move {
    return this.#modes[mode]?.[register >>> PAGE_BITS]?.[register & (PAGE - 1)] ?? this.#enter(register, mode);
  }

  #enter(register: number, mode: number): Move {
    const pages = (this.#modes[mode] ??= []);
    const page = (pages[register >>> PAGE_BITS] ??= new Array<Move | null>(PAGE).fill(null));
    return (page[register & (PAGE - 1)] = this.#find(register, mode));
  }
}

/** The moves of a list, for the mode in which it was last used, and where its words are. */
export class ListMoves {
  readonly moves: Move[] = [];
  /** The words of the list lie in so many bytes from this offset on. */
  readonly first: number;
  readonly bytes: number;
  /** Where each lies behind the first, in words of 32 bits. */
  readonly places: Int32Array;
  #mode = -1;
  readonly #keys: Int32Array;
  readonly #of: Moves;

  constructor({ keys, offsets }: RegisterList, of: Moves) {
    this.#keys = keys;
    this.#of = of;
    this.first = Math.min(...offsets);
    this.bytes = Math.max(...offsets) + 8 - this.first;
    this.places = offsets.map((offset) => (offset - this.first) >>> 2);
  }

  use(mode: number): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    for (let n = 0; n < this.#keys.length; n++) this.moves[n] = this.#of.of(this.#keys[n]!, mode);
  }
}
