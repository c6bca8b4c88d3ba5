/**
 * Tier 0's code: every form of every row through the builder once. Forms that come to the same code share it; hot ones
 * become arms of one function, a loop around a br_table, the others functions behind one arm. What a record must hold for a
 * form is its `RecordPlan`. Nothing here depends on a machine: one module serves the whole program.
 */
import { ROWS } from '../arch/insn/index.ts';
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Row } from '../arch/insn/row.ts';
import type { Val } from '../emit/builder.ts';
import type { ExprStore } from '../emit/expr.ts';
import { wasm } from '../emit/web-assembly.ts';
import { encodeModule, W, type FunctionBody } from '../emit/wasm.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { operandPlan, type AnyDefinition, type OperandPlan } from '../sem/semantics.ts';
import { ArmRecorder, distanceOf, fieldOf, opaqueOperands } from './arm-recorder.ts';
import { ArmStatements } from './arm-statements.ts';
import { Frame, LOCAL } from './frame.ts';
import { EXTRA_FORMS, isHot, isKnown } from './handler-forms.ts';
import { FIXED_ARM, FIXED_ARMS, HandlerLoop, nextRecord } from './handler-loop.ts';
import { LABEL, TextWriter, type HandlerText } from './handler-text.ts';
import { FIRST_REGION, HANDLER_TYPE, HANDLER_TYPES, REGION_IMPORTS, TYPE } from './helpers.ts';
import { RECORD } from './layout.ts';
import { END, type Insn } from './record.ts';
import { staticValue, type StaticValue } from './static-value.ts';

/** How a record is made for a word of a form. */
export interface RecordPlan {
  readonly arm: number;
  /** The function, where the arm is {@link FIXED_ARM.FUNCTION}. */
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
  /** Register 31: SP, ZERO or DUMP in the PE block. */
  readonly use: 'pointer' | 'read' | 'written';
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

/** The functions of the module: the loop, `holds`, then the forms. */
const HOLDS = 1;
const FIRST_FORM = 2;

const TEMPS_32 = 12;
const TEMPS_64 = 12;

/** Runs tier 0 from a record of a page; returns why it left. */
export type RunRecords = (pe: number, record: number, page: number) => number;

export class Handlers {
  readonly #module: object;
  /** By row: which bits choose the form, and the plans by their value. */
  readonly #formMasks = new Int32Array(ROWS.length);
  readonly #plans: (Map<number, RecordPlan> | null)[] = [];
  /** Sizes, for tests of what the module may cost. */
  readonly size: { readonly bytes: number; readonly arms: number; readonly functions: number };

  constructor() {
    const texts = new FormTexts();
    for (const row of ROWS) {
      const define = DEFINITIONS[row.index] ?? null;
      if (define === null || !isKnown(row)) {
        this.#plans.push(null);
        continue;
      }
      const forms = formFields(row);
      for (const { mask } of forms) this.#formMasks[row.index]! |= mask;
      this.#plans.push(texts.row(row, define, forms));
    }
    const bytes = texts.module();
    this.size = { bytes: bytes.length, arms: texts.arms.length, functions: texts.functions.length };
    this.#module = new wasm.Module(bytes);
  }

  /** The plan of the row's word, or null: it is Eval's. */
  plan(row: Row, word: number): RecordPlan | null {
    return this.#plans[row.index]?.get(word & this.#formMasks[row.index]!) ?? null;
  }

  /** `imports`: the memory and the helpers, as regions have them. */
  instantiate(imports: Readonly<Record<string, unknown>>): RunRecords {
    return new wasm.Instance(this.#module, { e: imports }).exports['run'] as RunRecords;
  }
}

function formFields(row: Row): readonly InsnField[] {
  const names = [...row.forms, ...(EXTRA_FORMS[row.id] ?? [])];
  return row.pattern.fields.filter(({ name }) => names.includes(name));
}

/** Each combination of the fields, in place. */
function combinations(fields: readonly InsnField[]): number[] {
  return fields.reduce<number[]>((words, { lsb, width }) => words.flatMap((word) => Array.from({ length: 1 << width }, (_, value) => word | (value << lsb))), [0]);
}

/** Whether the row has no word of this form. */
function isExcluded(row: Row, mask: number, bits: number): boolean {
  return row.excluded.some((cube) => (cube.mask & ~mask) === 0 && (bits & cube.mask) === cube.value);
}

/** Writes the text of forms, each text once. */
class FormTexts {
  readonly arms: HandlerText[] = [];
  readonly functions: HandlerText[] = [];
  readonly #code = new TextWriter();
  readonly #recorder = new ArmRecorder();
  readonly #statements: ArmStatements;
  readonly #frame = new Frame(0, TEMPS_32, TEMPS_64);

