/**
 * What a semantic definition is: a function from a builder and the operands of its row to emitted operations. The
 * operands' names and kinds come from the row's pattern, so a misspelt operand does not compile; a group's definitions
 * are typed against its table, so a definition without a row does not compile either.
 */
import { REGISTER_FIELDS } from '../arch/insn/operands.ts';
import type { FieldsOf } from '../arch/insn/pattern.ts';
import type { Row, RowSpec, Rows } from '../arch/insn/row.ts';
import { SP, type Emit, type Imm, type Reg, type StepAction, type VReg } from '../emit/builder.ts';

type RegisterField = 'Rd' | 'Rn' | 'Rm' | 'Ra' | 'Rt' | 'Rt2' | 'Rs';
type FormField =
  | 'sf' | 'shift' | 'option' | 'opc' | 'size' | 'sz' | 'Q' | 'ftype' | 'sh' | 'S' | 'A' | 'L' | 'R' | 'N' | 'o0' | 'o1' | 'o2' | 'op' | 'op1' | 'op2' | 'hw' | 'U' | 'W' | 'M' | 'Z' | 'immh' | 'rot' | 'H' | 'cmode' | 'len' | 'opc0' | 'opc1' | 'opcode' | 'imm5';

/** Operands of a row by field name: registers resolved to ZR or SP, immediates opaque, forms as plain numbers. */
export type Operands<P extends string> = {
  readonly [F in FieldsOf<P>]: F extends RegisterField ? Reg & VReg : F extends FormField ? number : Imm;
};

export type Definition<P extends string> = (e: Emit, i: Operands<P>) => void;

/** Definitions for rows of a group; a row without one is `unimplemented`. */
export type Semantics<G extends Rows> = {
  readonly [K in keyof G]?: G[K] extends RowSpec<infer P> ? Definition<P> : never;
};

/** A definition as the engine holds it. */
export type AnyDefinition = (e: Emit, i: Readonly<Record<string, number>>) => void;

/** What a definition that is one step and nothing else comes to, by its operands. */
const ACTIONS = new WeakMap<AnyDefinition, (i: Readonly<Record<string, number>>) => StepAction>();

/** A definition that is one step and nothing else: then who knows the word knows the action. */
export function stepOf<I extends object>(action: (i: I) => StepAction): (e: Emit, i: I) => void {
  const define = (e: Emit, i: I): void => {
    e.step(action(i));
  };
  ACTIONS.set(define as unknown as AnyDefinition, action as unknown as (i: Readonly<Record<string, number>>) => StepAction);
  return define;
}

/** The action of a definition that {@link stepOf} made; null for all others. */
export function actionOf(define: AnyDefinition, operands: Readonly<Record<string, number>>): StepAction | null {
  return ACTIONS.get(define)?.(operands) ?? null;
}

/** How the operands of a row are taken from a word. */
export interface OperandPlan {
  readonly names: readonly string[];
  readonly masks: readonly number[];
  readonly shifts: readonly number[];
  /** Whether register 31 in this field is the stack pointer. */
  readonly sp: readonly boolean[];
}

export function operandPlan(row: Row): OperandPlan {
  const { fields } = row.pattern;
  return {
    names: fields.map((field) => field.name),
    masks: fields.map((field) => field.mask),
    shifts: fields.map((field) => field.lsb),
    sp: fields.map((field) => REGISTER_FIELDS.has(field.name) && namesStackPointer(row, field.name)),
  };
}

/** The syntax says which register fields mean SP: `<Xn|SP>`. */
function namesStackPointer(row: Row, field: string): boolean {
  const suffix = field.slice(1);
  return new RegExp(`<[WXR]${suffix}\\|W?SP`).test(row.syntax) || (field === 'Rn' && /\[<Xn/.test(row.syntax));
}

/** The operands of `word`, a word of the plan's row. */
export function operandsOf(plan: OperandPlan, word: number): Readonly<Record<string, number>> {
  const operands: Record<string, number> = {};
  for (let i = 0; i < plan.names.length; i++) {
    const value = (word & plan.masks[i]!) >>> plan.shifts[i]!;
    operands[plan.names[i]!] = plan.sp[i] === true && value === 31 ? SP : value;
  }
  return operands;
}

