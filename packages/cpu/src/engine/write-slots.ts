/**
 * Where the banks of a machine's PEs may have write entries for pages of machine memory: two slots a page, which nearly all pages
 * get by with, because what a slot no longer holds makes room. Knows nothing of code.
 */

/** Who has banks. */
export interface BankUser {
  /** Whether a bank has a write entry in a slot for a page, by its number. */
  isWritable(slot: number, page: number): boolean;
  /** Drops the write entries that a slot has for a page. */
  protect(slot: number, page: number): void;
}

const SLOT_BITS = 16;
const SLOT_MASK = 0xffff;
/** A page in more slots than two. */
const ANYWHERE = 0xffff_ffff;

export class WriteSlots {
  /** Two slots plus 1 in 16 bits each, 0 for none; or {@link ANYWHERE}. */
  readonly #slots: Uint32Array;
  readonly #users: readonly BankUser[];
  readonly #count: number;

  /** For `pages` pages and banks of `count` slots. */
  constructor(pages: number, count: number, users: readonly BankUser[]) {
    this.#slots = new Uint32Array(pages);
    this.#users = users;
    this.#count = count;
  }

  /** A bank is about to have a write entry for the page in this slot. */
  enter(page: number, slot: number): void {
    const known = this.#slots[page]!;
    const wanted = slot + 1;
    if ((known & SLOT_MASK) === wanted || known >>> SLOT_BITS === wanted || known === ANYWHERE) return;
    if (this.#isFree(known & SLOT_MASK, page)) this.#slots[page] = (known & ~SLOT_MASK) | wanted;
    else if (this.#isFree(known >>> SLOT_BITS, page)) this.#slots[page] = (known & SLOT_MASK) | (wanted << SLOT_BITS);
    else this.#slots[page] = ANYWHERE;
  }

  #isFree(known: number, page: number): boolean {
    return known === 0 || !this.#users.some((user) => user.isWritable(known - 1, page));
  }

  /** Takes the write entries of a page away; most have none. */
  protect(page: number): void {
    const known = this.#slots[page]!;
    if (known === 0) return;
    this.#slots[page] = 0;
    for (const user of this.#users) {
      if (known === ANYWHERE) for (let slot = 0; slot < this.#count; slot++) user.protect(slot, page);
      else for (const slot of [known & SLOT_MASK, known >>> SLOT_BITS]) if (slot > 0) user.protect(slot - 1, page);
    }
  }
}