  constructor() {
    const code = this.#code;
    const leaveIf = (reason: number): void => {
      code.i32(reason);
      code.set(LOCAL.STATE);
      code.branch(W.brIf, LABEL.LEAVE);
    };
    this.#statements = new ArmStatements(code, this.#recorder, leaveIf, FIRST_REGION + HOLDS);
    this.#statements.begin(this.#frame);
  }

  /** Plans by form; a row that is Eval's has none. */
  row(row: Row, define: AnyDefinition, fields: readonly InsnField[]): Map<number, RecordPlan> {
    const plans = new Map<number, RecordPlan>();
    const mask = fields.reduce((bits, field) => bits | field.mask, 0);
    const operands = operandPlan(row);
    for (const bits of combinations(fields)) {
      if (isExcluded(row, mask | row.pattern.mask, bits | row.pattern.value)) continue;
      const opaque = opaqueOperands(row, fields, bits);
      const insn = this.#recorder.recordForm(define, opaque);
      if (insn.end === END.STEP) break;
      const plan = this.#form(row, insn, operands, isHot(row, opaque));
      if (plan !== null) plans.set(bits, plan);
    }
    return plans;
  }

  #form(row: Row, insn: Insn, operands: OperandPlan, hot: boolean): RecordPlan | null {
    const statements = this.#statements;
    const from = this.#code.length;
    const isPointer = (standIn: number): boolean => operands.sp[fieldOf(standIn)] === true;
    statements.form(insn, row.pattern.fields, isPointer);
    this.#end(insn);
    if (!statements.fits) {
      this.#code.cut(from);
      return null;
    }
    const isArm = hot || insn.end !== END.NONE;
    const falls = insn.end === END.NONE;
    const index = isArm ? this.#add(this.arms, from, falls) : this.#add(this.functions, from, falls);
    const { fields } = row.pattern;
    const base = this.#recorder.baseRegister;
    return {
      arm: isArm ? FIXED_ARMS + index : FIXED_ARM.FUNCTION,
      function: isArm ? 0 : index,
      registers: statements.registers.map(({ standIn, isWritten }, slot) => registerPlan(row, standIn, slot, isPointer(standIn) ? 'pointer' : isWritten ? 'written' : 'read')),
      values: statements.values.map(({ node, offset, bytes }) => new ValuePlan(this.#recorder, node, fields, offset, bytes)),
      base: base < 0 ? null : fields[fieldOf(base)]!,
      endsBlock: insn.end !== END.NONE,
      branches: this.#recorder.target >= 0,
    };
  }

  /** How the form goes on; the others go on at the next record. */
  #end(insn: Insn): void {
    const code = this.#code;
    switch (insn.end) {
      case END.NONE: break;
      case END.BRANCH:
      case END.CALL:
        code.branch(W.br, LABEL.JUMP);
        break;
      case END.COND:
        this.#statements.expr(insn.value);
        code.branch(W.brIf, LABEL.JUMP);
        nextRecord(code);
        code.branch(W.br, LABEL.ENTER);
        break;
      default:
        this.#statements.expr(insn.value);
        code.set(this.#frame.pc);
        code.branch(W.br, LABEL.FAR);
    }
  }

  #add(texts: HandlerText[], from: number, falls: boolean): number {
    const code = this.#code;
    const hash = code.hash(from);
    for (let index = 0; index < texts.length; index++) {
      if (texts[index]!.hash !== hash || !code.equals(texts[index]!, from)) continue;
      code.cut(from);
      return index;
    }
    return texts.push(code.finish(from, falls)) - 1;
  }

  module(): Uint8Array<ArrayBuffer> {
    const loop = new HandlerLoop(this.#code, this.#frame);
    const bodies: FunctionBody[] = [loop.run(HANDLER_TYPE, this.arms), loop.holds(TYPE.run)];
    for (const text of this.functions) bodies.push(loop.form(HANDLER_TYPE, text));
    return encodeModule(HANDLER_TYPES, REGION_IMPORTS, bodies, loop.code, this.functions.map((_, index) => FIRST_REGION + FIRST_FORM + index));
  }
}

function registerPlan(row: Row, standIn: number, slot: number, use: RegisterPlan['use']): RegisterPlan {
  return { offset: RECORD.REGISTERS + 2 * slot, field: row.pattern.fields[fieldOf(standIn)]!, distance: distanceOf(standIn), use };
}
