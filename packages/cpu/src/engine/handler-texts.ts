/**
 * Every form of every row through tier 0's builder: its text, each text once, and its plan. A hot form and a branch is an
 * arm of the loop, another form a function.
 */
import { ROWS } from '../arch/insn/index.ts';
import type { InsnField } from '../arch/insn/pattern.ts';
import type { Row } from '../arch/insn/row.ts';
import { encodeModule, W, type FunctionBody } from '../emit/wasm.ts';
import { InvariantError } from '../invariant.ts';
import { DEFINITIONS } from '../sem/index.ts';
import { operandPlan, type OperandPlan } from '../sem/semantics.ts';
import { ArmRecorder, fieldOf, opaqueOperands } from './arm-recorder.ts';
import { ArmStatements } from './arm-statements.ts';
import { Frame, PE_LOCAL } from './frame.ts';
import { EXTRA_FORMS, isHot, isKnown } from './handler-forms.ts';
import { FIXED_ARM, FIXED_ARMS, HandlerLoop, nextRecord } from './handler-loop.ts';
import { registerPlans, ValuePlan, type RecordPlan } from './handler-plans.ts';
import { LABEL, leaveIf, TextWriter, type HandlerText } from './handler-text.ts';
import { FIRST_REGION, HANDLER_TYPE, HANDLER_TYPES, REGION_IMPORTS, TYPE } from './helpers.ts';
import { LEAVE, MODE, PE } from './layout.ts';
import { END, type Insn } from './record.ts';

/** The functions of the module: the loop, `holds`, then the forms. */
const HOLDS = 1;
const FIRST_FORM = 2;

const TEMPS_32 = 12;
const TEMPS_64 = 12;
const TEMPS_128 = 4;

/** Where the text of a form is: an arm of the loop, a function (-1 is the first), or {@link NOWHERE}: the form is Eval's. */
export type Place = number;
const NOWHERE: Place = 0;

/** The places of the forms of each row, in the order of {@link formsOf}; a row without is Eval's. */
export type Places = readonly (readonly Place[])[];

/** The fields by which the forms of a row differ. */
export function formFields(row: Row): readonly InsnField[] {
  const names = [...row.forms, ...(EXTRA_FORMS[row.id] ?? [])];
  return row.pattern.fields.filter(({ name }) => names.includes(name));
}

/** The forms of a row that have words, as these fields in place. */
export function formsOf(row: Row, fields: readonly InsnField[]): number[] {
  const all = fields.reduce<number[]>((words, { lsb, width }) => words.flatMap((word) => Array.from({ length: 1 << width }, (_, value) => word | (value << lsb))), [0]);
  const mask = fields.reduce((bits, field) => bits | field.mask, row.pattern.mask);
  return all.filter((bits) => !row.excluded.some((cube) => (cube.mask & ~mask) === 0 && ((bits | row.pattern.value) & cube.mask) === cube.value));
}

interface Form {
  readonly row: Row;
  readonly insn: Insn;
  readonly operands: OperandPlan;
}

export class HandlerTexts {
  readonly arms: HandlerText[] = [];
  readonly functions: HandlerText[] = [];
  readonly #code = new TextWriter();
  readonly #recorder = new ArmRecorder();
  readonly #statements: ArmStatements;
  readonly #frame = new Frame(0, TEMPS_32, TEMPS_64, TEMPS_128);

  constructor() {
    this.#statements = new ArmStatements(this.#code, this.#recorder, (reason) => this.#leaveIf(reason), FIRST_REGION + HOLDS);
    this.#statements.begin(this.#frame);
  }

  /** Leaves if the stack says so. */
  #leaveIf(reason: number): void {
    leaveIf(this.#code, reason);
  }

  /** Writes all texts; says where each form is. */
  write(): Places {
    return ROWS.map((row) => {
      if (DEFINITIONS[row.index] === null || !isKnown(row)) return [];
      const fields = formFields(row);
      const places: Place[] = [];
      for (const bits of formsOf(row, fields)) {
        const form = this.#record(row, fields, bits);
        // One form that steps stands for all of its row.
        if (form.insn.end === END.STEP) return [];
        places.push(this.#place(form, isHot(row, opaqueOperands(row, fields, bits))));
      }
      return places;
    });
  }

  #place(form: Form, hot: boolean): Place {
    const from = this.#code.length;
    this.#text(form);
    if (!this.#statements.fits) {
      this.#code.cut(from);
      return NOWHERE;
    }
    const { end } = form.insn;
    if (hot || end !== END.NONE) return FIXED_ARMS + this.#add(this.arms, from, end === END.NONE);
    return -1 - this.#add(this.functions, from, true);
  }

  /** The plan of a form whose text is at `place`; null: it is Eval's. */
  plan(row: Row, fields: readonly InsnField[], bits: number, place: Place): RecordPlan | null {
    if (place === NOWHERE) return null;
    const form = this.#record(row, fields, bits);
    const from = this.#code.length;
    this.#text(form);
    this.#code.cut(from);
    const { end } = form.insn;
    const base = this.#recorder.baseRegister;
    return {
      arm: place > 0 ? place : FIXED_ARM.FUNCTION,
      function: place > 0 ? 0 : -1 - place,
      registers: registerPlans(row.pattern.fields, this.#statements.registers, (standIn) => form.operands.sp[fieldOf(standIn)] === true),
      values: this.#statements.values.map(({ node, offset, bytes }) => new ValuePlan(this.#recorder, node, row.pattern.fields, offset, bytes)),
      base: base < 0 ? null : row.pattern.fields[fieldOf(base)]!,
      endsBlock: end !== END.NONE,
      branches: this.#recorder.target >= 0,
    };
  }

  #record(row: Row, fields: readonly InsnField[], bits: number): Form {
    const insn = this.#recorder.recordForm(DEFINITIONS[row.index]!, opaqueOperands(row, fields, bits));
    if (this.#recorder.most32 > TEMPS_32 || this.#recorder.most64 > TEMPS_64 || this.#recorder.most128 > TEMPS_128) throw new InvariantError(`${row.id} needs more temporaries than tier 0 has`);
    return { row, insn, operands: operandPlan(row) };
  }

  #text({ row, insn, operands }: Form): void {
    if (insn.usesVectors) this.#requireFp();
    this.#statements.form(insn, row.pattern.fields, (standIn) => operands.sp[fieldOf(standIn)] === true);
    this.#end(insn);
  }

  /** Where FP and SIMD are disabled the trap is Eval's to find. */
  #requireFp(): void {
    const code = this.#code;
    code.get(PE_LOCAL);
    code.memory(W.i32Load, PE.MODE);
    code.i32(MODE.FP_ENABLED);
    code.op(W.i32And);
    code.op(W.i32Eqz);
    this.#leaveIf(LEAVE.STEP);
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

  /** The module with all that was written. */
  module(): Uint8Array<ArrayBuffer> {
    const loop = new HandlerLoop(this.#code, this.#frame);
    const bodies: FunctionBody[] = [loop.run(HANDLER_TYPE, this.arms), loop.holds(TYPE.run)];
    for (const text of this.functions) bodies.push(loop.form('', HANDLER_TYPE, text));
    return encodeModule(HANDLER_TYPES, [...REGION_IMPORTS, { name: 'table', kind: 'table' }], bodies, loop.code, this.functions.map((_, index) => FIRST_REGION + FIRST_FORM + index));
  }
}
