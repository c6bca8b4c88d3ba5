/**
 * Accesses that come to moving a cell of the PE block: what a fast path may do in place of the whole way through
 * `access.ts`, which alone says which they are. Everything else has `null` here and goes that way.
 */

/** Where a plain register lies. */
export type PlainForm =
  /** A 64-bit cell. */
  | { readonly kind: 'cell'; readonly offset: number }
  /** Some bits of a 32-bit cell, in their places. `unmasks`: a write may let a pending interrupt be taken. */
  | { readonly kind: 'word'; readonly offset: number; readonly mask: number; readonly unmasks?: boolean }
  /** What the core, or the mode alone, decides. */
  | { readonly kind: 'constant'; readonly lo: number; readonly hi: number }
  /** The flags, in bits 31:28. */
  | { readonly kind: 'nzcv' };

/** A field of a control register: a 32-bit word of the PE block. */
export interface FieldPlace {
  readonly offset: number;
  readonly mask: number;
  readonly shift: number;
}

/** The fields of a trap, all of which must have one of their values for the access to be trapped. */
export type TrapGuard = readonly { readonly place: FieldPlace; readonly values: readonly number[] }[];

/** A system operation as translated code may do it by itself. */
export interface PlainOperation {
  /** DC ZVA; an operation by address, which comes to translating it as a read does; one without any effect. */
  readonly effect: 'zero' | 'translate' | 'nothing';
  /** Controls that would trap it. */
  readonly guards: readonly TrapGuard[];
}

export interface PlainAccess {
  readonly form: PlainForm;
  /** The register that is reached, after redirection. */
  readonly reached: number;
  /** What a write leaves: bits that it changes and bits that read as one. */
  readonly maskLo: number;
  readonly maskHi: number;
  readonly onesLo: number;
  readonly onesHi: number;
  /** Controls that would trap the access; it is plain while none does. */
  readonly guards: readonly TrapGuard[];
  /** A write whose register the core follows. */
  readonly isFollowed: boolean;
}
