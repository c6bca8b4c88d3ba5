/** What a record must hold for a form: where its registers and static expressions go, and how the form goes on. */
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Val } from '../emit/builder.ts';
import type { ExprStore } from '../emit/expr.ts';
import { distanceOf, fieldOf } from './arm-recorder.ts';
import type { RegisterSlot } from './arm-statements.ts';
import { staticValue, type StaticValue } from './static-value.ts';

/** How a record is made for a word of a form. */
export interface RecordPlan {
  readonly arm: number;
  /** The function, where the arm is that of functions. */
  readonly function: number;
  readonly registers: readonly RegisterPlan[];
  readonly values: readonly ValuePlan[];
  /** The field of a base register that may be the stack pointer. */
  readonly base: InsnField | null;
  /** Whether it ends its block. */
  readonly endsBlock: boolean;
  /** Whether the immediate is the address that it may branch to. */
  readonly branches: boolean;
}

export interface RegisterPlan {
  readonly offset: number;
  readonly field: InsnField;
  readonly distance: number;
  /** Register 31 is SP, ZERO or DUMP in the PE block; or it is a V register. */
  readonly use: 'pointer' | RegisterSlot['use'];
}

/** Registers in the order of their fields in the record. `isPointer`: register 31 is SP. */
export function registerPlans(fields: readonly InsnField[], slots: readonly RegisterSlot[], isPointer: (standIn: number) => boolean): RegisterPlan[] {
  return slots.map(({ standIn, use, offset }) => ({
    offset,
    field: fields[fieldOf(standIn)]!,
    distance: distanceOf(standIn),
    use: isPointer(standIn) ? 'pointer' : use,
  }));
}

/** A static expression. Most forms are never met, so it is made ready when it is first wanted. */
export class ValuePlan {
  readonly offset: number;
  readonly bytes: number;
  readonly #store: ExprStore;
  readonly #node: Val;
  readonly #fields: readonly InsnField[];
  #value: StaticValue | null = null;

  constructor(store: ExprStore, node: Val, fields: readonly InsnField[], offset: number, bytes: number) {
    this.#store = store;
    this.#node = node;
    this.#fields = fields;
    this.offset = offset;
    this.bytes = bytes;
  }

  /** Leaves the value for `word` at a PC in `out`. */
  evaluate(word: number, pcLo: number, pcHi: number): void {
    this.#value ??= staticValue(this.#store, this.#node, this.#fields);
    this.#value(word, pcLo, pcHi);
  }
}
