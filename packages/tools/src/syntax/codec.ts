/**
 * A codec writes one kind of operand from a word and reads it back into a word. Both directions stand together, so
 * that the assembler cannot drift from the disassembler. `register-codecs.ts` has the registers, `codecs.ts` the table
 * of all other kinds.
 */
import type { InsnField } from '@worldswitch/cpu/arch';
import type { Cursor } from './cursor.ts';

/** How addresses are written: `label + offset` where a symbol is known. */
export interface FormatContext {
  /** Address of the instruction. */
  readonly address: bigint;
  /** The symbol text of a target address, or null to print the number. */
  symbol(address: bigint): string | null;
}

export interface OperandCodec {
  /** The operand's text; null when it is optional, has its default, and is left out. */
  format(word: number, context: FormatContext): string | null;
  /** Reads the operand at the cursor into the word; false (with a failure recorded) when it does not fit. */
  parse(cursor: Cursor, word: WordBuilder): boolean;
  /** Sets the operand's default in an assembled word whose optional group was left out. */
  omit?(word: WordBuilder): boolean;
}

/** A field of a word. */
export const get = (word: number, field: InsnField): number => (word & field.mask) >>> field.lsb;

/** Makes the codec of one placeholder. */
export type CodecFactory = (placeholder: Placeholder) => OperandCodec;

/** An argument of a placeholder: `Rn`, `imm12*8`, `imm7*4<<sz`, `CRm=15`. */
export interface PlaceholderArg {
  readonly name: string;
  /** The number after `*`, 1 without. */
  readonly scale: number;
  /** The field after `<<` by which the scale is shifted. */
  readonly scaleField: InsnField | null;
  /** The default after `=`. */
  readonly preset: number | null;
}

/** A placeholder of a syntax, resolved against its row. */
export interface Placeholder {
  /** The text between the angle brackets. */
  readonly text: string;
  /** The row's name, for messages about the table itself. */
  readonly owner: string;
  /** Whether it stands in `{...}`: an immediate that is 0 is then left out. */
  readonly optional: boolean;
  /** The fields in the parentheses, or the kind's own. */
  readonly args: readonly PlaceholderArg[];
  /** A field of the row; one that does not exist is a mistake in the table. */
  field(name: string): InsnField;
  hasField(name: string): boolean;
  /** The value of the row's fixed bits; for kinds whose meaning depends on them. */
  readonly fixedValue: number;
}

/**
 * The word being assembled: bits already decided (`known`) cannot change, so that two operands that name the same
 * field, or choose the same size, must agree.
 */
export class WordBuilder {
  word = 0;
  known = 0;

  reset(mask: number, value: number): void {
    this.known = mask;
    this.word = value;
  }

  /** Decides bits; false when they were decided otherwise. */
  putBits(mask: number, value: number): boolean {
    if (((this.word ^ value) & mask & this.known) !== 0) return false;
    this.known |= mask;
    this.word = (this.word & ~mask) | (value & mask);
    return true;
  }

  put(field: InsnField, value: number): boolean {
    return this.putBits(field.mask, (value << field.lsb) & field.mask);
  }

  isKnown(field: InsnField): boolean {
    return (this.known & field.mask) === field.mask;
  }

  /** The field as far as it is decided (undecided bits read 0). */
  get(field: InsnField): number {
    return (this.word & field.mask) >>> field.lsb;
  }
}
