/**
 * Native text: a region of physical addresses whose "instructions" are routines of native software. A label takes 4 bytes;
 * a vector table takes 2 KiB with a routine at each of its 16 slots. The region is never RAM: a load or store to it aborts.
 */
import { VECTOR_SIZE, VECTOR_TABLE_SIZE } from '../arch/vectors.ts';
import { invariant } from '../invariant.ts';
import type { NativeRoutine, NativeText } from '../ports.ts';

const LABEL_BYTES = 4;

export class NativeTextRegion implements NativeText {
  readonly base: number;
  readonly size: number;
  readonly #routines = new Map<number, NativeRoutine>();
  readonly #names = new Map<number, string>();
  #next: number;

  /** `size` must be a power of two, and `base` a multiple of it. */
  constructor(base: number, size: number) {
    invariant(base % size === 0 && Math.log2(size) % 1 === 0, `native text of ${String(size)} bytes cannot lie at ${String(base)}`);
    this.base = base;
    this.size = size;
    this.#next = base;
  }

  contains(address: number): boolean {
    return address >= this.base && address < this.base + this.size;
  }

  place(name: string, routine?: NativeRoutine): number {
    const address = this.#take(LABEL_BYTES, LABEL_BYTES, name);
    this.#names.set(address, name);
    if (routine !== undefined) this.#routines.set(address, routine);
    return address;
  }

  placeVectors(name: string, slots: readonly (NativeRoutine | null)[]): number {
    invariant(slots.length === VECTOR_TABLE_SIZE / VECTOR_SIZE, `${name}: a vector table has 16 slots`);
    const base = this.#take(VECTOR_TABLE_SIZE, VECTOR_TABLE_SIZE, name);
    slots.forEach((routine, slot) => {
      const address = base + slot * VECTOR_SIZE;
      this.#names.set(address, `${name}+0x${(slot * VECTOR_SIZE).toString(16)}`);
      if (routine !== null) this.#routines.set(address, routine);
    });
    return base;
  }

  /** The routine at a physical address, or null: then the fetch is an external abort. */
  routineAt(address: number): NativeRoutine | null {
    return this.#routines.get(address) ?? null;
  }

  /** The name of a label or vector, for diagnostics. */
  nameAt(address: number): string | null {
    return this.#names.get(address) ?? null;
  }

  #take(bytes: number, align: number, name: string): number {
    const address = Math.ceil(this.#next / align) * align;
    // The word behind a label is where calls return to: it belongs to the label.
    this.#next = address + bytes + LABEL_BYTES;
    invariant(this.#next <= this.base + this.size, `native text is full: no room for ${name}`);
    return address;
  }
}
