/** A section being filled: its bytes, its alignment, where instructions and data begin, its literal pool. */
import type { ImageSection, SectionFlags, SectionType } from '../image/image.ts';
import { LiteralPool } from './literals.ts';

/** From here on the section holds instructions (`x`) or data (`d`): the mapping symbols `$x` and `$d` of ELF. */
export interface Mark {
  readonly offset: number;
  readonly kind: 'x' | 'd';
}

/** NOP, which fills gaps between instructions. */
const NOP = 0xd503201f;

/** Bytes that all sections of a file may hold together; `.bss` and its kind may be larger, they take no memory here. */
export const MAX_IMAGE_BYTES = 128 * 1024 * 1024;
export const MAX_NOBITS_BYTES = 2 ** 40;

/** What is left of {@link MAX_IMAGE_BYTES}, shared by all sections of a file. */
export interface Budget {
  left: number;
}

export class Section implements ImageSection {
  readonly name: string;
  readonly type: SectionType;
  readonly flags: SectionFlags;
  readonly marks: Mark[] = [];
  readonly literals = new LiteralPool();
  /** Smallest multiple at which the section may begin. */
  alignment = 1;
  size = 0;
  /** Whether a label stands in it: it is kept even if it is empty. */
  hasLabels = false;
  /** Given by the layout. */
  address = 0n;
  readonly #budget: Budget;
  #bytes = new Uint8Array(0);

  constructor(name: string, type: SectionType, flags: SectionFlags, budget: Budget) {
    this.name = name;
    this.type = type;
    this.flags = flags;
    this.#budget = budget;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.type === 'nobits' ? 0 : this.size);
  }

  /** Whether `length` more bytes fit within the limits. */
  hasRoom(length: number): boolean {
    return this.type === 'nobits' ? this.size + length <= MAX_NOBITS_BYTES : length <= this.#budget.left;
  }

  /** Appends an instruction; the caller has checked {@link hasRoom}. */
  appendInstruction(word: number): void {
    this.#mark('x');
    if (this.alignment < 4) this.alignment = 4;
    this.putInteger(this.#extend(4), 4, word);
  }

  /** Appends `length` bytes of data, all `fill`; returns where they begin. */
  appendData(length: number, fill = 0): number {
    if (length > 0) this.#mark('d');
    const at = this.#extend(length);
    if (fill !== 0) this.#bytes.fill(fill, at, at + length);
    return at;
  }

  /** Appends `length` bytes of NOPs; what is no whole instruction is zeros, in front. */
  appendNops(length: number): void {
    const odd = length % 4;
    this.appendData(odd);
    for (let rest = length - odd; rest > 0; rest -= 4) this.appendInstruction(NOP);
  }

  putBytes(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }

  /** Writes the low 32 bits of `value` at `at`, as many bytes of them as `size` says. */
  putInteger(at: number, size: 1 | 2 | 4, value: number): void {
    const bytes = this.#bytes;
    bytes[at] = value;
    if (size === 1) return;
    bytes[at + 1] = value >>> 8;
    if (size === 2) return;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** Writes `value` in `size` bytes, little-endian. */
  putBigInteger(at: number, size: number, value: bigint): void {
    let rest = BigInt.asUintN(size * 8, value);
    for (let done = 0; done < size; done += 4) {
      const word = Number(rest & 0xffff_ffffn);
      const length = Math.min(4, size - done);
      if (length === 3) {
        this.putInteger(at + done, 2, word);
        this.putInteger(at + done + 2, 1, word >>> 16);
      } else {
        this.putInteger(at + done, length as 1 | 2 | 4, word);
      }
      rest >>= 32n;
    }
  }

  #extend(length: number): number {
    const at = this.size;
    this.size += length;
    if (this.type === 'nobits') return at;
    this.#budget.left -= length;
    if (this.size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.size, this.#bytes.length * 2, 256));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  #mark(kind: Mark['kind']): void {
    const last = this.marks[this.marks.length - 1];
    if (last?.kind === kind) return;
    if (last?.offset === this.size) this.marks.pop();
    this.marks.push({ offset: this.size, kind });
  }
}

const CODE: SectionFlags = { alloc: true, write: false, exec: true };
const CONSTANTS: SectionFlags = { alloc: true, write: false, exec: false };
const DATA: SectionFlags = { alloc: true, write: true, exec: false };
const NOT_LOADED: SectionFlags = { alloc: false, write: false, exec: false };

/** The type and the flags of a section that is named without any, by GNU's rules. */
export function defaultKind(name: string): { readonly type: SectionType; readonly flags: SectionFlags } {
  const family = /^\.(text|init|fini|data|bss|rodata|note)(?:$|\.)/.exec(name)?.[1];
  switch (family) {
    case 'text':
    case 'init':
    case 'fini':
      return { type: 'progbits', flags: CODE };
    case 'data':
      return { type: 'progbits', flags: DATA };
    case 'bss':
      return { type: 'nobits', flags: DATA };
    case 'rodata':
      return { type: 'progbits', flags: CONSTANTS };
    case 'note':
      return { type: 'note', flags: NOT_LOADED };
    default:
      return { type: 'progbits', flags: NOT_LOADED };
  }
}
